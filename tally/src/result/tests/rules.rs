//! Selections and tie orders of a manifest, to the end.

use super::*;
use voting_core::manifest::Field;
use voting_core::rule::{
    Allocations, BottomCut, Bound, ClassFactor, ConflictSet, Leftovers, LotSeed, Majority,
    MajorityBase, MinimumScore, Poll, PollTest, Scope, TieOrder, TopN,
};

fn codes(result: &ResultDocument) -> Vec<&str> {
    outcomes(result).iter().map(|(.., code)| *code).collect()
}

#[test]
fn a_verifiable_lot_needs_its_seed() {
    let seed = LotSeed::new([7; 32]);
    let mut document = small();
    let rule = &mut document.contests[0].rule;
    rule.ties = vec![TieOrder::VerifiableLot {
        commitment: seed.commitment(),
    }];
    let manifest = manifest(document);
    let mut totals = totals();
    totals.classes[0].marks = vec![5; 4];
    totals.classes[1].marks = vec![25; 4];
    let error = compute(&manifest, &totals).unwrap_err();
    assert_eq!(
        error.to_string(),
        "contest citywide: the seed of the verifiable lot is needed"
    );
    totals.seeds = vec![LotSeed::new([8; 32])];
    let error = compute(&manifest, &totals).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("not the one that the manifest commits to")
    );
    totals.seeds = vec![seed];
    let result = compute(&manifest, &totals).unwrap();
    // The lot that voting-core's vector states for these ids.
    let ranking: Vec<_> = result.contests[0]
        .ranking
        .iter()
        .map(|id| id.as_str())
        .collect();
    assert_eq!(ranking, ["p3", "p2", "p4", "p1"]);
    assert_eq!(result.contests[0].ties.len(), 1);
    assert!(result.contests[0].ties[0].decided);
    assert_eq!(compute(&manifest, &result.totals()).unwrap(), result);
}

#[test]
fn every_selection_of_a_manifest_computes() {
    let mut document = small();
    let contest = &mut document.contests[0];
    contest.rule.selection = Selection::BottomCut(BottomCut {
        percent: name("40"),
        bound: Bound::AtMost,
        scope: Scope::Overall,
    });
    contest.rule.conflicts = vec![ConflictSet {
        projects: vec![name("p1"), name("p3")],
    }];
    let cut = compute(&manifest(document.clone()), &totals()).unwrap();
    assert_eq!(
        codes(&cut),
        ["conflict", "above_cut", "above_cut", "dropped_by_cut"]
    );
    assert_eq!(
        cut.contests[0].projects[0]
            .reason
            .conflicts_with
            .as_ref()
            .map(|id| id.as_str()),
        Some("p3")
    );

    let contest = &mut document.contests[0];
    contest.rule.conflicts.clear();
    in_two_fields(contest);
    contest.rule.selection = Selection::Fill(Fill {
        policy: FillPolicy::Skip,
        scope: FillScope::EachField {
            allocations: Allocations::PartOfCandidates("10/13".parse().unwrap()),
        },
    });
    let fields = compute(&manifest(document), &totals()).unwrap();
    // park: p3 30 of 400/13; road: p2 20 of 600/13, then p4's 40 do not fit.
    assert_eq!(
        codes(&fields),
        ["not_enough_left", "funded", "funded", "not_enough_left"]
    );
    assert_eq!(
        fields.contests[0].pots[0].allocation.as_deref(),
        Some("400/13")
    );
}

fn in_two_fields(contest: &mut voting_core::manifest::Contest) {
    for (i, field) in ["park", "road"].into_iter().enumerate() {
        contest.fields.push(Field {
            id: name(field),
            title: text(field, field),
            picks: None,
        });
        for project in contest.projects.iter_mut().skip(i).step_by(2) {
            project.field = Some(name(field));
        }
    }
}

#[test]
fn fields_come_first_and_then_a_citywide_rest() {
    let mut document = small();
    in_two_fields(&mut document.contests[0]);
    let with = |leftovers, minimum| {
        let mut document = document.clone();
        let rule = &mut document.contests[0].rule;
        rule.selection = Selection::Fill(Fill {
            policy: FillPolicy::Skip,
            scope: FillScope::FieldsThenRest {
                allocations: Allocations::PartOfCandidates("10/13".parse().unwrap()),
                rest: won(5),
                leftovers,
            },
        });
        rule.minimum = minimum;
        compute(&manifest(document), &totals()).unwrap()
    };
    // park: p3's 30 of 30 10/13; road: p2's 20 of 46 2/13. What they leave, 26 12/13, and 5 hold
    // p1's 10, and then not p4's 40.
    let joined = with(Leftovers::JoinRest, None);
    assert_eq!(
        codes(&joined),
        ["funded_from_rest", "funded", "funded", "not_enough_left"]
    );
    let pots = &joined.contests[0].pots;
    assert_eq!(pots[2].allocation.as_deref(), Some("415/13"));
    assert_eq!(
        (pots[2].spent, pots[2].title.en.as_str()),
        (10, "Citywide rest")
    );
    let lapsed = with(Leftovers::Lapse, None);
    assert_eq!(codes(&lapsed)[0], "not_enough_left");
    assert_eq!(lapsed.contests[0].pots[2].allocation.as_deref(), Some("5"));
    // What is below the minimum is shown in its own field.
    let minimum = MinimumScore::Votes(35);
    let below = with(Leftovers::Lapse, Some(minimum));
    assert_eq!(
        (codes(&below)[1], codes(&below)[3]),
        ("below_minimum", "below_minimum")
    );
    let pots: Vec<_> = below.contests[0].projects.iter().map(|p| p.pot).collect();
    assert_eq!((pots[1], pots[3]), (Some(1), Some(1)));
}

#[test]
fn a_recorded_lot_decides_between_equals() {
    let mut document = small();
    let order = ["p4", "p2", "p1", "p3"];
    document.contests[0].rule.ties = vec![TieOrder::Lot {
        order: order.map(name).into(),
    }];
    let mut totals = totals();
    totals.classes[0].marks = vec![5; 4];
    totals.classes[1].marks = vec![25; 4];
    let result = compute(&manifest(document), &totals).unwrap();
    let ranking: Vec<_> = result.contests[0]
        .ranking
        .iter()
        .map(|id| id.as_str())
        .collect();
    assert_eq!(ranking, order);
    assert!(result.contests[0].ties[0].decided);
}

#[test]
fn the_first_places_are_given() {
    let mut document = small();
    document.contests[0].rule.selection = Selection::TopN(TopN {
        places: 2,
        scope: Scope::Overall,
    });
    let result = compute(&manifest(document), &totals()).unwrap();
    assert_eq!(
        codes(&result),
        ["below_places", "in_places", "in_places", "below_places"]
    );
}

/// A debate's outcome: agreement, disagreement and others from one class.
fn poll(test: PollTest, marks: &[u64; 3]) -> Vec<String> {
    let mut document = document(3, 1);
    let contest = &mut document.contests[0];
    contest.picks.min = 1;
    for project in &mut contest.projects {
        project.cost = won(0);
    }
    let factor = |class: &str| ClassFactor {
        class: name(class),
        factor: name("1"),
    };
    contest.rule.weighting = Weighting::Multiplier {
        factors: vec![factor("committee"), factor("citizen")],
    };
    contest.rule.selection = Selection::Poll(Poll {
        participants: 5_000,
        test,
    });
    let totals = ClassTotals {
        classes: vec![
            total("committee", 0, &[0; 3]),
            total("citizen", marks.iter().sum(), marks),
        ],
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    };
    let result = compute(&manifest(document), &totals).unwrap();
    codes(&result).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_debate_needs_its_participants_and_a_majority() {
    let majority = |of| {
        PollTest::ForOrAgainst(Majority {
            agree: name("p1"),
            disagree: name("p2"),
            more_than: name("1/2"),
            of,
        })
    };
    let (of_both, of_all) = (MajorityBase::AgreeAndDisagree, MajorityBase::Participants);
    // 2,400 of 4,600 are a majority of those for or against, not of all 5,000.
    let marks = [2_400, 2_200, 400];
    assert_eq!(poll(majority(of_both), &marks)[0], "majority");
    assert_eq!(poll(majority(of_all), &marks)[0], "no_majority");
    // Exactly half is none; one participant too few is none.
    assert_eq!(
        poll(majority(of_both), &[2_500, 2_500, 0])[0],
        "no_majority"
    );
    assert_eq!(poll(majority(of_both), &[2_501, 2_499, 0])[0], "majority");
    assert_eq!(
        poll(majority(of_both), &[4_999, 0, 0])[0],
        "too_few_participants"
    );
    assert_eq!(
        poll(PollTest::MostFrequent, &[1_000, 1_500, 2_500]),
        ["not_most_frequent", "not_most_frequent", "most_frequent"]
    );
    assert_eq!(
        poll(PollTest::MostFrequent, &[1_000, 1_500, 2_499]),
        ["too_few_participants"; 3]
    );
}

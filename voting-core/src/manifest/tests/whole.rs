//! What a whole manifest must hold to: one wrong document for every rule.

use super::*;
use crate::keys::SecretKey;

/// The paths of the problems of the rich document after a change.
fn problems(change: impl FnOnce(&mut Document)) -> Vec<String> {
    let mut d = rich();
    change(&mut d);
    match Manifest::new(d) {
        Ok(_) => Vec::new(),
        Err(ManifestError::Invalid(problems)) => problems.into_iter().map(|p| p.path).collect(),
        Err(other) => unreachable!("{other:?}"),
    }
}

macro_rules! refused {
    ($($name:ident: |$d:ident| $change:expr => $($path:literal),+;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(problems(|$d| { $change; }), [$($path),+]);
        }
    )*};
}

fn rule(d: &mut Document) -> &mut Rule {
    &mut d.contests[0].rule
}

fn select(d: &mut Document, selection: Selection) {
    rule(d).selection = selection;
}

fn fill(d: &mut Document, scope: FillScope) {
    select(
        d,
        Selection::Fill(Fill {
            policy: FillPolicy::Stop,
            scope,
        }),
    );
}

fn cut(d: &mut Document, percent: &str, scope: Scope) {
    let percent = name(percent);
    let bound = Bound::AtMost;
    select(
        d,
        Selection::BottomCut(BottomCut {
            percent,
            bound,
            scope,
        }),
    );
}

fn shares(d: &mut Document) -> &mut Vec<ClassShare> {
    match &mut rule(d).weighting {
        Weighting::Share { shares, .. } => shares,
        Weighting::Multiplier { .. } => unreachable!("the sample weighs by share"),
    }
}

fn amounts(fields: &[&str], amount: u64) -> Allocations {
    let one = |field: &&str| FieldAllocation {
        field: name(field),
        amount: won(amount),
    };
    Allocations::Amounts(fields.iter().map(one).collect())
}

fn fields(allocations: Allocations) -> FillScope {
    FillScope::EachField { allocations }
}

fn factors(classes: &[&str], factor: &str) -> Weighting {
    let one = |class: &&str| ClassFactor {
        class: name(class),
        factor: name(factor),
    };
    Weighting::Multiplier {
        factors: classes.iter().map(one).collect(),
    }
}

fn poll(d: &mut Document, test: PollTest) {
    let contest = &mut d.contests[0];
    contest.picks.max = 1;
    contest.lists.iter_mut().for_each(|l| l.picks = None);
    contest.fields.iter_mut().for_each(|f| f.picks = None);
    contest.projects.iter_mut().for_each(|p| p.cost = Won::ZERO);
    contest.rule.conflicts.clear();
    select(
        d,
        Selection::Poll(Poll {
            participants: 5_000,
            test,
        }),
    );
}

fn majority(agree: &str, disagree: &str, more_than: &str) -> PollTest {
    PollTest::ForOrAgainst(Majority {
        agree: name(agree),
        disagree: name(disagree),
        more_than: name(more_than),
        of: MajorityBase::Participants,
    })
}

fn lot(order: &[&str]) -> TieOrder {
    TieOrder::Lot {
        order: order.iter().map(|p| name(p)).collect(),
    }
}

fn only_lot(d: &mut Document, order: &[&str]) {
    rule(d).ties = vec![lot(order)];
}

#[test]
fn every_rule_that_can_decide_is_accepted() {
    let ok: [fn(&mut Document); 12] = [
        |_| {},
        |d| cut(d, "25/2", Scope::EachField),
        |d| cut(d, "30", Scope::List(name("open"))),
        |d| {
            fill(
                d,
                FillScope::EachField {
                    allocations: amounts(&["road", "park"], 5),
                },
            )
        },
        |d| {
            fill(
                d,
                FillScope::FieldsThenRest {
                    allocations: Allocations::PartOfCandidates(name("10/13")),
                    rest: won(9),
                    leftovers: Leftovers::Lapse,
                },
            )
        },
        |d| {
            select(
                d,
                Selection::TopN(TopN {
                    places: 6,
                    scope: Scope::EachList,
                }),
            )
        },
        |d| poll(d, PollTest::MostFrequent),
        |d| poll(d, majority("p1", "p2", "1/2")),
        |d| only_lot(d, &["p6", "p5", "p4", "p3", "p2", "p1"]),
        |d| {
            rule(d).ties = vec![TieOrder::VerifiableLot {
                commitment: LotSeed::new([1; 32]).commitment(),
            }]
        },
        |d| {
            rule(d).weighting = Weighting::Multiplier {
                factors: ["survey", "citizen", "committee"]
                    .map(|class| ClassFactor {
                        class: name(class),
                        factor: name("3/2"),
                    })
                    .into(),
            }
        },
        |d| d.classes[0].small = SmallClass::MergeInto(name("citizen")),
    ];
    for (i, change) in ok.into_iter().enumerate() {
        assert_eq!(problems(change), [""; 0], "{i}");
    }
}

refused! {
    no_contest: |d| d.contests.clear() => "contests";
    title_empty: |d| d.title.en.clear() => "title.en";
    title_long: |d| d.title.ko = "가".repeat(201) => "title.ko";
    title_deceptive: |d| d.title.ko = "a\u{202e}b".into() => "title.ko";
    title_blank_end: |d| d.title.ko = "a ".into() => "title.ko";
    contest_twice: |d| {
        let mut again = d.contests[0].clone();
        again.projects.iter_mut().for_each(|p| p.id = name(&format!("x{}", p.id)));
        again.rule.conflicts.clear();
        d.contests.push(again);
    } => "contests[1].id";
    contest_id_wide: |d| d.contests[0].id = name("시민 투표") => "contests[0].id";
    project_id_wide: |d| d.contests[0].projects[5].id = name("a b") => "contests[0].projects[5].id";
    project_id_twice: |d| d.contests[0].projects[5].id = name("p5") => "contests[0].projects[5].id";
    project_district_empty: |d| d.contests[0].projects[1].district = Some(text("", "x"))
        => "contests[0].projects[1].district.ko";
    project_summary_long: |d| {
        d.contests[0].projects[1].summary = Some(text("x", &"y".repeat(5_001)));
    }
        => "contests[0].projects[1].summary.en";
    project_list_missing: |d| d.contests[0].projects[2].list = None
        => "contests[0].projects[2].list";
    project_list_unknown: |d| d.contests[0].projects[2].list = Some(name("x"))
        => "contests[0].projects[2].list";
    project_field_missing: |d| d.contests[0].projects[2].field = None
        => "contests[0].projects[2].field";
    project_field_unknown: |d| d.contests[0].projects[2].field = Some(name("x"))
        => "contests[0].projects[2].field";
    proposal_order_twice: |d| d.contests[0].projects[3].proposal_order = 1
        => "contests[0].projects[3].proposal_order";
    proposal_order_unsafe: |d| d.contests[0].projects[3].proposal_order = 1 << 53
        => "contests[0].projects[3].proposal_order";
    cost_at_general_cap: |d| d.contests[0].projects[3].cost = won(4_000_000_000)
        => "contests[0].projects[3].cost";
    cost_at_event_cap: |d| {
        d.contests[0].projects[3].kind = Kind::Event;
        d.contests[0].projects[3].cost = won(300_000_000);
    } => "contests[0].projects[3].cost";
    cost_zero: |d| d.contests[0].projects[0].cost = Won::ZERO => "contests[0].projects[0].cost";
    costs_together: |d| {
        d.contests[0].cost_caps = CostCaps::default();
        d.contests[0].projects[0].cost = Won::MAX;
    } => "contests";
    picks_max_zero: |d| d.contests[0].picks.max = 0 => "contests[0].picks.max";
    picks_max_over_projects: |d| d.contests[0].picks.max = 7 => "contests[0].picks.max";
    picks_min_over_max: |d| d.contests[0].picks.min = 4 => "contests[0].picks.min";
    list_picks: |d| d.contests[0].lists[1].picks = Some(Picks { min: 0, max: 4 })
        => "contests[0].lists[1].picks.max";
    field_picks: |d| d.contests[0].fields[1].picks = Some(Picks { min: 2, max: 1 })
        => "contests[0].fields[1].picks.min";
    fields_ask_for_more_than_the_whole: |d| {
        d.contests[0].picks.max = 1;
    } => "contests[0].picks";
    lists_and_fields_cross_without_a_choice: |d| {
        // Fields: 2 of p1 p2 p3 and 2 of p4 p5 p6.
        // Lists: at most 1 of p1 p3 p5, at most 2 of p2 p4 p6.
        d.contests[0].picks.max = 6;
        d.contests[0].fields[0].picks = Some(Picks { min: 2, max: 3 });
        d.contests[0].fields[1].picks = Some(Picks { min: 2, max: 3 });
        d.contests[0].lists[0].picks = Some(Picks { min: 0, max: 1 });
    } => "contests[0].picks";
    list_twice: |d| {
        let again = d.contests[0].lists[0].clone();
        d.contests[0].lists.push(again);
    } => "contests[0].lists[2].id";
    list_without_projects: |d| {
        let mut more = d.contests[0].lists[0].clone();
        more.id = name("more");
        more.picks = None;
        d.contests[0].lists.push(more);
    } => "contests[0].lists[2]";
    field_id_wide: |d| {
        d.contests[0].fields[0].id = name("공원");
        d.contests[0].projects[..3].iter_mut().for_each(|p| p.field = Some(name("공원")));
    } => "contests[0].fields[0].id";
    shares_do_not_sum: |d| shares(d)[0].share = name("39")
        => "contests[0].rule.weighting.share.shares";
    share_of_unknown_class: |d| shares(d)[0].class = name("x")
        => "contests[0].rule.weighting.share.shares[0].class",
            "contests[0].rule.weighting.share.shares";
    share_named_twice: |d| {
        shares(d).push(ClassShare { class: name("survey"), share: name("0") });
    } => "contests[0].rule.weighting.share.shares[3].class";
    factor_missing: |d| rule(d).weighting = factors(&["survey", "citizen"], "1")
        => "contests[0].rule.weighting.multiplier.factors";
    factors_all_zero: |d| rule(d).weighting = factors(&["survey", "citizen", "committee"], "0")
        => "contests[0].rule.weighting.multiplier.factors";
    cut_of_nothing: |d| cut(d, "0", Scope::Overall)
        => "contests[0].rule.selection.bottom_cut.percent";
    cut_of_all: |d| cut(d, "100", Scope::Overall)
        => "contests[0].rule.selection.bottom_cut.percent";
    cut_of_unknown_list: |d| cut(d, "5", Scope::List(name("x")))
        => "contests[0].rule.selection.bottom_cut.scope.list";
    budget_zero: |d| fill(d, FillScope::Overall { budget: Won::ZERO })
        => "contests[0].rule.selection.fill.scope.overall.budget";
    partial_from_nothing: |d| select(d, Selection::Fill(Fill {
        policy: FillPolicy::Partial { from: name("0") },
        scope: FillScope::Overall { budget: won(1) },
    })) => "contests[0].rule.selection.fill.policy.partial.from";
    partial_from_more_than_all: |d| select(d, Selection::Fill(Fill {
        policy: FillPolicy::Partial { from: name("5/4") },
        scope: FillScope::Overall { budget: won(1) },
    })) => "contests[0].rule.selection.fill.policy.partial.from";
    field_without_allocation: |d| fill(d, fields(amounts(&["park"], 5)))
        => "contests[0].rule.selection.fill.scope.each_field.allocations.amounts";
    allocation_of_unknown_field: |d| fill(d, fields(amounts(&["park", "road", "x"], 5)))
        => "contests[0].rule.selection.fill.scope.each_field.allocations.amounts[2].field";
    allocations_too_large: |d| fill(d, fields(amounts(&["park", "road"], Won::MAX.get())))
        => "contests[0].rule.selection.fill.scope.each_field.allocations.amounts";
    rest_too_large: |d| fill(d, FillScope::FieldsThenRest {
        allocations: amounts(&["park", "road"], 1),
        rest: Won::MAX,
        leftovers: Leftovers::JoinRest,
    }) => "contests[0].rule.selection.fill.scope.fields_then_rest.allocations.amounts";
    allocation_part_over_one: |d| fill(d, fields(Allocations::PartOfCandidates(name("13/10"))))
        => "contests[0].rule.selection.fill.scope.each_field.allocations.part_of_candidates";
    list_without_allocation: |d| fill(d, FillScope::EachList {
        allocations: vec![ListAllocation { list: name("open"), amount: won(1) }],
    }) => "contests[0].rule.selection.fill.scope.each_list.allocations";
    no_places: |d| select(d, Selection::TopN(TopN { places: 0, scope: Scope::Overall }))
        => "contests[0].rule.selection.top_n.places";
    more_places_than_projects: |d| {
        select(d, Selection::TopN(TopN { places: 7, scope: Scope::Overall }));
    }
        => "contests[0].rule.selection.top_n.places";
    poll_of_two_picks: |d| { poll(d, PollTest::MostFrequent); d.contests[0].picks.max = 2; }
        => "contests[0].picks.max";
    poll_with_costs: |d| {
        poll(d, PollTest::MostFrequent);
        d.contests[0].projects[4].cost = won(1);
    }
        => "contests[0].projects[4].cost";
    poll_of_unknown_option: |d| poll(d, majority("x", "p2", "1/2"))
        => "contests[0].rule.selection.poll.test.for_or_against.agree";
    poll_of_one_option: |d| poll(d, majority("p2", "p2", "1/2"))
        => "contests[0].rule.selection.poll.test.for_or_against.disagree";
    poll_beyond_unanimity: |d| poll(d, majority("p1", "p2", "1"))
        => "contests[0].rule.selection.poll.test.for_or_against.more_than";
    minimum_of_votes_unsafe: |d| rule(d).minimum = Some(MinimumScore::Votes(1 << 53))
        => "contests[0].rule.minimum.votes";
    minimum_of_voters_over_one: |d| rule(d).minimum = Some(MinimumScore::ShareOfVoters(name("2")))
        => "contests[0].rule.minimum.share_of_voters";
    minimum_score_zero: |d| rule(d).minimum = Some(MinimumScore::Score(name("0")))
        => "contests[0].rule.minimum.score";
    ties_undecided: |d| rule(d).ties.clear() => "contests[0].rule.ties";
    ties_end_in_cost: |d| rule(d).ties = vec![TieOrder::CostDesc] => "contests[0].rule.ties";
    ties_after_the_last_word: |d| rule(d).ties.insert(0, TieOrder::EarlierProposal)
        => "contests[0].rule.ties[0]";
    ties_by_cost_twice: |d| rule(d).ties.insert(0, TieOrder::CostDesc)
        => "contests[0].rule.ties[1]";
    lot_misses_a_project: |d| only_lot(d, &["p1", "p2", "p3", "p4", "p5"])
        => "contests[0].rule.ties[0].lot.order";
    lot_draws_one_twice: |d| only_lot(d, &["p1", "p2", "p3", "p4", "p5", "p6", "p1"])
        => "contests[0].rule.ties[0].lot.order[6]";
    lot_draws_a_stranger: |d| only_lot(d, &["p1", "p2", "p3", "p4", "p5", "p6", "x"])
        => "contests[0].rule.ties[0].lot.order[6]";
    conflict_of_one: |d| rule(d).conflicts[0].projects.truncate(1)
        => "contests[0].rule.conflicts[0].projects";
    conflict_with_itself: |d| rule(d).conflicts[0].projects[1] = name("p1")
        => "contests[0].rule.conflicts[0].projects[1]";
    conflict_with_a_stranger: |d| rule(d).conflicts[0].projects[1] = name("x")
        => "contests[0].rule.conflicts[0].projects[1]";
    claim_twice: |d| d.eligibility.claims.push(Claim::Work) => "eligibility.claims[4]";
    age_zero: |d| d.eligibility.age = Some(AgeLimit { years: 0, on: name("2027-08-02") })
        => "eligibility.age.years";
    class_twice: |d| d.classes[0].id = name("citizen")
        => "contests[0].rule.weighting.share.shares[0].class", "classes[1].id";
    everyone_before_others: |d| d.classes[0].admission = Admission::Everyone
        => "classes[0].admission";
    merged_into_itself: |d| d.classes[0].small = SmallClass::MergeInto(name("committee"))
        => "classes[0].small.merge_into";
    merged_into_nobody: |d| d.classes[0].small = SmallClass::MergeInto(name("survey"))
        => "classes[0].small.merge_into";
    merged_in_a_ring: |d| {
        d.classes[0].small = SmallClass::MergeInto(name("citizen"));
        d.classes[1].small = SmallClass::MergeInto(name("committee"));
    } => "classes[0].small.merge_into", "classes[1].small.merge_into";
    group_named_as_class: |d| d.offline_groups[0].id = name("citizen")
        => "contests[0].rule.weighting.share.shares[2].class", "offline_groups[0].id";
    small_class_minimum_zero: |d| { d.demonstration = true; d.small_class_minimum = 0; }
        => "small_class_minimum";
    small_class_minimum_of_two: |d| { d.demonstration = false; d.small_class_minimum = 2; }
        => "small_class_minimum";
    closes_before_it_opens: |d| d.schedule.opens_at = d.schedule.closes_at => "schedule.closes_at";
    extension_before_close: |d| d.schedule.extension_limit = d.schedule.opens_at
        => "schedule.extension_limit";
    objections_before_the_last_close: |d| d.schedule.objections_until = d.schedule.extension_limit
        => "schedule.objections_until";
    times_unsafe: |d| d.schedule.objections_until = UnixMillis::new(1 << 53)
        => "schedule.objections_until";
    drain_zero: |d| d.schedule.drain_ms = 0 => "schedule.drain_ms";
    drain_without_end: |d| d.schedule.drain_ms = 600_001 => "schedule.drain_ms";
    no_check_allowed: |d| d.ballot.max_spoiled = 0 => "ballot.max_spoiled";
    one_trustee_alone: |d| d.trustees.threshold = 1 => "trustees.threshold";
    more_than_all_trustees: |d| d.trustees.threshold = 4 => "trustees.threshold";
    trustee_named_twice: |d| d.trustees.members[2].name = "trustee 1".into()
        => "trustees.members[2].name";
    encryption_key_twice: |d| {
        d.trustees.members[2].encryption_key = d.trustees.members[0].encryption_key;
    }
        => "trustees.members[2].encryption_key";
    one_staff_member_alone: |d| d.staff.required = 1 => "staff.required";
    more_than_all_staff: |d| d.staff.required = 4 => "staff.required";
    staff_name_empty: |d| d.staff.members[0].name.clear() => "staff.members[0].name";
    no_quorum: |d| d.witnesses.quorum = 0 => "witnesses.quorum";
    quorums_without_a_common_witness: |d| {
        let members = &mut d.witnesses.members;
        let mut other = members[0].clone();
        other.name = name("another.example.org/witness");
        other.key = SecretKey::from_seed(&[222; 32]).verify_key();
        members.push(other);
    } => "witnesses.quorum";
    quorum_of_nobody: |d| d.witnesses.members.clear() => "witnesses.quorum";
    witness_named_as_log: |d| d.witnesses.members[0].name = d.origin.clone()
        => "witnesses.members[0].name";
    log_key_is_registrar: |d| d.keys.log = d.keys.registrar => "keys.log";
    countersigner_is_registrar: |d| d.keys.countersigner = Some(d.keys.registrar)
        => "keys.countersigner";
    staff_key_is_trustee: |d| d.staff.members[1].key = d.trustees.members[0].signing_key
        => "staff.members[1].key";
    witness_key_is_log: |d| d.witnesses.members[0].key = d.keys.log => "witnesses.members[0].key";
    group_key_is_staff: |d| d.offline_groups[0].key = d.staff.members[0].key
        => "offline_groups[0].key";
}

#[test]
fn a_ballot_that_does_not_fit_a_log_entry_is_refused() {
    assert!(Manifest::new(document(670, 10)).is_ok());
    let Err(ManifestError::Invalid(problems)) = Manifest::new(document(671, 10)) else {
        panic!("671 projects do not fit a decryption share");
    };
    assert_eq!(
        problems[0].to_string(),
        "contests: 671 projects; a ballot holds 670"
    );
}

#[test]
fn no_problem_is_lost_behind_many_others() {
    let mut d = document(300, 3);
    d.contests[0]
        .projects
        .iter_mut()
        .for_each(|p| p.cost = Won::ZERO);
    d.contests[0].picks.min = 4;
    let Err(ManifestError::Invalid(problems)) = Manifest::new(d) else {
        unreachable!("301 problems")
    };
    assert_eq!(problems.len(), 200);
}

#[test]
fn every_problem_is_listed_on_a_line_of_its_own() {
    let mut d = rich();
    d.title.ko.clear();
    d.contests[0].projects[1].cost = Won::ZERO;
    d.schedule.drain_ms = 0;
    d.trustees.threshold = 1;
    let message = Manifest::new(d).unwrap_err().to_string();
    let paths: Vec<_> = message
        .lines()
        .map(|l| l.split_once(": ").unwrap().0)
        .collect();
    assert_eq!(
        paths,
        [
            "title.ko",
            "contests[0].projects[1].cost",
            "schedule.drain_ms",
            "trustees.threshold"
        ]
    );
}

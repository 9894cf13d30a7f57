use super::*;
use crate::engine::Outcome;
use voting_core::manifest::testing::{document, keys, name, text, won};
use voting_core::manifest::{Bilingual, Document, Manifest, OfflineGroup};
use voting_core::rule::{
    ClassShare, EmptyClass, Fill, FillPolicy, FillScope, Selection, Weighting,
};

mod rules;

fn total(class: &str, ballots: u64, marks: &[u64]) -> ClassTotal {
    ClassTotal {
        class: name(class),
        standing: Standing::Counted,
        ballots,
        issued: ballots + 10,
        marks: marks.to_vec(),
    }
}

fn totals() -> ClassTotals {
    ClassTotals {
        classes: vec![
            total("committee", 10, &[1, 9, 3, 4]),
            total("citizen", 100, &[60, 20, 50, 30]),
        ],
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    }
}

/// Four projects of 10, 20, 30 and 40 won, a budget of 60, ties by cost.
fn small() -> Document {
    let mut document = document(4, 3);
    let contest = &mut document.contests[0];
    for (project, cost) in contest.projects.iter_mut().zip([10, 20, 30, 40]) {
        project.cost = won(cost);
    }
    contest.rule.selection = fill(FillPolicy::Stop, 60);
    document
}

fn fill(policy: FillPolicy, budget: u64) -> Selection {
    Selection::Fill(Fill {
        policy,
        scope: FillScope::Overall {
            budget: won(budget),
        },
    })
}

fn manifest(document: Document) -> Manifest {
    Manifest::new(document).unwrap()
}

fn outcomes(result: &ResultDocument) -> Vec<(&str, Outcome, &str)> {
    let projects = result.contests[0].projects.iter();
    projects
        .map(|p| (p.id.as_str(), p.outcome, p.reason.code.as_str()))
        .collect()
}

#[test]
fn every_project_is_explained() {
    let result = compute(&manifest(small()), &totals()).unwrap();
    let contest = &result.contests[0];
    // Citizens: 60 % over 160 marks; the committee: 40 % over 17.
    let scores: Vec<_> = contest.projects.iter().map(|p| p.score.as_str()).collect();
    assert_eq!(scores, ["169/680", "39/136", "351/1360", "281/1360"]);
    assert_eq!(contest.projects[0].score_decimal, "0.24852941");
    let ranking: Vec<_> = contest.ranking.iter().map(|id| id.as_str()).collect();
    assert_eq!(ranking, ["p2", "p3", "p1", "p4"]);
    assert_eq!(
        outcomes(&result),
        [
            ("p1", Outcome::In, "funded"),
            ("p2", Outcome::In, "funded"),
            ("p3", Outcome::In, "funded"),
            ("p4", Outcome::Out, "not_enough_left"),
        ]
    );
    let running: Vec<_> = contest.projects.iter().map(|p| p.running_cost).collect();
    assert_eq!(running, [60, 20, 50, 60]);
    assert_eq!(
        contest.projects[0].reason.sentence.ko,
        "예산 안에 들어 전액 선정되었습니다(누계 60원 / 배정액 60원)."
    );
    assert_eq!(contest.weights[0].leverage, "320/51");
    assert_eq!(
        contest.reference_class.as_ref().unwrap().as_str(),
        "citizen"
    );
    assert_eq!(contest.pots[0].spent, 60);
    assert_eq!(result.turnout[0].percent.as_deref(), Some("50"));
    assert_eq!(result.turnout[1].percent.as_deref(), Some("90.91"));
}

#[test]
fn margins_are_the_marks_that_change_the_outcome() {
    let manifest = manifest(small());
    let result = compute(&manifest, &totals()).unwrap();
    // A citizen's mark is worth 3/800. p4 must get ahead of p1 (where 50 are spent, 10 left: too
    // little), p3 (20 spent), so behind p2 alone: 351/1360 - 281/1360 needs 14 marks.
    let p4 = result.contests[0].projects[3].margin.clone().unwrap();
    assert_eq!((p4.marks, p4.against.unwrap().as_str()), (14, "p3"));
    assert_eq!(
        p4.sentence.ko,
        "시민 14표를 더 얻었다면 「사업 3」보다 앞서 선정되었습니다."
    );
    let p1 = result.contests[0].projects[0].margin.clone().unwrap();
    assert_eq!((p1.marks, p1.against.unwrap().as_str()), (12, "p4"));
}

#[test]
fn a_single_mark_is_said_to_be_one() {
    let class = Bilingual::new("시민", "Citizens");
    let said = |marks| sentence::margin(true, marks, &class, None).en;
    assert_eq!(
        said(1),
        "Losing 1 mark (Citizens) would put it below the minimum."
    );
    assert_eq!(
        said(1_200),
        "Losing 1,200 marks (Citizens) would put it below the minimum."
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_in_any_order() {
    let manifest = manifest(small());
    let bytes = |totals: &ClassTotals| compute(&manifest, totals).unwrap().to_canonical().unwrap();
    let mut reversed = totals();
    reversed.classes.reverse();
    assert_eq!(bytes(&totals()), bytes(&reversed));
    let read: ResultDocument = serde_json::from_slice(&bytes(&totals())).unwrap();
    assert_eq!(read.to_canonical().unwrap(), bytes(&totals()));
    assert_eq!(compute(&manifest, &read.totals()).unwrap(), read);
}

#[test]
fn what_other_settings_would_have_done_is_stated() {
    let result = compute(&manifest(small()), &totals()).unwrap();
    let changes = |setting: &str, value: &str| -> Vec<String> {
        let found = result.contests[0].sensitivity.iter();
        let found = found.filter(|s| s.setting == setting && s.value == value);
        let changes = found.flat_map(|s| &s.changes);
        changes
            .map(|c| format!("{} {:?}", c.id, c.outcome))
            .collect()
    };
    assert!(changes("fill.policy", "skip").is_empty());
    // Per voter the committee's marks weigh more: p2 and p4 win, p3 and p1 follow.
    assert_eq!(
        result.contests[0].sensitivity.last().unwrap().value,
        "voters"
    );
}

#[test]
fn a_withdrawn_project_keeps_its_marks_and_says_why() {
    let mut totals = totals();
    totals.withdrawn = vec![Withdrawal {
        project: name("p2"),
        reason: text("중복 사업", "a duplicate"),
    }];
    let result = compute(&manifest(small()), &totals).unwrap();
    let p2 = &result.contests[0].projects[1];
    assert_eq!(
        (p2.outcome, p2.rank, p2.margin.is_none()),
        (Outcome::Out, None, true)
    );
    assert_eq!(p2.marks.values().sum::<u64>(), 29);
    assert_eq!(
        p2.reason.sentence.en,
        "Withdrawn during the vote: a duplicate"
    );
    assert_eq!(p2.score, "39/136");
    // 60 won reach p3 (30) and p1 (10), then 20 are left for p4's 40.
    let ins: Vec<_> = outcomes(&result)
        .into_iter()
        .filter(|o| o.1 == Outcome::In)
        .collect();
    assert_eq!(ins.iter().map(|o| o.0).collect::<Vec<_>>(), ["p1", "p3"]);
    assert_eq!(
        compute(&manifest(small()), &result.totals()).unwrap(),
        result
    );
}

#[test]
fn withheld_and_merged_classes_count_as_empty() {
    let manifest = manifest(small());
    let mut totals = totals();
    totals.classes[0].standing = Standing::Withheld;
    totals.classes[0].marks.clear();
    let withheld = compute(&manifest, &totals).unwrap();
    assert_eq!(withheld.contests[0].projects[0].score, "3/8");
    assert_eq!(withheld.contests[0].projects[0].marks.len(), 1);

    totals.classes[0].standing = Standing::MergedInto(name("citizen"));
    totals.classes[1].marks = vec![61, 29, 53, 34];
    let merged = compute(&manifest, &totals).unwrap();
    assert_eq!(merged.contests[0].projects[0].score, "61/177");
    assert_eq!(compute(&manifest, &merged.totals()).unwrap(), merged);

    let mut refusing = small();
    let Weighting::Share { empty, .. } = &mut refusing.contests[0].rule.weighting else {
        unreachable!()
    };
    *empty = EmptyClass::Refuse;
    let error = compute(&Manifest::new(refusing).unwrap(), &totals).unwrap_err();
    assert_eq!(
        error.to_string(),
        "contest citywide: class committee cast nothing, and the rule refuses the tally then"
    );
}

#[test]
fn impossible_totals_are_refused() {
    let manifest = manifest(small());
    let refused = |change: &dyn Fn(&mut ClassTotals)| {
        let mut totals = totals();
        change(&mut totals);
        compute(&manifest, &totals).unwrap_err().to_string()
    };
    type Change<'c> = &'c dyn Fn(&mut ClassTotals);
    let cases: [(Change<'_>, &str); 11] = [
        (&|t| t.classes.truncate(1), "class citizen has no totals"),
        (
            &|t| t.classes.push(total("other", 1, &[0; 4])),
            "class other is not in the manifest",
        ),
        (
            &|t| t.classes.push(total("citizen", 1, &[0; 4])),
            "class citizen has totals twice",
        ),
        (
            &|t| t.classes[0].marks.truncate(3),
            "class committee has 3 totals where 4 belong",
        ),
        (
            &|t| t.classes[0].standing = Standing::Withheld,
            "class committee has 4 totals where 0 belong",
        ),
        (
            &|t| t.classes[1].issued = 99,
            "class citizen has 100 ballots of 99 credentials",
        ),
        (
            &|t| t.classes[1].marks[0] = 101,
            "class citizen has 101 marks of project p1 on 100 ballots",
        ),
        (
            &|t| t.classes[0].marks = vec![10, 10, 10, 1],
            "class committee has 31 marks in contest citywide, 0 to 30 are possible",
        ),
        (
            &|t| {
                t.withdrawn.push(Withdrawal {
                    project: name("p9"),
                    reason: text("가", "a"),
                })
            },
            "project p9 is withdrawn twice or not in the manifest",
        ),
        (
            &|t| t.classes[1].issued = 1 << 53,
            "9007199254740992 is beyond 2^53 - 1",
        ),
        (
            &|t| {
                t.classes[0].standing = Standing::MergedInto(name("committee"));
                t.classes[0].marks.clear();
            },
            "class committee is merged into a class that cannot take it",
        ),
    ];
    for (change, message) in cases {
        assert_eq!(refused(change), message);
    }
}

#[test]
fn signatures_are_checked_against_the_manifest() {
    let manifest = manifest(small());
    let keys = keys();
    let mut signed = SignedResult::unsigned(compute(&manifest, &totals()).unwrap());
    assert_eq!(
        signed.verify(&manifest),
        Err(SignatureError::TooFew {
            found: 0,
            required: 2
        })
    );
    signed.sign(&keys.staff[0]).unwrap();
    signed.sign(&keys.staff[2]).unwrap();
    signed.verify(&manifest).unwrap();
    signed.rederive(&manifest).unwrap();
    let read: SignedResult = serde_json::from_slice(&signed.to_canonical().unwrap()).unwrap();
    assert_eq!(read, signed);

    let mut twice = signed.clone();
    twice.sign(&keys.staff[0]).unwrap();
    assert_eq!(
        twice.verify(&manifest),
        Err(SignatureError::Twice(keys.staff[0].verify_key()))
    );
    let mut stranger = signed.clone();
    stranger.sign(&keys.log).unwrap();
    assert_eq!(
        stranger.verify(&manifest),
        Err(SignatureError::NotStaff(keys.log.verify_key()))
    );
    let mut altered = signed.clone();
    altered.result.contests[0].projects[3].outcome = Outcome::In;
    assert_eq!(
        altered.verify(&manifest),
        Err(SignatureError::Bad(keys.staff[0].verify_key()))
    );
    assert_eq!(altered.rederive(&manifest), Err(SignatureError::Differs));
    let other = Manifest::new(document(4, 2)).unwrap();
    assert_eq!(signed.verify(&other), Err(SignatureError::OtherElection));
}

#[test]
fn contests_stand_side_by_side_and_offline_groups_count() {
    let mut document = small();
    let mut second = document.contests[0].clone();
    second.id = name("governance");
    second.projects.truncate(2);
    second.picks.max = 1;
    for (n, project) in second.projects.iter_mut().enumerate() {
        project.id = name(&format!("g{n}"));
    }
    document.contests.push(second);
    document.offline_groups.push(OfflineGroup {
        id: name("survey"),
        title: text("설문", "Survey"),
        key: keys().offline_group.verify_key(),
    });
    for contest in &mut document.contests {
        let Weighting::Share { shares, .. } = &mut contest.rule.weighting else {
            unreachable!()
        };
        shares[0].share = name("30");
        shares.push(ClassShare {
            class: name("survey"),
            share: name("10"),
        });
    }
    let manifest = manifest(document);
    let mut totals = totals();
    totals.classes[0].marks.extend([4, 6]);
    totals.classes[1].marks.extend([70, 30]);
    let mut survey = total("survey", 1_000, &[100, 200, 300, 400, 900, 100]);
    survey.issued = 0;
    totals.classes.push(survey);
    let result = compute(&manifest, &totals).unwrap();
    let scores: Vec<_> = result.contests[1]
        .projects
        .iter()
        .map(|p| p.score.as_str())
        .collect();
    // 30 % x 4/10 + 60 % x 70/100 + 10 % x 900/1000.
    assert_eq!(scores, ["63/100", "37/100"]);
    assert_eq!(
        result.contests[0].projects[0].marks.get(&name("survey")),
        Some(&100)
    );
    assert_eq!(
        result.contests[1].projects[1].marks.get(&name("citizen")),
        Some(&30)
    );
    let survey = &result.turnout[2];
    assert_eq!(
        (survey.offline, survey.percent.as_deref(), survey.ballots),
        (true, None, 1_000)
    );
    // The survey is larger, but margins and leverage are stated in voters' marks.
    assert_eq!(result.contests[0].reference_class, Some(name("citizen")));
    assert_eq!(compute(&manifest, &result.totals()).unwrap(), result);
}

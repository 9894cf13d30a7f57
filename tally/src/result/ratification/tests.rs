use super::*;
use crate::result::{ClassTotal, ClassTotals, Standing, compute};
use voting_core::manifest::Document;
use voting_core::manifest::testing::{document, keys, name, text, won};
use voting_core::rule::{Fill, FillPolicy, FillScope, Selection};

/// Four projects of 10, 20, 30 and 40 won and a budget of 60: all but the last are in.
fn small() -> Document {
    let mut document = document(4, 3);
    let contest = &mut document.contests[0];
    for (project, cost) in contest.projects.iter_mut().zip([10, 20, 30, 40]) {
        project.cost = won(cost);
    }
    let scope = FillScope::Overall { budget: won(60) };
    contest.rule.selection = Selection::Fill(Fill {
        policy: FillPolicy::Stop,
        scope,
    });
    document
}

fn manifest() -> Manifest {
    Manifest::new(small()).unwrap()
}

fn result() -> ResultDocument {
    let class = |class: &str, ballots: u64, marks: &[u64]| ClassTotal {
        class: name(class),
        standing: Standing::Counted,
        ballots,
        issued: ballots,
        marks: marks.to_vec(),
    };
    let classes = vec![
        class("committee", 10, &[1, 9, 3, 4]),
        class("citizen", 100, &[60, 20, 50, 30]),
    ];
    compute(
        &manifest(),
        &ClassTotals {
            classes,
            withdrawn: Vec::new(),
            seeds: Vec::new(),
        },
    )
    .unwrap()
}

fn ratification(result: &ResultDocument, decision: Decision) -> Ratification {
    Ratification {
        format: RatificationFormat::V1,
        election_id: result.election_id,
        result: result.hash().unwrap(),
        assembly: text("시민참여예산 총회", "General assembly"),
        decided_on: name("2027-09-10"),
        decision,
    }
}

fn change(project: &str, from: Outcome, to: Outcome, funded: u64) -> Change {
    let reason = text("법령상 추진 불가", "not possible under the law");
    Change {
        project: name(project),
        from,
        to,
        funded: won(funded),
        reason,
    }
}

#[test]
fn the_assembly_decides_beside_the_result() {
    let manifest = manifest();
    let result = result();
    let before = result.clone();
    let changes = vec![
        change("p3", Outcome::In, Outcome::Out, 0),
        change("p4", Outcome::Out, Outcome::Partial, 30),
    ];
    let changed = ratification(&result, Decision::WithChanges(changes));
    changed.check(&result).unwrap();
    let finals: Vec<_> = changed
        .outcomes(&result)
        .into_iter()
        .map(|f| (f.project.to_string(), f.citizens, f.assembly, f.funded))
        .collect();
    assert_eq!(finals[2], ("p3".to_owned(), Outcome::In, Outcome::Out, 0));
    assert_eq!(
        finals[3],
        ("p4".to_owned(), Outcome::Out, Outcome::Partial, 30)
    );
    assert_eq!(finals[0], ("p1".to_owned(), Outcome::In, Outcome::In, 10));
    assert_eq!(result, before);

    let mut signed = SignedRatification {
        ratification: changed,
        signatures: Vec::new(),
    };
    let keys = keys();
    signed.sign(&keys.staff[0]).unwrap();
    assert!(matches!(
        signed.verify(&manifest),
        Err(SignatureError::TooFew { .. })
    ));
    signed.sign(&keys.staff[1]).unwrap();
    signed.verify(&manifest).unwrap();
    signed.ratification.decision = Decision::AsItStands;
    assert!(matches!(
        signed.verify(&manifest),
        Err(SignatureError::Bad(_))
    ));
}

#[test]
fn decisions_that_do_not_fit_the_result_are_refused() {
    let result = result();
    ratification(&result, Decision::AsItStands)
        .check(&result)
        .unwrap();
    let refused = |changes: Vec<Change>| {
        ratification(&result, Decision::WithChanges(changes))
            .check(&result)
            .unwrap_err()
    };
    let id = |id: &str| name(id);
    assert_eq!(refused(vec![]), RatificationError::NoChanges);
    let unknown = change("p9", Outcome::In, Outcome::Out, 0);
    assert_eq!(
        refused(vec![unknown]),
        RatificationError::WrongProject(id("p9"))
    );
    let out = change("p1", Outcome::In, Outcome::Out, 0);
    let twice = refused(vec![out.clone(), out.clone()]);
    assert_eq!(twice, RatificationError::WrongProject(id("p1")));
    let from = change("p4", Outcome::In, Outcome::Out, 0);
    assert_eq!(refused(vec![from]), RatificationError::WrongFrom(id("p4")));
    let same = change("p1", Outcome::In, Outcome::In, 10);
    assert_eq!(
        refused(vec![same]),
        RatificationError::NothingChanged(id("p1"))
    );
    let silent = Change {
        reason: text(" ", "x"),
        ..out
    };
    assert_eq!(refused(vec![silent]), RatificationError::NoReason(id("p1")));
    for (to, funded) in [
        (Outcome::In, 39),
        (Outcome::Partial, 0),
        (Outcome::Partial, 40),
    ] {
        let money = change("p4", Outcome::Out, to, funded);
        assert_eq!(
            refused(vec![money]),
            RatificationError::WrongMoney(id("p4"))
        );
    }
    let mut other = result.clone();
    other.demonstration = !other.demonstration;
    let stale = ratification(&result, Decision::AsItStands);
    assert_eq!(stale.check(&other), Err(RatificationError::OtherResult));
}

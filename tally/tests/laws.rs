//! Laws of the rules, and counterexamples where a law does not hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use num_rational::BigRational;
use proptest::prelude::*;
use tally::engine::{
    Candidate, Cut, Evaluation, Fill, Input, Outcome, Pool, Pots, Reason, Scope, Settings, Then,
    Tie, Top, evaluate, outcomes,
};
use tally::exact::whole;
use voting_core::rule::{Bound, FillPolicy, Leftovers, Ratio};

fn candidate(id: usize, cost: u128, score: u64, field: usize) -> Candidate {
    Candidate {
        id: format!("p{id}"),
        cost,
        list: None,
        field: Some(field),
        proposal_order: id as u64,
        score: whole(score),
        marks: score,
        excluded: None,
    }
}

/// Candidates as (cost, score), in two fields by turns.
fn input(candidates: &[(u128, u64)]) -> Input {
    let candidates = candidates.iter().enumerate();
    Input {
        candidates: candidates
            .map(|(i, &(cost, score))| candidate(i, cost, score, i % 2))
            .collect(),
        lists: Vec::new(),
        fields: vec!["even".to_owned(), "odd".to_owned()],
        voters: 1_000,
        one_mark: whole(1),
    }
}

fn settings(then: Then) -> Settings {
    Settings {
        ties: vec![Tie::CostAsc, Tie::Natural],
        minimum: None,
        cut: None,
        then,
        conflicts: Vec::new(),
    }
}

fn pool(amount: u128) -> Pool {
    Pool {
        amount: whole(amount),
    }
}

fn fill(policy: FillPolicy, budget: u128) -> Settings {
    settings(Then::Fill(Fill {
        policy,
        pots: Pots::Overall(pool(budget)),
    }))
}

fn chained(policy: FillPolicy, field: u128, rest: u128) -> Settings {
    settings(Then::Fill(Fill {
        policy,
        pots: Pots::FieldsThenRest {
            fields: vec![pool(field), pool(field)],
            rest: pool(rest),
            leftovers: Leftovers::JoinRest,
        },
    }))
}

fn cut(percent: u64, bound: Bound) -> Settings {
    let part = Ratio::new(percent, 100).unwrap().to_big();
    Settings {
        cut: Some(Cut {
            part,
            bound,
            scope: Scope::Overall,
        }),
        ..settings(Then::Keep)
    }
}

fn partial() -> FillPolicy {
    FillPolicy::Partial {
        from: Ratio::new(4, 5).unwrap(),
    }
}

fn codes(evaluation: &Evaluation) -> Vec<&'static str> {
    evaluation
        .verdicts
        .iter()
        .map(|verdict| verdict.reason.code())
        .collect()
}

/// Candidates without equal scores.
fn untied() -> impl Strategy<Value = Vec<(u128, u64)>> {
    prop::collection::vec((0_u128..40, 0_u64..60), 1..14).prop_map(|mut candidates| {
        // Spread so far apart that one more vote ties nobody.
        candidates.sort_by_key(|c| c.1);
        for (place, candidate) in (0_u64..).zip(&mut candidates) {
            candidate.1 = place * 3;
        }
        candidates
    })
}

fn candidates() -> impl Strategy<Value = Vec<(u128, u64)>> {
    prop::collection::vec((0_u128..40, 0_u64..12), 1..14)
}

fn policy() -> impl Strategy<Value = FillPolicy> {
    prop_oneof![
        Just(FillPolicy::Stop),
        Just(FillPolicy::Skip),
        Just(partial())
    ]
}

fn any_settings() -> impl Strategy<Value = Settings> {
    prop_oneof![
        (policy(), 0_u128..200).prop_map(|(policy, budget)| fill(policy, budget)),
        (policy(), 0_u128..80, 0_u128..80).prop_map(|(p, field, rest)| chained(p, field, rest)),
        (0_u64..=100).prop_map(|percent| cut(percent, Bound::AtMost)),
        (0_u64..=100).prop_map(|percent| cut(percent, Bound::AtLeast)),
        (1_u32..8).prop_map(|places| settings(Then::Top(Top {
            places,
            scope: Scope::EachField
        }))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Multiplying every score by the same number changes no outcome.
    #[test]
    fn scaling_all_weights_changes_nothing(
        candidates in candidates(),
        settings in any_settings(),
        (n, d) in (1_u64..50, 1_u64..50),
    ) {
        let one = input(&candidates);
        let mut other = one.clone();
        let factor = BigRational::new(n.into(), d.into());
        for candidate in &mut other.candidates {
            candidate.score *= &factor;
        }
        other.one_mark = factor;
        prop_assert_eq!(evaluate(&one, &settings), evaluate(&other, &settings));
    }

    /// A vote more for a chosen project leaves it chosen, under every rule with one ranking.
    #[test]
    fn a_vote_more_never_puts_its_own_project_out(
        candidates in untied(),
        policy in policy(),
        budget in 0_u128..200,
        percent in 0_u64..=100,
        set in prop::collection::btree_set(0_usize..14, 0..5),
    ) {
        let set: Vec<usize> = set.into_iter().filter(|&at| at < candidates.len()).collect();
        let conflicting = Settings { conflicts: vec![set], ..fill(policy, budget) };
        for settings in [conflicting, fill(policy, budget), cut(percent, Bound::AtMost), cut(percent, Bound::AtLeast)] {
            let before = input(&candidates);
            for (at, outcome) in outcomes(&before, &settings).into_iter().enumerate() {
                let mut after = before.clone();
                // Enough to overtake the next one.
                after.candidates[at].score += whole(4);
                after.candidates[at].marks += 4;
                let then = outcomes(&after, &settings)[at];
                prop_assert!(outcome != Outcome::In || then == Outcome::In);
                prop_assert!(outcome != Outcome::Partial || then != Outcome::Out);
            }
        }
    }

    /// What is funded never costs more than there is; a cut keeps to its side of the line.
    #[test]
    fn money_is_never_exceeded(candidates in candidates(), settings in any_settings()) {
        let input = input(&candidates);
        let evaluation = evaluate(&input, &settings);
        for pot in &evaluation.pots {
            if let Some(allocation) = &pot.allocation {
                prop_assert!(whole(pot.spent) <= *allocation);
            }
        }
        if let Some(cut) = &settings.cut {
            let all: u128 = candidates.iter().map(|c| c.0).sum();
            let line = &cut.part * whole(all);
            let dropped: u128 = evaluation.dropped().iter().map(|&at| candidates[at].0).sum();
            match cut.bound {
                Bound::AtMost => prop_assert!(whole(dropped) <= line),
                Bound::AtLeast => prop_assert!(whole(dropped) >= line),
            }
        }
    }

    /// The order of the input changes nothing where no tie order looks at it.
    #[test]
    fn permuting_the_input_changes_nothing(
        candidates in candidates(),
        settings in any_settings(),
        turn in 0_usize..14,
    ) {
        let one = input(&candidates);
        let mut other = one.clone();
        let turn = turn % candidates.len();
        other.candidates.rotate_left(turn);
        other.candidates.reverse();
        let by_id = |input: &Input| {
            let evaluation = evaluate(input, &settings);
            let mut all: Vec<_> = input.candidates.iter().zip(evaluation.verdicts).map(|(c, v)| {
                let against = v.margin.as_ref().and_then(|m| m.against);
                let against = against.map(|at| input.candidates[at].id.clone());
                let margin = v.margin.map(|m| m.marks);
                (c.id.clone(), v.rank, v.reason, v.funded, v.running, margin, against)
            }).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        prop_assert_eq!(by_id(&one), by_id(&other));
    }

    /// The stated margin changes the outcome, and one vote less does not.
    #[test]
    fn margins_are_exact(candidates in candidates(), settings in any_settings()) {
        let before = input(&candidates);
        let evaluation = evaluate(&before, &settings);
        for (at, verdict) in evaluation.verdicts.iter().enumerate() {
            let Some(margin) = &verdict.margin else { continue };
            let chosen = verdict.reason.outcome() != Outcome::Out;
            let sign = if chosen { -1 } else { 1 };
            let with = |votes: &num_bigint::BigInt| {
                let mut after = before.clone();
                after.candidates[at].score += whole(votes * sign);
                outcomes(&after, &settings)[at] != Outcome::Out
            };
            prop_assert_eq!(with(&margin.marks), !chosen);
            prop_assert_eq!(with(&(&margin.marks - 1)), chosen);
        }
    }

    /// Excluding a project that is out and behind the line of `skip` changes nothing else.
    #[test]
    fn excluding_a_losing_project_changes_no_other_under_skip(
        candidates in candidates(),
        budget in 0_u128..200,
    ) {
        let settings = fill(FillPolicy::Skip, budget);
        let before = input(&candidates);
        let found = outcomes(&before, &settings);
        for at in (0..candidates.len()).filter(|&at| found[at] == Outcome::Out) {
            let mut after = before.clone();
            after.candidates[at].excluded = Some("withdrawn".to_owned());
            prop_assert_eq!(&outcomes(&after, &settings), &found);
        }
    }
}

/// Under `skip` a vote more for one chosen project can put *another* chosen one out.
#[test]
fn a_vote_more_can_put_another_chosen_project_out() {
    let settings = fill(FillPolicy::Skip, 10);
    // b (6), then c (5) no longer fits, then a (4): b and a.
    let before = input(&[(4, 1), (6, 9), (5, 2)]);
    assert_eq!(
        codes(&evaluate(&before, &settings)),
        ["funded", "funded", "not_enough_left"]
    );
    // c overtakes b: c (5), b no longer fits, a (4).
    let after = input(&[(4, 1), (6, 9), (5, 10)]);
    assert_eq!(
        codes(&evaluate(&after, &settings)),
        ["funded", "not_enough_left", "funded"]
    );
}

/// Under `stop` a vote more for a losing project can put a chosen one out and help nobody.
#[test]
fn under_stop_a_vote_for_a_dear_project_can_end_the_filling_early() {
    let settings = fill(FillPolicy::Stop, 10);
    let before = input(&[(4, 9), (4, 8), (11, 7)]);
    assert_eq!(
        codes(&evaluate(&before, &settings)),
        ["funded", "funded", "not_enough_left"]
    );
    let after = input(&[(4, 9), (4, 8), (11, 10)]);
    assert_eq!(
        codes(&evaluate(&after, &settings)),
        ["after_stop", "after_stop", "not_enough_left"]
    );
}

/// With conflict sets a project that gains can put two others out at once.
#[test]
fn with_conflicts_a_vote_more_can_put_two_others_out() {
    let conflicts = vec![vec![0, 1], vec![1, 2]];
    let settings = |budget| Settings {
        conflicts: conflicts.clone(),
        ..fill(FillPolicy::Skip, budget)
    };
    // Ranked 0, 1, 2: 0 is in, 1 conflicts with it, 2 is in.
    let before = input(&[(1, 9), (1, 8), (1, 7)]);
    assert_eq!(
        codes(&evaluate(&before, &settings(10))),
        ["funded", "conflict", "funded"]
    );
    // 1 overtakes 0: both others conflict with it, among them 2, whose votes did not change.
    let after = input(&[(1, 9), (1, 10), (1, 7)]);
    assert_eq!(
        codes(&evaluate(&after, &settings(10))),
        ["conflict", "funded", "conflict"]
    );
}

/// With chained money a chosen project can lose by gaining a vote: winning in its field's pot
/// under `partial` it gets a part, where the rest would have funded it in full.
#[test]
fn with_chained_money_a_vote_more_can_cost_money() {
    let settings = chained(partial(), 9, 20);
    // Field `even` holds 9. p2 (5) is funded, p0 (10) has 4 left, too little, and goes to the
    // rest of 20 and what the other field left: funded in full.
    let before = input(&[(10, 5), (1, 1), (5, 6)]);
    let evaluation = evaluate(&before, &settings);
    assert_eq!(evaluation.verdicts[0].reason, Reason::FundedFromRest);
    assert_eq!(evaluation.verdicts[0].funded, 10);
    // Two votes more and p0 comes first in its field: 9 of its 10 are there, a sufficient part.
    let after = input(&[(10, 7), (1, 1), (5, 6)]);
    let evaluation = evaluate(&after, &settings);
    assert_eq!(evaluation.verdicts[0].reason, Reason::FundedInPart);
    assert_eq!(evaluation.verdicts[0].funded, 9);
}

/// Under tie order `file` the order of the input decides ties.
#[test]
fn under_tie_order_file_the_input_order_decides() {
    let mut settings = fill(FillPolicy::Skip, 5);
    settings.ties = vec![Tie::Position];
    let evaluation = evaluate(&input(&[(5, 3), (5, 3)]), &settings);
    assert_eq!(codes(&evaluation), ["funded", "not_enough_left"]);
    assert!(evaluation.ties[0].decided);
    let harmless = evaluate(&input(&[(2, 3), (2, 3)]), &settings);
    assert!(!harmless.ties[0].decided);
}

/// A cut's two bounds differ by one project unless the part is met exactly.
#[test]
fn the_bounds_of_a_cut_differ_by_one_project() {
    let input = input(&[(30, 4), (20, 3), (10, 2), (40, 1)]);
    let dropped = |percent, bound| evaluate(&input, &cut(percent, bound)).dropped();
    assert_eq!(dropped(45, Bound::AtMost), [3]);
    assert_eq!(dropped(45, Bound::AtLeast), [3, 2]);
    assert_eq!(dropped(50, Bound::AtMost), [3, 2]);
    assert_eq!(dropped(50, Bound::AtLeast), [3, 2]);
    assert!(dropped(0, Bound::AtLeast).is_empty());
    assert_eq!(dropped(100, Bound::AtMost).len(), 4);
}

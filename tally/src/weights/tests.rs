use super::*;
use proptest::prelude::*;
use voting_core::rule::{ClassFactor, ClassShare};

fn count(class: &str, ballots: u64, marks: &[u64]) -> ClassCount {
    ClassCount {
        class: class.parse().unwrap(),
        ballots,
        marks: marks.to_vec(),
        offline: false,
    }
}

fn share(base: ShareBase, empty: EmptyClass, shares: &[(&str, &str)]) -> Weighting {
    let share = |&(class, share): &(&str, &str)| ClassShare {
        class: class.parse().unwrap(),
        share: share.parse().unwrap(),
    };
    Weighting::Share {
        base,
        empty,
        shares: shares.iter().map(share).collect(),
    }
}

fn multiplier(factors: &[(&str, &str)]) -> Weighting {
    let factor = |&(class, factor): &(&str, &str)| ClassFactor {
        class: class.parse().unwrap(),
        factor: factor.parse().unwrap(),
    };
    Weighting::Multiplier {
        factors: factors.iter().map(factor).collect(),
    }
}

fn text(values: &[BigRational]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

#[test]
fn multipliers_add_up() {
    let counts = [count("citizen", 10, &[7, 3]), count("graduate", 2, &[1, 2])];
    let weighted = weigh(
        &multiplier(&[("citizen", "1"), ("graduate", "3/2")]),
        &counts,
        2,
    )
    .unwrap();
    assert_eq!(text(&weighted.scores), ["17/2", "6"]);
    assert_eq!(weighted.classes[1].leverage.to_string(), "3/2");
    assert_eq!(weighted.reference, Some(0));
}

#[test]
fn shares_divide_by_marks_or_voters() {
    let counts = [
        count("citizen", 10, &[15, 5]),
        count("committee", 2, &[0, 1]),
    ];
    let shares = [("citizen", "60"), ("committee", "40")];
    let scores = |base| {
        let rule = share(base, EmptyClass::Spread, &shares);
        text(&weigh(&rule, &counts, 2).unwrap().scores)
    };
    assert_eq!(scores(ShareBase::Marks), ["9/20", "11/20"]);
    assert_eq!(scores(ShareBase::Voters), ["9/10", "1/2"]);
}

#[test]
fn leverage_shows_a_tiny_class() {
    let counts = [
        count("citizen", 44_000, &[44_000]),
        count("committee", 11, &[11]),
    ];
    let rule = share(
        ShareBase::Voters,
        EmptyClass::Refuse,
        &[("citizen", "60"), ("committee", "40")],
    );
    let weighted = weigh(&rule, &counts, 1).unwrap();
    assert_eq!(weighted.classes[1].leverage.to_string(), "8000/3");
    assert_eq!(weighted.one_mark().to_string(), "3/220000");
}

#[test]
fn an_empty_class_is_spread_or_refused() {
    let counts = [
        count("a", 4, &[3, 1]),
        count("b", 0, &[0, 0]),
        count("c", 2, &[1, 1]),
    ];
    let shares = [("a", "50"), ("b", "30"), ("c", "20")];
    let spread = share(ShareBase::Marks, EmptyClass::Spread, &shares);
    let weighted = weigh(&spread, &counts, 2).unwrap();
    let weights: Vec<_> = weighted
        .classes
        .iter()
        .map(|c| c.weight.to_string())
        .collect();
    assert_eq!(weights, ["5/7", "0", "2/7"]);
    assert_eq!(
        weighted.scores.iter().sum::<BigRational>(),
        BigRational::one()
    );
    let refuse = share(ShareBase::Marks, EmptyClass::Refuse, &shares);
    assert_eq!(
        weigh(&refuse, &counts, 2),
        Err(WeightError::EmptyClass("b".parse().unwrap()))
    );
}

#[test]
fn blank_ballots_are_an_empty_class_only_where_marks_are_the_base() {
    let counts = [count("a", 4, &[3, 1]), count("b", 5, &[0, 0])];
    let shares = [("a", "50"), ("b", "50")];
    let scores = |base| {
        text(
            &weigh(&share(base, EmptyClass::Spread, &shares), &counts, 2)
                .unwrap()
                .scores,
        )
    };
    assert_eq!(scores(ShareBase::Marks), ["3/4", "1/4"]);
    assert_eq!(scores(ShareBase::Voters), ["3/8", "1/8"]);
}

#[test]
fn nothing_cast_at_all_scores_nothing() {
    let counts = [count("a", 0, &[0])];
    let weighted = weigh(
        &share(ShareBase::Voters, EmptyClass::Spread, &[("a", "100")]),
        &counts,
        1,
    );
    let weighted = weighted.unwrap();
    assert_eq!(text(&weighted.scores), ["0"]);
    assert_eq!(
        (weighted.reference, weighted.one_mark()),
        (None, BigRational::one())
    );
}

#[test]
fn totals_must_fit_the_rule() {
    let counts = [count("a", 1, &[1])];
    let missing = weigh(&multiplier(&[("b", "1")]), &counts, 1);
    assert_eq!(
        missing,
        Err(WeightError::MissingClass("b".parse().unwrap()))
    );
    let length = weigh(&multiplier(&[("a", "1")]), &counts, 2);
    assert!(matches!(
        length,
        Err(WeightError::Length {
            expected: 2,
            found: 1,
            ..
        })
    ));
}

proptest! {
    /// With base `marks` the scores of all projects together are the shares together: 1.
    #[test]
    fn shares_of_marks_add_up_to_one(
        a in prop::collection::vec(0_u64..50, 4),
        b in prop::collection::vec(0_u64..50, 4),
        part in 1_u64..100,
    ) {
        let counts = [count("a", 60, &a), count("b", 60, &b)];
        let (x, y) = (part.to_string(), (100 - part).to_string());
        let rule = share(ShareBase::Marks, EmptyClass::Spread, &[("a", &x), ("b", &y)]);
        let sum: BigRational = weigh(&rule, &counts, 4).unwrap().scores.iter().sum();
        let cast = a.iter().chain(&b).any(|&m| m > 0);
        prop_assert_eq!(sum, if cast { BigRational::one() } else { BigRational::zero() });
    }

    /// Scaling every factor scales every score and changes no leverage.
    #[test]
    fn scaling_all_weights_changes_no_ranking(
        a in prop::collection::vec(0_u64..50, 5),
        b in prop::collection::vec(0_u64..50, 5),
        factor in 1_u64..9,
        scale in 1_u64..9,
    ) {
        let counts = [count("a", 60, &a), count("b", 9, &b)];
        let rule = |scale: u64| {
            multiplier(&[("a", &scale.to_string()), ("b", &format!("{}/3", factor * scale))])
        };
        let one = weigh(&rule(1), &counts, 5).unwrap();
        let more = weigh(&rule(scale), &counts, 5).unwrap();
        for (x, y) in one.scores.iter().zip(&more.scores) {
            prop_assert_eq!(x * whole(scale), y.clone());
        }
        for (x, y) in one.classes.iter().zip(&more.classes) {
            prop_assert_eq!(&x.leverage, &y.leverage);
        }
    }
}

//! Seoul's rules on real ballots, against values computed independently.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use serde_json::Value;
use std::fs;
use tally::pb;
use tally::recompute::{ClassShares, Plan, Recomputed, TieChoice, recompute};
use voting_core::rule::{Bound, FillPolicy, Ratio, ShareBase};

/// Calls `f` with each row and a way to compute a plan for its file.
fn each(f: impl Fn(&Value, &dyn Fn(Plan) -> Recomputed)) {
    for row in support::rows("seoul_rules.jsonl") {
        let name = row["file"].as_str().unwrap();
        let text = fs::read_to_string(support::folder().unwrap().join(name)).unwrap();
        let file = pb::parse(&text, &pb::Options::new(name)).unwrap();
        f(&row, &|plan| {
            recompute(
                &file,
                &Plan {
                    tie: TieChoice::CostAsc,
                    ..plan
                },
            )
            .unwrap()
        });
    }
}

fn list(value: &Value) -> Vec<String> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn scores(value: &Value) -> Vec<(String, String)> {
    let mut scores: Vec<_> = value
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, score)| (id.clone(), text(score)))
        .collect();
    scores.sort();
    scores
}

#[test]
fn rankings_and_scores() {
    each(|row, compute| {
        let outcome = compute(Plan::default());
        assert_eq!(outcome.ranking, list(&row["ranking"]), "{}", row["file"]);
        assert_eq!(
            outcome.scores.clone().into_iter().collect::<Vec<_>>(),
            scores(&row["scores"])
        );
        assert_eq!(outcome.total_cost, text(&row["total_cost"]));
        assert_eq!(Value::from(outcome.ballots), row["ballots"]);
    });
}

#[test]
fn both_bottom_cuts_at_every_percentage() {
    each(|row, compute| {
        for (percent, cut) in row["drop"].as_object().unwrap() {
            for (bound, name) in [(Bound::AtMost, "at_most"), (Bound::AtLeast, "at_least")] {
                let drop_bottom = Some((percent.parse().unwrap(), bound));
                let outcome = compute(Plan {
                    drop_bottom,
                    ..Plan::default()
                });
                assert_eq!(
                    outcome.dropped,
                    list(&cut[name]),
                    "{} {percent} {name}",
                    row["file"]
                );
                assert_eq!(outcome.dropped_cost, text(&cut[format!("{name}_cost")]));
                assert_eq!(
                    outcome.selected.len() + outcome.dropped.len(),
                    outcome.ranking.len()
                );
            }
        }
    });
}

#[test]
fn each_field_fills_its_allocation() {
    each(|row, compute| {
        for (fill, name) in [(FillPolicy::Skip, "skip"), (FillPolicy::Stop, "stop")] {
            let by_field = Some(Ratio::new(10, 13).unwrap());
            let outcome = compute(Plan {
                by_field,
                fill: Some(fill),
                ..Plan::default()
            });
            for (field, expected) in row["per_field"].as_object().unwrap() {
                let found = &outcome.fields[field];
                assert_eq!(
                    found.selected,
                    list(&expected[name]),
                    "{} {field}",
                    row["file"]
                );
                assert_eq!(found.candidates_cost, text(&expected["candidates_cost"]));
                let allocation = text(&expected["allocation"]);
                let (_, exact) = allocation.split_once('=').unwrap();
                let exact: num_rational::BigRational = exact.parse().unwrap();
                assert_eq!(found.allocation, exact.to_string());
            }
            let fields = row["per_field"].as_object().unwrap().len();
            assert!(fields == 0 || fields == outcome.fields.len());
        }
    });
}

#[test]
fn group_shares_are_exact_fractions() {
    each(|row, compute| {
        for (base, name) in [
            (ShareBase::Voters, "per_voter"),
            (ShareBase::Marks, "per_mark"),
        ] {
            let expected = &row["group_share"][name];
            let Some(shares) = expected["shares"].as_object() else {
                continue;
            };
            let percent = |part: &str| {
                let part: Ratio = part.parse().unwrap();
                let hundredths = Ratio::new(part.numerator() * 100, part.denominator()).unwrap();
                voting_core::rule::Percent::new(hundredths).unwrap()
            };
            let shares = shares
                .iter()
                .map(|(class, part)| (class.clone(), percent(part.as_str().unwrap())));
            let classes = Some(ClassShares {
                column: text(&expected["column"]),
                shares: shares.collect(),
                base,
            });
            let fill = Some(FillPolicy::Skip);
            let outcome = compute(Plan {
                classes,
                fill,
                ..Plan::default()
            });
            assert_eq!(
                outcome.ranking,
                list(&expected["ranking"]),
                "{} {name}",
                row["file"]
            );
            let found: Vec<_> = outcome.scores.clone().into_iter().collect();
            assert_eq!(found, scores(&expected["composite"]));
            assert_eq!(outcome.selected, list(&expected["greedy_skip_budget"]));
            let classes = outcome.classes.unwrap();
            let voters = serde_json::to_value(&classes.voters).unwrap();
            assert_eq!(voters, expected["voters"]);
            assert_eq!(
                serde_json::to_value(&classes.ignored).unwrap(),
                expected["ignored"]
            );
        }
    });
}

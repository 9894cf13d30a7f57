//! What real cities officially decided, recomputed from their ballots.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use tally::pb;
use tally::recompute::{Method, Plan, Recomputed, TieChoice, recompute};

fn run(name: &str, plan: &dyn Fn(&pb::PbFile<'_>) -> Plan) -> Recomputed {
    let text = fs::read_to_string(support::folder().unwrap().join(name)).unwrap();
    let file = pb::parse(&text, &pb::Options::new(name)).unwrap();
    recompute(&file, &plan(&file)).unwrap()
}

fn declared(file: &pb::PbFile<'_>) -> Plan {
    Plan::default().declared(file).unwrap().0
}

fn set(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect()
}

fn same(official: &Value, outcome: &Recomputed) {
    let found: BTreeSet<_> = outcome.selected.iter().map(String::as_str).collect();
    assert_eq!(found, set(&official["selected_1"]), "{}", official["file"]);
}

#[test]
fn declared_rules_reproduce_official_outcomes() {
    for official in support::rows("official_outcomes.jsonl") {
        if set(&official["any_simple_variant"]).is_empty() {
            continue;
        }
        let name = official["file"].as_str().unwrap();
        let outcome = run(name, &declared);
        same(&official, &outcome);
        let in_part = official["unit"] == "Poznań"
            && !official["selected_other"].as_object().unwrap().is_empty();
        if in_part {
            let marked: Vec<_> = official["selected_other"]
                .as_object()
                .unwrap()
                .keys()
                .collect();
            assert_eq!(outcome.partial.iter().collect::<Vec<_>>(), marked);
        } else {
            assert!(outcome.partial.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_tie_order_that_works_works_here() {
    for official in support::rows("official_outcomes.jsonl") {
        let orders = set(&official["tie_orders_that_work"]);
        if official["declared_rule_reproduces"] != true {
            continue;
        }
        let name = official["file"].as_str().unwrap();
        for (order, tie) in [
            ("file", TieChoice::File),
            ("cost_asc", TieChoice::CostAsc),
            ("cost_desc", TieChoice::CostDesc),
        ] {
            let outcome = run(name, &|file| Plan {
                tie: tie.clone(),
                ..declared(file)
            });
            let found: BTreeSet<_> = outcome.selected.iter().map(String::as_str).collect();
            let works = found == set(&official["selected_1"]);
            assert_eq!(works, orders.contains(order), "{name} {order}");
            if !orders.contains(order) {
                assert!(
                    outcome.ties.iter().any(|tie| tie.decided),
                    "{name}: a tie decided"
                );
            }
        }
    }
}

#[test]
fn a_withdrawn_project_explains_what_no_rule_does() {
    for official in support::rows("official_outcomes.jsonl") {
        let Some(excluded) = official["needs_exclusion"].as_array() else {
            continue;
        };
        let exclude: Vec<String> = excluded
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect();
        let name = official["file"].as_str().unwrap();
        let outcome = run(name, &|file| Plan {
            exclude: exclude.clone(),
            ..declared(file)
        });
        same(&official, &outcome);
    }
}

#[test]
fn equal_shares_with_add1_reproduces_assen() {
    for official in support::rows("official_outcomes.jsonl") {
        if official["rule"] == "equalshares/add1" {
            same(
                &official,
                &run(official["file"].as_str().unwrap(), &declared),
            );
        }
    }
}

const fn equal_shares(add1: bool) -> Method {
    Method::EqualShares {
        add1,
        comparison: false,
    }
}

#[test]
fn proportional_methods_stay_within_the_budget_on_every_approval_file() {
    for official in support::rows("official_outcomes.jsonl") {
        let name = official["file"].as_str().unwrap();
        for method in [equal_shares(false), equal_shares(true), Method::Phragmen] {
            let outcome = run(name, &|_| Plan {
                method,
                ..Plan::default()
            });
            let money = |text: &str| pb::Decimal::parse(text).unwrap();
            assert!(
                money(&outcome.spent) <= money(&outcome.budget),
                "{name} {method:?}"
            );
        }
    }
}

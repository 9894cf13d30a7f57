//! `tally pb` and `tally anomalies`, option by option.

use super::*;
use serde_json::json;

#[test]
fn json_states_scores_ranking_and_outcome() {
    let found = pb(&["approval.pb"]);
    assert_eq!(
        found["scores"],
        json!({"P1": "5", "P2": "4", "P10": "3", "P9": "3", "P3": "1"})
    );
    assert_eq!(found["ranking"], json!(["P1", "P2", "P10", "P9", "P3"]));
    // 40 + 30, P10's 50 no longer fit, 20, 10.
    assert_eq!(found["selected"], json!(["P1", "P2", "P9", "P3"]));
    assert_eq!(found["partial"], json!([]));
    assert_eq!(
        found["ties"],
        json!([{"projects": ["P10", "P9"], "decided": false}])
    );
    assert_eq!(found["recount"]["votes"], "exact");
    assert_eq!(found["spent"], "100");
}

#[test]
fn every_fill_and_tie_order_is_reachable() {
    assert_eq!(
        pb(&["approval.pb", "--fill", "stop"])["selected"],
        json!(["P1", "P2"])
    );
    let partial = pb(&["approval.pb", "--fill", "partial:60"]);
    assert_eq!(
        (&partial["selected"], &partial["partial"]),
        (&json!(["P1", "P2"]), &json!(["P10"]))
    );
    assert_eq!(
        pb(&["approval.pb", "--fill", "partial:61"])["partial"],
        json!([])
    );
    let cheap = pb(&["approval.pb", "--fill", "stop", "--tie", "cost-asc"]);
    assert_eq!(cheap["ranking"], json!(["P1", "P2", "P9", "P10", "P3"]));
    assert_eq!(cheap["selected"], json!(["P1", "P2", "P9"]));
    assert_eq!(cheap["ties"][0]["decided"], true);
    assert_eq!(
        pb(&["approval.pb", "--tie", "cost-desc"])["ranking"][2],
        "P10"
    );
    assert_eq!(
        pb(&["approval.pb", "--tie", "lot:lot.txt"])["ranking"][2],
        "P9"
    );
}

#[test]
fn cuts_minimums_exclusions_and_fields() {
    // 150 in all: a tenth is 15, so P3 (10) goes, P9 (20) would exceed it.
    let cut = pb(&["approval.pb", "--drop-bottom", "10", "--cut", "at-most"]);
    assert_eq!(
        (&cut["dropped"], &cut["dropped_cost"]),
        (&json!(["P3"]), &json!("10"))
    );
    assert_eq!(cut["selected"], json!(["P1", "P2", "P10", "P9"]));
    let cut = pb(&[
        "approval.pb",
        "--drop-bottom",
        "10",
        "--cut",
        "at-least",
        "--fill",
        "skip",
    ]);
    assert_eq!(
        (&cut["dropped"], &cut["selected"]),
        (&json!(["P3", "P9"]), &json!(["P1", "P2"]))
    );
    let minimum = pb(&["approval.pb", "--min-score", "3"]);
    assert_eq!(minimum["below_minimum"], json!(["P3"]));
    let without = pb(&["approval.pb", "--exclude", "P1,P2"]);
    assert_eq!(without["selected"], json!(["P10", "P9", "P3"]));
    assert_eq!(
        (&without["excluded"], &without["scores"]["P1"]),
        (&json!(["P1", "P2"]), &json!("5"))
    );
    let fields = pb(&["approval.pb", "--by-field", "10/13"]);
    assert_eq!(
        fields["fields"]["park"],
        json!({
            "candidates_cost": "60", "allocation": "600/13", "selected": ["P1"], "partial": [],
            "spent": "40",
        })
    );
    assert_eq!(fields["fields"]["(none)"]["allocation"], "100/13");
}

#[test]
fn class_shares_are_exact_and_unnamed_classes_are_reported() {
    let shares = [
        "approval.pb",
        "--class-column",
        "voting_method",
        "--shares",
        "internet=60,paper=40",
    ];
    let voters = pb(&shares);
    assert_eq!(voters["scores"]["P1"], "11/15");
    assert_eq!(
        voters["classes"]["voters"],
        json!({"internet": 4, "paper": 3})
    );
    assert_eq!(voters["classes"]["ignored"], json!({"post": 1}));
    let marks = pb(&[shares.as_slice(), &["--share-base", "marks"]].concat());
    assert_eq!(marks["scores"]["P1"], "23/75");
    let refused = |shares: &str| {
        refusal(&[
            "pb",
            "approval.pb",
            "--class-column",
            "voting_method",
            "--shares",
            shares,
        ])
    };
    assert_eq!(
        refused("internet=60,paper=39"),
        "tally: the shares add up to 99, not to 100\n"
    );
    assert!(
        refused("internet=50,internet=50").contains("`internet` cannot be the name of a class")
    );
    assert!(refused("internet").contains("a share is written CLASS=PERCENT"));
}

#[test]
fn proportional_methods() {
    for method in ["equal-shares", "equal-shares-add1", "phragmen"] {
        let found = pb(&["approval.pb", "--method", method]);
        assert!(
            !found["selected"].as_array().unwrap().is_empty(),
            "{method}"
        );
    }
    let table = text(&tally(&["pb", "approval.pb", "--method", "phragmen"]));
    let (above, below) = table.split_once("cut-off").unwrap();
    assert!(
        !above.contains("not_bought") && below.contains("not_bought"),
        "{table}"
    );
    let refused = refusal(&[
        "pb",
        "approval.pb",
        "--method",
        "phragmen",
        "--fill",
        "stop",
    ]);
    assert_eq!(
        refused,
        "tally: --fill goes with a ranking, not with a proportional method\n"
    );
}

#[test]
fn the_table_has_the_line_in_it() {
    let output = tally(&["pb", "approval.pb", "--fill", "stop"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "A made-up vote");
    let line = lines
        .iter()
        .position(|line| line.contains("cut-off; 70 spent of 100"))
        .unwrap();
    assert!(lines[line - 1].contains("P2") && lines[line + 1].contains("P10"));
}

#[test]
fn anomalies_are_places_to_look() {
    let output = tally(&[
        "anomalies",
        "approval.pb",
        "--columns",
        "voting_method",
        "--minimum",
        "20",
    ]);
    assert!(output.status.success());
    assert!(text(&output).contains("0 places to look in 0 strata; 3 of under 20 not looked at"));
    assert!(refusal(&["anomalies", "approval.pb"]).contains("VOTES has no column `age`"));
    assert!(
        !tally(&["anomalies", "approval.pb", "--minimum", "5"])
            .status
            .success()
    );
}

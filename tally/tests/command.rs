//! The `tally` command itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tally::result::{ClassTotal, ClassTotals, SignedResult, Standing, compute};
use voting_core::manifest::testing::{keys, manifest, name};

fn tally(arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn pb(arguments: &[&str]) -> Value {
    let output = tally(&[&["pb", "--json"], arguments].concat());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = tally(arguments);
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

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
fn declared_rules_and_points() {
    let poznan = pb(&["approval.pb", "--as-declared"]);
    // 30 are left of P10's 50: less than 80 per cent.
    assert_eq!(
        (&poznan["selected"], &poznan["partial"]),
        (&json!(["P1", "P2"]), &json!([]))
    );
    let points = pb(&["cumulative.pb", "--as-declared"]);
    assert_eq!(points["scores"], json!({"a": "7/2", "b": "6", "c": "3/2"}));
    assert_eq!(
        points["recount"],
        json!({"votes": "exact", "score": "exact"})
    );
    assert_eq!(points["selected"], json!(["b", "a"]));
    assert_eq!(
        (&points["spent"], &points["below_minimum"]),
        (&json!("10.5"), &json!(["c"]))
    );
    let places = pb(&["ordinal.pb", "--as-declared"]);
    assert_eq!(places["scores"], json!({"a": "1", "b": "5", "c": "3"}));
}

/// A made-up file of three projects by votes: `a` 300 (3), `b` as given (2), `c` 200 (1).
fn declared(rule: &str, cost_of_b: u64, meta: &str) -> (Value, String) {
    let text = format!(
        "META\nkey;value\nbudget;500\nvote_type;approval\nrule;{rule}\n{meta}\
         PROJECTS\nproject_id;cost\na;300\nb;{cost_of_b}\nc;200\n\
         VOTES\nvoter_id;vote;place\n1;a,b,c;Old Town\n2;a,b;Nowe Ąę\n3;a;\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.pb");
    fs::write(&path, text).unwrap();
    let output = tally(&["pb", path.to_str().unwrap(), "--as-declared", "--json"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    (serde_json::from_slice(&output.stdout).unwrap(), message)
}

#[test]
fn every_declared_rule_has_its_outcome_and_unknown_ones_are_said() {
    for (rule, meta, selected, partial) in [
        ("greedy", "", json!(["a", "c"]), json!([])),
        ("GREEDY-exclusive", "", json!(["a", "c"]), json!([])),
        (
            "greedy-threshold",
            "min_project_score_threshold;2\n",
            json!(["a"]),
            json!([]),
        ),
        ("greedy-no-skip", "", json!(["a"]), json!([])),
        (
            "greedy-no-skip",
            "min_project_score_threshold;3\n",
            json!(["a"]),
            json!([]),
        ),
        // 200 of 250 are 80 per cent.
        ("greedy-custom", "", json!(["a"]), json!(["b"])),
    ] {
        let (found, message) = declared(rule, 250, meta);
        assert_eq!(
            (&found["selected"], &found["partial"]),
            (&selected, &partial),
            "{rule}"
        );
        assert_eq!(message, "", "{rule}");
    }
    for (rule, read_as) in [
        ("unknown", "greedy-threshold"),
        ("equalshares-comparison", "equalshares"),
        ("equalshares/add1-comparison", "equalshares"),
        ("equalshares/other", "equalshares"),
    ] {
        let (_, message) = declared(rule, 250, "");
        let expected = format!("rule `{rule}` is not computed as such; read as {read_as}");
        assert!(message.contains(&expected), "{message}");
    }
    let (_, message) = declared("greedy-threshold", 250, "");
    assert!(message.contains("column `min_project_score_threshold`: META has no such key"));
}

#[test]
fn a_rule_that_stops_does_not_stop_at_a_withdrawn_project() {
    let (found, message) = declared("greedy-no-skip", 999_999_999, "");
    assert_eq!(found["selected"], json!(["a", "c"]));
    assert_eq!(found["excluded"], json!(["b"]));
    assert!(
        message.contains(":9: column `cost`: priced 999999999"),
        "{message}"
    );
    // Any other project that does not fit is one to stop at.
    assert_eq!(
        declared("greedy-no-skip", 999_999_998, "").0["selected"],
        json!(["a"])
    );
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
fn bad_files_and_options_are_refused_with_their_place() {
    let unknown = "bad_unknown_project.pb:14: column `vote`: `zz` is not a project of this file";
    assert_eq!(
        refusal(&["pb", "bad_unknown_project.pb"]),
        format!("tally: {unknown}\n")
    );
    let output = tally(&["pb", "bad_unknown_project.pb", "--lenient", "--json"]);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("{unknown}\n")
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&found["scores"], &found["findings"]),
        (&json!({"a": "2"}), &json!([unknown]))
    );

    let missing = refusal(&["pb", "bad_no_votes.pb", "--lenient"]);
    assert_eq!(
        missing,
        "tally: bad_no_votes.pb:0: column ``: section VOTES is missing\n"
    );
    assert!(refusal(&["pb", "nowhere.pb"]).starts_with("tally: nowhere.pb: "));
    assert_eq!(
        refusal(&["pb", "approval.pb", "--tie", "lot:lot_short.txt"]),
        "tally: the lot order misses project `P2`\n"
    );
    assert_eq!(
        refusal(&["pb", "approval.pb", "--exclude", "P7"]),
        "tally: `P7` is not a project of this file\n"
    );
    for wrong in [
        ["--fill", "partial:0"],
        ["--fill", "partial:101"],
        ["--drop-bottom", "101"],
        ["--min-score", "-1"],
        ["--tie", "coin"],
        ["--share-base", "marks"],
        ["--cut", "at-most"],
    ] {
        assert!(
            !tally(&["pb", "approval.pb", wrong[0], wrong[1]])
                .status
                .success(),
            "{wrong:?}"
        );
    }
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

/// A folder with `manifest.json` and a signed `result.json`.
fn published() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest(3, 2);
    let class = |class: &str, ballots: u64, marks: &[u64]| ClassTotal {
        class: name(class),
        standing: Standing::Counted,
        ballots,
        issued: ballots * 2,
        marks: marks.to_vec(),
    };
    let classes = vec![
        class("committee", 5, &[1, 2, 3]),
        class("citizen", 50, &[30, 20, 10]),
    ];
    let totals = ClassTotals {
        classes,
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    };
    let mut signed = SignedResult::unsigned(compute(&manifest, &totals).unwrap());
    for key in &keys().staff[..2] {
        signed.sign(key).unwrap();
    }
    fs::write(folder.path().join("manifest.json"), manifest.canonical()).unwrap();
    fs::write(
        folder.path().join("result.json"),
        signed.to_canonical().unwrap(),
    )
    .unwrap();
    folder
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_result_is_printed_checked_and_exported() {
    let folder = published();
    let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    let output = tally(&[
        "result",
        &at("result.json"),
        "--lang",
        "en",
        "--html",
        &at("r.html"),
        "--csv",
        &at("r.csv"),
        "--xlsx",
        &at("r.xlsx"),
        "--pb",
        &at("r.pb"),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = text(&output);
    for check in [
        "of this election",
        "signed by staff",
        "re-derived from its totals",
    ] {
        assert!(printed.contains(&format!("ok      {check}")), "{printed}");
    }
    assert!(
        fs::read_to_string(at("r.html"))
            .unwrap()
            .starts_with("<!doctype html>")
    );
    assert_eq!(&fs::read(at("r.xlsx")).unwrap()[..2], b"PK");
    assert_eq!(fs::read_to_string(at("r.csv")).unwrap().lines().count(), 4);
    assert!(tally(&["pb", &at("r.pb"), "--json"]).status.success());
}

#[test]
fn an_altered_result_fails_by_name() {
    let folder = published();
    let path = folder.path().join("result.json");
    let altered = fs::read_to_string(&path)
        .unwrap()
        .replacen("\"rank\":1", "\"rank\":2", 1);
    fs::write(&path, altered).unwrap();
    let output = tally(&["result", path.to_str().unwrap()]);
    assert!(!output.status.success());
    let printed = text(&output);
    assert!(printed.contains("ok      of this election"));
    assert!(printed.contains("FAILED  signed by staff"));
    assert!(printed.contains("FAILED  re-derived from its totals"));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "tally: 2 checks failed\n"
    );
    fs::remove_file(folder.path().join("manifest.json")).unwrap();
    let output = tally(&["result", path.to_str().unwrap()]);
    assert!(output.status.success() && text(&output).contains("NOT CHECKED"));
}

#[test]
fn other_rules_stand_side_by_side() {
    let folder = published();
    let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    let output = tally(&[
        "simulate",
        &at("manifest.json"),
        &at("result.json"),
        "--lang",
        "en",
    ]);
    assert!(output.status.success());
    let printed = text(&output);
    assert!(printed.contains("A  as it is") && printed.contains("shares per voter"));
    assert!(printed.contains("p1 Project 1"));
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

/// The help is part of the interface: a change of it is a change of the file.
#[test]
fn help_is_as_recorded() {
    for command in ["pb", "result", "sign", "ratify", "simulate", "anomalies"] {
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/fixtures/help_{command}.txt"));
        let help = text(&tally(&[command, "--help"]));
        assert_eq!(help, fs::read_to_string(recorded).unwrap(), "{command}");
    }
}

#[cfg(unix)]
#[path = "command/signing.rs"]
mod signing;

//! `tally pb --as-declared`.

use super::*;
use serde_json::json;

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
        ("greedy-custom", "unit;Poznań\n", json!(["a"]), json!(["b"])),
        // 500 / 3 for each: together they hold a's 300, and then nothing.
        ("equalshares", "", json!(["a"]), json!([])),
        ("equalshares/add1", "", json!(["a"]), json!([])),
    ] {
        let (found, message) = declared(rule, 250, meta);
        assert_eq!(
            (&found["selected"], &found["partial"]),
            (&selected, &partial),
            "{rule}"
        );
        assert_eq!(message, "", "{rule}");
    }
    for (rule, meta, read_as) in [
        ("unknown", "", "greedy-threshold"),
        ("greedy-custom", "unit;Helsinki\n", "greedy-threshold"),
        ("equalshares/other", "", "equalshares"),
    ] {
        let (_, message) = declared(rule, 250, meta);
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

/// A made-up file of 60 for four voters: `a` for 60 (3 of them), `b` (2) and `c` (1) for 20 each.
fn compared(rule: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.pb");
    let text = format!(
        "META\nkey;value\nbudget;60\nvote_type;approval\nrule;{rule}\n\
         PROJECTS\nproject_id;cost\na;60\nb;20\nc;20\n\
         VOTES\nvoter_id;vote\n1;a,b\n2;a,c\n3;a\n4;b\n"
    );
    fs::write(&path, text).unwrap();
    pb(&[path.to_str().unwrap(), "--as-declared"])
}

#[test]
fn the_comparison_asks_which_outcome_more_voters_prefer() {
    // 15 for each: b's two voters buy it. One voter prefers that to a, two prefer a, one has one
    // of each.
    assert_eq!(compared("equalshares")["selected"], json!(["b"]));
    let found = compared("equalshares-comparison");
    assert_eq!(found["selected"], json!(["a"]));
    assert_eq!(found["reasons"]["a"], "funded");
}

#[test]
fn elections_in_which_nobody_voted_have_an_outcome() {
    for rule in [
        "greedy",
        "greedy-no-skip",
        "equalshares",
        "equalshares/add1",
        "equalshares/add1-comparison",
    ] {
        for votes in ["", "1;\n2;\n"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("t.pb");
            let text = format!(
                "META\nkey;value\nbudget;5\nvote_type;approval\nrule;{rule}\n\
                 PROJECTS\nproject_id;cost\na;3\nVOTES\nvoter_id;vote\n{votes}"
            );
            fs::write(&path, text).unwrap();
            let found = pb(&[path.to_str().unwrap(), "--as-declared"]);
            assert_eq!(found["scores"], json!({"a": "0"}), "{rule}");
        }
    }
}

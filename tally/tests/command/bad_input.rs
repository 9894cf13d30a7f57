//! Files and options that are refused, and where.

use super::*;
use serde_json::json;

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
        "tally: bad_no_votes.pb:8: column `vote`: section VOTES is missing\n"
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

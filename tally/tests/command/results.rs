//! `tally result` and `tally simulate`.

use super::*;
use tally::result::{ClassTotal, ClassTotals, SignedResult, Standing, compute};
use voting_core::manifest::Manifest;
use voting_core::manifest::testing::{document, keys, manifest, name};
use voting_core::rule::TieOrder;

/// A folder with `manifest.json` and a signed `result.json`.
pub(crate) fn published() -> tempfile::TempDir {
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
    let totals = tally(&["pb", &at("r.pb"), "--json"]);
    assert!(totals.status.success() && totals.stderr.is_empty());
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
fn a_seed_is_committed_to_and_draws_the_lot_later() {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    // The seed of the protocol's vector.
    fs::write(at("lot.seed"), format!("{}\n", "07".repeat(32))).unwrap();
    let committed = text(&tally(&["lot", &at("lot.seed")]));
    let commitment = committed.trim().strip_prefix("commitment ").unwrap();
    let mut document = document(4, 2);
    document.contests[0].rule.ties = vec![TieOrder::VerifiableLot {
        commitment: name(commitment),
    }];
    let manifest = Manifest::new(document).unwrap();
    fs::write(at("manifest.json"), manifest.canonical()).unwrap();
    let drawn = tally(&["lot", &at("lot.seed"), "--manifest", &at("manifest.json")]);
    assert!(
        text(&drawn).ends_with("\ncitywide\n   1  p3\n   2  p2\n   3  p4\n   4  p1\n"),
        "{}",
        text(&drawn)
    );
    fs::write(at("other.seed"), "08".repeat(32)).unwrap();
    let other = tally(&["lot", &at("other.seed"), "--manifest", &at("manifest.json")]);
    assert!(!other.status.success());
    fs::write(at("bad.seed"), "0807").unwrap();
    assert!(refusal(&["lot", &at("bad.seed")]).ends_with("bad.seed: not 64 hexadecimal digits\n"));
}

//! Signing results and recording ratifications.

use super::results::published;
use super::*;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use tally::result::{SignedRatification, SignedResult};
use voting_core::keys::SecretKey;
use voting_core::manifest::testing::keys;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key_file(folder: &Path, file: &str, key: &SecretKey, mode: u32) -> String {
    let path = folder.join(file);
    let line = format!("hanpyo-key v1 staff {}\n", hex(&key.to_seed()[..]));
    fs::write(&path, line).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A folder with a published result and two staff keys, and a way to name its files.
fn staffed() -> (tempfile::TempDir, [String; 2], impl Fn(&str) -> String) {
    let folder = published();
    let keys = keys();
    let files = [
        key_file(folder.path(), "kim.key", &keys.staff[0], 0o600),
        key_file(folder.path(), "lee.key", &keys.staff[1], 0o600),
    ];
    let root = folder.path().to_owned();
    let path = move |name: &str| root.join(name).to_str().unwrap().to_owned();
    (folder, files, path)
}

#[test]
fn staff_sign_what_its_totals_give() {
    let (folder, [kim, lee], path) = staffed();
    let signed: SignedResult =
        serde_json::from_slice(&fs::read(path("result.json")).unwrap()).unwrap();
    fs::write(path("bare.json"), signed.result.to_canonical().unwrap()).unwrap();
    let manifest = path("manifest.json");
    let sign = |from: &str, key: &str, to: &str| {
        tally(&[
            "sign",
            &path(from),
            "--manifest",
            &manifest,
            "--key",
            key,
            "--out",
            &path(to),
        ])
    };
    let one = sign("bare.json", &kim, "one.json");
    assert_eq!(text(&one), "1 staff members signed where 2 must\n");
    assert!(!tally(&["result", &path("one.json")]).status.success());
    assert!(!sign("one.json", &kim, "twice.json").status.success());
    assert_eq!(
        text(&sign("one.json", &lee, "two.json")),
        "signed by as many as must\n"
    );
    assert!(tally(&["result", &path("two.json")]).status.success());
    assert!(
        !sign("bare.json", &kim, "two.json").status.success(),
        "never over a file"
    );
    let mut altered = signed.result;
    altered.contests[0].projects[0].funded += 1;
    fs::write(path("altered.json"), altered.to_canonical().unwrap()).unwrap();
    assert!(!sign("altered.json", &kim, "no.json").status.success());
    let open = key_file(folder.path(), "open.key", &keys().staff[0], 0o644);
    assert!(!sign("bare.json", &open, "no.json").status.success());
    assert!(!Path::new(&path("no.json")).exists());
}

#[test]
fn an_assembly_decides_beside_the_result() {
    let (_folder, [kim, lee], path) = staffed();
    let before = fs::read(path("result.json")).unwrap();
    let signed: SignedResult = serde_json::from_slice(&before).unwrap();
    let out = signed.result.contests[0]
        .projects
        .iter()
        .find(|p| p.outcome == tally::engine::Outcome::In)
        .unwrap();
    let change = json!([{"project": out.id, "from": "in", "to": "out", "funded": 0,
        "reason": {"ko": "부지 없음", "en": "No site"}}]);
    fs::write(path("changes.json"), change.to_string()).unwrap();
    let ratify = |extra: &[&str]| {
        let (result, manifest) = (path("result.json"), path("manifest.json"));
        let fixed = [
            "ratify",
            &result,
            "--manifest",
            &manifest,
            "--assembly-ko",
            "총회",
            "--assembly-en",
            "Assembly",
            "--decided-on",
            "2027-09-01",
            "--key",
            &kim,
        ];
        tally(&[&fixed[..], extra].concat())
    };
    let (changes, decision) = (path("changes.json"), path("ratification.json"));
    let alone = ratify(&["--out", &decision]);
    assert!(
        !alone.status.success(),
        "two of the staff record a decision"
    );
    let both = ratify(&["--key", &lee, "--changes", &changes, "--out", &decision]);
    assert!(
        both.status.success(),
        "{}",
        String::from_utf8_lossy(&both.stderr)
    );
    let shown = tally(&["result", &path("result.json"), "--ratification", &decision]);
    assert!(shown.status.success());
    assert!(text(&shown).contains("ok      ratification recorded by staff"));
    assert!(text(&shown).contains("선정 → 미선정"), "{}", text(&shown));
    assert_eq!(fs::read(path("result.json")).unwrap(), before);
    let mut forged: SignedRatification =
        serde_json::from_slice(&fs::read(&decision).unwrap()).unwrap();
    forged.ratification.assembly.en = "Another".to_owned();
    fs::write(path("forged.json"), forged.to_canonical().unwrap()).unwrap();
    let forged = tally(&[
        "result",
        &path("result.json"),
        "--ratification",
        &path("forged.json"),
    ]);
    assert!(!forged.status.success());
}

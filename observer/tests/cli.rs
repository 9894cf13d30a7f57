//! The `observer` command itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Log, opened, ratified};
use std::path::Path;
use std::process::{Command, Output};
use voting_core::codec::Decode;
use voting_core::codec::Encode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::LeafIndex;
use voting_core::log::proof::TlogProof;
use voting_core::log::tree::{Frontier, InclusionProof, NodeMap, leaf_hash};
use voting_core::receipt::Receipt;

fn observer(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_observer"));
    command.args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn help_is_as_documented() {
    let commands = [
        &["--help"][..],
        &["verify", "--help"],
        &["receipt", "--help"],
    ];
    let others = [
        &["log", "--help"][..],
        &["mirror", "--help"],
        &["cosign", "--help"],
        &["result", "--help"],
    ];
    let help: Vec<String> = commands
        .iter()
        .chain(&others)
        .map(|args| stdout(&observer(args)))
        .collect();
    let help = help.join("\n---\n\n");
    assert_eq!(help, include_str!("help.txt"), "{help}");
}

#[test]
fn the_exit_code_tells_verified_failed_and_wrong_usage_apart() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let whole = log.write();
    let output = observer(&["verify", text(whole.path())]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("trusted, not verified | 검증이 아니라 신뢰하는 것"));

    let cut = log.with(log.entries[..20].to_vec()).write();
    assert_eq!(
        observer(&["verify", text(cut.path())]).status.code(),
        Some(1)
    );
    let unfinished = observer(&["verify", text(cut.path()), "--unfinished"]);
    assert_eq!(unfinished.status.code(), Some(0));

    let kept = whole.path().join("checkpoint");
    let args = [
        "verify",
        text(cut.path()),
        "--unfinished",
        "--json",
        "--checkpoint",
        text(&kept),
    ];
    let failed = observer(&args);
    assert_eq!(failed.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&failed.stdout).unwrap();
    assert_eq!(report["verdict"], "failed");
    assert_eq!(report["first_failure"]["check"], "consistency");
    assert_eq!(report["first_failure"]["entry"], 20);
    assert_eq!(observer(&["verify"]).status.code(), Some(2));
    assert_eq!(
        observer(&["verify", "no-such-folder"]).status.code(),
        Some(1)
    );
}

#[test]
fn a_mirror_is_the_log_and_goes_on_as_it_grows() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let first = log.with(log.entries[..15].to_vec()).write();
    let (source, mirror) = (log.write(), tempfile::tempdir().unwrap());
    for folder in [first.path(), source.path(), source.path()] {
        let output = observer(&["mirror", text(folder), text(mirror.path())]);
        assert!(output.status.success(), "{output:?}");
    }
    assert!(observer(&["verify", text(mirror.path())]).status.success());
}

#[test]
fn a_receipt_is_checked_offline() {
    let mut election = opened(false);
    let voter = election.register(1, 1);
    let index = election.cast(&voter, &[1]);
    let entry = Entry::from_bytes(&election.entries[index.get() as usize]).unwrap();
    let Body::Ballot(cast) = &entry.body else {
        panic!("a ballot")
    };
    let (state, keys) = (&election.state, &election.keys);
    let who = (voter.credential.voter.pseudonym, cast.tracking_code());
    let receipt = Receipt::sign(
        &keys.log,
        state.election(),
        state.policy().origin().as_str(),
        who,
        (index, entry.time),
    );
    let folder = tempfile::tempdir().unwrap();
    let (file, manifest) = (
        folder.path().join("receipt"),
        folder.path().join("manifest.json"),
    );
    std::fs::write(&file, receipt.to_bytes()).unwrap();
    std::fs::write(&manifest, state.manifest().canonical()).unwrap();
    let good = observer(&["receipt", text(&file), "--manifest", text(&manifest)]);
    assert!(good.status.success(), "{good:?}");
    assert!(stdout(&good).contains("entry 12"));
    let key = keys.registrar.verify_key().to_string();
    assert_eq!(
        observer(&["receipt", text(&file), "--log-key", &key])
            .status
            .code(),
        Some(1)
    );
    let log = Log::of(&election, &[]).write();
    let args = [
        "verify",
        text(log.path()),
        "--unfinished",
        "--receipt",
        text(&file),
    ];
    assert!(observer(&args).status.success());

    // The file that the page saves holds the same; what it says for people must be the receipt's.
    let saved = |code: &str, index: u64| {
        let receipt = data_encoding::BASE64.encode(&receipt.to_bytes());
        let index = index.to_string();
        let file = serde_json::json!({
            "format": "hanpyo receipt v1", "receipt": receipt, "code": code, "index": index
        });
        let name = folder.path().join("saved.json");
        std::fs::write(&name, file.to_string()).unwrap();
        observer(&["receipt", text(&name), "--manifest", text(&manifest)])
    };
    let code = cast.tracking_code().to_string();
    assert!(saved(&code, index.get()).status.success());
    assert_eq!(saved(&code, index.get() + 1).status.code(), Some(1));
    assert_eq!(saved(&"0".repeat(64), index.get()).status.code(), Some(1));
}

/// The tlog-proof of an entry as the gateway serves it.
fn proof_of(log: &Log, index: u64, extra: Vec<u8>) -> String {
    let (mut frontier, mut nodes) = (Frontier::new(), NodeMap::new());
    for entry in &log.entries {
        frontier.append_with(leaf_hash(entry), |node, hash| nodes.insert(node, hash));
    }
    let index = LeafIndex::new(index);
    let inclusion = InclusionProof::prove(&nodes, index, frontier.size()).unwrap();
    let proof = TlogProof::new(index, inclusion, log.checkpoint());
    proof.with_extra(extra).unwrap().to_string()
}

#[test]
fn a_proof_is_checked_from_its_file_alone_and_beside_its_receipt() {
    let mut election = opened(false);
    let mut places = Vec::new();
    for person in [1, 2] {
        let voter = election.register(person, 1);
        let index = election.cast(&voter, &[1]);
        places.push((index, voter.credential.voter.pseudonym));
    }
    let log = Log::of(&election, &[]);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let state = &election.state;
    let manifest = file("manifest.json", state.manifest().canonical());
    let (mut proofs, mut receipts) = (Vec::new(), Vec::new());
    for (index, pseudonym) in places {
        let bytes = log.entries[index.get() as usize].clone();
        let entry = Entry::from_bytes(&bytes).unwrap();
        let Body::Ballot(cast) = &entry.body else {
            panic!("a ballot")
        };
        let who = (pseudonym, cast.tracking_code());
        let origin = state.policy().origin().as_str();
        let place = (index, entry.time);
        let receipt = Receipt::sign(&election.keys.log, state.election(), origin, who, place);
        receipts.push(file(&format!("receipt-{index}"), &receipt.to_bytes()));
        let proof = proof_of(&log, index.get(), bytes);
        proofs.push(file(&format!("{index}.tlog-proof"), proof.as_bytes()));
    }
    let check = |files: &[&String]| {
        let files = files.iter().map(|file| file.as_str());
        let args: Vec<&str> = ["receipt", "--manifest", &manifest]
            .into_iter()
            .chain(files)
            .collect();
        observer(&args)
    };
    let alone = check(&[&proofs[0]]);
    assert!(alone.status.success(), "{alone:?}");
    assert!(stdout(&alone).contains("this ballot is entry 12 of a log of 15 entries"));
    assert!(stdout(&alone).contains("by the log's word alone"));
    let both = check(&[&receipts[0], &proofs[0]]);
    assert!(
        stdout(&both).contains("the log kept its promise"),
        "{both:?}"
    );
    for wrong in [
        &[&receipts[0], &proofs[1]][..],
        &[&receipts[0], &receipts[1]],
        &[&proofs[0], &proofs[1]],
    ] {
        assert_eq!(check(wrong).status.code(), Some(1), "{wrong:?}");
    }
    let another = log.entries[14].clone();
    let forged = file("forged", proof_of(&log, 12, another).as_bytes());
    assert_eq!(check(&[&forged]).status.code(), Some(1));
    let bare = file("bare", proof_of(&log, 12, Vec::new()).as_bytes());
    assert_eq!(check(&[&bare]).status.code(), Some(1));
    let credential = proof_of(&log, 11, log.entries[11].clone());
    let credential = file("credential", credential.as_bytes());
    assert_eq!(check(&[&credential]).status.code(), Some(1));
}

#[test]
fn a_witness_cosigns_growth_and_refuses_a_split() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let folder = tempfile::tempdir().unwrap();
    let (state, key) = (folder.path().join("latest"), folder.path().join("key"));
    std::fs::write(&key, "07".repeat(32)).unwrap();
    let cosign = |log: &Log| {
        let source = log.write();
        let args = [
            "cosign",
            text(source.path()),
            "--state",
            text(&state),
            "--name",
            "w.example/1",
        ];
        observer(&[&args[..], &["--key", text(&key)]].concat())
    };
    let first = cosign(&log.with(log.entries[..12].to_vec()));
    assert!(first.status.success(), "{first:?}");
    assert!(stdout(&first).contains("— w.example/1 "));
    assert!(cosign(&log).status.success());
    assert!(cosign(&log).status.success());
    let mut other = log.entries.clone();
    other.swap(13, 14);
    assert_eq!(cosign(&log.rebuilt(other)).status.code(), Some(1));
    let shorter = log.with(log.entries[..20].to_vec());
    assert_eq!(cosign(&shorter).status.code(), Some(1));
}

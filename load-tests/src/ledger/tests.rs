use super::*;
use voting_core::ids::{LeafIndex, Pseudonym, UnixMillis};
use voting_core::manifest::testing::{keys, manifest};
use voting_core::tracking::TrackingCode;

fn receipt(manifest: &Manifest, n: u8) -> Receipt {
    let who = (Pseudonym::new([n; 32]), TrackingCode::of(&[n]));
    let place = (LeafIndex::new(n.into()), UnixMillis::new(9));
    let (election, origin) = (manifest.election_id(), manifest.origin.as_str());
    Receipt::sign(&keys().log, election, origin, who, place)
}

fn fresh() -> (tempfile::TempDir, PathBuf, Manifest) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    (folder, path, manifest(3, 2))
}

#[test]
fn receipts_are_there_again_and_a_cut_line_is_dropped() {
    let (_folder, path, manifest) = fresh();
    let mut ledger = Ledger::open(&path, &manifest).unwrap();
    ledger.add("a", receipt(&manifest, 1)).unwrap();
    ledger.add("b", receipt(&manifest, 2)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() - 5]).unwrap();
    let mut ledger = Ledger::open(&path, &manifest).unwrap();
    assert_eq!(ledger.receipts().keys().collect::<Vec<_>>(), ["a"]);
    ledger.add("b", receipt(&manifest, 2)).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_ledger_of_another_election_or_with_a_false_receipt_is_refused() {
    let (_folder, path, manifest) = fresh();
    drop(Ledger::open(&path, &manifest).unwrap());
    let other = voting_core::manifest::testing::manifest(4, 2);
    assert!(matches!(
        Ledger::open(&path, &other),
        Err(LedgerError::Other(..))
    ));

    let mut ledger = Ledger::open(&path, &manifest).unwrap();
    ledger.add("a", receipt(&other, 1)).unwrap();
    assert!(matches!(
        Ledger::open(&path, &manifest),
        Err(LedgerError::Receipt(_, 2, _))
    ));
}

#[test]
fn a_voter_twice_or_a_line_of_another_form_is_refused() {
    let (_folder, path, manifest) = fresh();
    let mut ledger = Ledger::open(&path, &manifest).unwrap();
    ledger.add("a", receipt(&manifest, 1)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let last = text.lines().last().unwrap();
    for wrong in [
        format!("{text}{last}\n"),
        format!("{text}b\n"),
        format!("{text}b\t?\n"),
    ] {
        std::fs::write(&path, wrong).unwrap();
        assert!(matches!(
            Ledger::open(&path, &manifest),
            Err(LedgerError::Line(_, 3))
        ));
    }
}

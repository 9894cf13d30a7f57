//! A witness against a log that grows, splits, shrinks and lies.

use super::*;
use crate::codec::Decode;
use crate::keys::VerifyKey;
use crate::log::checkpoint::tests::{policy, signed};
use crate::log::checkpoint::{Origin, Quorum};
use crate::log::tree::leaf_hash;
use crate::log::tree::tests::counted;
use data_encoding::HEXLOWER;
use proptest::collection::vec;
use proptest::prelude::*;

fn size(n: u64) -> TreeSize {
    TreeSize::new(n)
}

fn state(n: u64) -> Option<(TreeSize, LogHash)> {
    Some((size(n), counted(n).0.root()))
}

/// The log of the first `new` numbers asks for a cosignature from `old` on.
fn request(old: u64, new: u64) -> AddCheckpoint {
    let (frontier, nodes, _) = counted(new);
    let consistency = ConsistencyProof::prove(&nodes, size(old), size(new)).unwrap();
    AddCheckpoint::new(size(old), consistency, signed(new, frontier.root(), &[]))
}

fn refusal(request: &AddCheckpoint, latest: Option<(TreeSize, LogHash)>) -> WitnessRefusal {
    request.check(&policy(0), latest).unwrap_err()
}

#[test]
fn a_growing_log_is_cosigned() {
    let mut latest = None;
    for (old, new) in [
        (0, 0),
        (0, 0),
        (0, 1),
        (1, 1),
        (1, 5),
        (5, 6),
        (6, 300),
        (300, 300),
    ] {
        let request: AddCheckpoint = request(old, new).to_string().parse().unwrap();
        let checkpoint = request.check(&policy(3), latest).unwrap();
        latest = Some((checkpoint.size(), checkpoint.root()));
        assert_eq!(latest, state(new));
    }
}

#[test]
fn each_refusal_has_its_status() {
    let not_latest = refusal(&request(1, 5), state(3));
    assert_eq!(not_latest, WitnessRefusal::NotLatest { latest: size(3) });
    assert_eq!(not_latest.http_status(), 409);
    assert_eq!(
        refusal(&request(1, 5), None),
        WitnessRefusal::NotLatest { latest: size(0) }
    );
    let (_, nodes, _) = counted(9);
    let consistency = ConsistencyProof::prove(&nodes, size(5), size(9)).unwrap();
    let shrinks = AddCheckpoint::new(size(9), consistency, signed(5, counted(5).0.root(), &[]));
    assert_eq!(refusal(&shrinks, state(9)), WitnessRefusal::Shrinks);
    assert_eq!(refusal(&shrinks, state(9)).http_status(), 400);
    let split = Some((size(5), leaf_hash(b"other")));
    assert_eq!(
        refusal(&request(5, 5), split),
        WitnessRefusal::OtherRoot { size: size(5) }
    );
    assert_eq!(refusal(&request(5, 5), split).http_status(), 409);
    assert_eq!(
        refusal(&request(5, 9), split),
        WitnessRefusal::Inconsistent(BadProof)
    );
    assert_eq!(refusal(&request(5, 9), split).http_status(), 422);
    let with_proof = request(5, 9).consistency;
    let mut first = request(0, 9);
    first.consistency = with_proof;
    assert_eq!(
        refusal(&first, None),
        WitnessRefusal::Inconsistent(BadProof)
    );
    let key = crate::log::checkpoint::tests::secret(8).verify_key();
    let stranger = LogPolicy::new(policy(0).origin().clone(), key, Quorum::none()).unwrap();
    let error = request(0, 9).check(&stranger, None).unwrap_err();
    assert_eq!(
        error,
        WitnessRefusal::Checkpoint(OpenCheckpointError::NotSignedByLog)
    );
    assert_eq!(error.http_status(), 403);
}

// Three requests and the public key of the tests of torchwood's witness (filippo.io/torchwood).
const KEY: &str = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
const TREE: &str =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
const TO_1: &str = "old 0\n\
    \n\
    TREE\n\
    1\n\
    KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
    \n\
    — TREE UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbI\
    QY=\n";
const TO_5: &str = "old 1\n\
    KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
    +fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n\
    KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
    \n\
    TREE\n\
    5\n\
    QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\
    \n\
    — TREE UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sD\
    ww=\n";
const TO_3: &str = "old 1\n\
    KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
    KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
    \n\
    TREE\n\
    3\n\
    RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n\
    \n\
    — TREE UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6\
    go=\n";

#[test]
fn decides_as_another_witness_does() {
    let key = VerifyKey::from_bytes(&HEXLOWER.decode(KEY.as_bytes()).unwrap()).unwrap();
    let log = LogPolicy::new(Origin::new(TREE).unwrap(), key, Quorum::none()).unwrap();
    let check = |text: &str, latest| {
        let text = text.replace("TREE", TREE);
        let request: AddCheckpoint = text.parse().unwrap();
        assert_eq!(request.to_string(), text);
        request
            .check(&log, latest)
            .map(|checkpoint| (checkpoint.size(), checkpoint.root()))
    };
    let at_1 = check(TO_1, None).unwrap();
    assert_eq!(check(TO_3, Some(at_1)).unwrap().0, size(3));
    let at_5 = check(TO_5, Some(at_1)).unwrap();
    assert_eq!(at_5.1.to_string(), {
        "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36"
    });
    assert_eq!(
        check(TO_3, Some(at_5)),
        Err(WitnessRefusal::NotLatest { latest: size(5) })
    );
}

#[test]
fn other_forms_are_refused() {
    use ParseAddCheckpointError::*;
    let text = request(5, 9).to_string();
    let error = |text: &str| text.parse::<AddCheckpoint>().unwrap_err();
    let change = |from: &str, to: &str| error(&text.replacen(from, to, 1));
    for old in [
        "old -5\n",
        "old 05\n",
        "old\n",
        "old 5 \n",
        "old 4611686018427387905\n",
        "",
    ] {
        assert_eq!(change("old 5\n", old), OldSize, "{old:?}");
    }
    assert_eq!(change("old 5\n", "old 5\nAAAA\n"), Hash(0));
    assert_eq!(error("old 5\n"), Hash(0));
    assert_eq!(error("old 5\n\n"), Checkpoint(NoteError::NoSignatures));
    let line = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let many = format!("old 5\n{}", line.repeat(MAX_PROOF_HASHES + 1));
    assert_eq!(change("old 5\n", &many), Hash(MAX_PROOF_HASHES));
    let long = vec![b'x'; MAX_ADD_CHECKPOINT_BYTES + 1];
    assert_eq!(
        AddCheckpoint::parse(&long),
        Err(TooLong(MAX_ADD_CHECKPOINT_BYTES + 1))
    );
}

proptest! {
    #[test]
    fn garbage_is_refused_without_panic(
        bytes in vec(any::<u8>(), 0..200), at: prop::sample::Index, byte: u8,
    ) {
        let _ = AddCheckpoint::parse(&bytes);
        let mut changed = request(5, 9).to_string().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        if let Ok(request) = AddCheckpoint::parse(&changed) {
            prop_assert_eq!(request.to_string().into_bytes(), changed);
            let _ = request.check(&policy(0), state(5));
        }
    }
}

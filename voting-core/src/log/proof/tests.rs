//! A kept proof against an honest and a lying log.

use super::*;
use crate::log::checkpoint::tests::{policy, signed};
use crate::log::tree::TreeSize;
use crate::log::tree::tests::counted;
use proptest::collection::vec;
use proptest::prelude::*;

/// The proof of the entry `index` of the first `size` numbers, cosigned by witnesses 1 and 2.
fn proof(index: u64, size: u64) -> TlogProof {
    let (frontier, nodes, _) = counted(size);
    let index = LeafIndex::new(index);
    let inclusion = InclusionProof::prove(&nodes, index, TreeSize::new(size)).unwrap();
    TlogProof::new(index, inclusion, signed(size, frontier.root(), &[1, 2]))
}

fn error(text: &str) -> ParseTlogProofError {
    text.parse::<TlogProof>().unwrap_err()
}

#[test]
fn a_proof_is_written_as_specified_and_comes_back() {
    let with_extra = proof(2, 3).with_extra(b"anything".to_vec()).unwrap();
    let text = with_extra.to_string();
    let sibling = encode_hash(&with_extra.inclusion().hashes()[0]);
    let expected = format!(
        "c2sp.org/tlog-proof@v1\nextra YW55dGhpbmc=\nindex 2\n{sibling}\n\n{}",
        with_extra.checkpoint()
    );
    assert_eq!(text, expected);
    assert_eq!(text.parse(), Ok(with_extra));
    let single = proof(0, 1);
    assert!(
        single
            .to_string()
            .starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/log\n1\n")
    );
    assert_eq!(single.to_string().parse(), Ok(single));
}

#[test]
fn a_kept_proof_verifies_offline() {
    for (index, size) in [(0, 1), (0, 2), (6, 7), (255, 300), (299, 300)] {
        let kept: TlogProof = proof(index, size).to_string().parse().unwrap();
        let entry = index.to_string();
        let opened = kept.verify(entry.as_bytes(), &policy(2)).unwrap();
        assert_eq!(opened.checkpoint().size(), TreeSize::new(size));
        assert_eq!(opened.cosignatures().len(), 2);
        let error = kept.verify(entry.as_bytes(), &policy(3)).unwrap_err();
        let need = OpenCheckpointError::NoQuorum { have: 2, need: 3 };
        assert_eq!(error, VerifyTlogProofError::Checkpoint(need));
    }
}

#[test]
fn another_entry_index_or_hash_does_not_verify() {
    let kept = proof(6, 13);
    let bad = Err(VerifyTlogProofError::Inclusion(BadProof));
    assert_eq!(kept.verify(b"7", &policy(2)), bad);
    let text = kept.to_string();
    let moved: TlogProof = text.replace("index 6\n", "index 7\n").parse().unwrap();
    assert_eq!(moved.verify(b"6", &policy(2)), bad);
    let beyond: TlogProof = text.replace("index 6\n", "index 13\n").parse().unwrap();
    assert_eq!(beyond.verify(b"6", &policy(2)), bad);
    let huge = text.replace("index 6\n", "index 18446744073709551615\n");
    assert_eq!(
        huge.parse::<TlogProof>().unwrap().verify(b"6", &policy(2)),
        bad
    );
    let hash = encode_hash(&kept.inclusion().hashes()[1]);
    let shorter: TlogProof = text.replace(&format!("{hash}\n"), "").parse().unwrap();
    assert_eq!(shorter.verify(b"6", &policy(2)), bad);
    let other = encode_hash(&leaf_hash(b"other"));
    let changed: TlogProof = text.replace(&hash, &other).parse().unwrap();
    assert_eq!(changed.verify(b"6", &policy(2)), bad);
}

#[test]
fn another_root_signed_by_nobody_does_not_verify() {
    let kept = proof(6, 13);
    let other = signed(13, leaf_hash(b"other"), &[1, 2]);
    let swapped = TlogProof::new(kept.index(), kept.inclusion().clone(), other);
    let error = swapped.verify(b"6", &policy(2)).unwrap_err();
    assert_eq!(error, VerifyTlogProofError::Inclusion(BadProof));
    let larger: TlogProof = kept
        .to_string()
        .replace("\n13\n", "\n14\n")
        .parse()
        .unwrap();
    let error = larger.verify(b"6", &policy(2)).unwrap_err();
    assert!(matches!(
        error,
        VerifyTlogProofError::Checkpoint(OpenCheckpointError::Note(_))
    ));
}

#[test]
fn other_forms_are_refused() {
    use ParseTlogProofError::*;
    let proof = proof(6, 13).with_extra(b"x".to_vec()).unwrap();
    let text = proof.to_string();
    let hash = encode_hash(&proof.inclusion().hashes()[2]);
    let change = |from: &str, to: &str| error(&text.replacen(from, to, 1));
    assert_eq!(error(""), Header);
    assert_eq!(change("@v1\n", "@v2\n"), Header);
    assert_eq!(change("@v1\n", "@v1\r\n"), Header);
    assert_eq!(change("c2sp", "\nc2sp"), Header);
    assert_eq!(change("extra eA==", "extra eA="), Extra);
    assert_eq!(change("extra eA==", "extra eB=="), Extra);
    assert_eq!(change("extra eA==", "extra "), Extra);
    assert_eq!(change("extra eA==", "extra  eA=="), Extra);
    assert_eq!(change("extra eA==", "Extra eA=="), Index);
    assert_eq!(change("extra eA==\n", "extra eA==\nextra eA==\n"), Index);
    for index in [
        "",
        "-1",
        "+6",
        "06",
        "six",
        " 6",
        "6 ",
        "18446744073709551616",
    ] {
        assert_eq!(
            change("index 6\n", &format!("index {index}\n")),
            Index,
            "{index:?}"
        );
    }
    assert_eq!(change("index 6\n", "index 6\r\n"), Index);
    assert_eq!(change("index 6\n", ""), Index);
    assert_eq!(change(&hash, "AAAA"), Hash(2));
    assert_eq!(change(&hash, &format!("{hash} ")), Hash(2));
    assert_eq!(change(&hash, &hash.replace('=', "")), Hash(2));
    assert_eq!(
        change("\n\nexample", "\nexample"),
        Hash(proof.inclusion().hashes().len())
    );
    assert_eq!(error("c2sp.org/tlog-proof@v1\nindex 6\n"), Hash(0));
    assert_eq!(
        error("c2sp.org/tlog-proof@v1\nindex 6\n\n"),
        Checkpoint(NoteError::NoSignatures)
    );
    assert_eq!(
        error(text.trim_end()),
        Checkpoint(NoteError::SignatureLine(2))
    );
    assert_eq!(
        error(&format!("{text}\n")),
        Checkpoint(NoteError::NoSignatures)
    );
    let many = format!("{hash}\n").repeat(MAX_PROOF_HASHES + 1);
    assert_eq!(change(&format!("{hash}\n"), &many), Hash(MAX_PROOF_HASHES));
}

#[test]
fn proofs_are_bounded() {
    let most = proof(6, 13).with_extra(vec![7; MAX_EXTRA_BYTES]).unwrap();
    assert_eq!(most.to_string().parse(), Ok(most.clone()));
    let more = most.with_extra(vec![7; MAX_EXTRA_BYTES + 1]);
    assert_eq!(more, Err(ParseTlogProofError::Extra));
    let long = vec![b'x'; MAX_TLOG_PROOF_BYTES + 1];
    let error = TlogProof::parse(&long).unwrap_err();
    assert_eq!(
        error,
        ParseTlogProofError::TooLong(MAX_TLOG_PROOF_BYTES + 1)
    );
}

proptest! {
    #[test]
    fn proofs_come_back(index: u64, hashes in vec(any::<[u8; 32]>(), 0..=63), extra: Vec<u8>) {
        let hashes = hashes.into_iter().map(LogHash::new).collect();
        let inclusion = InclusionProof::new(hashes).unwrap();
        let note = signed(5, leaf_hash(b""), &[1]);
        let proof = TlogProof::new(LeafIndex::new(index), inclusion, note);
        let proof = proof.with_extra(extra).unwrap();
        prop_assert_eq!(proof.to_string().parse(), Ok(proof));
    }

    #[test]
    fn garbage_is_refused_without_panic(
        bytes in vec(any::<u8>(), 0..200), at: prop::sample::Index, byte: u8, to in 0usize..900,
    ) {
        let _ = TlogProof::parse(&bytes);
        let mut changed = proof(6, 13).to_string().into_bytes();
        let cut = changed[..to.min(changed.len())].to_vec();
        let at = at.index(changed.len());
        changed[at] = byte;
        for bytes in [cut, changed] {
            if let Ok(proof) = TlogProof::parse(&bytes) {
                prop_assert_eq!(proof.to_string().into_bytes(), bytes);
                let _ = proof.verify(b"6", &policy(1));
            }
        }
    }
}

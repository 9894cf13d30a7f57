//! The log's tree, and the texts around it: checkpoint, cosignature, proof file, witness request.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::generate::hex;
use serde_json::{Value, json};
use voting_core::ids::{LeafIndex, LogHash};
use voting_core::keys::SecretKey;
use voting_core::log::checkpoint::{Checkpoint, Origin};
use voting_core::log::note::{CosignatureTime, KeyName, Note, SignatureType, VerifierKey};
use voting_core::log::proof::TlogProof;
use voting_core::log::tree::{
    ConsistencyProof, Frontier, InclusionProof, NodeMap, TreeSize, leaf_hash, root,
};
use voting_core::log::witness::AddCheckpoint;

const ORIGIN: &str = "vote.example.org/test";
const WITNESS: &str = "witness.example.org";
const LEAVES: u8 = 7;

/// Both vectors by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    vec![
        ("tree".to_owned(), tree()),
        ("checkpoint".to_owned(), checkpoint()),
    ]
}

/// Leaf `i` is `i` bytes of the value `i`.
fn leaf(i: u8) -> Vec<u8> {
    vec![i; usize::from(i)]
}

fn nodes() -> NodeMap {
    let (mut frontier, mut nodes) = (Frontier::new(), NodeMap::new());
    for i in 0..LEAVES {
        frontier.append_with(leaf_hash(&leaf(i)), |node, hash| nodes.insert(node, hash));
    }
    nodes
}

fn size(n: u8) -> TreeSize {
    TreeSize::new(n.into())
}

fn root_of(n: u8) -> LogHash {
    root(&nodes(), size(n)).expect("all nodes are at hand")
}

fn inclusion(index: u8, n: u8) -> InclusionProof {
    let index = LeafIndex::new(index.into());
    InclusionProof::prove(&nodes(), index, size(n)).expect("an entry of the tree")
}

fn consistency(old: u8, new: u8) -> ConsistencyProof {
    ConsistencyProof::prove(&nodes(), size(old), size(new)).expect("a former size")
}

fn tree() -> Value {
    let included = |(index, n): &(u8, u8)| json!({"index": index, "size": n, "hashes": inclusion(*index, *n).hashes()});
    let consistent = |(old, new): &(u8, u8)| json!({"old": old, "new": new, "hashes": consistency(*old, *new).hashes()});
    let inclusion = [(0, 1), (0, 7), (2, 7), (6, 7), (4, 6)];
    let consistency = [(0, 7), (1, 7), (3, 7), (4, 7), (6, 7), (7, 7)];
    json!({
        "about": "RFC 6962 over seven entries, the roots of sizes 0 to 7, and proofs",
        "entries": (0..LEAVES).map(leaf).map(hex).collect::<Vec<_>>(),
        "roots": (0..=LEAVES).map(root_of).collect::<Vec<_>>(),
        "inclusion": inclusion.iter().map(included).collect::<Vec<_>>(),
        "consistency": consistency.iter().map(consistent).collect::<Vec<_>>(),
    })
}

fn signed(n: u8) -> Note {
    let origin = Origin::new(ORIGIN).expect("an origin");
    let checkpoint = Checkpoint::new(origin, size(n), root_of(n));
    checkpoint
        .sign(&SecretKey::from_seed(&[2; 32]))
        .expect("an origin without spaces")
}

fn name(name: &str) -> KeyName {
    KeyName::new(name).expect("a key name")
}

fn checkpoint() -> Value {
    let (log, witness) = (
        SecretKey::from_seed(&[2; 32]),
        SecretKey::from_seed(&[30; 32]),
    );
    let time = CosignatureTime::new(1_817_164_801).expect("a time");
    let signature = signed(7).cosign(name(WITNESS), &witness, time);
    let cosigned = signed(7).with_signature(signature).expect("two signatures");
    let verifier = |n, kind, key: &SecretKey| VerifierKey::new(name(n), kind, key.verify_key());
    let proof = TlogProof::new(LeafIndex::new(2), inclusion(2, 7), cosigned.clone());
    json!({
        "about": "the tree of tree.json: texts of C2SP",
        "log": verifier(ORIGIN, SignatureType::Ed25519, &log),
        "witness": verifier(WITNESS, SignatureType::CosignatureV1, &witness),
        "checkpoint": signed(7).to_string(),
        "cosigned": cosigned.to_string(),
        "tlog_proof": proof.to_string(),
        "add_checkpoint": AddCheckpoint::new(size(3), consistency(3, 7), signed(7)).to_string(),
    })
}

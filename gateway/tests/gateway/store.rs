//! The contract of the two stores, kept by real databases.

mod contract;
mod postgres;
mod sqlite;

use gateway::store::{Group, StoredCheckpoint, StoredEntry, StoredReceipt};
use voting_core::ids::{DocumentHash, ElectionId, LeafIndex, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::{NodeId, TreeSize};
use voting_core::tracking::TrackingCode;

const ELECTION: ElectionId = ElectionId::new([1; 32]);
const PERSON: Pseudonym = Pseudonym::new([2; 32]);

/// The first group: an election, three entries, their checkpoint.
fn first() -> Group {
    let manifest = DocumentHash::of(b"manifest");
    let mut group = group(0, 3);
    group.documents.insert(manifest, b"manifest".to_vec());
    group.election = Some((ELECTION, manifest));
    group
}

/// `count` entries behind the first `base`, with a checkpoint over all.
fn group(base: u64, count: u64) -> Group {
    let mut group = Group::new(base, 0);
    for n in base..base + count {
        let nodes = vec![(NodeId::new(0, n), LogHash::new([9; 32]))];
        group.append(entry(n), if n == 1 { 2 } else { 4 }, nodes);
    }
    group.checkpoint = (count > 0).then(|| checkpoint(base + count, 1));
    group
}

fn entry(n: u64) -> StoredEntry {
    StoredEntry {
        index: LeafIndex::new(n),
        time: UnixMillis::new(7),
        bytes: vec![1, 4, u8::try_from(n).unwrap()],
    }
}

fn checkpoint(size: u64, root: u8) -> StoredCheckpoint {
    let (size, root) = (TreeSize::new(size), LogHash::new([root; 32]));
    StoredCheckpoint {
        size,
        root,
        note: format!("note {size:?}"),
    }
}

fn ballot(n: u64, code: &TrackingCode) -> StoredReceipt {
    StoredReceipt {
        index: LeafIndex::new(n),
        code: *code.as_bytes(),
        receipt: vec![3, u8::try_from(n).unwrap()],
    }
}

//! Reading the log back at start: nothing is served that does not verify.

use super::signer::LogSigner;
use super::sums::provide_sums;
use crate::store::{Store, StoreError, StoredCheckpoint, StoredEntry};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use voting_core::audit::{Signatures, State, Violation};
use voting_core::codec::{Decode, DecodeError};
use voting_core::entry::{Body, Entry};
use voting_core::ids::{LeafIndex, LogHash};
use voting_core::log::tree::{Frontier, NodeId, leaf_hash};
use voting_core::manifest::Manifest;

/// How many entries are in memory at once.
const CHUNK: u64 = 1024;

/// Why a stored log is refused.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry does not decode.
    #[error("entry {index} does not decode")]
    Decode {
        /// The entry.
        index: LeafIndex,
        /// Why.
        #[source]
        source: DecodeError,
    },
    /// An entry breaks a check.
    #[error("entry {index} does not verify")]
    Violation {
        /// The entry.
        index: LeafIndex,
        /// What it breaks.
        #[source]
        source: Violation,
    },
    /// The hashes kept beside the entries are not theirs.
    #[error("the stored hashes of level {level} are not those of the entries up to {index}")]
    Nodes {
        /// The level.
        level: u8,
        /// The last entry read.
        index: LeafIndex,
    },
    /// The newest checkpoint is missing, not of this size and root, or not signed by this log.
    #[error("the stored checkpoint is not that of the {0} entries")]
    Checkpoint(u64),
    /// The tables that answers are made from disagree with the log.
    #[error("the table of {0} disagrees with the log")]
    Table(&'static str),
}

/// Rebuilds the state from all entries.
///
/// Every entry goes through the audit again, all but its signatures: the checkpoint over them all
/// is signed by this log, which had verified them before it signed.
///
/// # Errors
/// [`ReplayError`] naming the first thing that is not as this gateway wrote it.
pub async fn replay(
    store: &Store,
    manifest: Arc<Manifest>,
    signer: &LogSigner,
) -> Result<State, ReplayError> {
    let zero = LeafIndex::new(0);
    let state = State::new(manifest);
    let mut reader = Reader {
        state: state.map_err(|source| ReplayError::Violation {
            index: zero,
            source,
        })?,
        frontier: Frontier::new(),
        ballots: 0,
    };
    loop {
        let start = reader.state.size();
        let entries = store.entries(start..start + CHUNK).await?;
        if entries.is_empty() {
            break;
        }
        let nodes = reader.read(store, &entries).await?;
        check_nodes(store, nodes, reader.state.size()).await?;
    }
    check_checkpoint(store.checkpoint().await?, &reader.state, signer)?;
    reader.check_tables(store).await?;
    Ok(reader.state)
}

struct Reader {
    state: State,
    frontier: Frontier,
    ballots: u64,
}

impl Reader {
    /// Takes entries in and gives the nodes they complete.
    async fn read(
        &mut self,
        store: &Store,
        entries: &[StoredEntry],
    ) -> Result<BTreeMap<NodeId, LogHash>, ReplayError> {
        let mut nodes = BTreeMap::new();
        for stored in entries {
            let index = stored.index;
            let entry = Entry::from_bytes(&stored.bytes)
                .map_err(|source| ReplayError::Decode { index, source })?;
            if matches!(entry.body, Body::Trustee(_)) {
                let provided = provide_sums(store, &mut self.state).await?;
                provided.map_err(|source| ReplayError::Violation { index, source })?;
            }
            self.state
                .apply(&entry, &stored.bytes, Signatures::Verified)
                .map_err(|source| ReplayError::Violation { index, source })?;
            self.ballots += u64::from(matches!(entry.body, Body::Ballot(_)));
            let leaf = leaf_hash(&stored.bytes);
            self.frontier.append_with(leaf, |node, hash| {
                nodes.insert(node, hash);
            });
        }
        Ok(nodes)
    }

    async fn check_tables(&self, store: &Store) -> Result<(), ReplayError> {
        let tables = store.table_counts().await?;
        let sum = |of: fn(&voting_core::audit::ClassCount) -> u64| {
            self.state.counts().iter().map(of).sum::<u64>()
        };
        for (table, log, name) in [
            (tables.ballots, self.ballots, "ballots"),
            (tables.voters, sum(|count| count.cast), "current ballots"),
            (tables.people, sum(|count| count.issued), "credentials"),
        ] {
            if table != log {
                return Err(ReplayError::Table(name));
            }
        }
        Ok(())
    }
}

/// Compares nodes, level by level, with the stored ones.
async fn check_nodes(
    store: &Store,
    nodes: BTreeMap<NodeId, LogHash>,
    size: u64,
) -> Result<(), ReplayError> {
    let mut levels: BTreeMap<u8, (u64, Vec<LogHash>)> = BTreeMap::new();
    for (node, hash) in nodes {
        let level = levels.entry(node.level());
        let (_, hashes) = level.or_insert_with(|| (node.index(), Vec::new()));
        hashes.push(hash);
    }
    for (level, (start, hashes)) in levels {
        let end = start + hashes.len() as u64;
        if store.nodes(level, start..end).await? != hashes {
            let index = LeafIndex::new(size.saturating_sub(1));
            return Err(ReplayError::Nodes { level, index });
        }
    }
    Ok(())
}

fn check_checkpoint(
    stored: Option<StoredCheckpoint>,
    state: &State,
    signer: &LogSigner,
) -> Result<(), ReplayError> {
    let tree = state.frontier();
    let matches = match stored {
        None => state.size() == 0,
        Some(StoredCheckpoint { size, root, note }) => {
            size == tree.size() && root == tree.root() && signer.has_signed(&note, size, root)
        }
    };
    if matches {
        Ok(())
    } else {
        Err(ReplayError::Checkpoint(state.size()))
    }
}

//! Reading the log back at start: nothing is served that does not verify.

use super::signer::LogSigner;
use super::sums::provide_sums;
use crate::store::{Store, StoreError, StoredCheckpoint, StoredEntry, TableCounts};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use voting_core::audit::{ClassCount, Signatures, State, Violation};
use voting_core::codec::{Decode, DecodeError};
use voting_core::entry::{Body, Entry};
use voting_core::ids::{LeafIndex, LogHash};
use voting_core::log::tree::{NodeId, leaf_hash};
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
    /// The log is shorter than what was read of it before.
    #[error("the newest checkpoint covers {size} entries, of {had} that were read")]
    Shrunk {
        /// As it was read.
        had: u64,
        /// As it is.
        size: u64,
    },
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
    let mut state = state.map_err(|source| ReplayError::Violation {
        index: zero,
        source,
    })?;
    // Another process may be appending: the tables are compared at the size they were read at.
    let tables = store.table_counts().await?;
    let ballots = read_to(store, &mut state, tables.entries).await?;
    check_tables(&state, tables, ballots)?;
    follow(store, &mut state, signer).await?;
    Ok(state)
}

/// Takes in the entries behind those that the state has, up to the newest checkpoint, which must be
/// theirs and signed by this log.
///
/// # Errors
/// [`ReplayError`]; the state is then one that the log had, unless it names an entry.
pub(super) async fn follow(
    store: &Store,
    state: &mut State,
    signer: &LogSigner,
) -> Result<Option<StoredCheckpoint>, ReplayError> {
    let checkpoint = store.checkpoint().await?;
    let size = checkpoint.as_ref().map_or(0, |newest| newest.size.get());
    if size < state.size() {
        let had = state.size();
        return Err(ReplayError::Shrunk { had, size });
    }
    read_to(store, state, size).await?;
    check_checkpoint(checkpoint.as_ref(), state, signer)?;
    Ok(checkpoint)
}

/// Takes entries in up to a size; how many ballots they were.
async fn read_to(store: &Store, state: &mut State, size: u64) -> Result<u64, ReplayError> {
    let mut ballots = 0;
    while state.size() < size {
        let start = state.size();
        let entries = store.entries(start..size.min(start + CHUNK)).await?;
        if entries.is_empty() {
            return Err(ReplayError::Checkpoint(start));
        }
        let (nodes, more) = read(store, state, &entries).await?;
        check_nodes(store, nodes, state.size()).await?;
        ballots += more;
    }
    Ok(ballots)
}

/// Takes entries in and gives the nodes they complete and how many ballots they are.
async fn read(
    store: &Store,
    state: &mut State,
    entries: &[StoredEntry],
) -> Result<(BTreeMap<NodeId, LogHash>, u64), ReplayError> {
    let (mut nodes, mut ballots) = (BTreeMap::new(), 0);
    for stored in entries {
        let index = stored.index;
        let entry = Entry::from_bytes(&stored.bytes)
            .map_err(|source| ReplayError::Decode { index, source })?;
        if matches!(entry.body, Body::Trustee(_)) {
            let provided = provide_sums(store, state).await?;
            provided.map_err(|source| ReplayError::Violation { index, source })?;
        }
        let mut frontier = state.frontier().clone();
        state
            .apply(&entry, &stored.bytes, Signatures::Verified)
            .map_err(|source| ReplayError::Violation { index, source })?;
        ballots += u64::from(matches!(entry.body, Body::Ballot(_)));
        frontier.append_with(leaf_hash(&stored.bytes), |node, hash| {
            nodes.insert(node, hash);
        });
    }
    Ok((nodes, ballots))
}

fn check_tables(state: &State, tables: TableCounts, ballots: u64) -> Result<(), ReplayError> {
    let sum = |of: fn(&ClassCount) -> u64| state.counts().iter().map(of).sum::<u64>();
    for (table, log, name) in [
        (tables.ballots, ballots, "ballots"),
        (tables.voters, sum(|count| count.cast), "current ballots"),
        (tables.people, sum(|count| count.issued), "credentials"),
    ] {
        if table != log {
            return Err(ReplayError::Table(name));
        }
    }
    Ok(())
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
    stored: Option<&StoredCheckpoint>,
    state: &State,
    signer: &LogSigner,
) -> Result<(), ReplayError> {
    let tree = state.frontier();
    let matches = match stored {
        None => state.size() == 0,
        Some(StoredCheckpoint { size, root, note }) => {
            *size == tree.size() && *root == tree.root() && signer.has_signed(note, *size, *root)
        }
    };
    if matches {
        Ok(())
    } else {
        Err(ReplayError::Checkpoint(state.size()))
    }
}

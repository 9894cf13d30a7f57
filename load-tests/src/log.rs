//! Reading the public log as anyone can: checkpoint and bundles of entries.

use crate::http::{Http, HttpError};
use thiserror::Error;
use voting_core::audit::{Signatures, State, Violation, log_policy};
use voting_core::codec::{Decode, DecodeError};
use voting_core::entry::Entry;
use voting_core::ids::LeafIndex;
use voting_core::log::checkpoint::{Checkpoint, LogPolicy, OpenCheckpointError};
use voting_core::log::note::{Note, NoteError};
use voting_core::log::tile::{EntryBundle, TilePath, new_entry_bundles};
use voting_core::log::tree::TreeSize;
use voting_core::manifest::Manifest;

/// Why the log is not believed.
#[derive(Debug, Error)]
pub enum LogError {
    /// It cannot be read.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The checkpoint is not a note.
    #[error("the checkpoint")]
    Note(#[from] NoteError),
    /// The checkpoint is not the log's.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// A bundle does not hold what its path says.
    #[error("{0} is not a bundle of so many entries")]
    Bundle(TilePath),
    /// An entry does not decode.
    #[error("entry {0}")]
    Entry(LeafIndex, #[source] DecodeError),
    /// An entry breaks a rule.
    #[error("entry {0}: {1}")]
    Violation(u64, Violation),
    /// The entries are not those of the checkpoint.
    #[error("the entries read are not those of the checkpoint of {0}")]
    Root(TreeSize),
}

/// Reads one election's log.
#[derive(Clone, Debug)]
pub struct LogReader {
    http: Http,
    policy: LogPolicy,
}

impl LogReader {
    /// A reader that believes checkpoints of the manifest's log alone.
    ///
    /// # Errors
    /// [`LogError::Violation`] if the manifest names no log that can be.
    pub fn new(http: Http, manifest: &Manifest) -> Result<Self, LogError> {
        let policy = log_policy(manifest).map_err(|violation| LogError::Violation(0, violation))?;
        Ok(Self { http, policy })
    }

    /// Whose checkpoints are believed.
    #[must_use]
    pub const fn policy(&self) -> &LogPolicy {
        &self.policy
    }

    /// The newest checkpoint, signed by the log; cosignatures are not demanded.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn checkpoint(&self) -> Result<Checkpoint, LogError> {
        let note = Note::parse(&self.http.get("/log/checkpoint").await?)?;
        Ok(self.policy.open_without_quorum(&note)?.checkpoint().clone())
    }

    /// The paths of all bundles of a log of `size` entries, in order.
    pub fn bundles(size: TreeSize) -> impl Iterator<Item = TilePath> {
        new_entry_bundles(TreeSize::new(0), size)
    }

    /// The entries of one bundle, as served.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn bundle(&self, path: TilePath) -> Result<Vec<Vec<u8>>, LogError> {
        let bytes = self.http.get(&format!("/log/{path}")).await?;
        let bundle = EntryBundle::decode(&bytes, path.width());
        let bundle = bundle.map_err(|_| LogError::Bundle(path))?;
        Ok(bundle
            .entries()
            .iter()
            .map(|entry| entry.to_vec())
            .collect())
    }
}

/// Takes the next entry into a state, with every signature verified.
///
/// # Errors
/// [`LogError::Entry`] or [`LogError::Violation`].
pub fn apply(state: &mut State, bytes: &[u8]) -> Result<Entry, LogError> {
    let index = LeafIndex::new(state.size());
    let entry = Entry::from_bytes(bytes).map_err(|error| LogError::Entry(index, error))?;
    let applied = state.apply(&entry, bytes, Signatures::Verify);
    applied.map_err(|violation| LogError::Violation(index.get(), violation))?;
    Ok(entry)
}

/// Checks that the entries taken in are exactly those of a checkpoint.
///
/// # Errors
/// [`LogError::Root`].
pub fn check_root(state: &State, checkpoint: &Checkpoint) -> Result<(), LogError> {
    let tree = state.frontier();
    if tree.size() == checkpoint.size() && tree.root() == checkpoint.root() {
        Ok(())
    } else {
        Err(LogError::Root(checkpoint.size()))
    }
}

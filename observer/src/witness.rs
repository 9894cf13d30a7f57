//! A witness: cosigns a log's checkpoints, each consistent with the one before
//! (<https://c2sp.org/tlog-witness>).

use crate::check::{Failure, OwnCheck};
use crate::head::{self, Claimed};
use crate::source::{BadSourceTile, LogPath, Source, SourceTiles};
use thiserror::Error;
use voting_core::audit::log_policy;
use voting_core::keys::SecretKey;
use voting_core::log::checkpoint::{Checkpoint, LogPolicy};
use voting_core::log::note::{CosignatureTime, KeyName, Note, NoteError, NoteSignature};
use voting_core::log::tile::{
    EntryBundle, TileError, TileHashes, TileKind, TilePath, VerifiedTiles,
};
use voting_core::log::tree::{ConsistencyProof, ProveError, TreeSize};
use voting_core::log::witness::{AddCheckpoint, WitnessRefusal};
use voting_core::manifest::Manifest;

/// Why a checkpoint is not cosigned.
#[derive(Debug, Error)]
pub enum WitnessError {
    /// The log does not hold.
    #[error(transparent)]
    Log(#[from] Failure),
    /// It is not consistent with what was cosigned before, or not the log's.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// The cosigned note is too long.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// A checkpoint that a witness may cosign.
pub struct Accepted {
    note: Note,
    checkpoint: Checkpoint,
}

/// Reads a source's manifest from entry 0, verified to be in its tree.
///
/// # Errors
/// [`Failure`].
pub fn read_manifest(source: &dyn Source) -> Result<Manifest, Failure> {
    let claimed = Claimed::read(source)?;
    let tree = head::Tree::open(source, &claimed.checkpoint)?;
    let path = TilePath::in_tree(TileKind::Entries, 0, claimed.size());
    let path = path.ok_or_else(|| Failure::new(OwnCheck::Files, "the log is empty"))?;
    let bytes = source.read(LogPath::Tile(path)).map_err(head::file)?;
    let bundle: EntryBundle<'_> = tree.entries(path, &bytes)?;
    head::manifest(
        source,
        bundle.entries().first().copied().unwrap_or_default(),
    )
}

/// Checks that the newest checkpoint is consistent with the latest one that was cosigned.
///
/// # Errors
/// [`WitnessError`].
pub fn accept(
    source: &dyn Source,
    manifest: &Manifest,
    latest: Option<&Checkpoint>,
) -> Result<Accepted, WitnessError> {
    let policy = log_policy(manifest)
        .map_err(|violation| Failure::new(violation.check, violation.detail))?;
    let claimed = Claimed::read(source)?;
    let old = latest.map_or(TreeSize::new(0), Checkpoint::size);
    let proof = consistency(source, &claimed, old, &policy)?;
    let request = AddCheckpoint::new(old, proof, claimed.note.clone());
    let latest = latest.map(|latest| (latest.size(), latest.root()));
    let checkpoint = request.check(&policy, latest)?;
    Ok(Accepted {
        note: claimed.note,
        checkpoint,
    })
}

impl Accepted {
    /// The checkpoint: to be stored as the latest, durably, before the cosignature is handed out.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint as the log signed it.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The cosignature, and the note with it.
    ///
    /// # Errors
    /// [`WitnessError::Note`].
    pub fn cosign(
        &self,
        name: KeyName,
        key: &SecretKey,
        time: CosignatureTime,
    ) -> Result<(NoteSignature, Note), WitnessError> {
        let signature = self.note.cosign(name, key, time);
        let note = self.note.with_signature(signature.clone())?;
        Ok((signature, note))
    }
}

fn consistency(
    source: &dyn Source,
    claimed: &Claimed,
    old: TreeSize,
    policy: &LogPolicy,
) -> Result<ConsistencyProof, WitnessError> {
    policy
        .open_without_quorum(&claimed.note)
        .map_err(WitnessRefusal::from)?;
    if old > claimed.size() {
        return Err(WitnessRefusal::Shrinks.into());
    }
    let (size, root) = (claimed.size(), claimed.checkpoint.root());
    let bad = |detail: &dyn std::fmt::Display| Failure::new(OwnCheck::MerkleTree, detail);
    let tiles = VerifiedTiles::open(SourceTiles(source), size, root);
    let tiles = tiles.map_err(|error: TileError<BadSourceTile>| bad(&error))?;
    let proof = ConsistencyProof::prove(&TileHashes::new(tiles, size), old, size);
    Ok(proof.map_err(|error: ProveError<_>| bad(&error))?)
}

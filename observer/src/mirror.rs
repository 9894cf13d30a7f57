//! A log as a folder of static files: what any server can serve and [`crate::verify`] can read.

use crate::check::Failure;
use crate::head::{self, Claimed, Tree};
use crate::progress::{Part, Progress};
use crate::source::{LogPath, Source, SourceError};
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::LeafIndex;
use voting_core::log::tile::{TileKind, TilePath, new_entry_bundles, new_tiles};
use voting_core::log::tree::TreeSize;
use voting_core::staff::Document;

/// Why a log was not mirrored whole. What was written is kept: another run goes on from there.
#[derive(Debug, Error)]
pub enum MirrorError {
    /// The source does not give what it should.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What it gives is not what its checkpoint says.
    #[error(transparent)]
    Log(#[from] Failure),
    /// The folder cannot be written.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Downloads a whole log, every tile and entry checked against the checkpoint, which is written
/// last. Files that a former run wrote whole are not fetched again. Gives the number of entries.
///
/// # Errors
/// [`MirrorError`].
pub fn mirror(
    source: &dyn Source,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<TreeSize, MirrorError> {
    let mirror = Mirror { source, folder };
    let claimed = Claimed::read(source)?;
    let tree = Tree::open(&mirror, &claimed.checkpoint)?;
    let (none, size) = (TreeSize::new(0), claimed.size());
    let all: Vec<TilePath> = new_tiles(none, size)
        .chain(new_entry_bundles(none, size))
        .collect();
    progress.begin(Part::Files, all.len() as u64);
    for (done, path) in (1..).zip(&all) {
        mirror.tile(&tree, *path)?;
        progress.reached(Part::Files, done);
    }
    mirror.write("checkpoint", claimed.note.to_string().as_bytes())?;
    progress.end(Part::Files);
    Ok(size)
}

/// A source that reads the folder first, and keeps there what it fetches.
struct Mirror<'a> {
    source: &'a dyn Source,
    folder: &'a Path,
}

impl Mirror<'_> {
    fn tile(&self, tree: &Tree<'_>, path: TilePath) -> Result<(), MirrorError> {
        if path.kind() != TileKind::Entries {
            self.read(LogPath::Tile(path))?;
            return Ok(());
        }
        let bytes = self.read(LogPath::Tile(path))?;
        let bundle = match tree.entries(path, &bytes) {
            Ok(bundle) => bundle,
            Err(failure) => {
                // The folder's copy may be of a former, broken run.
                let _ = std::fs::remove_file(self.folder.join(path.to_string()));
                return Err(failure.into());
            }
        };
        let first = path.index() * 256;
        for (index, entry) in (first..).zip(bundle.entries()) {
            for document in documents(entry) {
                head::document(self, LeafIndex::new(index), &document)?;
            }
        }
        Ok(())
    }

    /// Writes a file whole or not at all.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), MirrorError> {
        let file = self.folder.join(path);
        write_whole(&file, bytes).map_err(|source| MirrorError::Io { file, source })
    }
}

impl Source for Mirror<'_> {
    fn read(&self, path: LogPath) -> Result<Vec<u8>, SourceError> {
        let file = self.folder.join(path.to_string());
        if path != LogPath::Checkpoint
            && let Ok(bytes) = std::fs::read(&file)
        {
            return Ok(bytes);
        }
        let bytes = self.source.read(path)?;
        let written = write_whole(&file, &bytes);
        let path = file.display().to_string();
        written.map_err(|source| SourceError::Io { path, source })?;
        Ok(bytes)
    }
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    let mut out = std::fs::File::create(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&new, file)
}

fn documents(entry: &[u8]) -> Vec<Document> {
    let Ok(entry) = Entry::from_bytes(entry) else {
        return Vec::new();
    };
    let Body::Staff(staff) = &entry.body else {
        return Vec::new();
    };
    staff.proposal.action.document().into_iter().collect()
}

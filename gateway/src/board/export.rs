//! The whole log as a folder of static files.

use super::{Board, BoardError, BoardPath};
use crate::store::Store;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::log::tile::{new_entry_bundles, new_tiles};
use voting_core::log::tree::TreeSize;

/// Why a log was not exported whole.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The board has not what it should have.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// The folder cannot be written.
    #[error("{file}")]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Writes the log into a folder: the same paths as the board serves, the checkpoint last, so that
/// a folder with a checkpoint is whole. Gives the number of entries.
///
/// # Errors
/// [`ExportError`].
pub async fn export(store: &Store, folder: &Path) -> Result<TreeSize, ExportError> {
    let board = Board::new(store.clone());
    let checkpoint = board.checkpoint().await?;
    let (none, size) = (TreeSize::new(0), checkpoint.size);
    for path in new_tiles(none, size).chain(new_entry_bundles(none, size)) {
        let file = board.file(BoardPath::Tile(path)).await?;
        write(&folder.join(path.to_string()), &file.bytes)?;
    }
    let documents = store.document_hashes().await.map_err(BoardError::Store)?;
    for hash in documents {
        let file = board.file(BoardPath::Document(hash)).await?;
        write(
            &folder.join("documents").join(hash.to_string()),
            &file.bytes,
        )?;
    }
    write(&folder.join("checkpoint"), checkpoint.note.as_bytes())?;
    Ok(size)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(file, bytes))
        .map_err(|source| ExportError::Io {
            file: file.to_owned(),
            source,
        })
}

//! Where a log is read from: a gateway, a mirror, or a folder with the same paths.
//!
//! ```text
//! checkpoint                     the newest checkpoint
//! tile/<L>/<N>[.p/<W>]           hashes
//! tile/entries/<N>[.p/<W>]       entries
//! documents/<content address>    documents the entries name
//! ```
//!
//! A source is believed in nothing: what it gives is bounded here and verified by the caller.

mod folder;
#[cfg(feature = "http")]
mod http;

pub use folder::Folder;
#[cfg(feature = "http")]
pub use http::{Answer, Http};

use std::fmt;
use thiserror::Error;
use voting_core::ids::DocumentHash;
use voting_core::log::note::MAX_NOTE_BYTES;
use voting_core::log::tile::{MAX_ENTRY_BYTES, Tile, TileKind, TilePath, TileReader};

/// The longest document that is read, in bytes.
pub const MAX_DOCUMENT: u32 = 16 << 20;

/// A file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogPath {
    /// The newest checkpoint.
    Checkpoint,
    /// A tile of hashes or a bundle of entries.
    Tile(TilePath),
    /// A document.
    Document(DocumentHash),
}

impl LogPath {
    /// The most bytes that this file can have.
    #[must_use]
    pub fn limit(self) -> usize {
        match self {
            Self::Checkpoint => MAX_NOTE_BYTES,
            Self::Tile(path) => {
                let each = match path.kind() {
                    TileKind::Hashes(_) => 32,
                    TileKind::Entries => 2 + MAX_ENTRY_BYTES,
                };
                path.width().get() * each
            }
            Self::Document(_) => MAX_DOCUMENT as usize,
        }
    }
}

impl fmt::Display for LogPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::Tile(path) => path.fmt(f),
            Self::Document(hash) => write!(f, "documents/{hash}"),
        }
    }
}

/// Why a source did not give a file.
#[derive(Debug, Error)]
pub enum SourceError {
    /// It has no such file.
    #[error("{0} is not there")]
    Missing(String),
    /// The file is longer than it can be.
    #[error("{path} is longer than {limit} bytes")]
    TooLong {
        /// The file.
        path: String,
        /// The most bytes it can have.
        limit: usize,
    },
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The request did not get through.
    #[error("{path} cannot be fetched: {reason}")]
    Http {
        /// The file.
        path: String,
        /// Why: the error with its causes.
        reason: String,
    },
    /// The server answered with something else than the file.
    #[error("{path}: the server answered {status}")]
    Status {
        /// The file.
        path: String,
        /// The HTTP status; a redirect is not followed.
        status: u16,
    },
    /// The address is neither a URL nor a folder with a log.
    #[error("{0}")]
    Address(String),
}

/// Gives the files of one log.
pub trait Source: Send + Sync {
    /// Reads a file of at most `path.limit()` bytes.
    ///
    /// # Errors
    /// [`SourceError`].
    fn read(&self, path: LogPath) -> Result<Vec<u8>, SourceError>;
}

/// Opens a URL (of a gateway, or of a log's files) or a folder.
///
/// # Errors
/// [`SourceError`] if there is no log.
#[cfg(feature = "http")]
pub fn open(address: &str) -> Result<Box<dyn Source>, SourceError> {
    match is_url(address) {
        true => Ok(Box::new(Http::log(address)?)),
        false => Ok(Box::new(Folder::open(address.as_ref())?)),
    }
}

/// Whether an address is a URL, not a folder.
#[must_use]
pub fn is_url(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// The tiles of hashes of a source, not verified.
pub(crate) struct SourceTiles<'a>(pub(crate) &'a dyn Source);

/// A tile that is not there or not one.
#[derive(Debug, Error)]
pub(crate) enum BadSourceTile {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Tile(#[from] voting_core::log::tile::BadTile),
}

impl TileReader for SourceTiles<'_> {
    type Error = BadSourceTile;

    fn tile(&self, path: TilePath) -> Result<Tile, BadSourceTile> {
        let bytes = self.0.read(LogPath::Tile(path))?;
        Ok(Tile::from_bytes(&bytes, path.width())?)
    }
}

//! The board: the log as static files, exactly as C2SP tlog-tiles lays them out.
//!
//! ```text
//! checkpoint                     the newest checkpoint; changes
//! tile/<L>/<N>[.p/<W>]           hashes
//! tile/entries/<N>[.p/<W>]       entries
//! documents/<content address>    documents the entries name
//! proof/<index>                  a tlog-proof of an entry under the newest checkpoint, the entry in it
//! ```
//!
//! It reads what was committed and nothing else, so any cache, mirror or content network can stand
//! before it.

mod export;

pub use export::{ExportError, export};

use crate::store::{Store, StoreError, StoredCheckpoint};
use axum::body::Bytes;
use std::str::FromStr;
use thiserror::Error;
use voting_core::ids::{DocumentHash, LeafIndex};
use voting_core::log::note::Note;
use voting_core::log::proof::TlogProof;
use voting_core::log::tile::{EntryBundle, Tile, TileKind, TilePath};
use voting_core::log::tree::InclusionProof;

/// How a file may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// It never changes: full tiles and documents.
    Immutable,
    /// It never changes but is soon superseded by a wider one.
    Superseded,
    /// It changes with the next commit.
    Short,
}

impl Caching {
    /// The Cache-Control header.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Superseded => "public, max-age=3600",
            Self::Short => "public, max-age=1, must-revalidate",
        }
    }
}

/// A file of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its content.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// How it may be kept.
    pub caching: Caching,
}

/// Why there is no file.
#[derive(Debug, Error)]
pub enum BoardError {
    /// No such path, or beyond the log.
    #[error("there is no such file")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A path of the board, parsed strictly: there is one way to write each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardPath {
    /// The newest checkpoint.
    Checkpoint,
    /// A tile or a bundle of entries.
    Tile(TilePath),
    /// A document.
    Document(DocumentHash),
    /// A proof of inclusion.
    Proof(LeafIndex),
}

impl BoardPath {
    /// Whether what stands there can have megabytes.
    #[must_use]
    pub fn may_be_large(&self) -> bool {
        match self {
            Self::Document(_) => true,
            Self::Tile(path) => matches!(path.kind(), TileKind::Entries),
            Self::Checkpoint | Self::Proof(_) => false,
        }
    }
}

impl FromStr for BoardPath {
    type Err = BoardError;

    fn from_str(path: &str) -> Result<Self, BoardError> {
        let parsed = if path == "checkpoint" {
            Some(Self::Checkpoint)
        } else if let Some(hash) = path.strip_prefix("documents/") {
            hash.parse().ok().map(Self::Document)
        } else if let Some(index) = path.strip_prefix("proof/") {
            parse_index(index).map(Self::Proof)
        } else {
            path.parse().ok().map(Self::Tile)
        };
        parsed.ok_or(BoardError::NotFound)
    }
}

/// Reads the board's files.
#[derive(Clone)]
pub struct Board {
    store: Store,
}

impl Board {
    /// The board of a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// A file.
    ///
    /// # Errors
    /// [`BoardError`].
    pub async fn file(&self, path: BoardPath) -> Result<File, BoardError> {
        match path {
            BoardPath::Checkpoint => {
                let note = self.checkpoint().await?.note;
                Ok(text(note, Caching::Short))
            }
            BoardPath::Tile(path) => self.tile(path).await,
            BoardPath::Document(hash) => {
                let document = self.store.document(&hash).await?;
                Ok(binary(
                    document.ok_or(BoardError::NotFound)?,
                    Caching::Immutable,
                ))
            }
            BoardPath::Proof(index) => self.proof(index).await,
        }
    }

    async fn checkpoint(&self) -> Result<StoredCheckpoint, BoardError> {
        self.store.checkpoint().await?.ok_or(BoardError::NotFound)
    }

    async fn tile(&self, path: TilePath) -> Result<File, BoardError> {
        let caching = match path.width().is_full() {
            true => Caching::Immutable,
            false => Caching::Superseded,
        };
        // Both products fit: a path whose tile is in the tree lies below 2^62.
        if !path.is_in(self.checkpoint().await?.size) {
            return Err(BoardError::NotFound);
        }
        let start = path.index() * 256;
        let range = start..start + path.width().get() as u64;
        let bytes = match path.kind() {
            TileKind::Hashes(level) => {
                let hashes = self.store.nodes(level.get() * 8, range).await?;
                let tile = Tile::new(hashes).map_err(|_| StoreError::Value("tile"))?;
                tile.to_bytes()
            }
            TileKind::Entries => {
                let entries = self.store.entries(range).await?;
                let entries = entries.iter().map(|entry| entry.bytes.as_slice()).collect();
                let bundle = EntryBundle::new(entries).map_err(|_| StoreError::Value("entries"))?;
                bundle.to_bytes()
            }
        };
        Ok(binary(bytes, caching))
    }

    async fn proof(&self, index: LeafIndex) -> Result<File, BoardError> {
        let checkpoint = self.checkpoint().await?;
        let nodes = InclusionProof::nodes(index, checkpoint.size);
        let nodes = nodes.map_err(|_| BoardError::NotFound)?;
        let nodes = self.store.node_map(&nodes).await?;
        let proof = InclusionProof::prove(&nodes, index, checkpoint.size);
        let proof = proof.map_err(|_| StoreError::Value("node's hash"))?;
        let note = Note::parse(checkpoint.note.as_bytes());
        let note = note.map_err(|_| StoreError::Value("checkpoint"))?;
        // With the entry as its extra data the file alone can be checked, without a network.
        let entries = self.store.entries(index.get()..index.get() + 1).await?;
        let entry = entries.into_iter().next().ok_or(BoardError::NotFound)?;
        let proof = TlogProof::new(index, proof, note).with_extra(entry.bytes);
        let proof = proof.map_err(|_| StoreError::Value("entry"))?;
        Ok(text(proof.to_string(), Caching::Short))
    }
}

/// A plain decimal without leading zeros.
fn parse_index(text: &str) -> Option<LeafIndex> {
    let index: u64 = text.parse().ok()?;
    (index.to_string() == text).then_some(LeafIndex::new(index))
}

fn text(text: String, caching: Caching) -> File {
    let media_type = "text/plain; charset=utf-8";
    File {
        bytes: text.into(),
        media_type,
        caching,
    }
}

fn binary(bytes: Vec<u8>, caching: Caching) -> File {
    let media_type = "application/octet-stream";
    File {
        bytes: bytes.into(),
        media_type,
        caching,
    }
}

//! Tiles: the log as static files, <https://c2sp.org/tlog-tiles> (PROTOCOL.md, "Tiles").
//!
//! ```text
//! tile/0/000                 hashes of the entries 0 .. 256
//! tile/0/x001/x234/067       hashes of the entries 1234067 * 256 ..
//! tile/1/000.p/17            17 hashes, each over a full tile of level 0
//! tile/entries/000.p/112     the entries 0 .. 112 themselves
//! ```
//!
//! A tile of level `l` holds up to 256 hashes of the tree's level `8 l`. Full tiles never change;
//! the right edge of a tree of any size consists of at most one partial tile a level.
//!
//! [`TileBuilder`] makes tiles from a stream of entries, [`new_tiles`] says which a growth makes,
//! [`VerifiedTiles`] authenticates what a mirror serves against a checkpoint's root, and
//! [`TileHashes`] makes proofs from tiles.

mod builder;
mod bundle;
mod path;
mod reader;
#[cfg(test)]
mod tests;

pub use builder::TileBuilder;
pub use bundle::{BundleError, EntryBundle, MAX_ENTRY_BYTES};
pub use path::{
    ParsePathError, TileKind, TileLevel, TilePath, TileWidth, new_entry_bundles, new_tiles,
};
pub use reader::{TileError, TileHashes, TileReader, VerifiedTiles};

use crate::ids::LogHash;
use crate::log::tree::{HashReader, NodeId, fold_peaks, node_hash};
use thiserror::Error;

/// The height of the tree in a tile.
const TILE_HEIGHT: u8 = 8;

/// Bytes or hashes that are not a tile of the width asked for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{found} is not the length of a tile of {expected}")]
pub struct BadTile {
    /// What was found: a number of bytes, or of hashes.
    pub found: usize,
    /// What was expected, in the same unit.
    pub expected: usize,
}

/// The hashes of one tile, 1 to 256 of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile(Vec<LogHash>);

impl Tile {
    /// A tile of these hashes.
    ///
    /// # Errors
    /// [`BadTile`] on none or more than 256.
    pub fn new(hashes: Vec<LogHash>) -> Result<Self, BadTile> {
        match hashes.len() {
            1..=TileWidth::MAX => Ok(Self(hashes)),
            found => Err(BadTile {
                found,
                expected: TileWidth::MAX,
            }),
        }
    }

    /// Reads the hashes of the tile at `path` from `reader`.
    ///
    /// # Errors
    /// [`TileError::NoSuchTile`] where the path names no hashes, [`TileError::Read`].
    pub fn read<R: HashReader>(path: TilePath, reader: &R) -> Result<Self, TileError<R::Error>> {
        let nodes = path.nodes().map(|node| reader.hash(node));
        let hashes: Vec<_> = nodes
            .collect::<Result<_, _>>()
            .map_err(|source| TileError::Read { path, source })?;
        Self::new(hashes).map_err(|_| TileError::NoSuchTile(path))
    }

    /// A tile from the bytes that are served: its hashes one after the other.
    ///
    /// # Errors
    /// [`BadTile`] unless there are exactly 32 bytes for each of `width` hashes.
    pub fn from_bytes(bytes: &[u8], width: TileWidth) -> Result<Self, BadTile> {
        let expected = width.get() * LogHash::LEN;
        let (hashes, _) = bytes.as_chunks();
        match bytes.len() {
            found if found != expected => Err(BadTile { found, expected }),
            _ => Ok(Self(hashes.iter().copied().map(LogHash::new).collect())),
        }
    }

    /// The bytes that are served.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| *hash.as_bytes()).collect()
    }

    /// The hashes.
    #[must_use]
    pub fn hashes(&self) -> &[LogHash] {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn width(&self) -> TileWidth {
        TileWidth::saturating(self.0.len() as u64)
    }

    /// The root of the tree over the tile's hashes. For a full tile it is the hash that stands for
    /// it one level up.
    #[must_use]
    pub fn root(&self) -> LogHash {
        fold_peaks(&peaks(&self.0))
    }

    /// The first hashes of a wider tile, where only a narrower one was asked for.
    ///
    /// # Errors
    /// [`BadTile`] where this one is narrower.
    pub fn narrowed(mut self, width: TileWidth) -> Result<Self, BadTile> {
        let (found, expected) = (self.0.len(), width.get());
        if found < expected {
            return Err(BadTile { found, expected });
        }
        self.0.truncate(expected);
        Ok(self)
    }

    /// The hash of a perfect subtree that is a whole in this tile, `level` above the tile's hashes.
    fn subtree(&self, level: u8, position: usize) -> Option<LogHash> {
        let width = 1usize.checked_shl(level.into())?;
        let start = position.checked_mul(width)?;
        let hashes = self.0.get(start..start.checked_add(width)?)?;
        Some(perfect_root(hashes))
    }
}

/// The roots of the perfect subtrees over `hashes`, from left to right.
fn peaks(mut hashes: &[LogHash]) -> Vec<LogHash> {
    let mut peaks = Vec::with_capacity(TILE_HEIGHT.into());
    while let Some(level) = hashes.len().checked_ilog2() {
        let (subtree, rest) = hashes.split_at(1 << level);
        peaks.push(perfect_root(subtree));
        hashes = rest;
    }
    peaks
}

/// The root over a power of two of hashes.
fn perfect_root(hashes: &[LogHash]) -> LogHash {
    match hashes {
        [root] => *root,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

/// Where a node lies: the tile of full width around it, its height within, its position there.
fn locate(node: NodeId) -> Option<(TileLevel, u64, u8, usize)> {
    let level = TileLevel::new(node.level() / TILE_HEIGHT)?;
    let inner = node.level() % TILE_HEIGHT;
    let index = node.index() >> (TILE_HEIGHT - inner);
    let position = node.index() - (index << (TILE_HEIGHT - inner));
    Some((level, index, inner, usize::try_from(position).ok()?))
}

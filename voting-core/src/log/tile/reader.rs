//! Reading the tree from tiles, trusted or not.

use super::{BadTile, Tile, TileBuilder, TileKind, TilePath, locate};
use crate::ids::LogHash;
use crate::log::tree::{HashReader, NodeId, TreeSize};
use std::cell::RefCell;
use thiserror::Error;

/// Gives tiles: from files, a database or what was downloaded.
pub trait TileReader {
    /// Why a tile could not be given.
    type Error: std::error::Error + 'static;

    /// The tile at `path`, which names hashes. A wider one will do where a narrower is asked for,
    /// as a log may delete partial tiles once the full one exists.
    ///
    /// # Errors
    /// The store's own; also a tile it does not have.
    fn tile(&self, path: TilePath) -> Result<Tile, Self::Error>;
}

impl<R: TileReader + ?Sized> TileReader for &R {
    type Error = R::Error;

    fn tile(&self, path: TilePath) -> Result<Tile, Self::Error> {
        (**self).tile(path)
    }
}

/// Why a tile or a hash in one could not be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TileError<E: std::error::Error + 'static> {
    /// The tile, or the hashes in it, could not be read.
    #[error("{path} could not be read")]
    Read {
        /// The tile.
        path: TilePath,
        /// The reader's error.
        source: E,
    },
    /// The reader gave a narrower tile than was asked for.
    #[error(transparent)]
    Narrow(#[from] BadTile),
    /// The tile's hashes do not lead to the root.
    #[error("{0} does not lead to the root")]
    Mismatch(TilePath),
    /// The partial tiles do not lead to the root: one of them is wrong, or the root is.
    #[error("the partial tiles of {0} entries do not lead to the root")]
    Edge(TreeSize),
    /// The tree does not have this tile of hashes.
    #[error("the tree has no hashes at {0}")]
    NoSuchTile(TilePath),
    /// The tree does not have this node as a whole.
    #[error("the tree has no {0}")]
    NoSuchNode(NodeId),
}

/// Tiles from an untrusted reader, each checked against the root of a tree before it is given: the
/// partial ones together, a full one by its hash in the tile above. The last tile of each level is
/// kept, so that reading in order checks every tile once.
pub struct VerifiedTiles<R> {
    reader: R,
    edge: TileBuilder,
    last: RefCell<Vec<Option<(TilePath, Tile)>>>,
}

impl<R: TileReader> VerifiedTiles<R> {
    /// Reads and checks the right edge of the tree of `size` entries with this `root`, as a
    /// verified checkpoint states them.
    ///
    /// # Errors
    /// [`TileError::Edge`] where the edge does not lead to the root; tiles not readable or too
    /// narrow.
    pub fn open(reader: R, size: TreeSize, root: LogHash) -> Result<Self, TileError<R::Error>> {
        let edge = TileBuilder::resume(&reader, size)?;
        if edge.root() != root {
            return Err(TileError::Edge(size));
        }
        let last = RefCell::new(Vec::new());
        Ok(Self { reader, edge, last })
    }

    /// The verified right edge, from which a builder can go on.
    #[must_use]
    pub fn edge(&self) -> &TileBuilder {
        &self.edge
    }

    /// Reads a full tile and compares its root with the hash in the verified tile above.
    fn read_full(&self, path: TilePath) -> Result<Tile, TileError<R::Error>> {
        let parent = path.parent(self.edge.size());
        let (above, position) = parent.ok_or(TileError::NoSuchTile(path))?;
        let above = self.tile(above)?;
        let tile = read_tile(&self.reader, path)?;
        match above.hashes().get(position) {
            Some(hash) if *hash == tile.root() => Ok(tile),
            _ => Err(TileError::Mismatch(path)),
        }
    }

    fn kept(&self, path: TilePath) -> Option<Tile> {
        let level = usize::from(path.kind().level().get());
        let last = self.last.borrow();
        let (kept, tile) = last.get(level)?.as_ref()?;
        (*kept == path).then(|| tile.clone())
    }

    fn keep(&self, path: TilePath, tile: &Tile) {
        let level = usize::from(path.kind().level().get());
        let mut last = self.last.borrow_mut();
        if last.len() <= level {
            last.resize(level + 1, None);
        }
        last[level] = Some((path, tile.clone()));
    }
}

impl<R: TileReader> TileReader for VerifiedTiles<R> {
    type Error = TileError<R::Error>;

    fn tile(&self, path: TilePath) -> Result<Tile, Self::Error> {
        let level = path.kind().level();
        let widest = TilePath::in_tree(TileKind::Hashes(level), path.index(), self.edge.size())
            .filter(|widest| widest.kind() == path.kind() && widest.width() >= path.width())
            .ok_or(TileError::NoSuchTile(path))?;
        let at_edge = match widest.width().is_full() {
            true => None,
            false => self.edge.partial_tile(level),
        };
        let tile = match at_edge.or_else(|| self.kept(widest)) {
            Some(tile) => tile,
            None => {
                let tile = self.read_full(widest)?;
                self.keep(widest, &tile);
                tile
            }
        };
        Ok(tile.narrowed(path.width())?)
    }
}

/// The hashes of a tree of a known size, read from its tiles. The tiles are taken as they come:
/// read them through [`VerifiedTiles`] where they are not one's own.
pub struct TileHashes<R> {
    tiles: R,
    size: TreeSize,
}

impl<R: TileReader> TileHashes<R> {
    /// The hashes of the tree of `size` entries that `tiles` hold.
    pub const fn new(tiles: R, size: TreeSize) -> Self {
        Self { tiles, size }
    }
}

impl<R: TileReader> HashReader for TileHashes<R> {
    type Error = TileError<R::Error>;

    fn hash(&self, node: NodeId) -> Result<LogHash, Self::Error> {
        let missing = || TileError::NoSuchNode(node);
        let (level, index, inner, position) = locate(node).ok_or_else(missing)?;
        let path = TilePath::in_tree(TileKind::Hashes(level), index, self.size);
        let tile = read_tile(&self.tiles, path.ok_or_else(missing)?)?;
        tile.subtree(inner, position).ok_or_else(missing)
    }
}

/// Reads exactly the tile at `path`.
pub(super) fn read_tile<R: TileReader>(
    reader: &R,
    path: TilePath,
) -> Result<Tile, TileError<R::Error>> {
    let tile = reader.tile(path);
    let tile = tile.map_err(|source| TileError::Read { path, source })?;
    Ok(tile.narrowed(path.width())?)
}

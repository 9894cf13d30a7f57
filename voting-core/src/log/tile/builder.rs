//! Making tiles as entries are appended.

use super::reader::read_tile;
use super::{Tile, TileError, TileKind, TileLevel, TilePath, TileReader, TileWidth, peaks};
use crate::ids::{LeafIndex, LogHash};
use crate::log::tree::{TreeSize, fold_peaks};

/// Makes the tiles of a growing tree from its leaf hashes, in memory for at most one tile a level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileBuilder {
    size: u64,
    /// The hashes of the partial tile of each level, the lowest first.
    edge: Vec<Vec<LogHash>>,
}

impl TileBuilder {
    /// A builder of the tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A builder that goes on after `size` entries, from the partial tiles of that size.
    ///
    /// # Errors
    /// [`TileError::Read`], and [`TileError::Narrow`] where `reader` gives too narrow a tile.
    pub fn resume<R: TileReader>(reader: &R, size: TreeSize) -> Result<Self, TileError<R::Error>> {
        let hashes = |path: Option<TilePath>| match path {
            Some(path) => read_tile(reader, path).map(|tile| tile.0),
            None => Ok(Vec::new()),
        };
        let edge = edge_paths(size).map(hashes).collect::<Result<_, _>>()?;
        Ok(Self {
            size: size.get(),
            edge,
        })
    }

    /// How many entries have been appended.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        TreeSize::new(self.size)
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> LogHash {
        let highest_first = self.edge.iter().rev();
        fold_peaks(
            &highest_first
                .flat_map(|hashes| peaks(hashes))
                .collect::<Vec<_>>(),
        )
    }

    /// Appends an entry by its leaf hash, hands every tile this fills to `full`, the lowest first,
    /// and gives the entry's index.
    pub fn append(&mut self, leaf: LogHash, mut full: impl FnMut(TilePath, Tile)) -> LeafIndex {
        let index = LeafIndex::new(self.size);
        self.size += 1;
        let mut hash = leaf;
        let mut level = 0;
        while let Some(filled) = self.push(level, hash) {
            let tile = Tile(filled);
            hash = tile.root();
            full(self.path(level, TileWidth::FULL, 1), tile);
            level += 1;
        }
        index
    }

    /// The partial tiles, the lowest first: with the full ones handed out, all tiles of the tree.
    #[must_use]
    pub fn partial_tiles(&self) -> Vec<(TilePath, Tile)> {
        let levels = self
            .edge
            .iter()
            .enumerate()
            .filter(|(_, hashes)| !hashes.is_empty());
        let tile = |(level, hashes): (usize, &Vec<LogHash>)| {
            let width = TileWidth::saturating(hashes.len() as u64);
            (self.path(level, width, 0), Tile(hashes.clone()))
        };
        levels.map(tile).collect()
    }

    /// The partial tile of a level.
    pub(super) fn partial_tile(&self, level: TileLevel) -> Option<Tile> {
        let hashes = self.edge.get(usize::from(level.get()))?;
        Tile::new(hashes.clone()).ok()
    }

    /// Adds a hash to the edge of a level; takes the level's hashes when they fill a tile.
    fn push(&mut self, level: usize, hash: LogHash) -> Option<Vec<LogHash>> {
        if self.edge.len() == level {
            self.edge.push(Vec::new());
        }
        let hashes = &mut self.edge[level];
        hashes.push(hash);
        (hashes.len() == TileWidth::MAX).then(|| std::mem::take(hashes))
    }

    /// The path of the tile that stands `before` tiles before the edge of a level.
    fn path(&self, level: usize, width: TileWidth, before: u64) -> TilePath {
        // A level exists only where the size reaches it: below 8.
        let kind = TileKind::Hashes(TileLevel::new(level as u8).unwrap_or_default());
        let index = self.size.checked_shr(8 * (level as u32 + 1)).unwrap_or(0);
        TilePath::new(kind, index.saturating_sub(before), width)
    }
}

/// The partial tile of each level that a tree of this size reaches, `None` where none is begun.
fn edge_paths(size: TreeSize) -> impl Iterator<Item = Option<TilePath>> {
    let levels = size
        .get()
        .checked_ilog2()
        .map_or(0, |bits| bits as u8 / 8 + 1);
    (0..levels).map(move |level| {
        let index = size
            .get()
            .checked_shr(8 * (u32::from(level) + 1))
            .unwrap_or(0);
        TilePath::in_tree(TileKind::Hashes(TileLevel::new(level)?), index, size)
    })
}

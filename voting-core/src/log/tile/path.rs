//! Tile paths and which of them a tree has.

use super::TILE_HEIGHT;
use crate::log::tree::{NodeId, TreeSize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest path that can be: level 63 and an index of 20 digits, partial.
const MAX_PATH_BYTES: usize = "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255".len();

/// A path that is not exactly as <https://c2sp.org/tlog-tiles> writes it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("this is not the path of a tile or an entry bundle")]
pub struct ParsePathError;

/// The level of a tile, 0 to 63: its hashes are of the tree's level 8 times as high.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileLevel(u8);

impl TileLevel {
    /// The level of the entries' own hashes.
    pub const LEAVES: Self = Self(0);

    /// A level, `None` above 63.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if level < 64 { Some(Self(level)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// How many hashes the tiles of this level hold in a tree of `size` entries.
    fn hashes_in(self, size: TreeSize) -> u64 {
        let height = u32::from(self.0) * u32::from(TILE_HEIGHT);
        size.get().checked_shr(height).unwrap_or(0)
    }
}

/// How many hashes or entries a tile or bundle holds, 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileWidth(u16);

impl TileWidth {
    pub(super) const MAX: usize = 1 << TILE_HEIGHT;

    /// The width of a full tile: 256.
    pub const FULL: Self = Self(1 << TILE_HEIGHT);

    /// A width, `None` unless it is 1 to 256.
    #[must_use]
    pub const fn new(width: u16) -> Option<Self> {
        if width > 0 && width <= Self::FULL.0 {
            Some(Self(width))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    /// Whether it is 256.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.0 == Self::FULL.0
    }

    /// `count` or 256, the lesser; 1 for 0, which no caller has.
    pub(super) fn saturating(count: u64) -> Self {
        Self(count.clamp(1, Self::FULL.0.into()) as u16)
    }
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of the Merkle tree.
    Hashes(TileLevel),
    /// The entries under a tile of level 0.
    Entries,
}

impl TileKind {
    /// The level of the tile; that of an entry bundle is 0.
    #[must_use]
    pub const fn level(self) -> TileLevel {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => TileLevel::LEAVES,
        }
    }
}

/// The path of a tile or an entry bundle, without the log's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: TileWidth,
}

impl TilePath {
    /// The `index`-th tile or bundle of its kind, of this width.
    #[must_use]
    pub const fn new(kind: TileKind, index: u64, width: TileWidth) -> Self {
        Self { kind, index, width }
    }

    /// The widest `index`-th tile or bundle that a tree of `size` entries has, if it has one.
    #[must_use]
    pub fn in_tree(kind: TileKind, index: u64, size: TreeSize) -> Option<Self> {
        let start = index.checked_mul(TileWidth::MAX as u64)?;
        let count = kind.level().hashes_in(size).checked_sub(start);
        let width = TileWidth::saturating(count.filter(|&count| count > 0)?);
        Some(Self { kind, index, width })
    }

    /// What it names.
    #[must_use]
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// Which of its kind and level, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How much it holds.
    #[must_use]
    pub const fn width(self) -> TileWidth {
        self.width
    }

    /// Whether a tree of `size` entries, or a former state of it, has this tile.
    #[must_use]
    pub fn is_in(self, size: TreeSize) -> bool {
        Self::in_tree(self.kind, self.index, size).is_some_and(|widest| self.width <= widest.width)
    }

    /// The full tile or bundle that this one becomes.
    #[must_use]
    pub const fn full(self) -> Self {
        Self {
            width: TileWidth::FULL,
            ..self
        }
    }

    /// Where the hash over a full tile stands: the tile above, in a tree of `size`, and the
    /// position there.
    pub(super) fn parent(self, size: TreeSize) -> Option<(Self, usize)> {
        let above = TileLevel::new(self.kind.level().0 + 1)?;
        let index = self.index >> TILE_HEIGHT;
        let parent = Self::in_tree(TileKind::Hashes(above), index, size)?;
        Some((parent, (self.index % TileWidth::MAX as u64) as usize))
    }

    /// The nodes of the tree whose hashes the tile holds; none for entries, and none where no tree
    /// of less than 2^64 entries reaches.
    pub fn nodes(self) -> impl Iterator<Item = NodeId> {
        let height = match self.kind {
            TileKind::Hashes(TileLevel(level @ 0..8)) => Some(level * TILE_HEIGHT),
            _ => None,
        };
        let start = self.index.checked_mul(TileWidth::MAX as u64);
        let end = start.and_then(|start| start.checked_add(self.width.0.into()));
        let indices = start.zip(end).map_or(0..0, |(start, end)| start..end);
        indices.filter_map(move |index| Some(NodeId::new(height?, index)))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{}/", level.0)?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        write_index(self.index, f)?;
        match self.width.is_full() {
            true => Ok(()),
            false => write!(f, ".p/{}", self.width.0),
        }
    }
}

/// Three digits an element, all but the last after an `x`.
fn write_index(index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut divisor = 1000u64.pow(index.checked_ilog(1000).unwrap_or(0));
    while divisor > 1 {
        write!(f, "x{:03}/", index / divisor % 1000)?;
        divisor /= 1000;
    }
    write!(f, "{:03}", index % 1000)
}

impl FromStr for TilePath {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, ParsePathError> {
        parse(text)
            .filter(|path| path.to_string() == text)
            .ok_or(ParsePathError)
    }
}

/// Reads a path loosely; the caller compares it with how the result is written.
fn parse(text: &str) -> Option<TilePath> {
    let text = Some(text).filter(|text| text.len() <= MAX_PATH_BYTES)?;
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(TileLevel::new(level.parse().ok()?)?),
    };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, TileWidth::new(width.parse().ok()?)?),
        None => (rest, TileWidth::FULL),
    };
    let digits = index
        .split('/')
        .map(|element| element.strip_prefix('x').unwrap_or(element));
    let index = digits.collect::<String>().parse().ok()?;
    Some(TilePath { kind, index, width })
}

/// The tiles of hashes, lowest level first, that a tree of `new` entries has and one of `old` had
/// not: what a log writes as it grows. With `old` 0, all of the tree's tiles.
pub fn new_tiles(old: TreeSize, new: TreeSize) -> impl Iterator<Item = TilePath> {
    // 64 bits of size have 8 levels.
    let levels = (0..8).map(TileLevel).map(TileKind::Hashes);
    levels.flat_map(move |kind| new_of_kind(kind, old, new))
}

/// The entry bundles that a tree of `new` entries has and one of `old` had not.
pub fn new_entry_bundles(old: TreeSize, new: TreeSize) -> impl Iterator<Item = TilePath> {
    new_of_kind(TileKind::Entries, old, new)
}

fn new_of_kind(kind: TileKind, old: TreeSize, new: TreeSize) -> impl Iterator<Item = TilePath> {
    let (before, after) = (kind.level().hashes_in(old), kind.level().hashes_in(new));
    let first = before >> TILE_HEIGHT;
    let end = if before < after {
        after.div_ceil(TileWidth::MAX as u64)
    } else {
        first
    };
    (first..end).filter_map(move |index| TilePath::in_tree(kind, index, new))
}

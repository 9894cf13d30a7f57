//! Entry bundles: the entries under a tile of level 0.

use super::{Tile, TileWidth};
use crate::codec::{DecodeError, Reader};
use crate::ids::LogHash;
use crate::log::tree::leaf_hash;
use thiserror::Error;

/// The most bytes an entry can have: its length is written in 16 bits.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Why entries are not a bundle, or not this tile's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BundleError {
    /// None, more than 256, or another number of entries than asked for.
    #[error("a bundle of {expected} entries cannot have {found}")]
    Width {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// An entry is longer than [`MAX_ENTRY_BYTES`].
    #[error("entry {position} of the bundle has {length} bytes")]
    TooLong {
        /// The entry's position in the bundle, from 0.
        position: usize,
        /// Its length in bytes.
        length: usize,
    },
    /// The bytes end inside an entry or go on after the last.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// An entry is not the one that the tile holds the hash of.
    #[error("entry {position} of the bundle is not the one in the tile")]
    Mismatch {
        /// The entry's position in the bundle, from 0.
        position: usize,
    },
}

/// 1 to 256 entries, each preceded by its length as big-endian `u16`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBundle<'a>(Vec<&'a [u8]>);

impl<'a> EntryBundle<'a> {
    /// A bundle of these entries.
    ///
    /// # Errors
    /// [`BundleError::Width`], [`BundleError::TooLong`].
    pub fn new(entries: Vec<&'a [u8]>) -> Result<Self, BundleError> {
        let (found, expected) = (entries.len(), TileWidth::MAX);
        if found == 0 || found > expected {
            return Err(BundleError::Width { found, expected });
        }
        match entries
            .iter()
            .position(|entry| entry.len() > MAX_ENTRY_BYTES)
        {
            Some(position) => {
                let length = entries[position].len();
                Err(BundleError::TooLong { position, length })
            }
            None => Ok(Self(entries)),
        }
    }

    /// Splits the bytes that are served into exactly `width` entries.
    ///
    /// # Errors
    /// [`BundleError::Decode`].
    pub fn decode(bytes: &'a [u8], width: TileWidth) -> Result<Self, BundleError> {
        let mut r = Reader::new(bytes);
        let entry = |_| {
            let length = r.u16("entry length")?;
            r.take(length.into(), "entry")
        };
        let entries = (0..width.get()).map(entry).collect::<Result<_, _>>()?;
        r.finish()?;
        Ok(Self(entries))
    }

    /// The bytes that are served.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let framed = self.0.iter().flat_map(|entry| {
            let length = entry.len() as u16;
            length
                .to_be_bytes()
                .into_iter()
                .chain(entry.iter().copied())
        });
        framed.collect()
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[&'a [u8]] {
        &self.0
    }

    /// Their leaf hashes.
    pub fn leaf_hashes(&self) -> impl Iterator<Item = LogHash> {
        self.0.iter().map(|entry| leaf_hash(entry))
    }

    /// Verifies that these are the entries of a verified tile of level 0.
    ///
    /// # Errors
    /// [`BundleError::Width`], [`BundleError::Mismatch`] with the first wrong entry.
    pub fn verify(&self, tile: &Tile) -> Result<(), BundleError> {
        let (found, expected) = (self.0.len(), tile.hashes().len());
        if found != expected {
            return Err(BundleError::Width { found, expected });
        }
        match self
            .leaf_hashes()
            .zip(tile.hashes())
            .position(|(leaf, hash)| leaf != *hash)
        {
            Some(position) => Err(BundleError::Mismatch { position }),
            None => Ok(()),
        }
    }
}

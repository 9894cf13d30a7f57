//! The Merkle tree of RFC 6962, section 2.1, over SHA-256 (PROTOCOL.md, "Merkle tree").
//!
//! `MTH({}) = SHA-256()`, `MTH({d}) = SHA-256(0x00 || d)`,
//! `MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))` with `k` the largest power of two
//! below `n`.
//!
//! Only perfect subtrees are stored, each named by a [`NodeId`]; they never change once complete.
//! Roots and proofs of any size are made from them through a [`HashReader`], which may stand on
//! memory ([`NodeMap`]), a database or tiles ([`crate::log::tile::TileHashes`]). Where the store is
//! asynchronous, ask for the nodes first ([`root_nodes`], [`InclusionProof::nodes`],
//! [`ConsistencyProof::nodes`]), fetch them together and put them in a [`NodeMap`].

mod consistency;
mod frontier;
mod inclusion;
#[cfg(test)]
pub(crate) mod tests;

pub use consistency::ConsistencyProof;
pub use frontier::Frontier;
pub use inclusion::InclusionProof;

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{LeafIndex, LogHash, number_id};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// The root of the tree without entries: SHA-256 of the empty string.
pub const EMPTY_ROOT: LogHash = LogHash::new([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// The most hashes a proof of either kind can hold (c2sp.org/tlog-witness).
pub const MAX_PROOF_HASHES: usize = 63;

number_id! {
    /// How many entries a tree has.
    TreeSize(u64), u64, "tree size"
}

impl TreeSize {
    /// The largest size that text and bytes from outside may claim, 2^62: every proof within it has
    /// at most [`MAX_PROOF_HASHES`].
    pub const MAX: Self = Self::new(1 << 62);

    /// Whether a tree of this size has an entry at `index`.
    #[must_use]
    pub const fn contains(self, index: LeafIndex) -> bool {
        index.get() < self.0
    }
}

/// The hash of one entry: `SHA-256(0x00 || entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> LogHash {
    let digest = Sha256::new_with_prefix([0]).chain_update(entry).finalize();
    LogHash::new(digest.into())
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &LogHash, right: &LogHash) -> LogHash {
    let mut hasher = Sha256::new_with_prefix([1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    LogHash::new(hasher.finalize().into())
}

/// A perfect subtree: `MTH(D[index * 2^level : (index + 1) * 2^level])`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    level: u8,
    index: u64,
}

impl NodeId {
    /// The `index`-th subtree of height `level`; level 0 are the entries' own hashes.
    #[must_use]
    pub const fn new(level: u8, index: u64) -> Self {
        Self { level, index }
    }

    /// The height of the subtree.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The position among the subtrees of this height, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of level {}", self.index, self.level)
    }
}

/// Gives the stored hashes of perfect subtrees.
pub trait HashReader {
    /// Why a hash could not be given.
    type Error: std::error::Error + 'static;

    /// The hash of a perfect subtree.
    ///
    /// # Errors
    /// The store's own; also a node it does not have.
    fn hash(&self, node: NodeId) -> Result<LogHash, Self::Error>;
}

impl<R: HashReader + ?Sized> HashReader for &R {
    type Error = R::Error;

    fn hash(&self, node: NodeId) -> Result<LogHash, Self::Error> {
        (**self).hash(node)
    }
}

/// A node that a [`NodeMap`] does not hold.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{0} is not at hand")]
pub struct MissingNode(pub NodeId);

/// Node hashes in memory: a small log, or what was fetched for one proof.
#[derive(Clone, Debug, Default)]
pub struct NodeMap(BTreeMap<NodeId, LogHash>);

impl NodeMap {
    /// A map without nodes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node's hash.
    pub fn insert(&mut self, node: NodeId, hash: LogHash) {
        self.0.insert(node, hash);
    }
}

impl FromIterator<(NodeId, LogHash)> for NodeMap {
    fn from_iter<I: IntoIterator<Item = (NodeId, LogHash)>>(nodes: I) -> Self {
        Self(nodes.into_iter().collect())
    }
}

impl HashReader for NodeMap {
    type Error = MissingNode;

    fn hash(&self, node: NodeId) -> Result<LogHash, MissingNode> {
        self.0.get(&node).copied().ok_or(MissingNode(node))
    }
}

/// Why a root or a proof could not be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProveError<E: std::error::Error + 'static> {
    /// What is to be proved does not lie within the tree.
    #[error(transparent)]
    NotInTree(#[from] NotInTree),
    /// A stored hash could not be read.
    #[error("a stored hash could not be read")]
    Read(#[source] E),
}

/// An entry or a former size beyond the tree.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{position} lies beyond the tree of {size} entries")]
pub struct NotInTree {
    /// The entry's index, or the former size.
    pub position: u64,
    /// The tree's size.
    pub size: TreeSize,
}

/// A Merkle proof that does not show what it is given for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the Merkle proof does not lead to the root")]
pub struct BadProof;

/// The nodes that [`root`] of this size reads.
#[must_use]
pub fn root_nodes(size: TreeSize) -> Vec<NodeId> {
    Range::new(0, size.get()).nodes().collect()
}

/// The root of the tree's first `size` entries.
///
/// # Errors
/// Those of `reader`.
pub fn root<R: HashReader>(reader: &R, size: TreeSize) -> Result<LogHash, R::Error> {
    Range::new(0, size.get()).hash(reader)
}

/// `start..end` where the subtree over it stands in the recursion of `MTH`: `start` is a multiple
/// of the least power of two that is not below `end - start`.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    end: u64,
}

impl Range {
    const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    const fn len(self) -> u64 {
        self.end - self.start
    }

    /// The two halves: `k` is the largest power of two below the length, which is at least 2.
    const fn split(self) -> (Self, Self) {
        let middle = self.start + (1 << (self.len() - 1).ilog2());
        (Self::new(self.start, middle), Self::new(middle, self.end))
    }

    /// The perfect subtrees it consists of, from left to right, each smaller than the one before.
    fn nodes(self) -> impl Iterator<Item = NodeId> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let level = self.end.checked_sub(start)?.checked_ilog2()?;
            let node = NodeId::new(level as u8, start >> level);
            start += 1 << level;
            Some(node)
        })
    }

    fn hash<R: HashReader>(self, reader: &R) -> Result<LogHash, R::Error> {
        let hashes: Result<Vec<_>, _> = self.nodes().map(|node| reader.hash(node)).collect();
        Ok(fold_peaks(&hashes?))
    }
}

/// The root over perfect subtrees of falling size.
pub(crate) fn fold_peaks(peaks: &[LogHash]) -> LogHash {
    let right_to_left = peaks.iter().rev().copied();
    right_to_left
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or(EMPTY_ROOT)
}

fn read_ranges<R: HashReader>(
    ranges: &[Range],
    reader: &R,
) -> Result<Vec<LogHash>, ProveError<R::Error>> {
    let hashes = ranges.iter().map(|range| range.hash(reader));
    hashes.collect::<Result<_, _>>().map_err(ProveError::Read)
}

fn flat_nodes(ranges: &[Range]) -> Vec<NodeId> {
    ranges.iter().flat_map(|range| range.nodes()).collect()
}

fn bounded(hashes: Vec<LogHash>, field: &'static str) -> Result<Vec<LogHash>, DecodeError> {
    match hashes.len() {
        0..=MAX_PROOF_HASHES => Ok(hashes),
        length => Err(DecodeError::TooLong {
            field,
            length: length as u64,
            max: MAX_PROOF_HASHES as u64,
        }),
    }
}

fn encode_hashes(hashes: &[LogHash], w: &mut Writer) {
    w.count(hashes.len());
    hashes.iter().for_each(|hash| hash.encode(w));
}

fn decode_hashes(r: &mut Reader<'_>, field: &'static str) -> Result<Vec<LogHash>, DecodeError> {
    let count = r.count(MAX_PROOF_HASHES, field)?;
    (0..count).map(|_| LogHash::decode(r)).collect()
}

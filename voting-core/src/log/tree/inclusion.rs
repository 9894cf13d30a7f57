//! Inclusion proofs: RFC 6962, section 2.1.1 ("Merkle audit paths").

use super::{
    BadProof, HashReader, MAX_PROOF_HASHES, NodeId, NotInTree, ProveError, Range, TreeSize,
    decode_hashes, encode_hashes, flat_nodes, node_hash, read_ranges,
};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{LeafIndex, LogHash};

/// Shows that an entry stands at an index of a tree: the hashes beside the way from the leaf to the
/// root, the leaf's sibling first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof(Vec<LogHash>);

impl InclusionProof {
    /// A proof from its hashes, which are judged when verified.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] above [`MAX_PROOF_HASHES`].
    pub fn new(hashes: Vec<LogHash>) -> Result<Self, DecodeError> {
        super::bounded(hashes, "inclusion proof").map(Self)
    }

    /// The nodes that [`Self::prove`] reads.
    ///
    /// # Errors
    /// [`NotInTree`] where the tree has no such entry.
    pub fn nodes(index: LeafIndex, size: TreeSize) -> Result<Vec<NodeId>, NotInTree> {
        Ok(flat_nodes(&siblings(index, size)?))
    }

    /// Proves that the entry at `index` is in the tree of `size` entries.
    ///
    /// # Errors
    /// [`ProveError::NotInTree`] where the tree has no such entry, and the reader's errors.
    pub fn prove<R: HashReader>(
        reader: &R,
        index: LeafIndex,
        size: TreeSize,
    ) -> Result<Self, ProveError<R::Error>> {
        read_ranges(&siblings(index, size)?, reader).map(Self)
    }

    /// The hashes, the leaf's sibling first.
    #[must_use]
    pub fn hashes(&self) -> &[LogHash] {
        &self.0
    }

    /// Verifies that the entry with hash `leaf` stands at `index` in the tree of `size` entries
    /// with this `root`.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(
        &self,
        leaf: LogHash,
        index: LeafIndex,
        size: TreeSize,
        root: LogHash,
    ) -> Result<(), BadProof> {
        match self.root(leaf, index, size) {
            Some(computed) if computed == root => Ok(()),
            _ => Err(BadProof),
        }
    }

    /// The root that the proof leads to (RFC 9162, section 2.1.3.2), if its length fits.
    fn root(&self, leaf: LogHash, index: LeafIndex, size: TreeSize) -> Option<LogHash> {
        let mut node = index.get();
        let mut last = size.get().checked_sub(1).filter(|&last| node <= last)?;
        let mut hash = leaf;
        for sibling in &self.0 {
            if last == 0 {
                return None;
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
                // The last node of a level without a sibling there rises to where it has one.
                let rise = if node == 0 { 0 } else { node.trailing_zeros() };
                node >>= rise;
                last >>= rise;
            } else {
                hash = node_hash(&hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        (last == 0).then_some(hash)
    }
}

impl Encode for InclusionProof {
    fn encode(&self, w: &mut Writer) {
        encode_hashes(&self.0, w);
    }
}

impl Decode for InclusionProof {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_hashes(r, "inclusion proof").map(Self)
    }
}

/// The subtrees beside the way from the leaf at `index` to the root, the leaf's sibling first.
fn siblings(index: LeafIndex, size: TreeSize) -> Result<Vec<Range>, NotInTree> {
    let position = index.get();
    if !size.contains(index) {
        return Err(NotInTree { position, size });
    }
    let mut siblings = Vec::with_capacity(MAX_PROOF_HASHES);
    let mut here = Range::new(0, size.get());
    while here.len() > 1 {
        let (left, right) = here.split();
        let (next, sibling) = if position < right.start {
            (left, right)
        } else {
            (right, left)
        };
        siblings.push(sibling);
        here = next;
    }
    siblings.reverse();
    Ok(siblings)
}

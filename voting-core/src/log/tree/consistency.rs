//! Consistency proofs: RFC 6962, section 2.1.2.

use super::{
    BadProof, EMPTY_ROOT, HashReader, MAX_PROOF_HASHES, NodeId, NotInTree, ProveError, Range,
    TreeSize, decode_hashes, encode_hashes, flat_nodes, node_hash, read_ranges,
};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::LogHash;

/// Shows that a tree only grew: that the former one's entries are the first of the later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof(Vec<LogHash>);

impl ConsistencyProof {
    /// A proof from its hashes, which are judged when verified.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] above [`MAX_PROOF_HASHES`].
    pub fn new(hashes: Vec<LogHash>) -> Result<Self, DecodeError> {
        super::bounded(hashes, "consistency proof").map(Self)
    }

    /// The nodes that [`Self::prove`] reads.
    ///
    /// # Errors
    /// [`NotInTree`] where `old` is above `new`.
    pub fn nodes(old: TreeSize, new: TreeSize) -> Result<Vec<NodeId>, NotInTree> {
        Ok(flat_nodes(&subproof(old, new)?))
    }

    /// Proves that the tree of `new` entries begins with the `old` former ones. Empty where `old`
    /// is 0 or `new`.
    ///
    /// # Errors
    /// [`ProveError::NotInTree`] where `old` is above `new`, and the reader's errors.
    pub fn prove<R: HashReader>(
        reader: &R,
        old: TreeSize,
        new: TreeSize,
    ) -> Result<Self, ProveError<R::Error>> {
        read_ranges(&subproof(old, new)?, reader).map(Self)
    }

    /// The hashes, in the order of RFC 6962.
    #[must_use]
    pub fn hashes(&self) -> &[LogHash] {
        &self.0
    }

    /// Verifies that the tree of `new` entries with `new_root` begins with the tree of `old`
    /// entries with `old_root`.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(
        &self,
        old: TreeSize,
        old_root: LogHash,
        new: TreeSize,
        new_root: LogHash,
    ) -> Result<(), BadProof> {
        let holds = match (old.get(), new.get()) {
            (a, b) if a == b => {
                self.0.is_empty() && old_root == new_root && (a > 0 || old_root == EMPTY_ROOT)
            }
            (0, _) => self.0.is_empty() && old_root == EMPTY_ROOT,
            (a, b) if a < b => self.roots(a, old_root, b) == Some((old_root, new_root)),
            _ => false,
        };
        if holds { Ok(()) } else { Err(BadProof) }
    }

    /// The two roots that the proof leads to (RFC 9162, section 2.1.4.2), if its length fits, for
    /// `0 < old < new`. A perfect former tree is itself the first hash and is left out of the
    /// proof.
    fn roots(&self, old: u64, old_root: LogHash, new: u64) -> Option<(LogHash, LogHash)> {
        let (start, path) = if old.is_power_of_two() {
            (&old_root, self.0.as_slice())
        } else {
            self.0.split_first()?
        };
        let perfect = (old - 1).trailing_ones();
        let (mut node, mut last) = ((old - 1) >> perfect, (new - 1) >> perfect);
        let (mut former, mut later) = (*start, *start);
        for hash in path {
            if last == 0 {
                return None;
            }
            if node & 1 == 1 || node == last {
                former = node_hash(hash, &former);
                later = node_hash(hash, &later);
                let rise = if node == 0 { 0 } else { node.trailing_zeros() };
                node >>= rise;
                last >>= rise;
            } else {
                later = node_hash(&later, hash);
            }
            node >>= 1;
            last >>= 1;
        }
        (last == 0).then_some((former, later))
    }
}

impl Encode for ConsistencyProof {
    fn encode(&self, w: &mut Writer) {
        encode_hashes(&self.0, w);
    }
}

impl Decode for ConsistencyProof {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_hashes(r, "consistency proof").map(Self)
    }
}

/// `SUBPROOF(old, D[new], true)` of RFC 6962 as ranges, in its order.
fn subproof(old: TreeSize, new: TreeSize) -> Result<Vec<Range>, NotInTree> {
    let position = old.get();
    if old > new {
        return Err(NotInTree {
            position,
            size: new,
        });
    }
    let mut hashes = Vec::with_capacity(MAX_PROOF_HASHES);
    let mut here = Range::new(0, new.get());
    if position == 0 {
        return Ok(hashes);
    }
    while position < here.end {
        let (left, right) = here.split();
        let (next, sibling) = if position <= left.end {
            (left, right)
        } else {
            (right, left)
        };
        hashes.push(sibling);
        here = next;
    }
    if here.start > 0 {
        hashes.push(here);
    }
    hashes.reverse();
    Ok(hashes)
}

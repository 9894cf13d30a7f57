//! The right edge of a growing tree.

use super::{HashReader, NodeId, Range, TreeSize, fold_peaks, node_hash};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{LeafIndex, LogHash};

/// All that appending needs: the size, and the hashes of the perfect subtrees the tree consists of,
/// at most 63 of them.
///
/// Encoding: the size as `u64`, then one hash for each bit set in it, the highest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<LogHash>,
}

impl Frontier {
    /// The frontier of the tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The frontier of the first `size` entries, from stored hashes.
    ///
    /// # Errors
    /// Those of `reader`.
    pub fn read<R: HashReader>(reader: &R, size: TreeSize) -> Result<Self, R::Error> {
        let nodes = Range::new(0, size.get()).nodes();
        let peaks = nodes
            .map(|node| reader.hash(node))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            size: size.get(),
            peaks,
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
        fold_peaks(&self.peaks)
    }

    /// Appends an entry by its leaf hash and gives its index.
    pub fn append(&mut self, leaf: LogHash) -> LeafIndex {
        self.append_with(leaf, |_, _| ())
    }

    /// As [`Self::append`], and hands every node this completes to `store`, the leaf first.
    pub fn append_with(
        &mut self,
        leaf: LogHash,
        mut store: impl FnMut(NodeId, LogHash),
    ) -> LeafIndex {
        let index = self.size;
        let mut node = NodeId::new(0, index);
        let mut hash = leaf;
        store(node, hash);
        // As many peaks end here as the size has trailing ones.
        for left in self
            .peaks
            .drain(self.peaks.len() - index.trailing_ones() as usize..)
            .rev()
        {
            node = NodeId::new(node.level() + 1, node.index() >> 1);
            hash = node_hash(&left, &hash);
            store(node, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
        LeafIndex::new(index)
    }
}

impl Encode for Frontier {
    fn encode(&self, w: &mut Writer) {
        w.u64(self.size);
        self.peaks.iter().for_each(|peak| peak.encode(w));
    }
}

impl Decode for Frontier {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let size = r.u64("tree size")?;
        if size > TreeSize::MAX.get() {
            return Err(DecodeError::NotCanonical("tree size"));
        }
        let peaks = (0..size.count_ones()).map(|_| LogHash::decode(r));
        Ok(Self {
            peaks: peaks.collect::<Result<_, _>>()?,
            size,
        })
    }
}

//! Bundles of entries, fetched ahead of whoever reads them.

use crate::check::Failure;
use crate::head::{self, Tree};
use crate::source::{LogPath, Source, SourceError};
use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use voting_core::log::tile::{TileKind, TilePath};
use voting_core::log::tree::TreeSize;

/// How many bundles are fetched ahead.
const AHEAD: usize = 3;
/// How many entries a bundle holds.
const BUNDLE: u64 = 256;

/// Bundles as they come, in order.
pub(crate) struct Bundles(Receiver<Fetched>);

type Fetched = (TilePath, Result<Vec<u8>, SourceError>);

/// Reads the bundles that hold these entries of a log of `size` entries, while `read` works on the
/// ones before.
pub(crate) fn bundles<T>(
    source: &dyn Source,
    entries: Range<u64>,
    size: TreeSize,
    read: impl FnOnce(Bundles) -> T,
) -> T {
    std::thread::scope(|scope| {
        let (send, fetched) = sync_channel(AHEAD);
        scope.spawn(move || {
            let numbers = entries.start / BUNDLE..entries.end.div_ceil(BUNDLE);
            let paths = numbers.map_while(|n| TilePath::in_tree(TileKind::Entries, n, size));
            for path in paths {
                let bytes = source.read(LogPath::Tile(path));
                let last = bytes.is_err();
                if send.send((path, bytes)).is_err() || last {
                    return;
                }
            }
        });
        read(Bundles(fetched))
    })
}

impl Bundles {
    /// Gives every entry that is in the tree to `take`, with its index, until `take` has enough.
    ///
    /// # Errors
    /// The first bundle that cannot be had or is not in the tree, and those of `take`.
    pub(crate) fn each(
        self,
        tree: &Tree<'_>,
        mut take: impl FnMut(u64, &[u8]) -> Result<Go, Failure>,
    ) -> Result<(), Failure> {
        for (path, bytes) in self.0 {
            let bytes = bytes.map_err(head::file)?;
            let bundle = tree.entries(path, &bytes)?;
            for (index, entry) in (path.index() * BUNDLE..).zip(bundle.entries()) {
                if take(index, entry)? == Go::Enough {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Whether to read on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Go {
    On,
    Enough,
}

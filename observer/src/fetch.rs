//! Bundles of entries, fetched ahead of whoever reads them.

use crate::check::Failure;
use crate::head::{self, Tree};
use crate::source::{LogPath, Source, SourceError};
use std::ops::Range;
use voting_core::log::tile::{TileKind, TilePath};
use voting_core::log::tree::TreeSize;

/// How many bundles are fetched ahead.
#[cfg(not(target_family = "wasm"))]
const AHEAD: usize = 3;
/// How many entries a bundle holds.
const BUNDLE: u64 = 256;

/// Bundles as they come, in order.
pub(crate) struct Bundles<'a>(&'a mut dyn Iterator<Item = Fetched>);

type Fetched = (TilePath, Result<Vec<u8>, SourceError>);

/// Reads the bundles that hold these entries of a log of `size` entries, while `read` works on the
/// ones before.
pub(crate) fn bundles<T>(
    source: &dyn Source,
    entries: Range<u64>,
    size: TreeSize,
    read: impl FnOnce(Bundles<'_>) -> T,
) -> T {
    let numbers = entries.start / BUNDLE..entries.end.div_ceil(BUNDLE);
    let paths = numbers.map_while(|n| TilePath::in_tree(TileKind::Entries, n, size));
    let fetched = paths.map(|path| (path, source.read(LogPath::Tile(path))));
    ahead(fetched, |fetched| read(Bundles(fetched)))
}

/// Fetches on a thread of its own, some bundles ahead of whoever reads them.
#[cfg(not(target_family = "wasm"))]
fn ahead<T>(
    fetched: impl Iterator<Item = Fetched> + Send,
    read: impl FnOnce(&mut dyn Iterator<Item = Fetched>) -> T,
) -> T {
    std::thread::scope(|scope| {
        let (send, receive) = std::sync::mpsc::sync_channel(AHEAD);
        // Ends when the reader has enough.
        scope.spawn(move || {
            for bundle in fetched {
                if send.send(bundle).is_err() {
                    return;
                }
            }
        });
        read(&mut receive.into_iter())
    })
}

/// Fetches when asked: there is one thread.
#[cfg(target_family = "wasm")]
fn ahead<T>(
    mut fetched: impl Iterator<Item = Fetched>,
    read: impl FnOnce(&mut dyn Iterator<Item = Fetched>) -> T,
) -> T {
    read(&mut fetched)
}

impl Bundles<'_> {
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

//! Ballots that a later one of the same person superseded: read again, and taken out of the sums.

use crate::check::{Failure, OwnCheck};
use crate::head;
use crate::source::{LogPath, Source};
use voting_core::audit::{ClassSums, CountedBallot};
use voting_core::ballot::{Ballot, BallotShape};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{ClassIndex, LeafIndex};
use voting_core::log::tile::{EntryBundle, TileKind, TilePath};
use voting_core::log::tree::TreeSize;
use voting_core::tracking::TrackingCode;

/// Where they stand, and their tracking codes, by which what is read again is known to be them.
#[derive(Default)]
pub(crate) struct Superseded(Vec<(LeafIndex, ClassIndex, TrackingCode)>);

impl Superseded {
    pub(crate) fn extend(&mut self, class: ClassIndex, ballot: Option<CountedBallot>) {
        self.0
            .extend(ballot.map(|ballot| (ballot.index, class, ballot.code)));
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Takes them out of the sums; each bundle is read once.
    pub(crate) fn subtract(
        &mut self,
        source: &dyn Source,
        size: TreeSize,
        shape: &BallotShape,
        sums: &mut ClassSums,
    ) -> Result<(), Failure> {
        self.0.sort_by_key(|(index, _, _)| *index);
        for bundle in self.0.chunk_by(|a, b| a.0.get() / 256 == b.0.get() / 256) {
            let number = bundle[0].0.get() / 256;
            let bytes = Entries::read(source, number, size)?;
            for (index, class, code) in bundle {
                let ballot = bytes.ballot(*index, code).ok_or_else(|| changed(*index))?;
                let ballot = Ballot::decode(shape, &ballot).map_err(|_| changed(*index))?;
                let taken = sums.subtract(*class, ballot.ciphertexts());
                taken.map_err(|violation| Failure::violation(*index, violation))?;
            }
        }
        Ok(())
    }
}

/// A bundle, read again.
struct Entries {
    path: TilePath,
    bytes: Vec<u8>,
}

impl Entries {
    fn read(source: &dyn Source, number: u64, size: TreeSize) -> Result<Self, Failure> {
        let path = TilePath::in_tree(TileKind::Entries, number, size);
        let path = path.ok_or_else(|| changed(LeafIndex::new(number * 256)))?;
        let bytes = source.read(LogPath::Tile(path)).map_err(head::file)?;
        Ok(Self { path, bytes })
    }

    /// The ballot of this tracking code, if it stands at this index.
    fn ballot(&self, index: LeafIndex, code: &TrackingCode) -> Option<Vec<u8>> {
        let bundle = EntryBundle::decode(&self.bytes, self.path.width()).ok()?;
        let entry = bundle.entries().get((index.get() % 256) as usize)?;
        match Entry::from_bytes(entry).ok()?.body {
            Body::Ballot(cast) if cast.tracking_code() == *code => Some(cast.ballot().to_vec()),
            _ => None,
        }
    }
}

fn changed(index: LeafIndex) -> Failure {
    let detail = "the entry, read again to take a superseded ballot out, is another one";
    Failure::at(OwnCheck::Sums, index, detail)
}

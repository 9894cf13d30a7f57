//! The beginning of a verification: checkpoint, tree, manifest.

use crate::check::{Failure, OwnCheck};
use crate::source::{BadSourceTile, LogPath, Source, SourceError, SourceTiles};
use voting_core::audit::Check;
use voting_core::codec::{Decode, Reader};
use voting_core::entry::{Body, Entry};
use voting_core::ids::{DocumentHash, ElectionId, LeafIndex};
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::Note;
use voting_core::log::tile::{
    EntryBundle, Tile, TileError, TileKind, TileLevel, TilePath, TileReader, VerifiedTiles,
};
use voting_core::log::tree::{TreeSize, leaf_hash};
use voting_core::manifest::Manifest;
use voting_core::staff::{Document, StaffAction};

/// The newest checkpoint as it claims to be; nothing has signed for it yet.
pub(crate) struct Claimed {
    pub(crate) note: Note,
    pub(crate) checkpoint: Checkpoint,
}

impl Claimed {
    pub(crate) fn read(source: &dyn Source) -> Result<Self, Failure> {
        let bytes = source.read(LogPath::Checkpoint).map_err(file)?;
        let bad = |e: &dyn std::fmt::Display| Failure::new(OwnCheck::CheckpointSignature, e);
        let note = Note::parse(&bytes).map_err(|e| bad(&e))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|e| bad(&e))?;
        match checkpoint.size().get() {
            0 => Err(Failure::new(Check::Manifest, "the log has no entries")),
            _ => Ok(Self { note, checkpoint }),
        }
    }

    pub(crate) fn size(&self) -> TreeSize {
        self.checkpoint.size()
    }
}

/// The tiles of a source, each verified to lead to the checkpoint's root.
pub(crate) struct Tree<'a>(VerifiedTiles<SourceTiles<'a>>);

impl<'a> Tree<'a> {
    pub(crate) fn open(source: &'a dyn Source, checkpoint: &Checkpoint) -> Result<Self, Failure> {
        let (size, root) = (checkpoint.size(), checkpoint.root());
        let tiles = VerifiedTiles::open(SourceTiles(source), size, root);
        tiles.map(Self).map_err(tile)
    }

    /// The entries of a bundle, each of which is in the tree.
    pub(crate) fn entries<'b>(
        &self,
        path: TilePath,
        bytes: &'b [u8],
    ) -> Result<EntryBundle<'b>, Failure> {
        let leaves = TileKind::Hashes(TileLevel::LEAVES);
        let hashes = TilePath::new(leaves, path.index(), path.width());
        let hashes = self.0.tile(hashes).map_err(tile)?;
        let bundle = EntryBundle::decode(bytes, path.width()).ok();
        let bundle = bundle.filter(|bundle| bundle.verify(&hashes).is_ok());
        bundle.ok_or_else(|| {
            let index = LeafIndex::new(path.index() * 256 + first_wrong(bytes, &hashes));
            let detail = "the entry is not the one in the tree";
            Failure::at(OwnCheck::MerkleTree, index, detail)
        })
    }
}

/// The position of the first entry that is not the tile's, in a bundle that may be of another
/// number of entries or of none.
fn first_wrong(bytes: &[u8], hashes: &Tile) -> u64 {
    let mut r = Reader::new(bytes);
    let mut next = || {
        let length = r.u16("entry length").ok()?;
        r.take(length.into(), "entry").ok()
    };
    let hashes = hashes.hashes().iter();
    let right = hashes.take_while(|hash| next().is_some_and(|entry| leaf_hash(entry) == **hash));
    right.count() as u64
}

/// The manifest that entry 0 names.
pub(crate) fn manifest(source: &dyn Source, entry: &[u8]) -> Result<Manifest, Failure> {
    let zero = LeafIndex::new(0);
    let decoded = Entry::from_bytes(entry);
    let decoded = decoded.map_err(|e| Failure::at(Check::EntryEncoding, zero, e))?;
    let named = match &decoded.body {
        Body::Staff(staff) => match &staff.proposal.action {
            StaffAction::Create(document) => Some(*document),
            _ => None,
        },
        _ => None,
    };
    let not = || Failure::at(Check::Stage, zero, "entry 0 is not the manifest");
    let bytes = document(source, zero, &named.ok_or_else(not)?)?;
    Manifest::parse_canonical(&bytes).map_err(|e| Failure::at(Check::Manifest, zero, e))
}

/// Refuses another election than the expected one.
pub(crate) fn check_election(
    expected: Option<ElectionId>,
    manifest: &Manifest,
) -> Result<(), Failure> {
    let found = manifest.election_id();
    match expected {
        Some(expected) if expected != found => {
            let detail = format_args!("this is election {found}, {expected} is expected");
            Err(Failure::at(Check::Manifest, LeafIndex::new(0), detail))
        }
        _ => Ok(()),
    }
}

/// A document that an entry names, of that hash and length.
pub(crate) fn document(
    source: &dyn Source,
    entry: LeafIndex,
    named: &Document,
) -> Result<Vec<u8>, Failure> {
    let fail = |detail: &dyn std::fmt::Display| Failure::at(OwnCheck::Documents, entry, detail);
    let bytes = source.read(LogPath::Document(named.hash));
    let bytes = bytes.map_err(|error| fail(&error))?;
    if bytes.len() as u64 != u64::from(named.length) || DocumentHash::of(&bytes) != named.hash {
        return Err(fail(&format_args!(
            "document {} is not the one that the entry names",
            named.hash
        )));
    }
    Ok(bytes)
}

/// A file that is not there or cannot be had.
pub(crate) fn file(error: SourceError) -> Failure {
    Failure::new(OwnCheck::Files, error)
}

fn tile(error: TileError<BadSourceTile>) -> Failure {
    match error {
        TileError::Read {
            source: BadSourceTile::Source(error),
            ..
        } => file(error),
        other => Failure::new(OwnCheck::MerkleTree, other),
    }
}

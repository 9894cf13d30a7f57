//! The targets by name; `deploy/fuzz` reads the names from this table.

use std::str::FromStr;
use std::sync::LazyLock;
use tally::pb::Options;
use voting_core::audit::ClassSums;
use voting_core::ballot::{Ballot, BallotShape, Limit};
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::ceremony::{Complaint, Confirmation, RoundOne, RoundTwo};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::decryption::{CiphertextSums, DecryptionShare};
use voting_core::entry::Entry;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::{Note, VerifierKey};
use voting_core::log::proof::TlogProof;
use voting_core::log::tile::{EntryBundle, Tile, TilePath, TileWidth};
use voting_core::log::tree::{ConsistencyProof, Frontier, InclusionProof};
use voting_core::log::witness::AddCheckpoint;
use voting_core::manifest::Manifest;
use voting_core::manifest::preset::Preset;
use voting_core::receipt::{Receipt, Refusal};
use voting_core::staff::{SignedRollClaim, StaffEntry};
use voting_core::tracking::TrackingPrefix;
use voting_core::trustee::Signed;

/// Every target.
pub(crate) const ALL: &[(&str, fn(&[u8]))] = &[
    ("add_checkpoint", text::<AddCheckpoint>),
    ("ballot", ballot),
    ("cast_ballot", binary::<CastBallot>),
    ("checkpoint", text::<Checkpoint>),
    ("class_sums", binary::<ClassSums>),
    ("code_request", binary::<CodeRequest>),
    ("complaint", binary::<Signed<Complaint>>),
    ("confirmation", binary::<Signed<Confirmation>>),
    ("consistency_proof", binary::<ConsistencyProof>),
    ("credential", binary::<Credential>),
    ("decryption_share", binary::<Signed<DecryptionShare>>),
    ("entry", binary::<Entry>),
    ("entry_bundle", entry_bundle),
    ("frontier", binary::<Frontier>),
    ("inclusion_proof", binary::<InclusionProof>),
    ("manifest", manifest),
    ("note", text::<Note>),
    ("pb_file", pb_file),
    ("preset", preset),
    ("receipt", binary::<Receipt>),
    ("refusal", binary::<Refusal>),
    ("result", result),
    ("roll_claim", binary::<SignedRollClaim>),
    ("round_one", binary::<Signed<RoundOne>>),
    ("round_two", binary::<Signed<RoundTwo>>),
    ("staff_entry", binary::<StaffEntry>),
    ("sums", binary::<CiphertextSums>),
    ("tile", tile),
    ("tile_path", text::<TilePath>),
    ("tlog_proof", text::<TlogProof>),
    ("tracking_code", tracking_code),
    ("verifier_key", text::<VerifierKey>),
];

/// One binary encoding for every value.
fn binary<T: Encode + Decode>(bytes: &[u8]) {
    if let Ok(value) = T::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

/// One text for every value.
fn text<T: FromStr + ToString>(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(value) = text.parse::<T>()
    {
        assert_eq!(value.to_string(), text);
    }
}

/// The shape that ballots are decoded in.
pub(crate) fn shape() -> &'static BallotShape {
    static SHAPE: LazyLock<BallotShape> = LazyLock::new(|| {
        let limit = Limit { members: vec![0, 1], min: 0, max: 1 };
        BallotShape::new(2, vec![limit]).expect("the limit can be met")
    });
    &SHAPE
}

fn ballot(bytes: &[u8]) {
    // Any length is tried; the right one needs help to be found.
    let _ = Ballot::decode(shape(), bytes);
    let mut whole = bytes.to_vec();
    whole.resize(shape().ballot_len(), 0);
    let _ = Ballot::decode(shape(), &whole);
}

fn entry_bundle(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    let Some(width) = TileWidth::new(u16::from(*width) + 1) else { return };
    if let Ok(bundle) = EntryBundle::decode(bytes, width) {
        assert_eq!(bundle.to_bytes(), bytes);
    }
}

fn tile(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    let Some(width) = TileWidth::new(u16::from(*width) + 1) else { return };
    if let Ok(tile) = Tile::from_bytes(bytes, width) {
        assert_eq!(tile.to_bytes(), bytes);
    }
}

/// What is read as canonical is canonical.
fn manifest(bytes: &[u8]) {
    let _ = Manifest::parse(bytes);
    if let Ok(manifest) = Manifest::parse_canonical(bytes) {
        assert_eq!(manifest.to_canonical(), bytes);
    }
}

fn preset(bytes: &[u8]) {
    let _ = Preset::parse(bytes);
}

fn result(bytes: &[u8]) {
    let _ = serde_json::from_slice::<tally::result::SignedResult>(bytes);
}

/// People type codes in many ways; whatever is read prints in one that reads as the same.
fn tracking_code(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(prefix) = text.parse::<TrackingPrefix>()
    {
        assert_eq!(prefix.to_string().parse(), Ok(prefix));
    }
}

fn pb_file(bytes: &[u8]) {
    for options in [Options::new("fuzz.pb"), Options::new("fuzz.pb").lenient()] {
        if let Ok(text) = tally::pb::decode(bytes, &options) {
            let _ = tally::pb::parse(&text, &options);
        }
    }
}

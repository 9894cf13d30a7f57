//! What is signed: credentials, casts, code requests, receipts, refusals and staff actions; and what
//! people type.

use super::generate::hex;
use serde_json::{Value, json};
use voting_core::ballot::VoterIdentity;
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::Encode;
use voting_core::credential::Credential;
use voting_core::ids::{
    ClassIndex, ElectionId, LeafIndex, Pseudonym, Sequence, Serial, UnixMillis,
};
use voting_core::keys::{SecretKey, VerifyKey};
use voting_core::manifest::Bilingual;
use voting_core::manifest::PseudonymKeyCommitment;
use voting_core::receipt::{Receipt, Refusal};
use voting_core::rule::{ContestId, LotSeed, ProjectId};
use voting_core::staff::{Proposal, StaffAction, StaffEntry};
use voting_core::tracking::TrackingCode;

const ELECTION: ElectionId = ElectionId::new([7; 32]);
const BALLOT: &[u8] = b"not a ballot, but bytes that stand for one";

/// All of them by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let named = |(name, value): (&str, Value)| (name.to_owned(), value);
    let vectors = [
        ("tracking_codes", tracking_codes()),
        ("credential", credentials()),
        ("cast", casts()),
        ("receipt", receipts()),
        ("staff_action", staff_action()),
        ("lot", lot()),
        ("pseudonym_commitment", pseudonym_commitment()),
    ];
    vectors.into_iter().map(named).collect()
}

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn tracking_codes() -> Value {
    let one = |ballot: &[u8]| {
        let code = TrackingCode::of(ballot);
        json!({"ballot": hex(ballot), "code": code, "text": code.prefix()})
    };
    json!({
        "about": "hashes of ballot bytes, and what people read of them",
        "codes": [one(b""), one(BALLOT), one(&[0; 1000])],
        "read_too": ["9en7 6038 cnsx 7cet xmyj", "9EN76O38CNSX7CETXMYJ"],
        "refused": ["", "9EN7-6038-CNSX-7CET-XMYK", "9EN7-6038-CNSX-7CET", "9EN7-6038-CNSX-7CET-XMYU"],
    })
}

fn voter() -> VoterIdentity {
    VoterIdentity {
        pseudonym: Pseudonym::new([3; 32]),
        class: ClassIndex::new(1),
        key: key(4).verify_key(),
    }
}

fn credential() -> Credential {
    Credential::issue(&key(1), &ELECTION, voter(), Serial::new(2))
}

fn keys(names: &[(&str, u8)]) -> Value {
    let public = |n: u8| -> VerifyKey { key(n).verify_key() };
    names
        .iter()
        .map(|(name, n)| (*name, json!(public(*n))))
        .collect::<Value>()
}

fn credentials() -> Value {
    let countersigned = credential().countersign(&key(5), &ELECTION);
    json!({
        "about": "a credential with serial 2, alone and countersigned",
        "election_id": ELECTION,
        "keys": keys(&[("registrar", 1), ("countersigner", 5), ("voter", 4)]),
        "credential": hex(credential().to_bytes()),
        "countersigned": hex(countersigned.to_bytes()),
    })
}

fn casts() -> Value {
    let previous = TrackingCode::new([8; 32]);
    let sign = |place| CastBallot::sign(&key(4), &ELECTION, credential(), place, BALLOT.to_vec());
    let first = sign((Sequence::new(0), None));
    let again = sign((Sequence::new(1), Some(previous)));
    let code = first.tracking_code();
    let request = |intent| CodeRequest::sign(&key(4), &ELECTION, credential(), code, intent);
    json!({
        "about": "what a voter signs, under the credential of credential.json",
        "election_id": ELECTION,
        "tracking_code": code,
        "first": hex(first.to_bytes()),
        "again": hex(again.to_bytes()),
        "pending": hex(request(CodeIntent::Pending).to_bytes()),
        "spoil": hex(request(CodeIntent::Spoil).to_bytes()),
    })
}

fn receipts() -> Value {
    let code = TrackingCode::of(BALLOT);
    let place = (LeafIndex::new(41), UnixMillis::new(1_817_164_800_123));
    let who = (voter().pseudonym, code);
    let receipt = Receipt::sign(&key(2), ELECTION, "vote.example.org/test", who, place);
    let refusal = Refusal::sign(&key(3), ELECTION, code, "already-voted", place.1);
    json!({
        "about": "a receipt by the log, a refusal by the ballot box",
        "keys": keys(&[("log", 2), ("ballot_box", 3)]),
        "receipt": hex(receipt.to_bytes()),
        "refusal": hex(refusal.to_bytes()),
    })
}

fn staff_action() -> Value {
    let proposal = Proposal {
        number: 3,
        checkpoint: Vec::new(),
        action: StaffAction::Withdraw(
            1,
            Bilingual::new("제안자 철회", "withdrawn by its proposer"),
        ),
    };
    let sign = |position, n| (position, proposal.sign(&ELECTION, &key(n)));
    let signatures = vec![sign(0, 10), sign(2, 12)];
    let entry = StaffEntry::new(proposal.clone(), signatures);
    let staff: Vec<_> = [10, 11, 12].map(|n| key(n).verify_key()).into();
    json!({
        "about": "a withdrawal signed by the staff members at positions 0 and 2",
        "election_id": ELECTION,
        "staff": staff,
        "proposal": hex(proposal.to_bytes()),
        "staff_entry": hex(entry.to_bytes()),
    })
}

#[allow(clippy::expect_used, reason = "constant ids")]
fn lot() -> Value {
    let seed = LotSeed::new([6; 32]);
    let contest: ContestId = "citywide".parse().expect("an id");
    let ids: Vec<ProjectId> = ["p1", "p2", "p3", "p10"]
        .map(|p| p.parse().expect("an id"))
        .into();
    let tickets = ids.iter().map(|p| hex(seed.ticket(&contest, p)));
    json!({
        "about": "a verifiable lot",
        "seed": seed.reveal(),
        "commitment": seed.commitment(),
        "contest": contest,
        "projects": ids,
        "tickets": tickets.collect::<Vec<_>>(),
        "order": seed.order(&contest, &ids),
    })
}

fn pseudonym_commitment() -> Value {
    json!({
        "about": "the manifest's commitment to a pseudonym key",
        "key": hex([40; 32]),
        "commitment": PseudonymKeyCommitment::of(&[40; 32]),
    })
}

//! A whole small election: its log entry by entry, and the secrets to recompute single steps.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::generate::hex;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use voting_core::audit::testing::{TestElection, TestVoter};
use voting_core::ballot::Ballot;
use voting_core::cast::CastBallot;
use voting_core::codec::{Encode, Writer};
use voting_core::entry::Body;
use voting_core::group::{Point, Scalar};
use voting_core::ids::{ClassIndex, Sequence, TrusteeId, UnixMillis};
use voting_core::log::tree::leaf_hash;
use voting_core::manifest::Bilingual;
use voting_core::manifest::{Manifest, testing};
use voting_core::staff::{Document, StaffAction};
use voting_core::tags;
use voting_core::tracking::TrackingCode;
use voting_core::transcript::Transcript;

type Election = TestElection<ChaCha20Rng>;

/// Where the first encrypted share stands in a round-two message: version, kind, trustee, attempt,
/// hash of round one, count.
const FIRST_SHARE: usize = 1 + 1 + 2 + 2 + 32 + 4;
/// Where a round-one message's first commitment stands.
const FIRST_COMMITMENT: usize = 1 + 1 + 2 + 2 + 4;

/// All vectors of the election, by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let mut election = create();
    let share = encrypted_share(&election);
    vote(&mut election);
    election.close();
    let survey = election.offline_totals(9, &[4, 0, 9]);
    staff(&mut election, survey);
    election.decrypt();
    let decryption = decryption(&election);
    end(&mut election);
    let named = |name: &str, value| (name.to_owned(), value);
    vec![
        named("log", log(&election)),
        named("encrypted_share", share),
        named("decryption", decryption),
    ]
}

fn create() -> Election {
    let mut document = testing::with_survey(testing::document(3, 2));
    document.ballot.voting_again = true;
    let manifest = Manifest::new(document).expect("a valid manifest");
    TestElection::open(manifest, ChaCha20Rng::seed_from_u64(1))
}

/// Three voters, one of whom gets a second credential, one of whom votes again; a spoiled code; and
/// what staff may do meanwhile.
fn vote(election: &mut Election) {
    let voters = [(0, 0), (1, 1), (2, 1)].map(|(n, class)| election.register(n, class));
    let again = election.voter(2, 1, 1);
    append(
        election,
        Body::Credential(Box::new(again.credential.clone())),
    );
    election.cast(&voters[0], &[0]);
    election.cast(&again, &[1, 2]);
    let first = cast(election, &voters[1], &[0], (Sequence::new(0), None));
    let place = (Sequence::new(1), Some(first.tracking_code()));
    let second = cast(election, &voters[1], &[2], place);
    count(election, &second);
    append(election, Body::Spoiled(TrackingCode::new([0x5b; 32])));
    staff(
        election,
        StaffAction::Pause(Bilingual::new("점검", "inspection")),
    );
    staff(
        election,
        StaffAction::Resume(Bilingual::new("점검 끝", "inspected")),
    );
    let later = UnixMillis::new(testing::CLOSES_AT.get() + 300_000);
    staff(election, StaffAction::Extend(later));
    staff(election, StaffAction::SoftwareChanged(document(b"assets")));
    let told = Bilingual::new("마감을 5분 늦춥니다", "voting ends five minutes later");
    staff(election, StaffAction::Notice(told));
    staff(election, StaffAction::Roll(ClassIndex::new(0), 2));
    staff(
        election,
        StaffAction::Withdraw(
            1,
            Bilingual::new("제안자 철회", "withdrawn by its proposer"),
        ),
    );
}

fn end(election: &mut Election) {
    election.publish(b"a result");
    staff(election, StaffAction::Ratify(document(b"a decision")));
    staff(election, StaffAction::DestroyPseudonymKey);
}

fn append(election: &mut Election, body: Body) {
    election.append(body).expect("an entry the audit takes");
}

fn staff(election: &mut Election, action: StaffAction) {
    election.staff(action).expect("an action of this stage");
}

fn document(bytes: &[u8]) -> Document {
    Document::of(bytes).expect("a short document")
}

fn cast(
    election: &mut Election,
    voter: &TestVoter,
    chosen: &[u32],
    place: (Sequence, Option<TrackingCode>),
) -> CastBallot {
    let cast = election.sealed(voter, chosen, place);
    append(election, Body::Ballot(Box::new(cast.clone())));
    cast
}

/// Adds a ballot that counts to the sums that shares are made of.
fn count(election: &mut Election, cast: &CastBallot) {
    let ballot = Ballot::decode(election.state.shape(), cast.ballot()).expect("a ballot of ours");
    let class = cast.credential.voter.class;
    election
        .sums
        .add(class, ballot.ciphertexts())
        .expect("a class of ours");
}

fn log(election: &Election) -> Value {
    let entries = election.entries.iter();
    let totals = election.state.totals().expect("a decrypted election");
    let totals = totals
        .iter()
        .map(|t| json!({"group": t.group.id.get(), "ballots": t.group.ballots, "marks": t.marks}));
    json!({
        "about": "a whole log: every kind of entry, and what a verifier must find",
        "manifest": String::from_utf8(election.state.manifest().to_canonical()).expect("JSON"),
        "election_id": election.state.election(),
        "entries": entries.map(hex).collect::<Vec<_>>(),
        "leaf_hashes": election.entries.iter().map(|e| leaf_hash(e)).collect::<Vec<_>>(),
        "root": election.state.frontier().root(),
        "totals": totals.collect::<Vec<_>>(),
    })
}

/// Trustee 1's share for trustee 2 in the ceremony, opened with trustee 2's secret.
fn encrypted_share(election: &Election) -> Value {
    let ceremony = election.state.ceremony();
    let first = ceremony.round_one()[0].to_bytes();
    let second = ceremony.round_two()[0].to_bytes();
    let share = &second[FIRST_SHARE..FIRST_SHARE + 144];
    let secret = election.keys.trustee_encryption[1];
    let public = Point::mul_base(&secret).compress();
    let context = context(election, &second, public.as_bytes(), &share[..32]);
    let ephemeral = point(&share[..32]);
    let shared = (ephemeral * secret).compress();
    let mut transcript = Transcript::new(tags::CEREMONY_SHARE_KEY);
    transcript.append(&context);
    transcript.append(shared.as_bytes());
    json!({
        "about": "a secret share on its way from trustee 1 to trustee 2, entries 1 and 4 of log.json",
        "recipient_secret": hex(secret.as_bytes()),
        "recipient_key": hex(public.as_bytes()),
        "commitments": hex(&first[FIRST_COMMITMENT..FIRST_COMMITMENT + 64]),
        "encrypted_share": hex(share),
        "context": hex(&context),
        "shared_point": hex(shared.as_bytes()),
        "cipher_key": hex(transcript.digest()),
        "share": hex(open(&transcript.digest(), &context, share)),
    })
}

fn context(election: &Election, round_two: &[u8], public: &[u8], ephemeral: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.fixed(election.state.election().as_bytes());
    [0, 1, 2].iter().for_each(|n| w.u16(*n));
    w.fixed(&round_two[6..38]);
    w.fixed(public);
    w.fixed(ephemeral);
    w.into_bytes()
}

/// The share in the clear.
pub(crate) fn open(key: &[u8; 32], context: &[u8], share: &[u8]) -> Vec<u8> {
    use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce};
    let mut clear = share[96..128].to_vec();
    let tag: [u8; 16] = share[128..].try_into().expect("16 bytes");
    ChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(
            &Nonce::from([0; 12]),
            context,
            clear.as_mut_slice().into(),
            &tag.into(),
        )
        .expect("a share for this recipient");
    clear
}

fn point(bytes: &[u8]) -> Point {
    let bytes = bytes.try_into().expect("32 bytes");
    voting_core::group::decode_point(bytes, "point").expect("a point of ours")
}

/// Trustee 1's share of the second group, with the secret to recompute it and what it leads to.
fn decryption(election: &Election) -> Value {
    let state = &election.state;
    let keys = state.public_keys().expect("an opened election");
    let shares = state.shares().expect("a closed election");
    let (close, root) = state.close().expect("a closed election");
    let key = &election.key_shares[0];
    let secret = key.to_secret_bytes();
    let totals = state.totals().expect("a decrypted election");
    let verifying = keys.verifying_shares().iter();
    // The four last entries are trustee 1's shares of both groups, then trustee 2's.
    let entry = &election.entries[election.entries.len() - 3];
    json!({
        "about": "trustee 1's decryption share of group 1 in log.json",
        "election_id": state.election(),
        "election_key": hex(keys.election_key().compress().as_bytes()),
        "verifying_shares": verifying.map(|y| hex(y.compress().as_bytes())).collect::<Vec<_>>(),
        "close_index": close,
        "close_root": root,
        "sums": hex(shares.sums()[1].to_bytes()),
        "trustee": TrusteeId::new(1),
        "key_share": hex(&secret[secret.len() - 32..]),
        "message": hex(&entry[ENTRY_HEADER + 4..]),
        "lagrange_of_1_and_2": [lagrange(1, 2), lagrange(2, 1)],
        "marks": totals[1].marks,
    })
}

/// Bytes of an entry before its body.
const ENTRY_HEADER: usize = 1 + 1 + 8 + 8 + 32;

/// `lambda_j` over `{j, other}`.
fn lagrange(j: u8, other: u8) -> String {
    let (j, other) = (Scalar::from(j), Scalar::from(other));
    hex((other * (other - j).invert()).as_bytes())
}

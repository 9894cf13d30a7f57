//! Ballot vectors: good ones with every intermediate value, and one for each wrong ballot.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::generate::hex;
use serde_json::{Value, json};
use voting_core::ballot::testing::{Cheat, Forgery, broken_equations, transcript_values};
use voting_core::ballot::{
    Ballot, BallotParameters, BallotShape, Choices, Limit, SealSeeds, VoterIdentity, seal,
};
use voting_core::codec::Encode;
use voting_core::group::{Point, Scalar, decode_point, generator};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym};
use voting_core::keys::SecretKey;
use voting_core::tracking::TrackingCode;

/// Six projects: one to three in all, one or two of the first three, at most one of the last two.
fn shape() -> BallotShape {
    let limit = |members: &[u32], min, max| Limit {
        members: members.to_vec(),
        min,
        max,
    };
    let limits = vec![
        limit(&[0, 1, 2, 3, 4, 5], 1, 3),
        limit(&[0, 1, 2], 1, 2),
        limit(&[4, 5], 0, 1),
    ];
    BallotShape::new(6, limits).expect("the limits can be met")
}

fn params() -> BallotParameters {
    let election_key = Point::mul_base(&Scalar::from(99u8));
    BallotParameters::new(ElectionId::new([7; 32]), election_key, shape())
}

fn voter(n: u8) -> VoterIdentity {
    let key = SecretKey::from_seed(&[n; 32]).verify_key();
    VoterIdentity {
        pseudonym: Pseudonym::new([n; 32]),
        class: ClassIndex::new(0),
        key,
    }
}

fn statement(params: &BallotParameters, voter: &VoterIdentity) -> Value {
    let limits: Vec<_> = (params.shape.limits().iter())
        .map(|l| json!({"members": l.members, "min": l.min, "max": l.max}))
        .collect();
    json!({
        "election_id": params.election,
        "election_key": hex(params.election_key.compress().as_bytes()),
        "options": params.shape.options(),
        "limits": limits,
        "voter": {
            "pseudonym": voter.pseudonym,
            "class": voter.class,
            "key": voter.key,
        },
    })
}

/// A vector of a ballot and what every verifier must say of it.
fn vector(about: &str, params: &BallotParameters, voter: &VoterIdentity, ballot: &[u8]) -> Value {
    json!({
        "about": about,
        "statement": statement(params, voter),
        "ballot": hex(ballot),
        "tracking_code": hex(TrackingCode::of(ballot).to_bytes()),
    })
}

/// All ballot vectors by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let mut vectors = vec![("generators".to_owned(), generators())];
    vectors.extend(good());
    let bad = [malformed(), moved(), forged(), single(), misused()];
    for (name, about, value) in bad.into_iter().flatten() {
        let mut value: Value = value;
        value["about"] = about.into();
        value["accept"] = false.into();
        vectors.push((format!("bad_ballot_{name}"), value));
    }
    vectors
}

fn generators() -> Value {
    let of = |i| hex(generator(i).compress().as_bytes());
    json!({ "about": "U and the first V_j", "U": of(0), "V": (1..=8).map(of).collect::<Vec<_>>() })
}

fn good() -> Vec<(String, Value)> {
    let params = params();
    let cases: [(&str, &[u32]); 3] = [("one", &[1]), ("three", &[0, 1, 3]), ("lists", &[2, 5])];
    let one = |(seed, (name, chosen)): (u8, (&str, &[u32]))| {
        let (randomness, nonces) = ([seed; 32], [seed + 100; 32]);
        let choices = Choices::new(&params.shape, chosen).expect("the limits are kept");
        let seeds = SealSeeds::from_bytes(randomness, nonces);
        let ballot = seal(&params, &voter(1), &choices, &seeds);
        let mut value = vector("a good ballot", &params, &voter(1), ballot.bytes());
        value["accept"] = true.into();
        value["chosen"] = chosen.into();
        value["seeds"] = json!({"randomness": hex(randomness), "nonces": hex(nonces)});
        value["transcript"] = transcript_values(&params, &voter(1), ballot.bytes());
        (format!("ballot_{name}"), value)
    };
    (1..).zip(cases).map(one).collect()
}

type Bad = (&'static str, &'static str, Value);

/// A good ballot to spoil, of voter 1.
fn base() -> Vec<u8> {
    let params = params();
    let choices = Choices::new(&params.shape, &[1, 4]).expect("the limits are kept");
    let seeds = SealSeeds::from_bytes([9; 32], [10; 32]);
    seal(&params, &voter(1), &choices, &seeds).bytes().to_vec()
}

fn malformed() -> Vec<Bad> {
    let with = |at: usize, bytes: &[u8]| {
        let mut ballot = base();
        ballot[at..at + bytes.len()].copy_from_slice(bytes);
        vector("", &params(), &voter(1), &ballot)
    };
    let flip = |at: usize| {
        let byte = base()[at] ^ 1;
        with(at, &[byte])
    };
    let (commitments, n) = (1 + 64 * 6, base().len());
    let sigma = commitments + 6 * 32;
    let f = sigma + 3 * 32;
    let other = |bytes: &[u8]| vector("", &params(), &voter(1), bytes);
    let mut swapped = base();
    swapped[1..129].rotate_left(64);
    let non_canonical = [0xff; 32];
    vec![
        ("version", "an unknown version", with(0, &[2])),
        (
            "truncated",
            "the last byte is missing",
            other(&base()[..n - 1]),
        ),
        (
            "trailing",
            "one byte too many",
            other(&[base(), vec![0]].concat()),
        ),
        (
            "identity_ciphertext",
            "A_0 is the identity",
            with(1, &[0; 32]),
        ),
        (
            "identity_commitment",
            "B is the identity",
            with(commitments, &[0; 32]),
        ),
        (
            "identity_e",
            "E's first component is the identity",
            with(commitments + 128, &[0; 32]),
        ),
        (
            "noncanonical_a",
            "A_0 is not canonical",
            with(1, &non_canonical),
        ),
        (
            "noncanonical_b",
            "B_0 is not canonical",
            with(33, &non_canonical),
        ),
        (
            "noncanonical_commitment",
            "D is not canonical",
            with(commitments + 96, &non_canonical),
        ),
        (
            "noncanonical_sigma",
            "sigma_0 is l or more",
            with(sigma, &non_canonical),
        ),
        (
            "noncanonical_f",
            "f_0 is l or more",
            with(f, &non_canonical),
        ),
        (
            "noncanonical_z",
            "z_E is l or more",
            with(n - 32, &non_canonical),
        ),
        ("changed_sigma", "a bit of sigma_0 is flipped", flip(sigma)),
        ("changed_f", "a bit of f_0 is flipped", flip(f)),
        ("changed_z_ab", "a bit of z_AB is flipped", flip(n - 96)),
        ("changed_z_cd", "a bit of z_CD is flipped", flip(n - 64)),
        ("changed_z_e", "a bit of z_E is flipped", flip(n - 32)),
        ("swapped", "two ciphertexts are swapped", other(&swapped)),
    ]
}

/// Every point of a ballot replaced by another canonical one: itself plus G.
fn moved() -> Vec<Bad> {
    let commitments = 1 + 64 * 6;
    let points = [
        ("moved_ciphertext_a", "A_5 plus G", 1 + 64 * 5),
        (
            "moved_ciphertext_b",
            "B_5 plus G: one more vote",
            33 + 64 * 5,
        ),
        ("moved_b", "the commitment B plus G", commitments),
        ("moved_a", "the commitment A plus G", commitments + 32),
        ("moved_c", "the commitment C plus G", commitments + 64),
        ("moved_d", "the commitment D plus G", commitments + 96),
        ("moved_e_a", "E_A plus G", commitments + 128),
        ("moved_e_b", "E_B plus G", commitments + 160),
    ];
    let one = |(name, about, at): (&'static str, &'static str, usize)| {
        let mut ballot = base();
        let bytes = ballot[at..at + 32].try_into().expect("32 bytes");
        let point = decode_point(&bytes, "point").expect("a ballot's point");
        let moved = (point + Point::mul_base(&Scalar::ONE)).compress();
        ballot[at..at + 32].copy_from_slice(moved.as_bytes());
        (name, about, vector("", &params(), &voter(1), &ballot))
    };
    points.into_iter().map(one).collect()
}

fn forged() -> Vec<Bad> {
    let params = params();
    let of = |values: &[i64]| Forgery::of(&params.shape, values, 3);
    let seal = |forgery: Forgery| vector("", &params, &voter(1), &forgery.seal(&params, &voter(1)));
    let with = |cheat, values: &[i64], encrypted: [u64; 6]| {
        seal(Forgery {
            cheat,
            encrypted: encrypted.map(Scalar::from).to_vec(),
            ..of(values)
        })
    };
    let one = [1, 0, 0, 0, 0, 0];
    vec![
        ("two", "b_0 is 2", seal(of(&[2, 0, 0, 0, 0, 0]))),
        ("minus_one", "b_2 is -1", seal(of(&[1, 1, -1, 0, 0, 0]))),
        (
            "over_limit",
            "one choice over the total",
            seal(of(&[1, 1, 0, 1, 1, 0])),
        ),
        (
            "under_minimum",
            "none of the first list",
            seal(of(&[0, 0, 0, 1, 0, 0])),
        ),
        (
            "list_limit",
            "two of the last list, the total holds",
            seal(of(&[1, 0, 0, 0, 1, 1])),
        ),
        (
            "late_sigma",
            "sigma computed after x",
            with(Cheat::LateSigma, &[1; 6], [1; 6]),
        ),
        (
            "late_e",
            "E computed after x",
            with(Cheat::LateE, &one, [1000, 0, 0, 0, 0, 0]),
        ),
        (
            "other_plaintext",
            "the commitment holds other bits than the ciphertexts",
            with(Cheat::OtherPlaintexts, &one, [0, 1, 0, 0, 0, 0]),
        ),
    ]
}

/// Ballots that break one equation of the verifier and keep the others: a verifier that forgets
/// any of the five accepts one of these.
fn single() -> Vec<Bad> {
    let params = params();
    let seal = |forgery: Forgery| {
        let bytes = forgery.seal(&params, &voter(1));
        let ballot = Ballot::decode(&params.shape, &bytes).expect("a forgery is well-formed");
        let mut value = vector("", &params, &voter(1), &bytes);
        value["breaks"] = broken_equations(&params, &voter(1), &ballot).into();
        value
    };
    let shifted = |cheat| {
        let honest = Forgery::of(&params.shape, &[1, 0, 0, 1, 0, 0], 3);
        seal(Forgery { cheat, ..honest })
    };
    let bits = |values: &[i64]| seal(Forgery::of_bits(&params.shape, values, 3));
    vec![
        ("only_1", "A is A + U", shifted(Cheat::ShiftedA)),
        ("only_2", "D is D + U", shifted(Cheat::ShiftedD)),
        (
            "only_3",
            "A_0 is (r_0 + 1) G",
            shifted(Cheat::ShiftedCiphertext),
        ),
        ("only_3_e", "E_A is E_A + G", shifted(Cheat::ShiftedEa)),
        ("only_4_e", "E_B is E_B + G", shifted(Cheat::ShiftedEb)),
        ("only_5", "six of three, all of it bits", bits(&[1; 6])),
        (
            "only_5_total",
            "only the first limit is broken, in bits",
            bits(&[1, 1, 0, 1, 1, 0]),
        ),
        (
            "only_5_minimum",
            "only the second limit is broken, in bits",
            bits(&[0, 0, 0, 1, 0, 0]),
        ),
        (
            "only_5_list",
            "only the third limit is broken, in bits",
            bits(&[1, 0, 0, 0, 1, 1]),
        ),
    ]
}

fn misused() -> Vec<Bad> {
    let (params, ballot) = (params(), base());
    let under = |p: &BallotParameters, v: &VoterIdentity| vector("", p, v, &ballot);
    let elsewhere = BallotParameters::new(ElectionId::new([8; 32]), params.election_key, shape());
    let other_key = Point::mul_base(&Scalar::from(98u8));
    let other_key = BallotParameters::new(params.election, other_key, shape());
    let me = voter(1);
    let mut copied = ballot.clone();
    let choices = Choices::new(&params.shape, &[1, 4]).expect("the limits are kept");
    let seeds = SealSeeds::from_bytes([19; 32], [20; 32]);
    copied[1..65].copy_from_slice(&seal(&params, &voter(2), &choices, &seeds).bytes()[1..65]);
    let pseudonym = VoterIdentity {
        pseudonym: Pseudonym::new([2; 32]),
        ..me
    };
    let class = VoterIdentity {
        class: ClassIndex::new(1),
        ..me
    };
    let key = VoterIdentity {
        key: voter(2).key,
        ..me
    };
    vec![
        (
            "copied",
            "a ciphertext of another voter's ballot",
            vector("", &params, &me, &copied),
        ),
        (
            "replayed_pseudonym",
            "the proof under another pseudonym",
            under(&params, &pseudonym),
        ),
        (
            "replayed_class",
            "the proof under another class",
            under(&params, &class),
        ),
        (
            "replayed_key",
            "the proof under another voter key",
            under(&params, &key),
        ),
        (
            "replayed_election",
            "the proof in another election",
            under(&elsewhere, &me),
        ),
        (
            "replayed_election_key",
            "the proof under another H",
            under(&other_key, &me),
        ),
        (
            "batch_forgery",
            "two ballots whose errors cancel in a sum",
            batch_forgery(&params),
        ),
    ]
}

/// Ballot 1 gains a million votes for project 0, ballot 2 loses as many: any weight that the two
/// share, or that does not cover every byte, cancels the errors.
fn batch_forgery(params: &BallotParameters) -> Value {
    let forge = |extra: Scalar, seed| {
        let mut forgery = Forgery::of(&params.shape, &[1, 0, 0, 0, 0, 0], seed);
        forgery.encrypted[0] += extra;
        hex(forgery.seal(params, &voter(1)))
    };
    let million = Scalar::from(1_000_000u32);
    json!({
        "statement": statement(params, &voter(1)),
        "batch": [forge(million, 1), forge(-million, 2)],
    })
}

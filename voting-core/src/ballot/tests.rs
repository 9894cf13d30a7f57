use super::testing::{Cheat, Forgery, broken_equations};
use super::*;
use crate::codec::DecodeError;
use crate::elgamal::Ciphertext;
use crate::group::Scalar;
use crate::ids::{ClassIndex, ElectionId, Pseudonym};
use crate::keys::SecretKey;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Six projects: at most three in all, one or two of the first three, at most one of the last two.
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
    BallotShape::new(6, limits).unwrap()
}

fn params() -> BallotParameters {
    BallotParameters::new(ElectionId::new([7; 32]), G * Scalar::from(99u8), shape())
}

fn voter(n: u8) -> VoterIdentity {
    let key = SecretKey::from_seed(&[n; 32]).verify_key();
    VoterIdentity {
        pseudonym: Pseudonym::new([n; 32]),
        class: ClassIndex::new(0),
        key,
    }
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn sealed(params: &BallotParameters, n: u8, chosen: &[u32]) -> SealedBallot {
    let choices = Choices::new(&params.shape, chosen).unwrap();
    seal(
        params,
        &voter(n),
        &choices,
        &SealSeeds::generate(&mut rng(n.into())),
    )
}

fn accepts(params: &BallotParameters, voter: &VoterIdentity, bytes: &[u8]) -> bool {
    match Ballot::decode(&params.shape, bytes) {
        Ok(ballot) => BallotVerifier::new(params)
            .verify_one(voter, &ballot, &mut rng(1))
            .is_ok(),
        Err(_) => false,
    }
}

#[test]
fn every_allowed_choice_is_sealed_opened_and_verified() {
    let params = params();
    for mask in 0u32..64 {
        let chosen: Vec<u32> = (0..6).filter(|i| mask >> i & 1 == 1).collect();
        let first = chosen.iter().filter(|i| **i < 3).count();
        let last = chosen.iter().filter(|i| **i > 3).count();
        let allowed = (1..=3).contains(&chosen.len()) && (1..=2).contains(&first) && last <= 1;
        assert_eq!(
            Choices::new(&params.shape, &chosen).is_ok(),
            allowed,
            "{chosen:?}"
        );
        if allowed {
            let ballot = sealed(&params, 1, &chosen);
            assert_eq!(ballot.bytes().len(), params.shape.ballot_len());
            assert!(accepts(&params, &voter(1), ballot.bytes()), "{chosen:?}");
            let opened = opened(&params, &voter(1), ballot.bytes(), ballot.reveal_seed());
            assert_eq!(opened.unwrap(), chosen);
        }
    }
}

#[test]
fn choices_name_what_is_wrong() {
    let shape = shape();
    let error = |chosen: &[u32]| Choices::new(&shape, chosen).err().unwrap();
    assert_eq!(error(&[0, 6]), SealError::Choice(6));
    assert_eq!(error(&[0, 0]), SealError::Choice(0));
    assert_eq!(
        error(&[0, 1, 3, 4]),
        SealError::TooMany { limit: 0, max: 3 }
    );
    assert_eq!(error(&[0, 4, 5]), SealError::TooMany { limit: 2, max: 1 });
    assert_eq!(error(&[3]), SealError::TooFew { limit: 1, min: 1 });
}

#[test]
fn a_second_device_catches_a_ballot_that_is_not_what_was_sealed() {
    let params = params();
    let ballot = sealed(&params, 1, &[0]);
    let other = sealed(&params, 2, &[0]);
    let (bytes, seed) = (ballot.bytes(), ballot.reveal_seed());
    assert_eq!(
        opened(&params, &voter(1), bytes, other.reveal_seed()),
        Err(OpenError::WrongSeed(0))
    );
    // Every ciphertext is right, and yet nobody would count it: only the proof tells.
    let unsound = OpenError::BadProof(BadProof);
    assert_eq!(
        opened(&params, &voter(2), bytes, seed),
        Err(unsound.clone())
    );
    let mut changed = bytes.to_vec();
    let z_e = changed.len() - 32;
    changed[z_e] ^= 1;
    assert_eq!(opened(&params, &voter(1), &changed, seed), Err(unsound));
}

fn opened(
    params: &BallotParameters,
    voter: &VoterIdentity,
    ballot: &[u8],
    seed: &[u8; 32],
) -> Result<Vec<u32>, OpenError> {
    open_with_seed(params, voter, ballot, seed, &mut rng(1))
}

/// The forged ballots of the protocol's list that a prover can make, by name.
fn forgeries(params: &BallotParameters) -> Vec<(&'static str, Vec<u8>)> {
    let make = |values: &[i64]| Forgery::of(&params.shape, values, 3);
    let with = |cheat, values: &[i64], encrypted: &[i64]| {
        let mut forgery = Forgery {
            cheat,
            ..make(values)
        };
        forgery.encrypted = encrypted.iter().map(|v| Scalar::from(*v as u64)).collect();
        forgery.seal(params, &voter(1))
    };
    let seal = |values: &[i64]| make(values).seal(params, &voter(1));
    let single = single_equation(params).into_iter();
    let mut all: Vec<_> = single.map(|(name, _, bytes)| (name, bytes)).collect();
    all.extend([
        ("a choice of two", seal(&[2, 0, 0, 0, 0, 0])),
        ("a choice of minus one", seal(&[1, 1, -1, 0, 0, 0])),
        ("one over the total", seal(&[1, 1, 0, 1, 1, 0])),
        ("under the minimum", seal(&[0, 0, 0, 1, 0, 0])),
        (
            "a list limit while the total holds",
            seal(&[1, 0, 0, 0, 1, 1]),
        ),
        (
            "sigma after x",
            with(Cheat::LateSigma, &[1, 1, 1, 1, 1, 1], &[1, 1, 1, 1, 1, 1]),
        ),
        (
            "E after x",
            with(Cheat::LateE, &[1, 0, 0, 0, 0, 0], &[1000, 0, 0, 0, 0, 0]),
        ),
        (
            "other plaintexts",
            with(
                Cheat::OtherPlaintexts,
                &[1, 0, 0, 0, 0, 0],
                &[0, 1, 0, 0, 0, 0],
            ),
        ),
    ]);
    all
}

/// Ballots that break one equation of the verifier alone, with its number.
fn single_equation(params: &BallotParameters) -> Vec<(&'static str, u8, Vec<u8>)> {
    let shifted = |cheat| {
        let honest = Forgery::of(&params.shape, &[1, 0, 0, 1, 0, 0], 3);
        Forgery { cheat, ..honest }.seal(params, &voter(1))
    };
    let bits = |values: &[i64]| Forgery::of_bits(&params.shape, values, 3).seal(params, &voter(1));
    vec![
        ("A shifted", 1, shifted(Cheat::ShiftedA)),
        ("D shifted", 2, shifted(Cheat::ShiftedD)),
        ("A_0 shifted", 3, shifted(Cheat::ShiftedCiphertext)),
        ("E_A shifted", 3, shifted(Cheat::ShiftedEa)),
        ("E_B shifted", 4, shifted(Cheat::ShiftedEb)),
        ("six of three in bits", 5, bits(&[1; 6])),
        ("a total alone in bits", 5, bits(&[1, 1, 0, 1, 1, 0])),
        ("a minimum alone in bits", 5, bits(&[0, 0, 0, 1, 0, 0])),
        ("a list alone in bits", 5, bits(&[1, 0, 0, 0, 1, 1])),
    ]
}

#[test]
fn every_equation_is_broken_alone_by_some_forgery() {
    let params = params();
    let good = Ballot::decode(&params.shape, sealed(&params, 1, &[1, 4]).bytes()).unwrap();
    assert!(broken_equations(&params, &voter(1), &good).is_empty());
    for (name, equation, bytes) in single_equation(&params) {
        let ballot = Ballot::decode(&params.shape, &bytes).unwrap();
        assert_eq!(
            broken_equations(&params, &voter(1), &ballot),
            [equation],
            "{name}"
        );
    }
}

#[test]
fn the_plain_prover_without_cheating_is_accepted() {
    let params = params();
    let bytes = Forgery::of(&params.shape, &[1, 0, 0, 1, 0, 0], 3).seal(&params, &voter(1));
    assert!(accepts(&params, &voter(1), &bytes));
}

#[test]
fn forged_ballots_are_refused_alone_and_in_a_batch_of_256() {
    let params = params();
    let verifier = BallotVerifier::new(&params);
    let good = Ballot::decode(&params.shape, sealed(&params, 1, &[1, 4]).bytes()).unwrap();
    for (name, bytes) in forgeries(&params) {
        assert!(!accepts(&params, &voter(1), &bytes), "{name} alone");
        let bad = Ballot::decode(&params.shape, &bytes).unwrap();
        for at in [0, 100, 255] {
            let mut items = vec![(voter(1), &good); 256];
            items[at].1 = &bad;
            let results = verifier.verify(&items, &mut rng(5));
            assert!(
                results
                    .iter()
                    .enumerate()
                    .all(|(i, r)| r.is_ok() == (i != at)),
                "{name}"
            );
        }
    }
}

#[test]
fn a_proof_holds_for_its_own_statement_only() {
    let params = params();
    let ballot = sealed(&params, 1, &[1, 4]);
    let me = voter(1);
    assert!(accepts(&params, &me, ballot.bytes()));
    assert!(!accepts(
        &params,
        &VoterIdentity {
            pseudonym: Pseudonym::new([9; 32]),
            ..me
        },
        ballot.bytes()
    ));
    assert!(!accepts(
        &params,
        &VoterIdentity {
            class: ClassIndex::new(1),
            ..me
        },
        ballot.bytes()
    ));
    assert!(!accepts(
        &params,
        &VoterIdentity {
            key: voter(2).key,
            ..me
        },
        ballot.bytes()
    ));
    let elsewhere = BallotParameters::new(ElectionId::new([8; 32]), params.election_key, shape());
    assert!(!accepts(&elsewhere, &me, ballot.bytes()));
    let other_key = BallotParameters::new(params.election, G * Scalar::from(98u8), shape());
    assert!(!accepts(&other_key, &me, ballot.bytes()));
}

#[test]
fn swapped_and_copied_ciphertexts_are_refused() {
    let params = params();
    let bytes = sealed(&params, 1, &[1, 4]).bytes().to_vec();
    let mut swapped = bytes.clone();
    swapped[1..129].rotate_left(64);
    assert!(!accepts(&params, &voter(1), &swapped));
    let mut copied = bytes;
    copied[1..65].copy_from_slice(&sealed(&params, 2, &[1, 4]).bytes()[1..65]);
    assert!(!accepts(&params, &voter(1), &copied));
}

#[test]
fn every_byte_is_bound() {
    let params = params();
    let bytes = sealed(&params, 1, &[1, 4]).bytes().to_vec();
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        assert!(!accepts(&params, &voter(1), &changed), "byte {i}");
    }
}

#[test]
fn malformed_ballots_are_named() {
    let shape = shape();
    let bytes = sealed(&params(), 1, &[1, 4]).bytes().to_vec();
    let decode = |at: usize, with: &[u8]| {
        let mut changed = bytes.clone();
        changed[at..at + with.len()].copy_from_slice(with);
        Ballot::decode(&shape, &changed).err().unwrap()
    };
    let commitments = 1 + 64 * 6;
    let scalars = commitments + 6 * 32;
    assert_eq!(
        decode(0, &[2]),
        DecodeError::Unknown {
            field: "ballot version",
            value: 2
        }
    );
    assert_eq!(decode(1, &[0; 32]), DecodeError::Identity("ciphertext's A"));
    assert_eq!(
        decode(1, &[255; 32]),
        DecodeError::NotCanonical("ciphertext's A")
    );
    assert_eq!(
        decode(33, &[255; 32]),
        DecodeError::NotCanonical("ciphertext's B")
    );
    for (k, name) in ["B", "A", "C", "D", "E", "E"].into_iter().enumerate() {
        assert_eq!(
            decode(commitments + 32 * k, &[0; 32]),
            DecodeError::Identity(name)
        );
    }
    assert_eq!(
        decode(scalars, &[255; 32]),
        DecodeError::NotCanonical("sigma")
    );
    let end = bytes.len();
    assert_eq!(
        decode(end - 32, &[255; 32]),
        DecodeError::NotCanonical("z_E")
    );
    assert_eq!(
        Ballot::decode(&shape, &bytes[..end - 1]).err(),
        Some(DecodeError::Truncated("ballot"))
    );
    let long = [&bytes[..], &[0]].concat();
    assert_eq!(
        Ballot::decode(&shape, &long).err(),
        Some(DecodeError::Trailing(1))
    );
}

/// Two wrong equations whose errors cancel under any weight that does not cover the ballots'
/// bytes: ballot 1 gains what ballot 2 loses. A verifier with equal weights would accept the pair.
#[test]
fn errors_that_cancel_between_ballots_are_refused() {
    let params = params();
    let forge = |extra: Scalar, seed| {
        let mut forgery = Forgery::of(&params.shape, &[1, 0, 0, 0, 0, 0], seed);
        forgery.encrypted[0] += extra;
        Ballot::decode(&params.shape, &forgery.seal(&params, &voter(1))).unwrap()
    };
    let million = Scalar::from(1_000_000u32);
    let (gains, loses) = (forge(million, 1), forge(-million, 2));
    let items = [(voter(1), &gains), (voter(1), &loses)];
    let results = BallotVerifier::new(&params).verify(&items, &mut rng(5));
    assert_eq!(results, [Err(BadProof), Err(BadProof)]);
}

#[test]
fn sealing_twice_with_fresh_seeds_shares_no_ciphertext() {
    let params = params();
    let (one, two) = (sealed(&params, 1, &[1]), sealed(&params, 2, &[1]));
    let pairs = |b: &SealedBallot| {
        b.bytes()[1..385]
            .chunks(32)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let first = pairs(&one);
    assert!(pairs(&two).iter().all(|half| !first.contains(half)));
}

#[test]
fn sums_of_ballots_decrypt_to_the_totals() {
    let params = params();
    let x = Scalar::from(99u8);
    let mut totals = [0u8; 6];
    let mut sums = vec![Ciphertext::zero(); 6];
    for (n, chosen) in [&[0u32, 4][..], &[0, 1], &[2], &[0, 3, 5]]
        .into_iter()
        .enumerate()
    {
        chosen.iter().for_each(|&i| totals[i as usize] += 1);
        let ballot = sealed(&params, n as u8, chosen);
        let ballot = Ballot::decode(&params.shape, ballot.bytes()).unwrap();
        for (sum, c) in sums.iter_mut().zip(ballot.ciphertexts()) {
            *sum += c;
        }
    }
    for (sum, total) in sums.into_iter().zip(totals) {
        assert_eq!(sum.b - sum.a * x, G * Scalar::from(total));
    }
}

proptest! {
    #[test]
    fn decoding_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..1400)) {
        let _ = Ballot::decode(&shape(), &bytes);
    }

    #[test]
    fn a_ballot_with_any_two_bytes_changed_is_refused(
        i in 0usize..1000, j in 0usize..1000, x in 1u8.., y in 1u8..
    ) {
        let params = params();
        let mut bytes = sealed(&params, 1, &[1, 4]).bytes().to_vec();
        let n = bytes.len();
        bytes[i % n] ^= x;
        bytes[j % n] ^= y;
        prop_assume!(i % n != j % n);
        prop_assert!(!accepts(&params, &voter(1), &bytes));
    }
}

#[test]
fn an_opening_makes_the_very_same_ballot_again_and_any_change_another() {
    use crate::codec::{Decode, Encode};
    let params = params();
    let seeds = || SealSeeds::from_bytes([3; 32], [4; 32]);
    let choices = Choices::new(&params.shape, &[0, 3]).unwrap();
    let sealed = seal(&params, &voter(1), &choices, &seeds());
    let bytes = Opening::new(voter(1), vec![3, 0], seeds()).to_bytes();
    let again = Opening::from_bytes(&bytes)
        .unwrap()
        .seal_again(&params)
        .unwrap();
    assert_eq!(again.bytes(), sealed.bytes());
    // Pseudonym, class, both seeds, a position; the key must stay a key.
    for at in [1, 34, 67, 99, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let made = Opening::from_bytes(&changed).map(|opening| opening.seal_again(&params));
        let same =
            matches!(made, Ok(Ok(ballot)) if ballot.tracking_code() == sealed.tracking_code());
        assert!(!same, "byte {at}");
    }
    let unordered = [&bytes[..bytes.len() - 4], &[0, 3, 0, 0]].concat();
    assert!(Opening::from_bytes(&unordered).is_err());
    assert!(Opening::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    for end in 0..bytes.len() {
        assert!(Opening::from_bytes(&bytes[..end]).is_err());
    }
}

//! Decryption with a key that a test dealer knows.

use super::*;
use crate::ceremony::{KeyShare, PublicKeys, Threshold};
use crate::elgamal::Ciphertext;
use crate::group::{Point, Scalar};
use crate::ids::{ElectionId, LeafIndex, LogHash};
use crate::keys::SecretKey;
use crate::trustee::Signed;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// `x_j = 11 + 5 j + 3 j^2`: 3 of 5.
fn secret(j: u16) -> Scalar {
    let j = u64::from(j);
    Scalar::from(11 + 5 * j + 3 * j * j)
}

fn election() -> ElectionId {
    ElectionId::new([1; 32])
}

fn keys() -> PublicKeys {
    PublicKeys::of_polynomial(Threshold::new(3, 5).unwrap(), secret)
}

fn key_share(j: u16) -> KeyShare {
    KeyShare::new(election(), TrusteeId::new(j), secret(j))
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(5)
}

fn sums_of(totals: &[u64], ballots: u64) -> CiphertextSums {
    let mut sums = CiphertextSums::new(totals.len()).unwrap();
    let keys = keys();
    let encrypt = |(i, total): (u64, &u64)| {
        Ciphertext::encrypt(
            keys.election_key(),
            &Scalar::from(*total),
            &(i + 99_u64).into(),
        )
    };
    let ballot: Vec<Ciphertext> = (0..).zip(totals).map(encrypt).collect();
    sums.add(&ballot).unwrap();
    let nobody = vec![Ciphertext::zero(); totals.len()];
    for _ in 1..ballots {
        sums.add(&nobody).unwrap();
    }
    sums
}

fn statement<'a>(keys: &'a PublicKeys, sums: &'a CiphertextSums) -> Statement<'a> {
    Statement {
        election: election(),
        keys,
        close: (LeafIndex::new(9), LogHash::new([2; 32])),
        group: GroupId::new(3),
        sums,
    }
}

fn totals(statement: Statement<'_>, ids: &[u16]) -> Result<Vec<u64>, DecryptionError> {
    let mut combiner = Combiner::new(statement);
    for j in ids {
        combiner.accept(prove(&mut rng(), &key_share(*j), &statement)?)?;
    }
    combiner.totals()
}

#[test]
fn every_subset_gives_the_same_totals() {
    let expected = [0, 1, 7, 20];
    let (keys, sums) = (keys(), sums_of(&expected, 20));
    let statement = statement(&keys, &sums);
    for ids in [[1, 2, 3], [3, 4, 5], [5, 1, 3]] {
        assert_eq!(totals(statement, &ids), Ok(expected.to_vec()));
    }
    assert_eq!(totals(statement, &[1, 2, 3, 4, 5]), Ok(expected.to_vec()));
    let too_few = Err(DecryptionError::TooFew {
        found: 2,
        needed: 3,
    });
    assert_eq!(totals(statement, &[1, 2]), too_few);
}

#[test]
fn a_group_without_ballots_has_zero_totals() {
    let (keys, sums) = (keys(), CiphertextSums::new(2).unwrap());
    assert_eq!(totals(statement(&keys, &sums), &[1, 2, 3]), Ok(vec![0, 0]));
}

#[test]
fn a_total_over_the_number_of_ballots_is_named() {
    let (keys, sums) = (keys(), sums_of(&[4, 5], 4));
    let expected = Err(DecryptionError::OutOfRange {
        project: 1,
        ballots: 4,
    });
    assert_eq!(totals(statement(&keys, &sums), &[1, 2, 3]), expected);
}

#[test]
fn a_repeated_share_does_not_count_twice() {
    let (keys, sums) = (keys(), sums_of(&[1], 2));
    let repeated = Err(DecryptionError::Repeated(TrusteeId::new(2)));
    assert_eq!(totals(statement(&keys, &sums), &[1, 2, 2]), repeated);
}

/// The verdict on trustee 2's share after a change to it or to the statement.
fn verdict(
    change: impl FnOnce(&mut DecryptionShare),
    look: impl FnOnce(&mut Statement<'_>),
) -> Result<(), DecryptionError> {
    let (keys, sums) = (keys(), sums_of(&[4, 2], 5));
    let mut statement = statement(&keys, &sums);
    let mut share = prove(&mut rng(), &key_share(2), &statement).unwrap();
    change(&mut share);
    look(&mut statement);
    share.verify(&statement)
}

fn bad_proof(project: usize) -> Result<(), DecryptionError> {
    let trustee = TrusteeId::new(2);
    Err(DecryptionError::BadProof { trustee, project })
}

#[test]
fn a_lying_share_is_refused() {
    assert_eq!(verdict(|_| (), |_| ()), Ok(()));
    let lie = |share: &mut DecryptionShare| share.projects[1].d += Point::mul_base(&Scalar::ONE);
    assert_eq!(verdict(lie, |_| ()), bad_proof(1));
    let swapped = verdict(|share| share.projects.swap(0, 1), |_| ());
    assert_eq!(swapped, bad_proof(0));
    let others = |share: &mut DecryptionShare| {
        let (keys, sums) = (keys(), sums_of(&[4, 2], 5));
        share.projects = prove(&mut rng(), &key_share(4), &statement(&keys, &sums))
            .unwrap()
            .projects;
    };
    assert_eq!(verdict(others, |_| ()), bad_proof(0));
}

#[test]
fn a_share_for_another_election_root_or_group_is_refused() {
    let other_close = (LeafIndex::new(9), LogHash::new([3; 32]));
    let root = |s: &mut Statement<'_>| s.close = other_close;
    let elsewhere = DecryptionError::OtherClose(TrusteeId::new(2));
    assert_eq!(verdict(|_| (), root), Err(elsewhere));
    // Relabelled to fit, the proof is still about the other root.
    assert_eq!(
        verdict(|share| share.close = other_close, root),
        bad_proof(0)
    );
    let election = |s: &mut Statement<'_>| s.election = ElectionId::new([9; 32]);
    assert_eq!(verdict(|_| (), election), bad_proof(0));
    let relabelled = |share: &mut DecryptionShare| share.group = GroupId::new(4);
    let group = |s: &mut Statement<'_>| s.group = GroupId::new(4);
    assert_eq!(verdict(relabelled, group), bad_proof(0));
    let expected = Err(DecryptionError::OtherGroup {
        trustee: TrusteeId::new(2),
        found: GroupId::new(3),
        expected: GroupId::new(4),
    });
    assert_eq!(verdict(|_| (), group), expected);
}

#[test]
fn a_share_of_other_sums_is_refused() {
    let other = sums_of(&[4, 3], 5);
    let (keys, sums) = (keys(), sums_of(&[4, 2], 5));
    let share = prove(&mut rng(), &key_share(2), &statement(&keys, &sums)).unwrap();
    // Project 1 differs in B only: D is the same point, but the proof is about this B.
    assert_eq!(share.verify(&statement(&keys, &other)), bad_proof(1));
    let fewer = sums_of(&[4], 5);
    let expected = Err(DecryptionError::ProjectCount {
        trustee: TrusteeId::new(2),
        found: 2,
        expected: 1,
    });
    assert_eq!(share.verify(&statement(&keys, &fewer)), expected);
}

#[test]
fn an_unknown_trustee_or_a_foreign_key_share_is_refused() {
    let (keys, sums) = (keys(), sums_of(&[1], 1));
    let statement = statement(&keys, &sums);
    let unknown = verdict(|share| share.trustee = TrusteeId::new(6), |_| ());
    let expected = DecryptionError::UnknownTrustee(TrusteeId::new(6));
    assert_eq!(unknown, Err(expected));
    let wrong = KeyShare::new(election(), TrusteeId::new(1), secret(2));
    let foreign = KeyShare::new(ElectionId::new([8; 32]), TrusteeId::new(1), secret(1));
    for key in [wrong, foreign] {
        let refused = prove(&mut rng(), &key, &statement);
        assert_eq!(refused, Err(DecryptionError::OtherKey));
    }
}

#[test]
fn the_largest_share_fits_a_log_entry() {
    let (keys, sums) = (keys(), sums_of(&[1; MAX_PROJECTS], 1));
    let share = prove(&mut rng(), &key_share(1), &statement(&keys, &sums)).unwrap();
    let key = SecretKey::generate(&mut rng());
    let bytes = Signed::sign(share.clone(), &election(), &key).to_bytes();
    assert_eq!(bytes.len(), 2 + 48 + 96 * MAX_PROJECTS + 64);
    assert!(bytes.len() < 65_535 - 1_000);
    let read = Signed::<DecryptionShare>::from_bytes(&bytes).unwrap();
    assert_eq!(read.verify(&election(), &key.verify_key()), Ok(&share));
    let too_many = CiphertextSums::new(MAX_PROJECTS + 1);
    assert_eq!(too_many, Err(DecryptionError::TooManyProjects(671)));
}

#[test]
fn sums_merge_and_refuse_another_length() {
    let mut sums = sums_of(&[1, 2], 3);
    sums.merge(&sums_of(&[3, 2], 2)).unwrap();
    assert_eq!(sums.ballots(), 5);
    let keys = keys();
    assert_eq!(totals(statement(&keys, &sums), &[1, 2, 3]), Ok(vec![4, 4]));
    let expected = Err(DecryptionError::CiphertextCount {
        found: 1,
        expected: 2,
    });
    assert_eq!(sums.add(&[Ciphertext::zero()]), expected);
    let read = CiphertextSums::from_bytes(&sums.to_bytes());
    assert_eq!(read, Ok(sums));
}

fn times_g(total: u64) -> Point {
    Point::mul_base(&Scalar::from(total))
}

#[test]
fn every_small_logarithm_is_found_and_no_other() {
    for bound in [0, 1, 2, 3, 10, 300] {
        let table = DlogTable::new(bound, 1);
        for total in 0..=bound {
            assert_eq!(table.solve(&times_g(total)), Some(total));
        }
        for total in bound + 1..bound + 40 {
            assert_eq!(table.solve(&times_g(total)), None);
        }
        assert_eq!(table.solve(&-times_g(1)), None);
    }
}

#[test]
fn a_whole_country_is_in_range() {
    let table = DlogTable::new(44_000_000, 600);
    for total in [0, 1, 162_480, 162_481, 31_415_926, 44_000_000] {
        assert_eq!(table.solve(&times_g(total)), Some(total));
    }
    assert_eq!(table.solve(&times_g(44_000_001)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_citys_totals_are_found(total in 0_u64..=200_000, points in 1_usize..700) {
        let table = DlogTable::new(200_000, points);
        prop_assert_eq!(table.solve(&times_g(total)), Some(total));
    }

    #[test]
    fn any_bytes_are_refused_or_canonical(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(sums) = CiphertextSums::from_bytes(&bytes) {
            prop_assert_eq!(sums.to_bytes(), &bytes[..]);
        }
        if let Ok(share) = DecryptionShare::from_bytes(&bytes) {
            prop_assert_eq!(share.to_bytes(), &bytes[..]);
        }
    }
}

use super::*;
use crate::load::testing::{cast, parameters};

fn filled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pool");
    let mut pool = Pool::open(&path, &parameters(1)).unwrap();
    let both = vec![(Purpose::Good, cast(1)), (Purpose::Second, cast(2))];
    pool.add(&[both]).unwrap();
    pool.add(&[vec![(Purpose::BadProof, cast(3))]]).unwrap();
    (folder, path)
}

#[test]
fn ballots_come_back_by_purpose_and_voter() {
    let (_folder, path) = filled();
    let pool = Pool::open(&path, &parameters(1)).unwrap();
    assert_eq!(pool.voters(), 2);
    for (purpose, n, voter) in [
        (Purpose::Good, 1, 0),
        (Purpose::Second, 2, 0),
        (Purpose::BadProof, 3, 1),
    ] {
        let place = pool.of(purpose).next().unwrap();
        assert_eq!(pool.bytes(place).unwrap(), cast(n).to_bytes());
        assert_eq!(pool.places()[place].voter, voter);
        assert_eq!(pool.places()[place].code, cast(n).tracking_code());
    }
}

#[test]
fn a_group_cut_short_anywhere_is_cut_off_and_made_again() {
    let (_folder, path) = filled();
    let whole = std::fs::read(&path).unwrap();
    let last = 5 + 5 + cast(3).to_bytes().len();
    for cut in 1..last {
        std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        let mut pool = Pool::open(&path, &parameters(1)).unwrap();
        assert_eq!((pool.voters(), pool.places().len()), (1, 2));
        pool.add(&[vec![(Purpose::BadProof, cast(3))]]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn another_elections_pool_and_a_changed_one_are_refused() {
    let (_folder, path) = filled();
    assert!(matches!(
        Pool::open(&path, &parameters(2)),
        Err(PoolError::Other(_))
    ));
    let whole = std::fs::read(&path).unwrap();
    let first = HEADER_LEN as usize;
    // The header, the voter's number, the count, the purpose, the length, a flag of the credential.
    for at in [
        3,
        first + 3,
        first + 4,
        first + 5,
        first + 6,
        first + 5 + 5 + 134,
    ] {
        let mut changed = whole.clone();
        changed[at] ^= 0x80;
        std::fs::write(&path, &changed).unwrap();
        assert!(Pool::open(&path, &parameters(1)).is_err(), "byte {at}");
    }
}

#[test]
fn a_group_has_1_to_64_ballots() {
    let (_folder, path) = filled();
    let mut pool = Pool::open(&path, &parameters(1)).unwrap();
    for count in [0, MAX_GROUP + 1] {
        let group = vec![(Purpose::BadProof, cast(4)); count];
        assert!(matches!(pool.add(&[group]), Err(PoolError::Group(_, 2, _))));
    }
    assert_eq!(Pool::open(&path, &parameters(1)).unwrap().voters(), 2);
}

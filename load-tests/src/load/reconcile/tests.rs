use super::*;
use crate::load::plan::Shot;
use crate::load::testing::cast;
use voting_core::cast::CastBallot;
use voting_core::codec::Encode;
use voting_core::ids::{LeafIndex, LogHash, UnixMillis};
use voting_core::manifest::testing::{keys, manifest};

fn taken(sent: &[(Sent, Answer)]) -> Ledger {
    let fired = sent.iter().cloned().map(|(sent, answer)| Fired {
        shot: Shot { at_us: 0, sent },
        latency_us: 1,
        answers: vec![answer],
    });
    let mut ledger = Ledger::default();
    ledger.take(&fired.collect::<Vec<_>>());
    ledger
}

fn receipt(n: u8) -> Answer {
    Answer::Receipt(vec![n])
}

#[test]
fn the_same_receipt_again_is_lawful_and_another_is_not() {
    let lawful = taken(&[
        (Sent::Ballot(1), receipt(1)),
        (Sent::Replay(1), receipt(1)),
        (Sent::Ballot(2), Answer::Failed),
        (Sent::Noise, Answer::Refused(400, String::new(), None)),
    ]);
    assert_eq!(lawful.broken.count, 0, "{:?}", lawful.broken);
    assert_eq!(lawful.receipts().len(), 1);
    let two = taken(&[(Sent::Lossy(1), receipt(1)), (Sent::Lossy(1), receipt(2))]);
    assert_eq!(two.broken.count, 1);
}

#[test]
fn receipts_for_bad_ballots_and_refusals_of_good_ones_are_unlawful() {
    let refused = Answer::Refused(409, "already-voted".into(), None);
    for (sent, answer) in [
        (Sent::BadProof(1), receipt(1)),
        (Sent::BadSignature(1), receipt(1)),
        (Sent::Second(1), receipt(1)),
        (Sent::Noise, receipt(1)),
        (Sent::Ballot(1), refused.clone()),
        (Sent::Rival(1), refused),
    ] {
        assert_eq!(taken(&[(sent, answer)]).broken.count, 1, "{sent:?}");
    }
}

/// The log's promise about person `n`'s ballot at an index.
fn promise(cast: &CastBallot, index: u64) -> Receipt {
    let who = (cast.credential.voter.pseudonym, cast.tracking_code());
    let place = (LeafIndex::new(index), UnixMillis::new(9));
    let manifest = manifest(3, 2);
    let (election, origin) = (manifest.election_id(), manifest.origin.as_str());
    Receipt::sign(&keys().log, election, origin, who, place)
}

fn entry(cast: CastBallot, index: u64) -> Vec<u8> {
    let entry = Entry {
        index: LeafIndex::new(index),
        time: UnixMillis::new(9),
        previous: LogHash::new([0; 32]),
        body: Body::Ballot(Box::new(cast)),
    };
    entry.to_bytes()
}

/// How many laws a log breaks for a pool of persons 1 and 2 with good ballots and 3 with a bad one,
/// of whom 1 was promised index 5 and 2 got no answer.
fn broken(log: &[(u8, u64)]) -> (u64, Reconciled) {
    let folder = tempfile::tempdir().unwrap();
    let parameters = crate::load::testing::parameters(1);
    let mut pool = Pool::open(&folder.path().join("pool"), &parameters).unwrap();
    pool.add(&[
        vec![(Purpose::Good, cast(1))],
        vec![(Purpose::Good, cast(2))],
        vec![(Purpose::BadProof, cast(3))],
    ])
    .unwrap();
    let places = pool.places().iter().enumerate();
    let mut check = Check {
        places: places.map(|(n, place)| (place.code, (n, place))).collect(),
        receipts: BTreeMap::from([(0, promise(&cast(1), 5))]),
        sent: BTreeSet::from([0, 1]),
        logged: BTreeSet::new(),
        voted: BTreeSet::new(),
        foreign: 0,
        broken: Broken::default(),
    };
    for &(person, index) in log {
        check.entry(&entry(cast(person), index));
    }
    let end = check.end();
    (end.broken.count, end)
}

#[test]
fn a_ballot_that_is_missing_doubled_moved_or_bad_is_found() {
    let (none, end) = broken(&[(1, 5), (2, 6), (4, 7)]);
    assert_eq!((none, end.acknowledged, end.unacknowledged), (0, 1, 1));
    assert_eq!((end.logged, end.foreign), (3, 1));
    for wrong in [
        vec![],
        vec![(2, 5)],
        vec![(1, 6)],
        vec![(1, 5), (2, 6), (2, 7)],
        vec![(1, 5), (3, 6)],
    ] {
        assert_eq!(broken(&wrong).0, 1, "{wrong:?}");
    }
    // Twice, and the second time not where it was promised.
    assert_eq!(broken(&[(1, 5), (1, 6)]).0, 2);
}

#[test]
fn whoever_loses_a_race_is_shown_the_same_persons_winner() {
    let folder = tempfile::tempdir().unwrap();
    let parameters = crate::load::testing::parameters(1);
    let mut pool = Pool::open(&folder.path().join("pool"), &parameters).unwrap();
    let rival = crate::load::testing::cast_of(1, 9);
    let both = vec![(Purpose::Good, cast(1)), (Purpose::Second, rival.clone())];
    pool.add(&[both, vec![(Purpose::Good, cast(2))]]).unwrap();
    let places = || pool.places().iter().enumerate();
    let after = |shown: Option<Receipt>, log: &[CastBallot]| {
        let mut check = Check {
            places: places()
                .map(|(n, place)| (place.code, (n, place)))
                .collect(),
            receipts: BTreeMap::new(),
            sent: BTreeSet::from([0, 1, 2]),
            logged: BTreeSet::new(),
            voted: BTreeSet::new(),
            foreign: 0,
            broken: Broken::default(),
        };
        check.lost(pool.places().get(1), shown);
        for (cast, index) in log.iter().zip(5..) {
            check.entry(&entry(cast.clone(), index));
        }
        check.end().broken.count
    };
    let winner = || Some(promise(&cast(1), 5));
    assert_eq!(after(winner(), &[cast(1)]), 0);
    // The winner is missing; both are there; the winner is the loser, another's, or nobody.
    assert_eq!(after(winner(), &[]), 1);
    assert_eq!(after(winner(), &[cast(1), rival.clone()]), 1);
    for shown in [Some(promise(&rival, 5)), Some(promise(&cast(2), 5)), None] {
        assert_eq!(after(shown, &[cast(1)]), 1);
    }
}

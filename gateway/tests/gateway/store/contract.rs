//! What both stores must do alike.

use super::{ELECTION, PERSON, ballot, checkpoint, entry, first, group};
use gateway::store::{CodeFate, Group, Standing, Store, TableCounts};
use voting_core::ids::{DocumentHash, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::{HashReader, NodeId};
use voting_core::tracking::TrackingCode;

/// Runs every case on a store of its own.
pub(super) async fn holds(fresh: impl AsyncFn() -> Store) {
    let store = async || {
        let store = fresh().await;
        assert_eq!(store.election().await.unwrap(), None);
        store.commit(&first()).await.unwrap();
        store
    };
    everything_comes_back(&store().await).await;
    the_log_has_no_gaps_and_no_second_versions(&store().await).await;
    one_root_a_size_for_ever(&store().await).await;
    one_current_ballot_a_person_moved_by_compare_and_set(&store().await).await;
    of_two_first_ballots_at_once_one_is_kept(&store().await).await;
    voting_again_within_a_group(&store().await).await;
    a_credential_moves_to_the_next_serial(&store().await).await;
    a_tracking_code_moves_once(&store().await).await;
    nothing_of_a_refused_group_is_kept(&store().await).await;
    a_full_group_of_ballots(&store().await).await;
}

async fn refused(store: &Store, change: impl FnOnce(&mut Group), base: u64, count: u64) -> bool {
    let mut group = group(base, count);
    change(&mut group);
    store.commit(&group).await.is_err()
}

async fn everything_comes_back(store: &Store) {
    let manifest = DocumentHash::of(b"manifest");
    assert_eq!(store.election().await.unwrap(), Some((ELECTION, manifest)));
    let document = store.document(&manifest).await.unwrap();
    assert_eq!(document.as_deref(), Some(&b"manifest"[..]));
    assert_eq!(store.document(&DocumentHash::of(b"")).await.unwrap(), None);
    assert_eq!(store.document_hashes().await.unwrap(), [manifest]);
    let entries = [entry(0), entry(1), entry(2)];
    assert_eq!(store.entries(0..9).await.unwrap(), entries);
    assert_eq!(store.entries(1..2).await.unwrap(), [entry(1)]);
    assert_eq!(store.entries(3..9).await.unwrap(), []);
    assert_eq!(store.trustee_entries().await.unwrap(), [entry(1)]);
    let hash = LogHash::new([9; 32]);
    assert_eq!(store.nodes(0, 1..9).await.unwrap(), [hash, hash]);
    let wanted = [NodeId::new(0, 2), NodeId::new(5, 0), NodeId::new(0, 0)];
    let found = store.node_map(&wanted).await.unwrap();
    assert_eq!(
        wanted.map(|node| found.hash(node).is_ok()),
        [true, false, true]
    );
    assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint(3, 1)));
}

async fn the_log_has_no_gaps_and_no_second_versions(store: &Store) {
    for base in [0, 2, 4] {
        assert!(refused(store, |_| (), base, 1).await, "at {base}");
    }
    let swap = |group: &mut Group| group.entries.swap(0, 1);
    let double = |group: &mut Group| group.entries[1] = group.entries[0].clone();
    let skip = |group: &mut Group| drop(group.entries.remove(1));
    assert!(refused(store, double, 3, 2).await);
    assert!(refused(store, skip, 3, 3).await);
    // Given in another order they may be refused; they never stand in another order.
    let _ = refused(store, swap, 3, 2).await;
    let rest = store.entries(3..9).await.unwrap();
    assert!(rest.is_empty() || rest == [entry(3), entry(4)], "{rest:?}");
}

async fn one_root_a_size_for_ever(store: &Store) {
    for wrong in [checkpoint(3, 2), checkpoint(3, 1), checkpoint(2, 1)] {
        let put = |group: &mut Group| group.checkpoint = Some(wrong);
        assert!(refused(store, put, 3, 0).await);
    }
    assert!(!refused(store, |g| g.checkpoint = Some(checkpoint(4, 2)), 3, 1).await);
    assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint(4, 2)));
}

async fn one_current_ballot_a_person_moved_by_compare_and_set(store: &Store) {
    let [a, b, c] = [b"a", b"b", b"c"].map(|bytes| TrackingCode::of(bytes));
    let put = async |n: u64, code: TrackingCode, former: Option<TrackingCode>| {
        let cast = |group: &mut Group| group.cast(PERSON, (code, ballot(n, &code)), former);
        refused(store, cast, n, 1).await
    };
    assert!(!put(3, a, None).await);
    assert!(put(4, b, None).await, "a second first ballot");
    assert!(put(4, b, Some(c)).await, "in the place of another");
    assert!(!put(4, b, Some(a)).await);
    assert!(put(5, a, Some(b)).await, "a tracking code twice");
    let current = store.current_ballot(&ELECTION, &PERSON).await.unwrap();
    assert_eq!(current, Some(ballot(4, &b)));
    assert_eq!(store.receipt(&a).await.unwrap(), Some(ballot(3, &a)));
    assert_eq!(store.receipt(&c).await.unwrap(), None);
    let other = Pseudonym::new([5; 32]);
    assert_eq!(store.current_ballot(&ELECTION, &other).await.unwrap(), None);
    let counted = store.counted_ballots(None, 9).await.unwrap();
    assert_eq!(counted, [entry(4)], "the first one counts no more");
    assert_eq!(store.counted_ballots(Some(4), 9).await.unwrap(), []);
}

async fn of_two_first_ballots_at_once_one_is_kept(store: &Store) {
    let [a, b] = [b"a", b"b"].map(|bytes| TrackingCode::of(bytes));
    let with = |code: TrackingCode| {
        let mut group = group(3, 1);
        group.cast(PERSON, (code, ballot(3, &code)), None);
        group
    };
    let (one, two) = (with(a), with(b));
    let (one, two) = tokio::join!(store.commit(&one), store.commit(&two));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let kept = if one.is_ok() { a } else { b };
    let current = store.current_ballot(&ELECTION, &PERSON).await.unwrap();
    assert_eq!(current, Some(ballot(3, &kept)));
    assert_eq!(store.entries(3..9).await.unwrap().len(), 1);
}

async fn voting_again_within_a_group(store: &Store) {
    let [a, b, c] = [b"a", b"b", b"c"].map(|bytes| TrackingCode::of(bytes));
    let twice = |group: &mut Group| {
        group.cast(PERSON, (a, ballot(3, &a)), None);
        group.cast(PERSON, (b, ballot(4, &b)), Some(a));
    };
    assert!(!refused(store, twice, 3, 2).await);
    let again = |group: &mut Group| group.cast(PERSON, (c, ballot(5, &c)), Some(b));
    assert!(!refused(store, again, 5, 1).await);
    let current = store.current_ballot(&ELECTION, &PERSON).await.unwrap();
    assert_eq!(current, Some(ballot(5, &c)));
    for (n, code) in [(3, a), (4, b)] {
        assert_eq!(store.receipt(&code).await.unwrap(), Some(ballot(n, &code)));
    }
    let counts = store.table_counts().await.unwrap();
    assert_eq!((counts.ballots, counts.voters), (3, 1));
    let (low, high) = ([0; 32], [255; 32]);
    let all = store.receipts_between(&low, &high, 9).await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(all.is_sorted_by_key(|receipt| receipt.code));
    let one = store.receipts_between(a.as_bytes(), a.as_bytes(), 9).await;
    assert_eq!(one.unwrap(), [ballot(3, &a)]);
    assert_eq!(
        store.receipts_between(&low, &high, 1).await.unwrap().len(),
        1
    );
}

async fn a_credential_moves_to_the_next_serial(store: &Store) {
    for n in [3, 4] {
        let issue = |group: &mut Group| {
            let bytes = vec![8, u8::try_from(n).unwrap()];
            group.credentials.insert(PERSON, (n, bytes));
        };
        assert!(!refused(store, issue, n, 1).await);
        let stored = store.credential(&ELECTION, &PERSON).await.unwrap();
        assert_eq!(stored, Some(vec![8, u8::try_from(n).unwrap()]));
    }
    let counts = TableCounts {
        ballots: 0,
        voters: 0,
        people: 1,
        entries: 5,
    };
    assert_eq!(store.table_counts().await.unwrap(), counts);
    let other = Pseudonym::new([5; 32]);
    assert_eq!(store.credential(&ELECTION, &other).await.unwrap(), None);
}

async fn a_tracking_code_moves_once(store: &Store) {
    let [code, never] = [b"a", b"b"].map(|bytes| TrackingCode::of(bytes));
    let now = UnixMillis::new(1);
    let register = |group: &mut Group| group.register(code, PERSON, now);
    assert!(!refused(store, register, 3, 0).await);
    assert!(refused(store, register, 3, 0).await);
    let found = store.code(&code).await.unwrap();
    assert_eq!(found, Some((PERSON, CodeFate::Pending)));
    assert!(!refused(store, |g| g.decide(code, PERSON, CodeFate::Spoiled), 3, 0).await);
    for again in [CodeFate::Cast, CodeFate::Spoiled] {
        assert!(refused(store, |g| g.decide(code, PERSON, again), 3, 0).await);
    }
    // A code that was never registered has nothing to move.
    assert!(!refused(store, |g| g.decide(never, PERSON, CodeFate::Cast), 3, 0).await);
    assert_eq!(store.code(&never).await.unwrap(), None);
    // Registered and decided in one group.
    let both = |group: &mut Group| {
        group.register(never, PERSON, now);
        group.decide(never, PERSON, CodeFate::Cast);
    };
    assert!(!refused(store, both, 3, 0).await);
    let mut codes = store.codes_of(&PERSON).await.unwrap();
    codes.sort_by_key(|(_, fate)| *fate == CodeFate::Spoiled);
    assert_eq!(codes, [(never, CodeFate::Cast), (code, CodeFate::Spoiled)]);
}

async fn nothing_of_a_refused_group_is_kept(store: &Store) {
    let code = TrackingCode::of(b"a");
    let bad = |group: &mut Group| {
        group
            .documents
            .insert(DocumentHash::of(b"x"), b"x".to_vec());
        group.register(code, PERSON, UnixMillis::new(1));
        group.credentials.insert(PERSON, (3, vec![8]));
        group.cast(PERSON, (code, ballot(3, &code)), None);
        // The very last thing that is written.
        group.checkpoint = Some(checkpoint(3, 9));
    };
    assert!(refused(store, bad, 3, 1).await);
    assert_eq!(store.entries(0..9).await.unwrap().len(), 3);
    assert_eq!(store.nodes(0, 0..9).await.unwrap().len(), 3);
    assert_eq!(store.document_hashes().await.unwrap().len(), 1);
    assert_eq!(store.credential(&ELECTION, &PERSON).await.unwrap(), None);
    assert_eq!(
        store.current_ballot(&ELECTION, &PERSON).await.unwrap(),
        None
    );
    assert_eq!(store.receipt(&code).await.unwrap(), None);
    assert_eq!(store.code(&code).await.unwrap(), None);
    assert!(
        !refused(store, |_| (), 3, 1).await,
        "it goes on where it stood"
    );
}

async fn a_full_group_of_ballots(store: &Store) {
    let code = |n: u64| TrackingCode::of(&n.to_be_bytes());
    let person = |n: u64| Pseudonym::new(*code(n + 100).as_bytes());
    let cast = |group: &mut Group| {
        for n in 3..67 {
            group.cast(person(n), (code(n), ballot(n, &code(n))), None);
            group.credentials.insert(person(n), (n, vec![8; 135]));
        }
    };
    assert!(!refused(store, cast, 3, 64).await);
    for n in 3..67 {
        let current = store.current_ballot(&ELECTION, &person(n)).await.unwrap();
        assert_eq!(current, Some(ballot(n, &code(n))));
    }
    let counts = store.table_counts().await.unwrap();
    assert_eq!((counts.voters, counts.people), (64, 64));
    // Asked together, each gets its own answer, in the order of the questions.
    let asked = [
        (code(9), person(9)),
        (code(99), person(12)),
        (code(7), PERSON),
        (code(99), PERSON),
    ];
    let standing = |same, counted, known| Standing {
        same,
        counted,
        credential: known,
    };
    let kept = |n| Some(ballot(n, &code(n)));
    let credential = Some(vec![8; 135]);
    assert_eq!(
        store.standings(&asked).await.unwrap(),
        [
            standing(kept(9), kept(9), credential.clone()),
            standing(None, kept(12), credential),
            standing(kept(7), None, None),
            standing(None, None, None),
        ]
    );
    assert_eq!(store.standings(&[]).await.unwrap(), []);
    assert_eq!(
        store.counted_ballots(Some(9), 5).await.unwrap()[0],
        entry(10)
    );
}

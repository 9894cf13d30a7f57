use super::*;
use voting_core::ids::{DocumentHash, ElectionId, LeafIndex, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::{NodeId, TreeSize};
use voting_core::tracking::TrackingCode;

const ELECTION: ElectionId = ElectionId::new([1; 32]);
const PERSON: Pseudonym = Pseudonym::new([2; 32]);

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    let mut transaction = store.begin("test").await.unwrap();
    let manifest = DocumentHash::of(b"manifest");
    transaction
        .put_document(&manifest, b"manifest")
        .await
        .unwrap();
    transaction
        .put_election(&ELECTION, &manifest)
        .await
        .unwrap();
    for n in 0..3 {
        let nodes = [(NodeId::new(0, n), LogHash::new([9; 32]))];
        transaction.put_entry(&entry(n), 4, &nodes).await.unwrap();
    }
    transaction.commit().await.unwrap();
    (folder, store)
}

fn entry(n: u64) -> StoredEntry {
    StoredEntry {
        index: LeafIndex::new(n),
        time: UnixMillis::new(7),
        bytes: vec![1, 4],
    }
}

fn checkpoint(size: u64, root: u8) -> StoredCheckpoint {
    let (size, root) = (TreeSize::new(size), LogHash::new([root; 32]));
    StoredCheckpoint {
        size,
        root,
        note: format!("note {root}"),
    }
}

fn ballot(n: u64, code: &TrackingCode) -> StoredReceipt {
    StoredReceipt {
        index: LeafIndex::new(n),
        code: *code.as_bytes(),
        receipt: vec![3, 4],
    }
}

/// Whether one write is refused, in a transaction of its own.
async fn refused<T>(
    store: &Store,
    write: impl AsyncFnOnce(&mut Transaction) -> Result<T, StoreError>,
) -> bool {
    let mut transaction = store.begin("test").await.unwrap();
    let result = write(&mut transaction).await;
    match result {
        Ok(_) => transaction.commit().await.unwrap(),
        Err(_) => {
            transaction.rollback().await.unwrap();
            return true;
        }
    }
    false
}

#[tokio::test]
async fn one_root_a_size_for_ever() {
    let (_folder, store) = store().await;
    assert!(!refused(&store, async |t| t.put_checkpoint(&checkpoint(2, 1)).await).await);
    for wrong in [checkpoint(2, 2), checkpoint(2, 1), checkpoint(1, 1)] {
        assert!(refused(&store, async |t| t.put_checkpoint(&wrong).await).await);
    }
    assert!(!refused(&store, async |t| t.put_checkpoint(&checkpoint(3, 2)).await).await);
    assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint(3, 2)));
}

#[tokio::test]
async fn the_log_has_no_gaps_and_no_second_versions() {
    let (_folder, store) = store().await;
    for wrong in [0, 2, 4] {
        assert!(refused(&store, async |t| t.put_entry(&entry(wrong), 4, &[]).await).await);
    }
    for sql in [
        "UPDATE entry SET time = 8",
        "DELETE FROM entry",
        "UPDATE node SET hash = zeroblob(32)",
        "DELETE FROM node",
        "DELETE FROM document",
        "UPDATE election SET only_one = 1",
        "INSERT INTO election VALUES (2, zeroblob(32), zeroblob(32))",
    ] {
        let changed = sqlx::query(sql).execute(&store.writer).await;
        assert!(changed.is_err(), "{sql}");
    }
    assert_eq!(
        store.entries(0..9).await.unwrap(),
        [entry(0), entry(1), entry(2)]
    );
    assert_eq!(store.entries(1..2).await.unwrap(), [entry(1)]);
}

#[tokio::test]
async fn one_current_ballot_a_person_moved_by_compare_and_set() {
    let (_folder, store) = store().await;
    let who = (&ELECTION, &PERSON);
    let [a, b, c] = [b"a", b"b", b"c"].map(|bytes| TrackingCode::of(bytes));
    let put = async |n: u64, code: &TrackingCode, former: Option<&TrackingCode>| {
        refused(&store, async |t| {
            t.put_ballot(who, &ballot(n, code), former).await
        })
        .await
    };
    assert!(!put(0, &a, None).await);
    assert!(put(1, &b, None).await, "a second first ballot");
    assert!(put(1, &b, Some(&c)).await, "in the place of another");
    assert!(!put(1, &b, Some(&a)).await);
    assert!(put(2, &a, Some(&b)).await, "a tracking code twice");
    let current = store.current_ballot(&ELECTION, &PERSON).await.unwrap();
    assert_eq!(current, Some(ballot(1, &b)));
    assert_eq!(store.receipt(&a).await.unwrap(), Some(ballot(0, &a)));
    let other = Pseudonym::new([5; 32]);
    assert_eq!(store.current_ballot(&ELECTION, &other).await.unwrap(), None);
}

#[tokio::test]
async fn a_tracking_code_moves_once() {
    let (_folder, store) = store().await;
    let code = TrackingCode::of(b"a");
    let register =
        async |t: &mut Transaction| t.put_pending(&code, &PERSON, UnixMillis::new(1)).await;
    assert!(!refused(&store, register).await);
    assert!(refused(&store, register).await);
    assert!(
        refused(&store, async |t| t
            .move_code(&code, CodeFate::Pending)
            .await)
        .await
    );
    assert!(
        !refused(&store, async |t| t
            .move_code(&code, CodeFate::Spoiled)
            .await)
        .await
    );
    for again in [CodeFate::Cast, CodeFate::Spoiled] {
        assert!(refused(&store, async |t| t.move_code(&code, again).await).await);
    }
    let mut transaction = store.begin("test").await.unwrap();
    let found = transaction.code(&code).await.unwrap();
    assert_eq!(found, Some((PERSON, CodeFate::Spoiled)));
    // A code that was never registered has nothing to move.
    transaction
        .move_code(&TrackingCode::of(b"b"), CodeFate::Cast)
        .await
        .unwrap();
}

#[tokio::test]
async fn nothing_of_a_transaction_is_kept_unless_it_commits() {
    let (folder, store) = store().await;
    let mut transaction = store.begin("test").await.unwrap();
    transaction.put_entry(&entry(3), 4, &[]).await.unwrap();
    assert_eq!(store.entries(3..4).await.unwrap(), []);
    drop(transaction);
    store.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    assert_eq!(store.entries(3..4).await.unwrap(), []);
    assert!(matches!(
        Store::create(folder.path()).await,
        Err(StoreError::Exists(_))
    ));
}

#[tokio::test]
async fn the_schema_is_numbered_and_durable() {
    let (_folder, store) = store().await;
    let value = async |sql: &'static str| {
        let row: (i64,) = sqlx::query_as(sql).fetch_one(&store.writer).await.unwrap();
        row.0
    };
    assert_eq!(
        value("SELECT max(version) FROM _sqlx_migrations").await,
        SCHEMA_VERSION
    );
    assert_eq!(value("PRAGMA synchronous").await, 2, "FULL");
    assert_eq!(value("PRAGMA foreign_keys").await, 1);
    let mode: (String,) = sqlx::query_as("PRAGMA journal_mode")
        .fetch_one(&store.writer)
        .await
        .unwrap();
    assert_eq!(mode.0, "wal");
}

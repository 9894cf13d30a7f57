//! What only the embedded store has: a file.

use super::{contract, entry, first, group};
use gateway::store::{Store, StoreError, file_in};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::sync::Mutex;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    let folders = Mutex::new(Vec::new());
    contract::holds(async || {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).await.unwrap();
        folders.lock().unwrap().push(folder);
        store
    })
    .await;
}

#[tokio::test]
async fn nobody_rewrites_history() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    store.commit(&first()).await.unwrap();
    let options = SqliteConnectOptions::new().filename(file_in(folder.path()));
    let mut connection = options.connect().await.unwrap();
    for sql in [
        "UPDATE entry SET time = 8",
        "DELETE FROM entry",
        "UPDATE node SET hash = zeroblob(32)",
        "DELETE FROM node",
        "UPDATE checkpoint SET note = x'00'",
        "DELETE FROM checkpoint",
        "DELETE FROM document",
        "UPDATE election SET only_one = 1",
        "INSERT INTO election VALUES (2, zeroblob(32), zeroblob(32))",
    ] {
        let changed = sqlx::query(sql).execute(&mut connection).await;
        assert!(changed.is_err(), "{sql}");
    }
    assert_eq!(store.entries(0..9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_file_is_durable_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open(folder.path()).await,
        Err(StoreError::Missing(_))
    ));
    let store = Store::create(folder.path()).await.unwrap();
    store.commit(&first()).await.unwrap();
    store.commit(&group(3, 1)).await.unwrap();
    store.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    assert_eq!(store.entries(3..9).await.unwrap(), [entry(3)]);
    assert!(matches!(
        Store::create(folder.path()).await,
        Err(StoreError::Exists(_))
    ));
}

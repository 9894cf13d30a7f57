//! The SQLite store's migrations and its check at start.

use crate::store::StoreError;
use crate::store::schema::{Numbered, migrator};
use sqlx::{Row, SqlitePool};

/// Every migration, in order.
const MIGRATIONS: [Numbered; 2] = [
    (
        "election and log",
        include_str!("../../../migrations/sqlite/0001_election_and_log.sql"),
    ),
    (
        "people",
        include_str!("../../../migrations/sqlite/0002_people.sql"),
    ),
];

/// Applies what is missing; refuses unknown and changed migrations.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let migrator = migrator(&MIGRATIONS);
    migrator.run(pool).await.map_err(StoreError::Schema)
}

/// Asks the database whether its pages are sound.
pub(super) async fn check_integrity(pool: &SqlitePool) -> Result<(), StoreError> {
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(pool).await?;
    match row.try_get::<String, _>(0)? {
        ok if ok == "ok" => Ok(()),
        found => Err(StoreError::Damaged(found)),
    }
}

//! Numbered, append-only migrations and the checks at start.

use super::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Row, SqlSafeStr, SqlitePool};
use std::borrow::Cow;

/// Every migration, in order. A released one never changes: the database keeps its checksum.
const MIGRATIONS: [(&str, &str); 2] = [
    (
        "election and log",
        include_str!("../../migrations/0001_election_and_log.sql"),
    ),
    ("people", include_str!("../../migrations/0002_people.sql")),
];

/// The schema version this gateway writes.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Applies what is missing; refuses unknown and changed migrations.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    migrator().run(pool).await.map_err(StoreError::Schema)
}

/// Asks the database whether its pages are sound.
pub(super) async fn check_integrity(pool: &SqlitePool) -> Result<(), StoreError> {
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(pool).await?;
    match row.try_get::<String, _>(0)? {
        ok if ok == "ok" => Ok(()),
        found => Err(StoreError::Damaged(found)),
    }
}

fn migrator() -> Migrator {
    let migration = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        let sql = sql.into_sql_str();
        Migration::new(
            version,
            Cow::Borrowed(*name),
            MigrationType::Simple,
            sql,
            false,
        )
    };
    let numbered = (1..).zip(&MIGRATIONS);
    Migrator::with_migrations(numbered.map(migration).collect())
}

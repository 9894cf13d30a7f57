//! The PostgreSQL store's migrations and its checks at start.
//!
//! The one who creates the election migrates, as the owner of the database. The modules' users
//! cannot: they refuse a schema that is not exactly theirs.

use crate::store::StoreError;
use crate::store::schema::{Numbered, migrator};
use sqlx::migrate::MigrateError;
use sqlx::{PgConnection, PgPool, Row};

/// Every migration, in order.
const MIGRATIONS: [Numbered; 8] = [
    (
        "election and log",
        include_str!("../../../migrations/postgres/0001_election_and_log.sql"),
    ),
    (
        "people",
        include_str!("../../../migrations/postgres/0002_people.sql"),
    ),
    (
        "roles and rolls",
        include_str!("../../../migrations/postgres/0003_roles_and_rolls.sql"),
    ),
    (
        "board follows",
        include_str!("../../../migrations/postgres/0004_board_follows.sql"),
    ),
    (
        "registry",
        include_str!("../../../migrations/postgres/0005_registry.sql"),
    ),
    (
        "checks",
        include_str!("../../../migrations/postgres/0006_checks.sql"),
    ),
    (
        "notices",
        include_str!("../../../migrations/postgres/0007_notices.sql"),
    ),
    (
        "person namespace",
        include_str!("../../../migrations/postgres/0008_person_namespace.sql"),
    ),
];

/// Applies what is missing; refuses unknown and changed migrations.
pub(super) async fn migrate(owner: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("CREATE SCHEMA IF NOT EXISTS hanpyo")
        .execute(&mut *owner)
        .await?;
    let migrator = migrator(&MIGRATIONS);
    migrator.run(owner).await.map_err(StoreError::Schema)
}

/// Refuses any other schema than this gateway's.
pub(super) async fn check(readers: &PgPool) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
        .fetch_all(readers)
        .await?;
    let migrator = migrator(&MIGRATIONS);
    let mut known = migrator.iter();
    for row in &rows {
        let version: i64 = row.try_get(0)?;
        let checksum: Vec<u8> = row.try_get(1)?;
        let Some(known) = known.next() else {
            return Err(StoreError::Schema(MigrateError::VersionMissing(version)));
        };
        if known.version != version || known.checksum.as_ref() != checksum {
            return Err(StoreError::Schema(MigrateError::VersionMismatch(version)));
        }
    }
    match known.next() {
        None => Ok(()),
        Some(missing) => Err(StoreError::SchemaBehind(missing.version)),
    }
}

/// Refuses a server that may forget a commit it has confirmed: by itself, or by another one that
/// takes its place.
pub(super) async fn check_durability(
    readers: &PgPool,
    needs_standby: bool,
) -> Result<(), StoreError> {
    for (setting, query) in [
        ("fsync", "SELECT current_setting('fsync')"),
        (
            "full_page_writes",
            "SELECT current_setting('full_page_writes')",
        ),
    ] {
        let row = sqlx::query(query).fetch_one(readers).await?;
        if row.try_get::<String, _>(0)? != "on" {
            return Err(StoreError::NotDurable(setting));
        }
    }
    let row = sqlx::query("SELECT current_setting('synchronous_standby_names')")
        .fetch_one(readers)
        .await?;
    let alone = row.try_get::<String, _>(0)?.trim().is_empty();
    match alone && needs_standby {
        true => Err(StoreError::Asynchronous),
        false => Ok(()),
    }
}

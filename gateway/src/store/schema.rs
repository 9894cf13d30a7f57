//! Numbered, append-only migrations, which each store has its own of.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::borrow::Cow;

/// Name and text of a migration. A released one never changes: the database keeps its checksum.
pub(crate) type Numbered = (&'static str, &'static str);

/// A migrator that refuses unknown and changed migrations. The first has number 1.
pub(crate) fn migrator(migrations: &'static [Numbered]) -> Migrator {
    let migration = |(version, (name, sql)): (i64, &Numbered)| {
        Migration::new(
            version,
            Cow::Borrowed(*name),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    let numbered = (1..).zip(migrations);
    Migrator::with_migrations(numbered.map(migration).collect())
}

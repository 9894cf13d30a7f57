//! The console's own store: one SQLite file, `console.sqlite`, in its data folder.
//!
//! WAL, `synchronous=FULL`: a commit that returned survives a power loss. A crash between two
//! statements leaves what each of them says; a proposal that was being submitted is open again at
//! the next start, and the gateway says whether it was taken.

mod accounts;
mod drafts;
mod members;
mod proposals;
#[cfg(test)]
mod tests;

pub use drafts::StoredDraft;
pub use members::{Member, Role, Way};
pub use proposals::{NewProposal, ProposalState, Signed, StoredProposal};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr, SqlitePool};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// The file's name in a data folder.
const FILE_NAME: &str = "console.sqlite";
/// How long a statement waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The people of an office are few.
const CONNECTIONS: u32 = 4;

/// Every migration, in order. A released one never changes: the database keeps its checksum.
const MIGRATIONS: [(&str, &str); 3] = [
    ("console", include_str!("../migrations/0001_console.sql")),
    ("accounts", include_str!("../migrations/0002_accounts.sql")),
    ("clerks", include_str!("../migrations/0003_clerks.sql")),
];

/// Why the store did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("the data folder cannot be made")]
    Folder(#[from] std::io::Error),
    /// The database.
    #[error("the console's store")]
    Database(#[from] sqlx::Error),
    /// A schema of a newer console, or changed by hand.
    #[error("the console's store has another schema")]
    Schema(#[from] sqlx::migrate::MigrateError),
}

/// The opened store.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the store of a folder; makes both if they are not there.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder)?;
        let pool = connect(folder).await?;
        migrator(&MIGRATIONS).run(&pool).await?;
        let store = Self { pool };
        store.reopen_interrupted().await?;
        Ok(store)
    }
}

async fn connect(folder: &Path) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE_NAME))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
    pool.connect_with(options).await
}

fn migrator(migrations: &'static [(&'static str, &'static str)]) -> Migrator {
    let migration = |(version, (name, sql)): (i64, &'static (&str, &'static str))| {
        let sql = sql.into_sql_str();
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            sql,
            false,
        )
    };
    let numbered = (1..).zip(migrations);
    Migrator::with_migrations(numbered.map(migration).collect())
}

/// An instant as SQLite keeps it.
fn ms(time: voting_core::ids::UnixMillis) -> i64 {
    i64::try_from(time.get()).unwrap_or(i64::MAX)
}

/// A number that was stored from an unsigned one.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

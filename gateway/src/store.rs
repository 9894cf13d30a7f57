//! The embedded store: one SQLite file with the log and what answers are made from.
//!
//! WAL, `synchronous=FULL`: a commit that returned survives a power loss. Everything is written by
//! the sequencer's one writer task through a [`Transaction`] with a name; everything read here was
//! committed. Queries are static strings written for SQLite, so that a store for another database
//! can stand beside this one behind the same methods.

mod error;
mod read;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use error::StoreError;
pub use rows::{CodeFate, StoredCheckpoint, StoredEntry, StoredReceipt};
pub use schema::SCHEMA_VERSION;
pub use write::Transaction;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for another process's lock, e.g. an export's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections for reading; the machine that this store is for has few cores.
const READERS: u32 = 4;

/// The file's name in a data folder.
const FILE_NAME: &str = "hanpyo.sqlite";

/// An opened store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl Store {
    /// Makes a new store in an existing folder.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one already, and the database's own.
    pub async fn create(folder: &Path) -> Result<Self, StoreError> {
        let file = file_in(folder);
        if file.exists() {
            return Err(StoreError::Exists(file));
        }
        let store = Self::connect(&file, true).await?;
        schema::migrate(&store.writer).await?;
        Ok(store)
    }

    /// Opens the store of a folder, bringing an older schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`], [`StoreError::Schema`] on a schema of a
    /// newer gateway or one that was changed by hand, and the database's own.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = file_in(folder);
        if !file.exists() {
            return Err(StoreError::Missing(file));
        }
        let store = Self::connect(&file, false).await?;
        schema::check_integrity(&store.writer).await?;
        schema::migrate(&store.writer).await?;
        Ok(store)
    }

    /// Closes every connection; the write-ahead log is merged into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn connect(file: &Path, create: bool) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new().max_connections(1);
        let writer = writer.connect_with(options.clone()).await?;
        let reading = options.pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new().max_connections(READERS);
        let readers = readers.connect_lazy_with(reading);
        Ok(Self { readers, writer })
    }
}

/// The database file of a data folder.
#[must_use]
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

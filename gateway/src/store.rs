//! The store: the log, and what answers are made from.
//!
//! Two stores keep one contract ([`Storage`]): SQLite in a data folder for one gateway process,
//! PostgreSQL for any number of them. Each has static queries written for its database; one suite
//! of tests runs on both. A group of requests is collected in memory ([`Group`]) and written in one
//! transaction in few statements, by the sequencer's writer task alone: no request's future ever
//! holds a transaction, because a client that goes away drops that future wherever it stands.

mod error;
mod group;
mod place;
pub mod postgres;
mod read;
pub(crate) mod rows;
pub(crate) mod schema;
pub mod sqlite;
mod storage;

pub use error::StoreError;
pub use group::{CodeChange, CurrentBallot, Group};
pub use place::{Place, PlaceError};
pub use postgres::PostgresStore;
pub use rows::{CodeFate, Standing, StoredCheckpoint, StoredEntry, StoredReceipt, TableCounts};
pub use sqlite::{SqliteStore, file_in};
pub use storage::Storage;

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

/// Connections that whoever reads the board shares, beside those of everybody else: a bundle of
/// entries takes as long as thousands of look-ups.
const BOARD_READERS: u32 = 2;

/// An opened store of either kind. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<dyn Storage>);

impl Store {
    /// A store of either kind.
    #[must_use]
    pub fn new(storage: impl Storage) -> Self {
        Self(Arc::new(storage))
    }

    /// Makes a new SQLite store in an existing folder.
    ///
    /// # Errors
    /// Those of [`SqliteStore::create`].
    pub async fn create(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(SqliteStore::create(folder).await?))
    }

    /// Opens the SQLite store of a folder.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`].
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(SqliteStore::open(folder).await?))
    }
}

impl Deref for Store {
    type Target = dyn Storage;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

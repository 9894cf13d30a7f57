//! The embedded store: one SQLite file in a data folder, for one gateway process.
//!
//! WAL, `synchronous=FULL`: a commit that returned survives a power loss.

mod schema;
mod write;

use super::read::storage;
use super::rows::{Columns, signed};
use super::{
    BOARD_READERS, CodeFate, Group, Standing, Storage, Store, StoreError, StoredCheckpoint,
    StoredEntry, StoredReceipt, TableCounts,
};
use data_encoding::HEXLOWER;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqlitePool};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym};
use voting_core::log::tree::{NodeId, NodeMap};
use voting_core::tracking::TrackingCode;

/// How long a statement waits for another process's lock, e.g. an export's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections for reading; the machine that this store is for has few cores.
const READERS: u32 = 4;

/// The file's name in a data folder.
const FILE_NAME: &str = "hanpyo.sqlite";

/// An opened SQLite store.
pub struct SqliteStore {
    readers: SqlitePool,
    board: SqlitePool,
    pub(super) writer: SqlitePool,
}

impl SqliteStore {
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
        let pool = |connections| {
            let options = SqlitePoolOptions::new().max_connections(connections);
            options.connect_lazy_with(reading.clone())
        };
        Ok(Self {
            readers: pool(READERS),
            board: pool(BOARD_READERS),
            writer,
        })
    }

    fn readers(&self) -> SqlitePool {
        self.readers.clone()
    }

    fn board(&self) -> Self {
        Self {
            readers: self.board.clone(),
            board: self.board.clone(),
            writer: self.writer.clone(),
        }
    }

    async fn find_nodes(&self, wanted: &[NodeId]) -> Result<NodeMap, StoreError> {
        let mut map = NodeMap::new();
        let mut reader = self.readers.acquire().await?;
        for node in wanted {
            let row = sqlx::query("SELECT hash FROM node WHERE level = ? AND position = ?")
                .bind(i64::from(node.level()))
                .bind(signed(node.index(), "position")?)
                .fetch_optional(&mut *reader)
                .await?;
            if let Some(row) = row {
                map.insert(*node, LogHash::new(row.array(0, "node's hash")?));
            }
        }
        Ok(map)
    }

    async fn find_standings(
        &self,
        asked: &[(TrackingCode, Pseudonym)],
    ) -> Result<Vec<Standing>, StoreError> {
        let hex = |bytes: &[u8; 32]| HEXLOWER.encode(bytes);
        let asked: Vec<[String; 2]> = asked
            .iter()
            .map(|(code, person)| [hex(code.as_bytes()), hex(person.as_bytes())])
            .collect();
        let rows = sqlx::query(
            "SELECT same.entry, same.code, same.receipt,
                    counted.entry, counted.code, counted.receipt, credential.bytes
             FROM json_each($1) AS asked CROSS JOIN election
             LEFT JOIN ballot AS same ON same.code = unhex(asked.value ->> 0)
             LEFT JOIN current_ballot ON current_ballot.election = election.election
                 AND current_ballot.pseudonym = unhex(asked.value ->> 1)
             LEFT JOIN ballot AS counted ON counted.code = current_ballot.code
             LEFT JOIN credential ON credential.election = election.election
                 AND credential.pseudonym = unhex(asked.value ->> 1)
             ORDER BY asked.key",
        )
        .bind(serde_json::to_string(&asked).map_err(|_| StoreError::Value("standing"))?)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(Columns::standing).collect()
    }

    /// Closes every connection; the write-ahead log is merged into the file.
    async fn end(&self) {
        self.readers.close().await;
        self.board.close().await;
        self.writer.close().await;
    }
}

storage!(SqliteStore);

/// The database file of a data folder.
#[must_use]
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

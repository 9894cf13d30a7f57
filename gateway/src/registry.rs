//! What only the registrar keeps: rolls, judged eligibility, kiosk codes, what was used up.
//!
//! It stands apart from the log's store: other people may read it, and it is destroyed when the log
//! is kept. People stand in it as keyed hashes alone.

mod postgres;
mod rows;
mod sqlite;

pub use postgres::PostgresRegistry;
pub use sqlite::SqliteRegistry;

use crate::rolls::{RollHash, RollRow};
use crate::store::{Place, PostgresStore, StoreError};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use utoipa::ToSchema;
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// An opened registry. Cheap to clone.
#[derive(Clone)]
pub struct Registry(Arc<dyn RegistryStorage>);

impl Registry {
    /// A registry of either kind.
    #[must_use]
    pub fn new(storage: impl RegistryStorage) -> Self {
        Self(Arc::new(storage))
    }

    /// Opens the registry of a place: a file of a data folder, or tables of a database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn at(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Folder(folder) => Self::open(folder).await,
            Place::Database(options) => {
                let store = PostgresStore::open(options).await?;
                Ok(Self::new(PostgresRegistry::new(store)))
            }
        }
    }

    /// Opens the SQLite registry of a data folder, or makes it.
    ///
    /// # Errors
    /// Those of [`SqliteRegistry::open`].
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(SqliteRegistry::open(folder).await?))
    }
}

impl Deref for Registry {
    type Target = dyn RegistryStorage;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// One import of a roll file.
pub struct RollImport {
    /// When.
    pub time: UnixMillis,
    /// The import that its rows were judged after, 0 before the first.
    pub after: u64,
    /// The classes whose rolls are emptied first.
    pub replaced: Vec<ClassIndex>,
    /// Every row of the file.
    pub rows: Vec<RollRow>,
}

/// How many imports there were, and how many people are on the rolls now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollCounts {
    /// The number of the last import, 0 before the first.
    pub imports: u64,
    /// People by class, of the classes that have any.
    pub people: BTreeMap<ClassIndex, u64>,
}

/// A row as it is reported later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportedRow {
    /// The import it came with.
    pub import: u64,
    /// The row.
    pub row: RollRow,
}

/// A kiosk code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCode {
    /// HMAC of its first part.
    pub locator: [u8; 32],
    /// HMAC of the whole.
    pub secret: [u8; 32],
    /// Whom it was issued for.
    pub pseudonym: Pseudonym,
    /// The class that admitted them.
    pub class: ClassIndex,
    /// The desk that issued it.
    pub desk: String,
    /// From then on it is refused.
    pub expires: UnixMillis,
    /// How many tries are left.
    pub tries: u32,
}

/// What people say that they have checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SelfCheck {
    /// That a receipt's ballot is in the log.
    Receipt,
    /// The whole election.
    Election,
}

impl SelfCheck {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Election => "election",
        }
    }
}

/// How often each was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SelfChecks {
    /// [`SelfCheck::Receipt`].
    pub receipts: u64,
    /// [`SelfCheck::Election`].
    pub elections: u64,
}

/// A notice that somebody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNotice {
    /// Names contact and event, by a keyed hash.
    pub id: [u8; 32],
    /// Whom it goes to, sealed.
    pub sealed: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// Keeps what only the registrar knows. Every method is one transaction.
///
/// # Errors
/// Every method: [`StoreError`].
#[async_trait]
pub trait RegistryStorage: Send + Sync + 'static {
    /// Everyone on a roll.
    async fn roll(&self) -> Result<Vec<RollRow>, StoreError>;

    /// Keeps an import, all of it or nothing; its number, or `None` if another one came after that
    /// which its rows were judged after.
    async fn import_roll(&self, import: &RollImport) -> Result<Option<u64>, StoreError>;

    /// The number of the last import, 0 before the first.
    async fn last_import(&self) -> Result<u64, StoreError>;

    /// How many imports there were, and how many people are on the rolls. It reads every row.
    async fn roll_counts(&self) -> Result<RollCounts, StoreError>;

    /// Rows behind an import and row, at most `limit`; of those in doubt alone, if asked.
    async fn roll_rows(
        &self,
        after: (u64, u64),
        unsettled: bool,
        limit: u32,
    ) -> Result<Vec<ReportedRow>, StoreError>;

    /// The classes on whose rolls a person is, by CI or by the rest.
    async fn roll_classes(
        &self,
        ci: &RollHash,
        person: Option<&RollHash>,
    ) -> Result<Vec<ClassIndex>, StoreError>;

    /// Keeps what people are named by, if nothing is kept yet; what is kept then.
    async fn keep_namespace(&self, name: &str) -> Result<String, StoreError>;

    /// Uses a provider's transaction up; whether it was there to be used.
    async fn use_transaction(
        &self,
        id: &[u8; 32],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;

    /// Keeps the outcome of judging a person's eligibility.
    async fn put_eligibility(
        &self,
        pseudonym: &Pseudonym,
        outcome: &str,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// Keeps that a desk found a requirement to be met.
    async fn confirm(
        &self,
        pseudonym: &Pseudonym,
        requirement: &str,
        desk: &str,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// The requirements that desks found to be met.
    async fn confirmed(&self, pseudonym: &Pseudonym) -> Result<Vec<String>, StoreError>;

    /// Keeps a code in the place of the person's former one; `false` if its locator is taken.
    async fn put_code(&self, code: &StoredCode, now: UnixMillis) -> Result<bool, StoreError>;

    /// Spends one try of the code with this locator, before anything of it is compared.
    async fn try_code(
        &self,
        locator: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<StoredCode>, StoreError>;

    /// Uses a code up; whether nobody else did so before.
    async fn use_code(&self, code: &StoredCode) -> Result<bool, StoreError>;

    /// Ends a session.
    async fn end_session(
        &self,
        id: &[u8; 16],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// Whether a session was ended.
    async fn session_ended(&self, id: &[u8; 16]) -> Result<bool, StoreError>;

    /// Counts one more who says that they have checked.
    async fn count_check(&self, what: SelfCheck) -> Result<(), StoreError>;

    /// How many said so.
    async fn checks(&self) -> Result<SelfChecks, StoreError>;

    /// Keeps a notice of an event in the place of the one with the same id; `false` if as many wait
    /// as may.
    async fn put_notice(
        &self,
        event: &str,
        notice: &StoredNotice,
        most: u32,
    ) -> Result<bool, StoreError>;

    /// Takes notices of an event that are due, with this try counted, and holds them until an
    /// instant: until then nobody else takes them.
    async fn take_notices(
        &self,
        event: &str,
        now: UnixMillis,
        held: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredNotice>, StoreError>;

    /// Says when a notice is tried next.
    async fn retry_notice(&self, id: &[u8; 32], due: UnixMillis) -> Result<(), StoreError>;

    /// Deletes a notice, whether there is one or not.
    async fn drop_notice(&self, id: &[u8; 32]) -> Result<(), StoreError>;

    /// Deletes every notice of an event.
    async fn drop_notices(&self, event: &str) -> Result<(), StoreError>;

    /// Closes every connection.
    async fn close(&self);
}

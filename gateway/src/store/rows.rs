//! Rows as the gateway's types.

use super::StoreError;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use voting_core::ids::{LeafIndex, LogHash, UnixMillis};
use voting_core::log::tree::TreeSize;

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place.
    pub index: LeafIndex,
    /// Its time.
    pub time: UnixMillis,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
}

/// A checkpoint as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many entries it covers.
    pub size: TreeSize,
    /// The root over them.
    pub root: LogHash,
    /// The signed note.
    pub note: String,
}

/// A receipt as it was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReceipt {
    /// The ballot's entry.
    pub index: LeafIndex,
    /// The ballot's whole tracking code.
    pub code: [u8; 32],
    /// The receipt's canonical bytes.
    pub receipt: Vec<u8>,
}

/// What became of a registered tracking code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFate {
    /// Committed to, not yet decided.
    Pending,
    /// Its ballot is in the log.
    Cast,
    /// It was spoiled and never counts.
    Spoiled,
}

impl CodeFate {
    /// As the column holds it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Cast => "cast",
            Self::Spoiled => "spoiled",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::Pending, Self::Cast, Self::Spoiled]
            .into_iter()
            .find(|fate| fate.as_str() == text)
            .ok_or(StoreError::Value("fate of a tracking code"))
    }
}

pub(super) fn entry(row: &SqliteRow) -> Result<StoredEntry, StoreError> {
    Ok(StoredEntry {
        index: LeafIndex::new(number(row, 0, "entry position")?),
        time: UnixMillis::new(number(row, 1, "entry time")?),
        bytes: row.try_get(2)?,
    })
}

pub(super) fn checkpoint(row: &SqliteRow) -> Result<StoredCheckpoint, StoreError> {
    Ok(StoredCheckpoint {
        size: TreeSize::new(number(row, 0, "checkpoint size")?),
        root: LogHash::new(array(row, 1, "checkpoint root")?),
        note: String::from_utf8(row.try_get(2)?).map_err(|_| StoreError::Value("checkpoint"))?,
    })
}

pub(super) fn receipt(row: &SqliteRow) -> Result<StoredReceipt, StoreError> {
    Ok(StoredReceipt {
        index: LeafIndex::new(number(row, 0, "entry of a ballot")?),
        code: array(row, 1, "tracking code")?,
        receipt: row.try_get(2)?,
    })
}

pub(super) fn array(
    row: &SqliteRow,
    column: usize,
    what: &'static str,
) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Value(what))
}

pub(super) fn number(
    row: &SqliteRow,
    column: usize,
    what: &'static str,
) -> Result<u64, StoreError> {
    let n: i64 = row.try_get(column)?;
    u64::try_from(n).map_err(|_| StoreError::Value(what))
}

/// As the database holds it: it has no unsigned 64-bit numbers.
pub(super) fn signed(n: u64, what: &'static str) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Value(what))
}

//! Rows as the gateway's types.

use super::StoreError;
use sqlx::{ColumnIndex, Decode, Row, Type};
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

/// What the store says of a ballot that has come and of its person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The receipt of the ballot with the same tracking code, if it is in the log.
    pub same: Option<StoredReceipt>,
    /// The receipt of the person's ballot that counts.
    pub counted: Option<StoredReceipt>,
    /// The bytes of the person's current credential.
    pub credential: Option<Vec<u8>>,
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

/// How many rows the derived tables hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCounts {
    /// Ballots in the log.
    pub ballots: u64,
    /// People with a ballot.
    pub voters: u64,
    /// People with a credential.
    pub people: u64,
    /// Entries of the log.
    pub entries: u64,
}

/// A row of whichever database, whose columns are read by position.
pub(crate) trait Columns: Row
where
    usize: ColumnIndex<Self>,
    i64: for<'r> Decode<'r, Self::Database> + Type<Self::Database>,
    Vec<u8>: for<'r> Decode<'r, Self::Database> + Type<Self::Database>,
{
    fn entry(&self) -> Result<StoredEntry, StoreError> {
        Ok(StoredEntry {
            index: LeafIndex::new(self.number(0, "entry position")?),
            time: UnixMillis::new(self.number(1, "entry time")?),
            bytes: self.try_get(2)?,
        })
    }

    fn checkpoint(&self) -> Result<StoredCheckpoint, StoreError> {
        let note = String::from_utf8(self.try_get(2)?);
        Ok(StoredCheckpoint {
            size: TreeSize::new(self.number(0, "checkpoint size")?),
            root: LogHash::new(self.array(1, "checkpoint root")?),
            note: note.map_err(|_| StoreError::Value("checkpoint"))?,
        })
    }

    fn receipt(&self) -> Result<StoredReceipt, StoreError> {
        self.receipt_from(0)
    }

    /// In three columns from this one on.
    fn receipt_from(&self, first: usize) -> Result<StoredReceipt, StoreError> {
        Ok(StoredReceipt {
            index: LeafIndex::new(self.number(first, "entry of a ballot")?),
            code: self.array(first + 1, "tracking code")?,
            receipt: self.try_get(first + 2)?,
        })
    }

    /// Two receipts and a credential, each of which may be missing.
    fn standing(&self) -> Result<Standing, StoreError> {
        let receipt = |first| match self.try_get::<Option<i64>, _>(first)? {
            Some(_) => self.receipt_from(first).map(Some),
            None => Ok(None),
        };
        Ok(Standing {
            same: receipt(0)?,
            counted: receipt(3)?,
            credential: self.try_get(6)?,
        })
    }

    fn counts(&self) -> Result<TableCounts, StoreError> {
        Ok(TableCounts {
            ballots: self.number(0, "count")?,
            voters: self.number(1, "count")?,
            people: self.number(2, "count")?,
            entries: self.number(3, "count")?,
        })
    }

    fn array(&self, column: usize, what: &'static str) -> Result<[u8; 32], StoreError> {
        let bytes: Vec<u8> = self.try_get(column)?;
        bytes.try_into().map_err(|_| StoreError::Value(what))
    }

    fn number(&self, column: usize, what: &'static str) -> Result<u64, StoreError> {
        let n: i64 = self.try_get(column)?;
        u64::try_from(n).map_err(|_| StoreError::Value(what))
    }
}

impl<R: Row> Columns for R
where
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
}

/// As the databases hold it: they have no unsigned 64-bit numbers.
pub(crate) fn signed(n: u64, what: &'static str) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Value(what))
}

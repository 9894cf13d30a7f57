//! The registry's rows, of whichever database.

use super::{ReportedRow, RollCounts, SelfCheck, SelfChecks, StoredCode, StoredNotice};
use crate::rolls::{Outcome, RollHash, RollRow};
use crate::store::StoreError;
use crate::store::rows::Columns;
use sqlx::{ColumnIndex, Decode, Row, Type};
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// Columns that the store's rows have not.
pub(super) trait RegistryColumns: Columns
where
    usize: ColumnIndex<Self>,
    i64: for<'r> Decode<'r, Self::Database> + Type<Self::Database>,
    String: for<'r> Decode<'r, Self::Database> + Type<Self::Database>,
    Vec<u8>: for<'r> Decode<'r, Self::Database> + Type<Self::Database>,
{
    /// `import, number, class, outcome, ci, person`.
    fn reported(&self) -> Result<ReportedRow, StoreError> {
        let of: Option<i64> = self.try_get(2)?;
        let outcome: String = self.try_get(3)?;
        Ok(ReportedRow {
            import: self.number(0, "import")?,
            row: RollRow {
                number: self.number(1, "row")?,
                class: of.map(class).transpose()?,
                outcome: Outcome::parse(&outcome).ok_or(StoreError::Value("outcome of a row"))?,
                ci: self.roll_hash(4)?,
                person: self.roll_hash(5)?,
            },
        })
    }

    /// `locator, secret, pseudonym, class, desk, expires, tries`.
    fn code(&self) -> Result<StoredCode, StoreError> {
        let tries = self.number(6, "tries")?;
        Ok(StoredCode {
            locator: self.array(0, "locator")?,
            secret: self.array(1, "secret")?,
            pseudonym: Pseudonym::new(self.array(2, "pseudonym")?),
            class: class(self.try_get(3)?)?,
            desk: self.try_get(4)?,
            expires: UnixMillis::new(self.number(5, "time")?),
            tries: u32::try_from(tries).map_err(|_| StoreError::Value("tries"))?,
        })
    }

    /// `id, contact, attempts`.
    fn notice(&self) -> Result<StoredNotice, StoreError> {
        let attempts = self.number(2, "attempts")?;
        Ok(StoredNotice {
            id: self.array(0, "notice")?,
            sealed: self.try_get(1)?,
            attempts: u32::try_from(attempts).map_err(|_| StoreError::Value("attempts"))?,
        })
    }

    /// `what, times`, into the counts of both.
    fn add_to(&self, counts: &mut SelfChecks) -> Result<(), StoreError> {
        let (what, times): (String, u64) = (self.try_get(0)?, self.number(1, "times")?);
        let count = [
            (SelfCheck::Receipt, &mut counts.receipts),
            (SelfCheck::Election, &mut counts.elections),
        ];
        let count = count.into_iter().find(|(known, _)| known.name() == what);
        let (_, count) = count.ok_or(StoreError::Value("what was checked"))?;
        *count = times;
        Ok(())
    }

    /// `class, people` of a class; or nothing, and the number of the last import.
    fn add_to_rolls(&self, counts: &mut RollCounts) -> Result<(), StoreError> {
        let (of, n): (Option<i64>, u64) = (self.try_get(0)?, self.number(1, "count")?);
        match of.map(class).transpose()? {
            Some(class) => drop(counts.people.insert(class, n)),
            None => counts.imports = n,
        }
        Ok(())
    }

    fn roll_hash(&self, column: usize) -> Result<Option<RollHash>, StoreError> {
        let bytes: Option<Vec<u8>> = self.try_get(column)?;
        let hash = bytes.map(|bytes| bytes.try_into().map(RollHash::new));
        hash.transpose()
            .map_err(|_| StoreError::Value("hash of a roll"))
    }
}

impl<R: Row> RegistryColumns for R
where
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    String: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
}

/// A class as a column holds it.
pub(super) fn class(position: i64) -> Result<ClassIndex, StoreError> {
    let position = u16::try_from(position).map_err(|_| StoreError::Value("class"));
    position.map(ClassIndex::new)
}

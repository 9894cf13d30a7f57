//! Reading what was committed.

use super::rows::{array, checkpoint, entry, number, receipt, signed};
use super::{Store, StoreError, StoredCheckpoint, StoredEntry, StoredReceipt};
use sqlx::{Connection, Row, SqliteConnection};
use std::ops::Range;
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym};
use voting_core::log::tree::{NodeId, NodeMap};
use voting_core::tracking::TrackingCode;

impl Store {
    /// The election and its manifest's address; `None` before entry 0.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn election(&self) -> Result<Option<(ElectionId, DocumentHash)>, StoreError> {
        let row = sqlx::query("SELECT election, manifest FROM election")
            .fetch_optional(&self.readers)
            .await?;
        let ids = |row| {
            Ok((
                ElectionId::new(array(&row, 0, "election id")?),
                DocumentHash::new(array(&row, 1, "manifest's address")?),
            ))
        };
        row.map(ids).transpose()
    }

    /// A document by its content address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn document(&self, hash: &DocumentHash) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query("SELECT bytes FROM document WHERE hash = ?")
            .bind(hash.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// The addresses of all documents, ascending.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn document_hashes(&self) -> Result<Vec<DocumentHash>, StoreError> {
        let rows = sqlx::query("SELECT hash FROM document ORDER BY hash")
            .fetch_all(&self.readers)
            .await?;
        let hash = |row| Ok(DocumentHash::new(array(row, 0, "document's address")?));
        rows.iter().map(hash).collect()
    }

    /// The entries at these positions, as many of them as there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries(&self, positions: Range<u64>) -> Result<Vec<StoredEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT position, time, bytes FROM entry
             WHERE position >= ? AND position < ? ORDER BY position",
        )
        .bind(signed(positions.start, "position")?)
        .bind(signed(positions.end, "position")?)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }

    /// The entries of the ballots that count, behind position `after`, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counted_ballots(
        &self,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT entry.position, entry.time, entry.bytes
             FROM ballot JOIN current_ballot USING (code)
             JOIN entry ON entry.position = ballot.entry
             WHERE ballot.entry > ? ORDER BY ballot.entry LIMIT ?",
        )
        .bind(after.map_or(Ok(-1), |position| signed(position, "position"))?)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }

    /// All trustees' messages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn trustee_entries(&self) -> Result<Vec<StoredEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT position, time, bytes FROM entry
             WHERE kind = 2 ORDER BY position",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }

    /// The hashes of consecutive nodes of a level, as many of them as there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn nodes(
        &self,
        level: u8,
        positions: Range<u64>,
    ) -> Result<Vec<LogHash>, StoreError> {
        let rows = sqlx::query(
            "SELECT hash FROM node
             WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
        )
        .bind(i64::from(level))
        .bind(signed(positions.start, "position")?)
        .bind(signed(positions.end, "position")?)
        .fetch_all(&self.readers)
        .await?;
        let hash = |row| Ok(LogHash::new(array(row, 0, "node's hash")?));
        rows.iter().map(hash).collect()
    }

    /// The nodes of a proof; those that are not stored are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn node_map(&self, wanted: &[NodeId]) -> Result<NodeMap, StoreError> {
        let mut map = NodeMap::new();
        let mut reader = self.readers.acquire().await?;
        for node in wanted {
            let row = sqlx::query("SELECT hash FROM node WHERE level = ? AND position = ?")
                .bind(i64::from(node.level()))
                .bind(signed(node.index(), "position")?)
                .fetch_optional(&mut *reader)
                .await?;
            if let Some(row) = row {
                map.insert(*node, LogHash::new(array(&row, 0, "node's hash")?));
            }
        }
        Ok(map)
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = sqlx::query("SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(checkpoint).transpose()
    }

    /// The current credential's bytes of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn credential(
        &self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        credential_of(&mut reader, election, pseudonym).await
    }

    /// The receipt of the ballot of a person that counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_ballot(
        &self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<StoredReceipt>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        current_ballot_of(&mut reader, election, pseudonym).await
    }

    /// The receipt of the ballot with this tracking code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, code: &TrackingCode) -> Result<Option<StoredReceipt>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        receipt_of(&mut reader, code).await
    }

    /// The receipts whose tracking code lies between two codes, both included, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipts_between(
        &self,
        first: &[u8; 32],
        last: &[u8; 32],
        limit: u32,
    ) -> Result<Vec<StoredReceipt>, StoreError> {
        let rows = sqlx::query(
            "SELECT entry, code, receipt FROM ballot
             WHERE code >= ? AND code <= ? ORDER BY code LIMIT ?",
        )
        .bind(first.as_slice())
        .bind(last.as_slice())
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(receipt).collect()
    }

    /// How many ballots and how many people with a credential the tables hold, to be compared with
    /// the log at start.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn table_counts(&self) -> Result<TableCounts, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let mut snapshot = reader.begin().await?;
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM ballot), (SELECT count(*) FROM current_ballot),
                    (SELECT count(*) FROM credential)",
        )
        .fetch_one(&mut *snapshot)
        .await?;
        Ok(TableCounts {
            ballots: number(&row, 0, "count")?,
            voters: number(&row, 1, "count")?,
            people: number(&row, 2, "count")?,
        })
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
}

pub(super) async fn credential_of(
    connection: &mut SqliteConnection,
    election: &ElectionId,
    pseudonym: &Pseudonym,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = sqlx::query("SELECT bytes FROM credential WHERE election = ? AND pseudonym = ?")
        .bind(election.as_bytes().as_slice())
        .bind(pseudonym.as_bytes().as_slice())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub(super) async fn current_ballot_of(
    connection: &mut SqliteConnection,
    election: &ElectionId,
    pseudonym: &Pseudonym,
) -> Result<Option<StoredReceipt>, StoreError> {
    let row = sqlx::query(
        "SELECT ballot.entry, ballot.code, ballot.receipt
         FROM current_ballot JOIN ballot USING (code)
         WHERE current_ballot.election = ? AND current_ballot.pseudonym = ?",
    )
    .bind(election.as_bytes().as_slice())
    .bind(pseudonym.as_bytes().as_slice())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(receipt).transpose()
}

pub(super) async fn receipt_of(
    connection: &mut SqliteConnection,
    code: &TrackingCode,
) -> Result<Option<StoredReceipt>, StoreError> {
    let row = sqlx::query("SELECT entry, code, receipt FROM ballot WHERE code = ?")
        .bind(code.as_bytes().as_slice())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(receipt).transpose()
}

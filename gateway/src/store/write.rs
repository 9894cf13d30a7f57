//! Writing: one named transaction at a time, by the sequencer's writer task.
//!
//! A transaction is never opened in a request's future: a client that goes away drops that future,
//! and with it whatever it had open.

use super::read::{credential_of, current_ballot_of, receipt_of};
use super::rows::{array, number, signed};
use super::{CodeFate, Store, StoreError, StoredCheckpoint, StoredEntry, StoredReceipt};
use sqlx::{Row, Sqlite};
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::NodeId;
use voting_core::tracking::TrackingCode;

impl Store {
    /// Opens the one write transaction; waits for the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, name: &'static str) -> Result<Transaction, StoreError> {
        let inner = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Transaction { name, inner })
    }
}

/// An open write transaction: nothing of it is seen or kept unless [`Self::commit`] returns.
pub struct Transaction {
    name: &'static str,
    inner: sqlx::Transaction<'static, Sqlite>,
}

impl Transaction {
    /// Makes everything durable at once.
    ///
    /// # Errors
    /// [`StoreError`]; whether it was kept is then unknown, and the caller must read again.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        tracing::trace!(transaction = self.name, "committed");
        Ok(())
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.inner.rollback().await?;
        tracing::debug!(transaction = self.name, "rolled back");
        Ok(())
    }

    /// Writes which election this is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_election(
        &mut self,
        election: &ElectionId,
        manifest: &DocumentHash,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO election (only_one, election, manifest) VALUES (1, ?, ?)")
            .bind(election.as_bytes().as_slice())
            .bind(manifest.as_bytes().as_slice())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps a document under its content address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_document(
        &mut self,
        hash: &DocumentHash,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO document (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(hash.as_bytes().as_slice())
            .bind(bytes)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Appends an entry and the nodes it completes.
    ///
    /// # Errors
    /// [`StoreError`], also if the entry is not the next one.
    pub async fn put_entry(
        &mut self,
        entry: &StoredEntry,
        kind: u8,
        nodes: &[(NodeId, LogHash)],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO entry (position, time, kind, bytes) VALUES (?, ?, ?, ?)")
            .bind(signed(entry.index.get(), "position")?)
            .bind(signed(entry.time.get(), "time")?)
            .bind(i64::from(kind))
            .bind(entry.bytes.as_slice())
            .execute(&mut *self.inner)
            .await?;
        for (node, hash) in nodes {
            sqlx::query("INSERT INTO node (level, position, hash) VALUES (?, ?, ?)")
                .bind(i64::from(node.level()))
                .bind(signed(node.index(), "position")?)
                .bind(hash.as_bytes().as_slice())
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// Keeps the checkpoint of the new size.
    ///
    /// # Errors
    /// [`StoreError`], also if this size or a larger one has a checkpoint.
    pub async fn put_checkpoint(
        &mut self,
        checkpoint: &StoredCheckpoint,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)")
            .bind(signed(checkpoint.size.get(), "size")?)
            .bind(checkpoint.root.as_bytes().as_slice())
            .bind(checkpoint.note.as_bytes())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Makes a credential a person's current one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_credential(
        &mut self,
        (election, pseudonym): (&ElectionId, &Pseudonym),
        entry: u64,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO credential (election, pseudonym, entry, bytes) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET entry = excluded.entry, bytes = excluded.bytes",
        )
        .bind(election.as_bytes().as_slice())
        .bind(pseudonym.as_bytes().as_slice())
        .bind(signed(entry, "position")?)
        .bind(bytes)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Keeps a ballot's receipt and makes the ballot its person's current one, in the place of
    /// exactly `former`.
    ///
    /// # Errors
    /// [`StoreError`], also if the person's current ballot is another than `former`.
    pub async fn put_ballot(
        &mut self,
        (election, pseudonym): (&ElectionId, &Pseudonym),
        ballot: &StoredReceipt,
        former: Option<&TrackingCode>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO ballot (code, entry, receipt) VALUES (?, ?, ?)")
            .bind(ballot.code.as_slice())
            .bind(signed(ballot.index.get(), "position")?)
            .bind(ballot.receipt.as_slice())
            .execute(&mut *self.inner)
            .await?;
        let moved = match former {
            None => sqlx::query(
                "INSERT INTO current_ballot (code, election, pseudonym) VALUES (?, ?, ?)",
            )
            .bind(ballot.code.as_slice())
            .bind(election.as_bytes().as_slice())
            .bind(pseudonym.as_bytes().as_slice()),
            Some(former) => sqlx::query(
                "UPDATE current_ballot SET code = ?
                 WHERE election = ? AND pseudonym = ? AND code = ?",
            )
            .bind(ballot.code.as_slice())
            .bind(election.as_bytes().as_slice())
            .bind(pseudonym.as_bytes().as_slice())
            .bind(former.as_bytes().as_slice()),
        };
        match moved.execute(&mut *self.inner).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::Value("current ballot")),
        }
    }

    /// Registers a tracking code as pending.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_pending(
        &mut self,
        code: &TrackingCode,
        pseudonym: &Pseudonym,
        time: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO tracking_code (code, pseudonym, fate, time) VALUES (?, ?, 'pending', ?)",
        )
        .bind(code.as_bytes().as_slice())
        .bind(pseudonym.as_bytes().as_slice())
        .bind(signed(time.get(), "time")?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Moves a pending tracking code, if it was registered.
    ///
    /// # Errors
    /// [`StoreError`], also if it moved before.
    pub async fn move_code(
        &mut self,
        code: &TrackingCode,
        fate: CodeFate,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE tracking_code SET fate = ? WHERE code = ?")
            .bind(fate.as_str())
            .bind(code.as_bytes().as_slice())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Who registered a tracking code and what became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn code(
        &mut self,
        code: &TrackingCode,
    ) -> Result<Option<(Pseudonym, CodeFate)>, StoreError> {
        let row = sqlx::query("SELECT pseudonym, fate FROM tracking_code WHERE code = ?")
            .bind(code.as_bytes().as_slice())
            .fetch_optional(&mut *self.inner)
            .await?;
        let parts = |row: sqlx::sqlite::SqliteRow| {
            let owner = Pseudonym::new(array(&row, 0, "pseudonym")?);
            Ok((owner, CodeFate::parse(row.try_get(1)?)?))
        };
        row.map(parts).transpose()
    }

    /// How many tracking codes of a person had this fate.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_codes(
        &mut self,
        pseudonym: &Pseudonym,
        fate: CodeFate,
    ) -> Result<u64, StoreError> {
        let row =
            sqlx::query("SELECT count(*) FROM tracking_code WHERE pseudonym = ? AND fate = ?")
                .bind(pseudonym.as_bytes().as_slice())
                .bind(fate.as_str())
                .fetch_one(&mut *self.inner)
                .await?;
        number(&row, 0, "count")
    }

    /// The current credential's bytes of a person, as of this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn credential(
        &mut self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        credential_of(&mut self.inner, election, pseudonym).await
    }

    /// The receipt of a person's ballot that counts, as of this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn current_ballot(
        &mut self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<StoredReceipt>, StoreError> {
        current_ballot_of(&mut self.inner, election, pseudonym).await
    }

    /// The receipt of the ballot with this tracking code, as of this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(
        &mut self,
        code: &TrackingCode,
    ) -> Result<Option<StoredReceipt>, StoreError> {
        receipt_of(&mut self.inner, code).await
    }
}

//! Writing a group: one statement a table, whatever the number of rows.
//!
//! The rows of a table travel as a JSON array of arrays, their byte strings in one blob beside it:
//! a row names each by offset and length. So the statements stay static and a group costs a dozen
//! of them instead of ten a ballot.

use super::SqliteStore;
use crate::store::rows::signed;
use crate::store::{CodeFate, Group, StoreError, StoredCheckpoint};
use sqlx::{Sqlite, SqliteConnection, Transaction};

/// The rows of one statement.
#[derive(Default)]
struct Rows {
    json: String,
    bytes: Vec<u8>,
}

impl SqliteStore {
    /// Only the writer task calls this, so the one writing connection is free.
    pub(super) async fn write(&self, group: &Group) -> Result<(), StoreError> {
        let mut open = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        write_all(&mut open, group).await?;
        open.commit().await?;
        Ok(())
    }
}

async fn write_all(open: &mut Transaction<'_, Sqlite>, group: &Group) -> Result<(), StoreError> {
    documents(open, group).await?;
    election(open, group).await?;
    entries(open, group).await?;
    credentials(open, group).await?;
    ballots(open, group).await?;
    current_ballots(open, group).await?;
    codes(open, group).await?;
    match &group.checkpoint {
        Some(checkpoint) => put_checkpoint(open, checkpoint).await,
        None => Ok(()),
    }
}

async fn documents(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    // Few and large.
    for (hash, bytes) in &group.documents {
        sqlx::query("INSERT INTO document (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(hash.as_bytes().as_slice())
            .bind(bytes.as_slice())
            .execute(&mut *open)
            .await?;
    }
    Ok(())
}

async fn election(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    if let Some((election, manifest)) = &group.election {
        sqlx::query("INSERT INTO election (only_one, election, manifest) VALUES (1, ?, ?)")
            .bind(election.as_bytes().as_slice())
            .bind(manifest.as_bytes().as_slice())
            .execute(open)
            .await?;
    }
    Ok(())
}

async fn entries(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (entry, kind) in &group.entries {
        let place = [entry.index.get(), entry.time.get(), u64::from(*kind)];
        rows.push(&place, &[&entry.bytes])?;
    }
    let put = "INSERT INTO entry (position, time, kind, bytes)
         SELECT value ->> 0, value ->> 1, value ->> 2, substr(?2, value ->> 3, value ->> 4)
         FROM json_each(?1)";
    rows.run(open, put).await?;
    let mut rows = Rows::default();
    for (node, hash) in &group.nodes {
        rows.push(&[node.level().into(), node.index()], &[hash.as_bytes()])?;
    }
    let put = "INSERT INTO node (level, position, hash)
         SELECT value ->> 0, value ->> 1, substr(?2, value ->> 2, value ->> 3)
         FROM json_each(?1)";
    rows.run(open, put).await.map(drop)
}

async fn credentials(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (person, (entry, bytes)) in &group.credentials {
        rows.push(&[*entry], &[person.as_bytes(), bytes])?;
    }
    let put = "INSERT INTO credential (election, entry, pseudonym, bytes)
         SELECT election.election, value ->> 0, substr(?2, value ->> 1, value ->> 2),
                substr(?2, value ->> 3, value ->> 4)
         FROM json_each(?1), election WHERE true
         ON CONFLICT DO UPDATE SET entry = excluded.entry, bytes = excluded.bytes";
    rows.run(open, put).await.map(drop)
}

async fn ballots(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (code, ballot) in &group.ballots {
        rows.push(&[ballot.index.get()], &[code.as_bytes(), &ballot.receipt])?;
    }
    let put = "INSERT INTO ballot (entry, code, receipt)
         SELECT value ->> 0, substr(?2, value ->> 1, value ->> 2),
                substr(?2, value ->> 3, value ->> 4)
         FROM json_each(?1)";
    rows.run(open, put).await.map(drop)
}

/// First ballots are inserted, which one of two can do; later ones replace exactly their former.
async fn current_ballots(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    let (mut first, mut later) = (Rows::default(), Rows::default());
    let mut moved = 0;
    for (person, current) in &group.current {
        let (person, code) = (person.as_bytes().as_slice(), current.code.as_bytes());
        match &current.former {
            None => first.push(&[], &[person, code])?,
            Some(former) => {
                later.push(&[], &[person, code, former.as_bytes()])?;
                moved += 1;
            }
        }
    }
    let put = "INSERT INTO current_ballot (election, pseudonym, code)
         SELECT election.election, substr(?2, value ->> 0, value ->> 1),
                substr(?2, value ->> 2, value ->> 3)
         FROM json_each(?1), election";
    first.run(open, put).await?;
    let replace = "WITH later (pseudonym, code, former) AS (
             SELECT substr(?2, value ->> 0, value ->> 1), substr(?2, value ->> 2, value ->> 3),
                    substr(?2, value ->> 4, value ->> 5)
             FROM json_each(?1))
         UPDATE current_ballot SET code = later.code FROM later
         WHERE current_ballot.pseudonym = later.pseudonym AND current_ballot.code = later.former";
    match later.run(open, replace).await? == moved {
        true => Ok(()),
        false => Err(StoreError::Value("current ballot")),
    }
}

async fn codes(open: &mut SqliteConnection, group: &Group) -> Result<(), StoreError> {
    let (mut fresh, mut decided) = (Rows::default(), Rows::default());
    for (code, change) in &group.codes {
        if let Some(time) = change.registered {
            fresh.push(&[time.get()], &[code.as_bytes(), change.owner.as_bytes()])?;
        }
        if change.fate != CodeFate::Pending {
            let fate = change.fate.as_str().as_bytes();
            decided.push(&[], &[code.as_bytes(), fate])?;
        }
    }
    let put = "INSERT INTO tracking_code (fate, time, code, pseudonym)
         SELECT 'pending', value ->> 0, substr(?2, value ->> 1, value ->> 2),
                substr(?2, value ->> 3, value ->> 4)
         FROM json_each(?1)";
    fresh.run(open, put).await?;
    let decide = "WITH decided (code, fate) AS (
             SELECT substr(?2, value ->> 0, value ->> 1),
                    CAST(substr(?2, value ->> 2, value ->> 3) AS TEXT)
             FROM json_each(?1))
         UPDATE tracking_code SET fate = decided.fate FROM decided
         WHERE tracking_code.code = decided.code";
    decided.run(open, decide).await.map(drop)
}

async fn put_checkpoint(
    open: &mut SqliteConnection,
    checkpoint: &StoredCheckpoint,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)")
        .bind(signed(checkpoint.size.get(), "size")?)
        .bind(checkpoint.root.as_bytes().as_slice())
        .bind(checkpoint.note.as_bytes())
        .execute(open)
        .await?;
    Ok(())
}

impl Rows {
    /// Adds a row: its numbers, then offset (from 1) and length of each byte string.
    fn push(&mut self, numbers: &[u64], strings: &[&[u8]]) -> Result<(), StoreError> {
        let mut fields = Vec::with_capacity(numbers.len() + 2 * strings.len());
        for number in numbers {
            fields.push(signed(*number, "number")?.to_string());
        }
        for string in strings {
            fields.push((self.bytes.len() + 1).to_string());
            fields.push(string.len().to_string());
            self.bytes.extend_from_slice(string);
        }
        self.json.push(if self.json.is_empty() { '[' } else { ',' });
        self.json.push_str(&format!("[{}]", fields.join(",")));
        Ok(())
    }

    /// Runs a statement over the rows, if there are any; how many it changed.
    async fn run(
        mut self,
        open: &mut SqliteConnection,
        statement: &'static str,
    ) -> Result<u64, StoreError> {
        if self.json.is_empty() {
            return Ok(0);
        }
        self.json.push(']');
        let query = sqlx::query(statement).bind(self.json).bind(self.bytes);
        Ok(query.execute(open).await?.rows_affected())
    }
}

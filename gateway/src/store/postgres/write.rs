//! Writing a group: one statement a table, whatever the number of rows.

use super::PostgresStore;
use crate::store::rows::signed;
use crate::store::{CodeFate, Group, StoreError, StoredCheckpoint};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::time::timeout;

/// How long a group may take. A commit that waits for a standby that is gone takes for ever; whether
/// it happened is then to be read from whichever server is the primary.
const COMMIT: Duration = Duration::from_secs(5);

type Bytes<'a> = Vec<&'a [u8]>;

impl PostgresStore {
    /// Only the writer task calls this. The connection is kept for the next group if all went well.
    pub(super) async fn write(&self, group: &Group) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let kept = slot.take();
        let work = async {
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect_to_primary().await?,
            };
            write_all(&mut connection, group).await?;
            Ok::<_, StoreError>(connection)
        };
        let connection = timeout(COMMIT, work).await;
        *slot = Some(connection.map_err(|_| StoreError::Timeout)??);
        Ok(())
    }
}

async fn write_all(connection: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let mut open = connection.begin().await?;
    move_head(&mut open, group).await?;
    documents(&mut open, group).await?;
    election(&mut open, group).await?;
    entries(&mut open, group).await?;
    nodes(&mut open, group).await?;
    credentials(&mut open, group).await?;
    ballots(&mut open, group).await?;
    first_ballots(&mut open, group).await?;
    later_ballots(&mut open, group).await?;
    registered_codes(&mut open, group).await?;
    decided_codes(&mut open, group).await?;
    if let Some(checkpoint) = &group.checkpoint {
        put_checkpoint(&mut open, checkpoint).await?;
    }
    open.commit().await?;
    Ok(())
}

/// The fence: of all writers, only the one whose term it is moves the head, and only from where its
/// own state stands. The row stays locked until the commit.
async fn move_head(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let moved = sqlx::query("UPDATE head SET size = $3 WHERE epoch = $1 AND size = $2")
        .bind(signed(group.epoch, "epoch")?)
        .bind(signed(group.base, "size")?)
        .bind(signed(group.size(), "size")?)
        .execute(open)
        .await?;
    match moved.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::Fenced),
    }
}

async fn documents(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    // Few and large.
    for (hash, bytes) in &group.documents {
        sqlx::query("INSERT INTO document (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(hash.as_bytes().as_slice())
            .bind(bytes.as_slice())
            .execute(&mut *open)
            .await?;
    }
    Ok(())
}

async fn election(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    if let Some((election, manifest)) = &group.election {
        sqlx::query("INSERT INTO election (only_one, election, manifest) VALUES (true, $1, $2)")
            .bind(election.as_bytes().as_slice())
            .bind(manifest.as_bytes().as_slice())
            .execute(open)
            .await?;
    }
    Ok(())
}

async fn entries(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    if group.entries.is_empty() {
        return Ok(());
    }
    let (mut positions, mut times) = (Vec::new(), Vec::new());
    for (entry, _) in &group.entries {
        positions.push(signed(entry.index.get(), "position")?);
        times.push(signed(entry.time.get(), "time")?);
    }
    let kinds: Vec<i16> = group.entries.iter().map(|(_, k)| i16::from(*k)).collect();
    let bytes: Bytes = group.entries.iter().map(|(e, _)| &e.bytes[..]).collect();
    sqlx::query(
        "INSERT INTO entry (position, time, kind, bytes)
         SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::smallint[], $4::bytea[])",
    )
    .bind(positions)
    .bind(times)
    .bind(kinds)
    .bind(bytes)
    .execute(open)
    .await?;
    Ok(())
}

async fn nodes(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    if group.nodes.is_empty() {
        return Ok(());
    }
    let nodes = &group.nodes;
    let levels: Vec<i16> = nodes.iter().map(|(n, _)| i16::from(n.level())).collect();
    let hashes: Bytes = nodes.iter().map(|(_, h)| &h.as_bytes()[..]).collect();
    let positions = nodes.iter().map(|(n, _)| signed(n.index(), "position"));
    sqlx::query(
        "INSERT INTO node (level, position, hash)
         SELECT * FROM UNNEST($1::smallint[], $2::bigint[], $3::bytea[])",
    )
    .bind(levels)
    .bind(positions.collect::<Result<Vec<i64>, _>>()?)
    .bind(hashes)
    .execute(open)
    .await?;
    Ok(())
}

async fn credentials(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    if group.credentials.is_empty() {
        return Ok(());
    }
    let people: Bytes = group
        .credentials
        .keys()
        .map(|p| &p.as_bytes()[..])
        .collect();
    let bytes: Bytes = group.credentials.values().map(|(_, b)| &b[..]).collect();
    let entries = group
        .credentials
        .values()
        .map(|(e, _)| signed(*e, "position"));
    sqlx::query(
        "INSERT INTO credential (election, pseudonym, entry, bytes)
         SELECT election.election, fresh.pseudonym, fresh.entry, fresh.bytes FROM election,
             UNNEST($1::bytea[], $2::bigint[], $3::bytea[]) AS fresh (pseudonym, entry, bytes)
         ON CONFLICT (election, pseudonym)
         DO UPDATE SET entry = excluded.entry, bytes = excluded.bytes",
    )
    .bind(people)
    .bind(entries.collect::<Result<Vec<i64>, _>>()?)
    .bind(bytes)
    .execute(open)
    .await?;
    Ok(())
}

async fn ballots(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    if group.ballots.is_empty() {
        return Ok(());
    }
    let codes: Bytes = group.ballots.keys().map(|c| &c.as_bytes()[..]).collect();
    let receipts: Bytes = group.ballots.values().map(|b| &b.receipt[..]).collect();
    let entries = group.ballots.values();
    let entries = entries.map(|ballot| signed(ballot.index.get(), "position"));
    sqlx::query(
        "INSERT INTO ballot (code, entry, receipt)
         SELECT * FROM UNNEST($1::bytea[], $2::bigint[], $3::bytea[])",
    )
    .bind(codes)
    .bind(entries.collect::<Result<Vec<i64>, _>>()?)
    .bind(receipts)
    .execute(open)
    .await?;
    Ok(())
}

/// An insert that one of two can do.
async fn first_ballots(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let first = || group.current.iter().filter(|(_, c)| c.former.is_none());
    if first().next().is_none() {
        return Ok(());
    }
    let people: Bytes = first().map(|(p, _)| &p.as_bytes()[..]).collect();
    let codes: Bytes = first().map(|(_, c)| &c.code.as_bytes()[..]).collect();
    sqlx::query(
        "INSERT INTO current_ballot (election, pseudonym, code)
         SELECT election.election, fresh.pseudonym, fresh.code FROM election,
             UNNEST($1::bytea[], $2::bytea[]) AS fresh (pseudonym, code)",
    )
    .bind(people)
    .bind(codes)
    .execute(open)
    .await?;
    Ok(())
}

/// Each in the place of exactly its former.
async fn later_ballots(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let (mut people, mut codes, mut formers) = (Bytes::new(), Bytes::new(), Bytes::new());
    for (person, current) in &group.current {
        if let Some(former) = &current.former {
            people.push(person.as_bytes());
            codes.push(current.code.as_bytes());
            formers.push(former.as_bytes());
        }
    }
    if people.is_empty() {
        return Ok(());
    }
    let count = people.len() as u64;
    let moved = sqlx::query(
        "UPDATE current_ballot SET code = later.code
         FROM UNNEST($1::bytea[], $2::bytea[], $3::bytea[]) AS later (pseudonym, code, former)
         WHERE current_ballot.pseudonym = later.pseudonym AND current_ballot.code = later.former",
    )
    .bind(people)
    .bind(codes)
    .bind(formers)
    .execute(open)
    .await?;
    match moved.rows_affected() == count {
        true => Ok(()),
        false => Err(StoreError::Value("current ballot")),
    }
}

async fn registered_codes(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let (mut codes, mut people, mut times) = (Bytes::new(), Bytes::new(), Vec::new());
    for (code, change) in &group.codes {
        if let Some(time) = change.registered {
            codes.push(code.as_bytes());
            people.push(change.owner.as_bytes());
            times.push(signed(time.get(), "time")?);
        }
    }
    if codes.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO tracking_code (fate, code, pseudonym, time)
         SELECT 'pending', * FROM UNNEST($1::bytea[], $2::bytea[], $3::bigint[])",
    )
    .bind(codes)
    .bind(people)
    .bind(times)
    .execute(open)
    .await?;
    Ok(())
}

async fn decided_codes(open: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    let decided = || {
        group
            .codes
            .iter()
            .filter(|(_, c)| c.fate != CodeFate::Pending)
    };
    if decided().next().is_none() {
        return Ok(());
    }
    let codes: Bytes = decided().map(|(code, _)| &code.as_bytes()[..]).collect();
    let fates: Vec<&str> = decided().map(|(_, change)| change.fate.as_str()).collect();
    sqlx::query(
        "UPDATE tracking_code SET fate = decided.fate
         FROM UNNEST($1::bytea[], $2::text[]) AS decided (code, fate)
         WHERE tracking_code.code = decided.code",
    )
    .bind(codes)
    .bind(fates)
    .execute(open)
    .await?;
    Ok(())
}

async fn put_checkpoint(
    open: &mut PgConnection,
    checkpoint: &StoredCheckpoint,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO checkpoint (size, root, note) VALUES ($1, $2, $3)")
        .bind(signed(checkpoint.size.get(), "size")?)
        .bind(checkpoint.root.as_bytes().as_slice())
        .bind(checkpoint.note.as_bytes())
        .execute(open)
        .await?;
    Ok(())
}

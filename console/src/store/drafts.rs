//! Drafts of elections.

use super::{Store, ms, unsigned};
use crate::draft::Draft;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use voting_core::ids::UnixMillis;

/// A draft as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// Row.
    pub id: i64,
    /// Counts changes from 1.
    pub revision: u64,
    /// What it says.
    pub content: Draft,
    /// Who changed it last.
    pub changed_by: i64,
    /// When.
    pub changed_at: UnixMillis,
    /// Its founding, if one is open or signed.
    pub founding: Option<i64>,
}

impl Store {
    /// Keeps a new draft; its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn new_draft(&self, content: &Draft, by: i64, now: UnixMillis) -> sqlx::Result<i64> {
        let sql = "INSERT INTO draft (revision, content, changed_by, changed_at) VALUES (1, ?, ?, ?) RETURNING id";
        let query = sqlx::query(sql)
            .bind(written(content)?)
            .bind(by)
            .bind(ms(now));
        query.fetch_one(&self.pool).await?.try_get(0)
    }

    /// Every draft, newest change first.
    ///
    /// # Errors
    /// The database's.
    pub async fn drafts(&self) -> sqlx::Result<Vec<StoredDraft>> {
        let sql = "SELECT d.id, d.revision, d.content, d.changed_by, d.changed_at,
            (SELECT p.id FROM proposal p WHERE p.draft = d.id AND p.state <> 'withdrawn')
            FROM draft d ORDER BY d.changed_at DESC, d.id DESC LIMIT 100";
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        rows.iter().map(draft).collect()
    }

    /// One draft.
    ///
    /// # Errors
    /// The database's.
    pub async fn draft(&self, id: i64) -> sqlx::Result<Option<StoredDraft>> {
        let sql = "SELECT d.id, d.revision, d.content, d.changed_by, d.changed_at,
            (SELECT p.id FROM proposal p WHERE p.draft = d.id AND p.state <> 'withdrawn')
            FROM draft d WHERE d.id = ?";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(draft).transpose()
    }

    /// Replaces what a draft says, if it still is at `revision` and has no founding; whether it was.
    ///
    /// # Errors
    /// The database's.
    pub async fn change_draft(
        &self,
        (id, revision): (i64, u64),
        content: &Draft,
        by: i64,
        now: UnixMillis,
    ) -> sqlx::Result<bool> {
        let sql = "UPDATE draft SET content = ?, revision = revision + 1, changed_by = ?, changed_at = ?
            WHERE id = ? AND revision = ?
            AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.draft = draft.id AND p.state <> 'withdrawn')";
        let query = sqlx::query(sql)
            .bind(written(content)?)
            .bind(by)
            .bind(ms(now));
        let query = query.bind(id).bind(i64::try_from(revision).unwrap_or(-1));
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }
}

fn draft(row: &SqliteRow) -> sqlx::Result<StoredDraft> {
    let content = serde_json::from_str(row.try_get(2)?);
    Ok(StoredDraft {
        id: row.try_get(0)?,
        revision: unsigned(row.try_get(1)?),
        content: content.map_err(|e| sqlx::Error::Decode(e.into()))?,
        changed_by: row.try_get(3)?,
        changed_at: UnixMillis::new(unsigned(row.try_get(4)?)),
        founding: row.try_get(5)?,
    })
}

fn written(content: &Draft) -> sqlx::Result<String> {
    serde_json::to_string(content).map_err(|e| sqlx::Error::Encode(e.into()))
}

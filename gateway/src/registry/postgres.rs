//! The registry of all gateways on one database: tables that only the registrar's user can read.

use super::rows::{RegistryColumns, class};
use super::{
    RegistryStorage, ReportedRow, RollCounts, RollImport, SelfCheck, SelfChecks, StoredCode,
    StoredNotice,
};
use crate::rolls::{RollHash, RollRow};
use crate::store::rows::{Columns, signed};
use crate::store::{PostgresStore, StoreError};
use async_trait::async_trait;
use sqlx::{PgConnection, PgPool, Row};
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// Rows a statement.
const ROWS: usize = 5_000;
/// How many rows that have served their time go with each write.
const TIDIED: i64 = 20;

/// The registry of a PostgreSQL store. Its connections are the store's.
pub struct PostgresRegistry(PostgresStore);

impl PostgresRegistry {
    /// The registry beside a store.
    #[must_use]
    pub const fn new(store: PostgresStore) -> Self {
        Self(store)
    }

    fn pool(&self) -> PgPool {
        self.0.readers()
    }

    /// Runs a transaction to its end, whether its caller is still there or not: a connection that was
    /// left in the middle of one would go back to the others with it.
    async fn whole<T: Send + 'static>(
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = tokio::spawn(work).await;
        done.unwrap_or(Err(StoreError::Timeout))
    }
}

#[async_trait]
impl RegistryStorage for PostgresRegistry {
    async fn roll(&self) -> Result<Vec<RollRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT import, number, class, outcome, ci, person FROM registrar.roll_row
             WHERE outcome = 'accepted'",
        )
        .fetch_all(&self.pool())
        .await?;
        rows.iter().map(|row| Ok(row.reported()?.row)).collect()
    }

    async fn import_roll(&self, import: &RollImport) -> Result<Option<u64>, StoreError> {
        let (pool, rows) = (self.pool(), import.rows.clone());
        let after = signed(import.after, "import")?;
        let time = signed(import.time.get(), "time")?;
        let replaced = import.replaced.iter().map(|class| i64::from(class.get()));
        let replaced: Vec<i64> = replaced.collect();
        Self::whole(async move {
            let mut open = pool.begin().await?;
            // Of two at once the second waits here for the first, and finds its number taken.
            let row = sqlx::query(
                "INSERT INTO registrar.roll_import (number, time) OVERRIDING SYSTEM VALUE
                 SELECT $1 + 1, $2
                 WHERE (SELECT coalesce(max(number), 0) FROM registrar.roll_import) = $1
                 ON CONFLICT DO NOTHING RETURNING number",
            )
            .bind(after)
            .bind(time)
            .fetch_optional(&mut *open)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let number: i64 = row.try_get(0)?;
            sqlx::query("DELETE FROM registrar.roll_row WHERE class = ANY($1)")
                .bind(replaced)
                .execute(&mut *open)
                .await?;
            for rows in rows.chunks(ROWS) {
                put_rows(&mut open, number, rows).await?;
            }
            open.commit().await?;
            let number = u64::try_from(number).map_err(|_| StoreError::Value("import"));
            number.map(Some)
        })
        .await
    }

    async fn last_import(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT coalesce(max(number), 0) FROM registrar.roll_import")
            .fetch_one(&self.pool())
            .await?;
        row.number(0, "import")
    }

    async fn roll_counts(&self) -> Result<RollCounts, StoreError> {
        let rows = sqlx::query(
            "SELECT NULL::bigint, coalesce(max(number), 0) FROM registrar.roll_import
             UNION ALL
             SELECT class, count(*) FROM registrar.roll_row
             WHERE outcome = 'accepted' AND class IS NOT NULL GROUP BY class",
        )
        .fetch_all(&self.pool())
        .await?;
        let mut counts = RollCounts::default();
        for row in &rows {
            row.add_to_rolls(&mut counts)?;
        }
        Ok(counts)
    }

    async fn roll_rows(
        &self,
        after: (u64, u64),
        unsettled: bool,
        limit: u32,
    ) -> Result<Vec<ReportedRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT import, number, class, outcome, ci, person FROM registrar.roll_row
             WHERE (import, number) > ($1, $2)
             AND (NOT $3 OR outcome NOT IN ('accepted', 'same-ci', 'same-person'))
             ORDER BY import, number LIMIT $4",
        )
        .bind(signed(after.0, "import")?)
        .bind(signed(after.1, "row")?)
        .bind(unsettled)
        .bind(i64::from(limit))
        .fetch_all(&self.pool())
        .await?;
        rows.iter().map(|row| row.reported()).collect()
    }

    async fn roll_classes(
        &self,
        ci: &RollHash,
        person: Option<&RollHash>,
    ) -> Result<Vec<ClassIndex>, StoreError> {
        let rows = sqlx::query(
            "SELECT class FROM registrar.roll_row
             WHERE outcome = 'accepted' AND ci IS NOT NULL AND ci = $1
             UNION
             SELECT class FROM registrar.roll_row
             WHERE outcome = 'accepted' AND ci IS NULL AND person = $2",
        )
        .bind(ci.as_bytes().as_slice())
        .bind(person.map(|person| person.as_bytes().as_slice()))
        .fetch_all(&self.pool())
        .await?;
        rows.iter().map(|row| class(row.try_get(0)?)).collect()
    }

    async fn keep_namespace(&self, name: &str) -> Result<String, StoreError> {
        sqlx::query(
            "INSERT INTO registrar.person_namespace (id, name) VALUES (1, $1)
             ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .execute(&self.pool())
        .await?;
        let row = sqlx::query("SELECT name FROM registrar.person_namespace")
            .fetch_one(&self.pool())
            .await?;
        Ok(row.try_get(0)?)
    }

    async fn use_transaction(
        &self,
        id: &[u8; 32],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "WITH gone AS (DELETE FROM registrar.provider_transaction WHERE id IN
                 (SELECT id FROM registrar.provider_transaction WHERE expires <= $3 LIMIT $4))
             INSERT INTO registrar.provider_transaction (id, expires) VALUES ($1, $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.as_slice())
        .bind(signed(expires.get(), "time")?)
        .bind(signed(now.get(), "time")?)
        .bind(TIDIED)
        .execute(&self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn put_eligibility(
        &self,
        pseudonym: &Pseudonym,
        outcome: &str,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO registrar.eligibility (pseudonym, outcome, time) VALUES ($1, $2, $3)
             ON CONFLICT (pseudonym)
             DO UPDATE SET outcome = excluded.outcome, time = excluded.time",
        )
        .bind(pseudonym.as_bytes().as_slice())
        .bind(outcome)
        .bind(signed(now.get(), "time")?)
        .execute(&self.pool())
        .await?;
        Ok(())
    }

    async fn confirm(
        &self,
        pseudonym: &Pseudonym,
        requirement: &str,
        desk: &str,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO registrar.confirmation (pseudonym, requirement, desk, time)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(pseudonym.as_bytes().as_slice())
        .bind(requirement)
        .bind(desk)
        .bind(signed(now.get(), "time")?)
        .execute(&self.pool())
        .await?;
        Ok(())
    }

    async fn confirmed(&self, pseudonym: &Pseudonym) -> Result<Vec<String>, StoreError> {
        let rows =
            sqlx::query("SELECT requirement FROM registrar.confirmation WHERE pseudonym = $1")
                .bind(pseudonym.as_bytes().as_slice())
                .fetch_all(&self.pool())
                .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    async fn put_code(&self, code: &StoredCode, now: UnixMillis) -> Result<bool, StoreError> {
        let (pool, code, now) = (self.pool(), code.clone(), signed(now.get(), "time")?);
        Self::whole(async move {
            let mut open = pool.begin().await?;
            sqlx::query(
                "DELETE FROM registrar.kiosk_code
                 WHERE pseudonym = $1 OR (locator = $2 AND expires <= $3)",
            )
            .bind(code.pseudonym.as_bytes().as_slice())
            .bind(code.locator.as_slice())
            .bind(now)
            .execute(&mut *open)
            .await?;
            // Another gateway may be issuing one for the same person: then this one is not kept.
            let done = sqlx::query(
                "INSERT INTO registrar.kiosk_code
                     (locator, secret, pseudonym, class, desk, expires, tries)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(code.locator.as_slice())
            .bind(code.secret.as_slice())
            .bind(code.pseudonym.as_bytes().as_slice())
            .bind(i64::from(code.class.get()))
            .bind(&code.desk)
            .bind(signed(code.expires.get(), "time")?)
            .bind(i64::from(code.tries))
            .execute(&mut *open)
            .await?;
            // A locator that is taken leaves the person's former code as it was.
            let kept = done.rows_affected() == 1;
            match kept {
                true => open.commit().await?,
                false => open.rollback().await?,
            }
            Ok(kept)
        })
        .await
    }

    async fn try_code(
        &self,
        locator: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<StoredCode>, StoreError> {
        let row = sqlx::query(
            "UPDATE registrar.kiosk_code SET tries = tries - 1
             WHERE locator = $1 AND tries > 0 AND expires > $2
             RETURNING locator, secret, pseudonym, class, desk, expires, tries",
        )
        .bind(locator.as_slice())
        .bind(signed(now.get(), "time")?)
        .fetch_optional(&self.pool())
        .await?;
        row.as_ref().map(|row| row.code()).transpose()
    }

    async fn use_code(&self, code: &StoredCode) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM registrar.kiosk_code WHERE locator = $1 AND secret = $2")
                .bind(code.locator.as_slice())
                .bind(code.secret.as_slice())
                .execute(&self.pool())
                .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn end_session(
        &self,
        id: &[u8; 16],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH gone AS (DELETE FROM registrar.ended_session WHERE id IN
                 (SELECT id FROM registrar.ended_session WHERE expires <= $3 LIMIT $4))
             INSERT INTO registrar.ended_session (id, expires) VALUES ($1, $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.as_slice())
        .bind(signed(expires.get(), "time")?)
        .bind(signed(now.get(), "time")?)
        .bind(TIDIED)
        .execute(&self.pool())
        .await?;
        Ok(())
    }

    async fn session_ended(&self, id: &[u8; 16]) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM registrar.ended_session WHERE id = $1")
            .bind(id.as_slice())
            .fetch_optional(&self.pool())
            .await?;
        Ok(row.is_some())
    }

    async fn count_check(&self, what: SelfCheck) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO registrar.self_check AS counted (what, times) VALUES ($1, 1)
             ON CONFLICT (what) DO UPDATE SET times = counted.times + 1",
        )
        .bind(what.name())
        .execute(&self.pool())
        .await?;
        Ok(())
    }

    async fn checks(&self) -> Result<SelfChecks, StoreError> {
        let rows = sqlx::query("SELECT what, times FROM registrar.self_check")
            .fetch_all(&self.pool())
            .await?;
        let mut counts = SelfChecks::default();
        for row in &rows {
            row.add_to(&mut counts)?;
        }
        Ok(counts)
    }

    async fn put_notice(
        &self,
        event: &str,
        notice: &StoredNotice,
        most: u32,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO registrar.notice (id, event, contact, attempts, due)
             SELECT $1, $2, $3, 0, 0 WHERE (SELECT count(*) FROM registrar.notice) < $4
             ON CONFLICT (id) DO UPDATE SET contact = excluded.contact",
        )
        .bind(notice.id.as_slice())
        .bind(event)
        .bind(&notice.sealed)
        .bind(i64::from(most))
        .execute(&self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn take_notices(
        &self,
        event: &str,
        now: UnixMillis,
        held: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        let rows = sqlx::query(
            "UPDATE registrar.notice SET attempts = attempts + 1, due = $3 WHERE id IN
                 (SELECT id FROM registrar.notice WHERE event = $1 AND due <= $2 LIMIT $4 FOR UPDATE SKIP LOCKED)
             RETURNING id, contact, attempts",
        )
        .bind(event)
        .bind(signed(now.get(), "time")?)
        .bind(signed(held.get(), "time")?)
        .bind(i64::from(limit))
        .fetch_all(&self.pool())
        .await?;
        rows.iter().map(|row| row.notice()).collect()
    }

    async fn retry_notice(&self, id: &[u8; 32], due: UnixMillis) -> Result<(), StoreError> {
        sqlx::query("UPDATE registrar.notice SET due = $2 WHERE id = $1")
            .bind(id.as_slice())
            .bind(signed(due.get(), "time")?)
            .execute(&self.pool())
            .await?;
        Ok(())
    }

    async fn drop_notice(&self, id: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM registrar.notice WHERE id = $1")
            .bind(id.as_slice())
            .execute(&self.pool())
            .await?;
        Ok(())
    }

    async fn drop_notices(&self, event: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM registrar.notice WHERE event = $1")
            .bind(event)
            .execute(&self.pool())
            .await?;
        Ok(())
    }

    /// The connections are the store's, which closes them.
    async fn close(&self) {}
}

async fn put_rows(
    open: &mut PgConnection,
    import: i64,
    rows: &[RollRow],
) -> Result<(), StoreError> {
    let bytes = |hash: Option<RollHash>| hash.map(|hash| hash.as_bytes().to_vec());
    let numbers = rows.iter().map(|row| signed(row.number, "row"));
    let classes = rows.iter().map(|row| row.class.map(|c| i64::from(c.get())));
    let outcomes = rows.iter().map(|row| row.outcome.code());
    sqlx::query(
        "INSERT INTO registrar.roll_row (import, number, class, outcome, ci, person)
         SELECT $1, * FROM UNNEST($2::bigint[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[])",
    )
    .bind(import)
    .bind(numbers.collect::<Result<Vec<i64>, _>>()?)
    .bind(classes.collect::<Vec<_>>())
    .bind(outcomes.collect::<Vec<&str>>())
    .bind(rows.iter().map(|row| bytes(row.ci)).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| bytes(row.person)).collect::<Vec<_>>())
    .execute(open)
    .await?;
    Ok(())
}

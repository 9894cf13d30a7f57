//! The registry of one gateway process: an SQLite file in its data folder.
//!
//! `synchronous=NORMAL`: a power loss may forget the last moments, in which case a person verifies
//! their identity again. Whether they may vote again is decided by the log's store alone.

use super::rows::{RegistryColumns, class};
use super::{
    RegistryStorage, ReportedRow, RollCounts, RollImport, SelfCheck, SelfChecks, StoredCode,
    StoredNotice,
};
use crate::rolls::{RollHash, RollRow};
use crate::store::StoreError;
use crate::store::rows::{Columns, signed};
use crate::store::schema::{Numbered, migrator};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};
use std::path::Path;
use std::time::Duration;
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// The file's name in a data folder.
const FILE_NAME: &str = "registry.sqlite";
/// How long a statement waits for another process's lock: an import takes seconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// Connections; one writes at a time.
const CONNECTIONS: u32 = 4;
/// Rows a statement: SQLite allows 32,766 variables.
const ROWS: usize = 2_000;
/// How many rows that have served their time go with each write.
const TIDIED: u32 = 20;

const MIGRATIONS: [Numbered; 4] = [
    (
        "registry",
        include_str!("../../migrations/registry-sqlite/0001_registry.sql"),
    ),
    (
        "checks",
        include_str!("../../migrations/registry-sqlite/0002_checks.sql"),
    ),
    (
        "notices",
        include_str!("../../migrations/registry-sqlite/0003_notices.sql"),
    ),
    (
        "person namespace",
        include_str!("../../migrations/registry-sqlite/0004_person_namespace.sql"),
    ),
];

/// An opened SQLite registry.
pub struct SqliteRegistry(SqlitePool);

impl SqliteRegistry {
    /// Opens the registry of a data folder, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Schema`] and the database's own.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(FILE_NAME))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .pragma("cache_size", "-65536")
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
        let pool = pool.connect_with(options).await?;
        let migrated = migrator(&MIGRATIONS).run(&pool).await;
        migrated.map_err(StoreError::Schema)?;
        Ok(Self(pool))
    }
}

#[async_trait]
impl RegistryStorage for SqliteRegistry {
    async fn roll(&self) -> Result<Vec<RollRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT import, number, class, outcome, ci, person FROM roll_row
             WHERE outcome = 'accepted'",
        )
        .fetch_all(&self.0)
        .await?;
        rows.iter().map(|row| Ok(row.reported()?.row)).collect()
    }

    async fn import_roll(&self, import: &RollImport) -> Result<Option<u64>, StoreError> {
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query(
            "INSERT INTO roll_import (number, time) SELECT ?1 + 1, ?2
             WHERE (SELECT coalesce(max(number), 0) FROM roll_import) = ?1 RETURNING number",
        )
        .bind(signed(import.after, "import")?)
        .bind(signed(import.time.get(), "time")?)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let number: i64 = row.try_get(0)?;
        for class in &import.replaced {
            sqlx::query("DELETE FROM roll_row WHERE class = ?")
                .bind(i64::from(class.get()))
                .execute(&mut *transaction)
                .await?;
        }
        for rows in import.rows.chunks(ROWS) {
            put_rows(&mut transaction, number, rows).await?;
        }
        transaction.commit().await?;
        let number = u64::try_from(number).map_err(|_| StoreError::Value("import"));
        number.map(Some)
    }

    async fn last_import(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT coalesce(max(number), 0) FROM roll_import")
            .fetch_one(&self.0)
            .await?;
        row.number(0, "import")
    }

    async fn roll_counts(&self) -> Result<RollCounts, StoreError> {
        let rows = sqlx::query(
            "SELECT NULL, coalesce(max(number), 0) FROM roll_import
             UNION ALL
             SELECT class, count(*) FROM roll_row
             WHERE outcome = 'accepted' AND class IS NOT NULL GROUP BY class",
        )
        .fetch_all(&self.0)
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
            "SELECT import, number, class, outcome, ci, person FROM roll_row
             WHERE (import, number) > (?, ?)
             AND (NOT ? OR outcome NOT IN ('accepted', 'same-ci', 'same-person'))
             ORDER BY import, number LIMIT ?",
        )
        .bind(signed(after.0, "import")?)
        .bind(signed(after.1, "row")?)
        .bind(unsettled)
        .bind(limit)
        .fetch_all(&self.0)
        .await?;
        rows.iter().map(|row| row.reported()).collect()
    }

    async fn roll_classes(
        &self,
        ci: &RollHash,
        person: Option<&RollHash>,
    ) -> Result<Vec<ClassIndex>, StoreError> {
        let rows = sqlx::query(
            "SELECT class FROM roll_row WHERE outcome = 'accepted' AND ci IS NOT NULL AND ci = ?
             UNION
             SELECT class FROM roll_row WHERE outcome = 'accepted' AND ci IS NULL AND person = ?",
        )
        .bind(ci.as_bytes().as_slice())
        .bind(person.map(|person| person.as_bytes().as_slice()))
        .fetch_all(&self.0)
        .await?;
        rows.iter().map(|row| class(row.try_get(0)?)).collect()
    }

    async fn keep_namespace(&self, name: &str) -> Result<String, StoreError> {
        sqlx::query("INSERT INTO person_namespace (id, name) VALUES (1, ?) ON CONFLICT DO NOTHING")
            .bind(name)
            .execute(&self.0)
            .await?;
        let row = sqlx::query("SELECT name FROM person_namespace")
            .fetch_one(&self.0)
            .await?;
        Ok(row.try_get(0)?)
    }

    async fn use_transaction(
        &self,
        id: &[u8; 32],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        self.tidy(
            "DELETE FROM provider_transaction WHERE id IN
            (SELECT id FROM provider_transaction WHERE expires <= ? LIMIT ?)",
            now,
        )
        .await?;
        let done = sqlx::query(
            "INSERT INTO provider_transaction (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(id.as_slice())
        .bind(signed(expires.get(), "time")?)
        .execute(&self.0)
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
            "INSERT INTO eligibility (pseudonym, outcome, time) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET outcome = excluded.outcome, time = excluded.time",
        )
        .bind(pseudonym.as_bytes().as_slice())
        .bind(outcome)
        .bind(signed(now.get(), "time")?)
        .execute(&self.0)
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
            "INSERT INTO confirmation (pseudonym, requirement, desk, time) VALUES (?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(pseudonym.as_bytes().as_slice())
        .bind(requirement)
        .bind(desk)
        .bind(signed(now.get(), "time")?)
        .execute(&self.0)
        .await?;
        Ok(())
    }

    async fn confirmed(&self, pseudonym: &Pseudonym) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT requirement FROM confirmation WHERE pseudonym = ?")
            .bind(pseudonym.as_bytes().as_slice())
            .fetch_all(&self.0)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    async fn put_code(&self, code: &StoredCode, now: UnixMillis) -> Result<bool, StoreError> {
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM kiosk_code WHERE pseudonym = ? OR (locator = ? AND expires <= ?)")
            .bind(code.pseudonym.as_bytes().as_slice())
            .bind(code.locator.as_slice())
            .bind(signed(now.get(), "time")?)
            .execute(&mut *transaction)
            .await?;
        let done = sqlx::query(
            "INSERT INTO kiosk_code (locator, secret, pseudonym, class, desk, expires, tries)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (locator) DO NOTHING",
        )
        .bind(code.locator.as_slice())
        .bind(code.secret.as_slice())
        .bind(code.pseudonym.as_bytes().as_slice())
        .bind(i64::from(code.class.get()))
        .bind(&code.desk)
        .bind(signed(code.expires.get(), "time")?)
        .bind(code.tries)
        .execute(&mut *transaction)
        .await?;
        // A locator that is taken leaves the person's former code as it was.
        if done.rows_affected() == 1 {
            transaction.commit().await?;
        }
        Ok(done.rows_affected() == 1)
    }

    async fn try_code(
        &self,
        locator: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<StoredCode>, StoreError> {
        let row = sqlx::query(
            "UPDATE kiosk_code SET tries = tries - 1
             WHERE locator = ? AND tries > 0 AND expires > ?
             RETURNING locator, secret, pseudonym, class, desk, expires, tries",
        )
        .bind(locator.as_slice())
        .bind(signed(now.get(), "time")?)
        .fetch_optional(&self.0)
        .await?;
        row.as_ref().map(|row| row.code()).transpose()
    }

    async fn use_code(&self, code: &StoredCode) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM kiosk_code WHERE locator = ? AND secret = ?")
            .bind(code.locator.as_slice())
            .bind(code.secret.as_slice())
            .execute(&self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn end_session(
        &self,
        id: &[u8; 16],
        expires: UnixMillis,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        self.tidy(
            "DELETE FROM ended_session WHERE id IN
            (SELECT id FROM ended_session WHERE expires <= ? LIMIT ?)",
            now,
        )
        .await?;
        sqlx::query("INSERT INTO ended_session (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(id.as_slice())
            .bind(signed(expires.get(), "time")?)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    async fn session_ended(&self, id: &[u8; 16]) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM ended_session WHERE id = ?")
            .bind(id.as_slice())
            .fetch_optional(&self.0)
            .await?;
        Ok(row.is_some())
    }

    async fn count_check(&self, what: SelfCheck) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO self_check AS counted (what, times) VALUES (?, 1)
             ON CONFLICT (what) DO UPDATE SET times = counted.times + 1",
        )
        .bind(what.name())
        .execute(&self.0)
        .await?;
        Ok(())
    }

    async fn checks(&self) -> Result<SelfChecks, StoreError> {
        let rows = sqlx::query("SELECT what, times FROM self_check")
            .fetch_all(&self.0)
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
            "INSERT INTO notice (id, event, contact, attempts, due)
             SELECT ?1, ?2, ?3, 0, 0 WHERE (SELECT count(*) FROM notice) < ?4
             ON CONFLICT (id) DO UPDATE SET contact = excluded.contact",
        )
        .bind(notice.id.as_slice())
        .bind(event)
        .bind(&notice.sealed)
        .bind(most)
        .execute(&self.0)
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
            "UPDATE notice SET attempts = attempts + 1, due = ?3 WHERE id IN
                 (SELECT id FROM notice WHERE event = ?1 AND due <= ?2 LIMIT ?4)
             RETURNING id, contact, attempts",
        )
        .bind(event)
        .bind(signed(now.get(), "time")?)
        .bind(signed(held.get(), "time")?)
        .bind(limit)
        .fetch_all(&self.0)
        .await?;
        rows.iter().map(|row| row.notice()).collect()
    }

    async fn retry_notice(&self, id: &[u8; 32], due: UnixMillis) -> Result<(), StoreError> {
        sqlx::query("UPDATE notice SET due = ?2 WHERE id = ?1")
            .bind(id.as_slice())
            .bind(signed(due.get(), "time")?)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    async fn drop_notice(&self, id: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM notice WHERE id = ?1")
            .bind(id.as_slice())
            .execute(&self.0)
            .await?;
        Ok(())
    }

    async fn drop_notices(&self, event: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM notice WHERE event = ?1")
            .bind(event)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

impl SqliteRegistry {
    async fn tidy(&self, sql: &'static str, now: UnixMillis) -> Result<(), StoreError> {
        sqlx::query(sql)
            .bind(signed(now.get(), "time")?)
            .bind(TIDIED)
            .execute(&self.0)
            .await?;
        Ok(())
    }
}

async fn put_rows(
    connection: &mut SqliteConnection,
    import: i64,
    rows: &[RollRow],
) -> Result<(), StoreError> {
    let numbers = rows.iter().map(|row| signed(row.number, "row"));
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO roll_row (import, number, class, outcome, ci, person) ",
    );
    query.push_values(rows.iter().zip(numbers), |mut values, (row, number)| {
        values
            .push_bind(import)
            .push_bind(number)
            .push_bind(row.class.map(|class| i64::from(class.get())))
            .push_bind(row.outcome.code())
            .push_bind(row.ci.map(|hash| hash.as_bytes().to_vec()))
            .push_bind(row.person.map(|hash| hash.as_bytes().to_vec()));
    });
    query.build().execute(connection).await?;
    Ok(())
}

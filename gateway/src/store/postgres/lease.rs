//! Who sequences: terms, taken when the former holder's time is over.
//!
//! Times are the database's, so gateways' clocks do not matter. Nothing depends on a holder keeping
//! to its time: taking a term moves the head's term as well, and from then on no commit of the former
//! term succeeds. A term is taken after the commit that is under way, if any, has ended.

use super::PostgresStore;
use crate::store::StoreError;
use crate::store::rows::{Columns, signed};
use sqlx::{Connection, PgConnection, Row};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long asking for the lease may take.
const ASK: Duration = Duration::from_secs(5);

/// The lease as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseState {
    /// The holder's term.
    pub epoch: u64,
    /// The random name of the holder's process.
    pub holder: String,
    /// Where the holder takes what is to be appended, HOST:PORT.
    pub address: String,
    /// Whether another may take over.
    pub over: bool,
    /// How many entries the log has.
    pub size: u64,
}

/// One process's way to the lease, over a connection of its own: it must not wait for readers.
#[derive(Clone)]
pub struct Lease {
    store: PostgresStore,
    connection: Arc<Mutex<Option<PgConnection>>>,
    holder: String,
    address: String,
    length: Duration,
}

impl Lease {
    /// For a process with a random name, reached by the others at an address; a term ends when it
    /// has not been renewed for `length`.
    #[must_use]
    pub fn new(store: PostgresStore, holder: String, address: String, length: Duration) -> Self {
        Self {
            store,
            connection: Arc::default(),
            holder,
            address,
            length,
        }
    }

    /// This process's name.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// The lease and the head, as committed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<LeaseState, StoreError> {
        self.ask(read).await
    }

    /// Looks for the primary again; whether it is another server now.
    ///
    /// # Errors
    /// [`StoreError::NoPrimary`] if none of the listed servers is one.
    pub async fn look_again(&self) -> Result<bool, StoreError> {
        let moved = self.store.look_again().await?;
        if moved {
            *self.connection.lock().await = None;
        }
        Ok(moved)
    }

    /// Takes the next term if the one of `seen` is over or this process's own; its epoch, or `None` if another came first.
    ///
    /// # Errors
    /// [`StoreError`]; whether the term was taken is then unknown. It is over soon in any case.
    pub async fn take(&self, seen: &LeaseState) -> Result<Option<u64>, StoreError> {
        self.ask(async |connection| self.take_with(connection, seen).await)
            .await
    }

    /// Holds a term for another `length`; whether it still is this process's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew(&self, epoch: u64) -> Result<bool, StoreError> {
        self.set_end(epoch, self.length).await
    }

    /// Ends a term at once, so that another need not wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, epoch: u64) -> Result<bool, StoreError> {
        self.set_end(epoch, Duration::ZERO).await
    }

    async fn take_with(
        &self,
        connection: &mut PgConnection,
        seen: &LeaseState,
    ) -> Result<Option<u64>, StoreError> {
        let next = seen.epoch + 1;
        let mut open = connection.begin().await?;
        let taken = sqlx::query(
            "UPDATE lease SET epoch = $2, holder = $3, address = $4,
                 until = clock_timestamp() + $5 * interval '1 millisecond'
             WHERE epoch = $1 AND (until <= clock_timestamp() OR holder = $3)",
        )
        .bind(signed(seen.epoch, "epoch")?)
        .bind(signed(next, "epoch")?)
        .bind(&self.holder)
        .bind(&self.address)
        .bind(millis(self.length))
        .execute(&mut *open)
        .await?;
        let fenced = sqlx::query("UPDATE head SET epoch = $2 WHERE epoch = $1")
            .bind(signed(seen.epoch, "epoch")?)
            .bind(signed(next, "epoch")?)
            .execute(&mut *open)
            .await?;
        if (taken.rows_affected(), fenced.rows_affected()) != (1, 1) {
            open.rollback().await?;
            return Ok(None);
        }
        open.commit().await?;
        Ok(Some(next))
    }

    async fn set_end(&self, epoch: u64, length: Duration) -> Result<bool, StoreError> {
        let epoch = signed(epoch, "epoch")?;
        let renewed = self.ask(async |connection| {
            let query = sqlx::query(
                "UPDATE lease SET until = clock_timestamp() + $3 * interval '1 millisecond'
                 WHERE epoch = $1 AND holder = $2",
            );
            let query = query.bind(epoch).bind(&self.holder).bind(millis(length));
            Ok(query.execute(connection).await?.rows_affected())
        });
        Ok(renewed.await? == 1)
    }

    /// Runs something on the connection, which is kept only if it went well.
    async fn ask<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = self.connection.lock().await;
        let kept = slot.take();
        let asking = async {
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.store.connect_to_primary().await?,
            };
            let answer = work(&mut connection).await?;
            Ok::<_, StoreError>((connection, answer))
        };
        let (connection, answer) = timeout(ASK, asking)
            .await
            .map_err(|_| StoreError::Timeout)??;
        *slot = Some(connection);
        Ok(answer)
    }
}

async fn read(connection: &mut PgConnection) -> Result<LeaseState, StoreError> {
    let row = sqlx::query(
        "SELECT lease.epoch, head.size, lease.holder, lease.address,
                lease.until <= clock_timestamp()
         FROM lease, head",
    )
    .fetch_one(connection)
    .await?;
    Ok(LeaseState {
        epoch: row.number(0, "epoch")?,
        size: row.number(1, "size")?,
        holder: row.try_get(2)?,
        address: row.try_get(3)?,
        over: row.try_get(4)?,
    })
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

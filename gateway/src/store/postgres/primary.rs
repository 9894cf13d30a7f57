//! Which of the listed servers is the primary.
//!
//! A server in recovery is a standby. Of two that both believe to be primary, the one on the higher
//! timeline was promoted later: the other is what a failover left behind.

use crate::store::{BOARD_READERS, StoreError};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Row};
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take to let someone in.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a request waits for a connection to read with.
const ACQUIRE: Duration = Duration::from_secs(3);
/// Connections for reading.
const READERS: u32 = 8;

/// Where the database is.
#[derive(Clone)]
pub struct PostgresOptions {
    servers: Vec<PgConnectOptions>,
    readers: u32,
    allow_asynchronous: bool,
}

impl PostgresOptions {
    /// The servers of one database, primary and standbys in any order, as
    /// `postgres://user@host:port/database`; a password may stand in the file that `PGPASSFILE`
    /// names.
    ///
    /// # Errors
    /// [`StoreError::Url`], without repeating the URL: it may hold a password.
    pub fn new<'a>(urls: impl IntoIterator<Item = &'a str>) -> Result<Self, StoreError> {
        let mut servers = Vec::new();
        for url in urls {
            let scheme = url.split("://").next();
            if !matches!(scheme, Some("postgres" | "postgresql")) {
                return Err(StoreError::Url);
            }
            let server = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url)?;
            servers.push(server.application_name("hanpyo"));
        }
        let readers = READERS;
        match servers.is_empty() {
            true => Err(StoreError::Url),
            false => Ok(Self {
                servers,
                readers,
                allow_asynchronous: false,
            }),
        }
    }

    /// With another number of connections for reading.
    #[must_use]
    pub fn readers(mut self, readers: u32) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// Whether a primary among several servers may confirm what no other server has.
    #[must_use]
    pub fn allow_asynchronous(mut self, allowed: bool) -> Self {
        self.allow_asynchronous = allowed;
        self
    }

    /// Whether what the primary confirms must be on another server: one that is listed may be
    /// promoted.
    pub(super) fn needs_standby(&self) -> bool {
        self.servers.len() > 1 && !self.allow_asynchronous
    }
}

/// Whose connections are read over.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// Those of everybody who asks something of the gateway.
    Requests,
    /// Those of whoever reads the log from the board.
    Board,
}

/// The primary as it was last found.
pub(super) struct Primary {
    options: PostgresOptions,
    current: RwLock<Current>,
}

#[derive(Clone)]
struct Current {
    server: usize,
    timeline: u32,
    readers: PgPool,
    board: PgPool,
}

impl Primary {
    pub(super) async fn find(options: PostgresOptions) -> Result<Self, StoreError> {
        let (server, timeline) = newest(&options.servers).await?;
        let current = RwLock::new(Current::new(&options, server, timeline));
        Ok(Self { options, current })
    }

    /// Looks at every server again; whether another is the primary now.
    pub(super) async fn look_again(&self) -> Result<bool, StoreError> {
        let (server, timeline) = newest(&self.options.servers).await?;
        let former = self.current();
        // A server of an older timeline is never gone back to: it may still believe to be primary.
        if timeline < former.timeline {
            return Err(StoreError::NoPrimary);
        }
        if (server, timeline) == (former.server, former.timeline) {
            return Ok(false);
        }
        let next = Current::new(&self.options, server, timeline);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        tracing::warn!(server, timeline, "another server is the primary");
        tokio::spawn(async move { former.close().await });
        Ok(true)
    }

    pub(super) fn needs_standby(&self) -> bool {
        self.options.needs_standby()
    }

    pub(super) fn readers(&self, reading: Reading) -> PgPool {
        let current = self.current();
        match reading {
            Reading::Requests => current.readers,
            Reading::Board => current.board,
        }
    }

    /// A connection that may write.
    pub(super) async fn connect_to_write(&self) -> sqlx::Result<PgConnection> {
        let Current {
            server, timeline, ..
        } = self.current();
        let server = self.options.servers.get(server).cloned();
        let mut connection = writing(server.unwrap_or_default()).connect().await?;
        admit(&mut connection, timeline).await?;
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        self.current().close().await;
    }

    fn current(&self) -> Current {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Current {
    fn new(options: &PostgresOptions, server: usize, timeline: u32) -> Self {
        let reading = options.servers.get(server).cloned().unwrap_or_default();
        let reading = common(reading).options([("statement_timeout", "30s")]);
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE)
                .after_connect(move |connection, _| Box::pin(admit(connection, timeline)))
                .connect_lazy_with(reading.clone())
        };
        Self {
            server,
            timeline,
            readers: pool(options.readers),
            board: pool(BOARD_READERS),
        }
    }

    async fn close(self) {
        self.readers.close().await;
        self.board.close().await;
    }
}

/// Refuses a server that is not the primary that was found, and waits for a commit there.
async fn admit(connection: &mut PgConnection, timeline: u32) -> sqlx::Result<()> {
    match timeline_of(connection).await? {
        Some(found) if found >= timeline => {}
        _ => return Err(sqlx::Error::Protocol("not the primary".into())),
    }
    // An empty message in the write-ahead log: nothing but a commit to wait for. When it has
    // returned, everything that this server shows has reached its synchronous standby as well.
    sqlx::query("SELECT pg_logical_emit_message(true, 'hanpyo', '')::text")
        .execute(connection)
        .await?;
    Ok(())
}

/// The server that is not in recovery and has the highest timeline.
async fn newest(servers: &[PgConnectOptions]) -> Result<(usize, u32), StoreError> {
    let mut best = None;
    for (n, server) in servers.iter().enumerate() {
        let looked = timeout(CONNECT, look(server)).await;
        match looked {
            Ok(Ok(Some(timeline))) if best.is_none_or(|(_, found)| timeline > found) => {
                best = Some((n, timeline));
            }
            Ok(Err(error)) => {
                tracing::debug!(
                    server = n,
                    error = &error as &dyn std::error::Error,
                    "no answer"
                );
            }
            _ => {}
        }
    }
    best.ok_or(StoreError::NoPrimary)
}

async fn look(server: &PgConnectOptions) -> sqlx::Result<Option<u32>> {
    let mut connection = server.connect().await?;
    let timeline = timeline_of(&mut connection).await?;
    connection.close().await?;
    Ok(timeline)
}

/// `None` of a standby.
async fn timeline_of(connection: &mut PgConnection) -> sqlx::Result<Option<u32>> {
    let row = sqlx::query(
        "SELECT CASE WHEN NOT pg_is_in_recovery()
                THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END",
    )
    .fetch_one(connection)
    .await?;
    let digits: Option<String> = row.try_get(0)?;
    Ok(digits.and_then(|digits| u32::from_str_radix(&digits, 16).ok()))
}

/// Everything is looked up by a key, in tables that are empty when a statement is first planned and
/// hold millions of rows later: plans that read a whole table would be kept for far too long. What
/// then still must be read whole, such as a table of one row, seems to cost so much that statements
/// would be compiled every time. For the same reason a statement is planned once and not for each
/// call: its plan does not depend on what is asked for, and planning costs more than the look-ups.
fn common(server: PgConnectOptions) -> PgConnectOptions {
    server.options([
        ("search_path", "hanpyo"),
        ("synchronous_commit", "on"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("jit", "off"),
        ("plan_cache_mode", "force_generic_plan"),
    ])
}

/// A process that stops within a transaction must not keep its locks: the server ends it. There is
/// no limit on the commit itself, which may have to wait for a standby.
fn writing(server: PgConnectOptions) -> PgConnectOptions {
    common(server).options([
        ("idle_in_transaction_session_timeout", "2s"),
        ("lock_timeout", "3s"),
    ])
}

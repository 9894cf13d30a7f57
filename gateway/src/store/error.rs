//! What can go wrong with the store.

use std::path::PathBuf;
use thiserror::Error;

/// A failure of the store: ours, never a caller's.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is a store already.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The database holds an election already.
    #[error("the database holds an election already")]
    ElectionExists,
    /// There is no store.
    #[error("{0} does not exist: run `gateway create` first")]
    Missing(PathBuf),
    /// The database finds itself damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The schema is not one this gateway knows.
    #[error("the database's schema is not this gateway's")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// Another writer took the log over, or wrote to it meanwhile.
    #[error("another writer came first")]
    Fenced,
    /// None of the listed servers is a primary.
    #[error("none of the listed database servers is a primary that answers")]
    NoPrimary,
    /// A database's address that cannot be read.
    #[error("a database's address is not postgres://user@host:port/database")]
    Url,
    /// The database has an older schema, which only its owner changes.
    #[error("the database lacks migration {0}: run `gateway migrate` as its owner")]
    SchemaBehind(i64),
    /// The server may forget what it has confirmed.
    #[error("the database server runs with {0} off: what it confirms may be lost")]
    NotDurable(&'static str),
    /// Several servers, of which a promoted one may lack what was confirmed.
    #[error(
        "several database servers are listed and synchronous_standby_names is empty: after a fail-over \
         acknowledged ballots may be missing; set it, list one server, or say that it may be so with \
         database.allow_asynchronous"
    )]
    Asynchronous,
    /// The database took too long; what was asked may or may not have been done.
    #[error("the database took too long")]
    Timeout,
    /// A stored value that no gateway wrote.
    #[error("the stored {0} is not what a gateway writes")]
    Value(&'static str),
    /// The database refused or failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

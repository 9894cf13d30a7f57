//! What can go wrong with the store.

use std::path::PathBuf;
use thiserror::Error;

/// A failure of the store: ours, never a caller's.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is a store already.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// There is no store.
    #[error("{0} does not exist: run `gateway create` first")]
    Missing(PathBuf),
    /// The database finds itself damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The schema is not one this gateway knows.
    #[error("the database's schema is not this gateway's")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// A stored value that no gateway wrote.
    #[error("the stored {0} is not what a gateway writes")]
    Value(&'static str),
    /// The database refused or failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

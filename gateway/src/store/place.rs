//! Where an election is kept, as it is configured.

use super::postgres::PostgresOptions;
use super::{PostgresStore, Store, StoreError};
use crate::config::{DatabaseConfig, SecretError};
use std::path::PathBuf;
use thiserror::Error;

/// The folder of a SQLite store, or the servers of a PostgreSQL database.
#[derive(Clone)]
pub enum Place {
    /// A data folder.
    Folder(PathBuf),
    /// A database.
    Database(PostgresOptions),
}

/// Why there is no place.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// Neither is given.
    #[error("no data folder and no database: give --data, server.data_folder or database.url_file")]
    Neither,
    /// Both are given.
    #[error("a data folder and a database: which one holds the election?")]
    Both,
    /// The file of the URLs cannot be read.
    #[error("database.url_file")]
    Secret(#[from] SecretError),
    /// A URL cannot be read.
    #[error("database.url")]
    Url(#[from] StoreError),
}

impl Place {
    /// The configured database, or the folder.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn new(database: &DatabaseConfig, folder: Option<PathBuf>) -> Result<Self, PlaceError> {
        match (database.url()?, folder) {
            (None, None) => Err(PlaceError::Neither),
            (None, Some(folder)) => Ok(Self::Folder(folder)),
            (Some(_), Some(_)) => Err(PlaceError::Both),
            (Some(urls), None) => {
                let options = PostgresOptions::new(urls.reveal().split_whitespace())?;
                let options = options.readers(database.readers);
                let options = options.allow_asynchronous(database.allow_asynchronous);
                Ok(Self::Database(options))
            }
        }
    }

    /// Opens what is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(&self) -> Result<Store, StoreError> {
        match self {
            Self::Folder(folder) => Store::open(folder).await,
            Self::Database(options) => Ok(Store::new(PostgresStore::open(options).await?)),
        }
    }
}

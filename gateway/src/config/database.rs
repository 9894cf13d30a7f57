//! Where the election is kept, and this gateway's place among those that share it.

use super::{ConfigError, Secret, SecretError, within};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `[database]`. Without a URL the election is the SQLite file of `server.data_folder`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The PostgreSQL servers of the election's database, primary and standbys in any order, as
    /// `postgres://user@host:port/database` with spaces between them; from the environment alone.
    #[serde(skip_serializing)]
    pub url: Option<Secret>,
    /// A file that holds them.
    pub url_file: Option<PathBuf>,
    /// Connections for reading; 1 to 1000.
    pub readers: u32,
    /// Whether a gateway starts although several servers are listed and the primary has no
    /// synchronous standby: after a fail-over, until there is a standby again.
    pub allow_asynchronous: bool,
}

/// `[cluster]`. Only with a PostgreSQL database, which any number of gateways share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Where the other gateways reach this one; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that they are told, HOST:PORT; unset, it is the one above.
    pub address: Option<String>,
    /// After how long without a sign of the sequencing gateway another takes over, in milliseconds;
    /// 500 to 60000.
    pub term_ms: u32,
    /// Whether the sequencing gateway verifies the proofs of ballots that others send it, and not
    /// their signatures alone. It costs each of those ballots a second verification.
    pub verify_relayed_proofs: bool,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: None,
            url_file: None,
            readers: 8,
            allow_asynchronous: false,
        }
    }
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            address: None,
            term_ms: 3_000,
            verify_relayed_proofs: false,
        }
    }
}

impl DatabaseConfig {
    /// The URLs, if there are any.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn url(&self) -> Result<Option<Secret>, SecretError> {
        Secret::or_file(self.url.as_ref(), self.url_file.as_deref())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let field = "database.readers";
        within(field, self.readers.into(), (1, 1_000), "1 to 1000")
    }
}

impl ClusterConfig {
    /// How long a term lasts that is not renewed.
    #[must_use]
    pub fn term(&self) -> Duration {
        Duration::from_millis(self.term_ms.into())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bounds = (500, 60_000);
        within(
            "cluster.term_ms",
            self.term_ms.into(),
            bounds,
            "500 to 60000 ms",
        )
    }
}

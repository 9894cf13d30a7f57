//! Where a gateway listens and where its files are.

use super::{ConfigError, within};
use connections::Bounds;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A module that a process can run; without a database of its own kind it runs all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Says who may vote and signs credentials.
    Registrar,
    /// Takes ballots and tracking codes.
    BallotBox,
    /// Takes trustees' messages and staff actions; may sequence.
    Log,
    /// Serves the log.
    Board,
}

impl Role {
    /// Every module.
    pub const ALL: [Self; 4] = [Self::Registrar, Self::BallotBox, Self::Log, Self::Board];
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// The data folder, made by `gateway create`. Flag `--data`.
    pub data_folder: Option<PathBuf>,
    /// The folder of the gateway's keys, made by `gateway keygen`. Flag `--keys`.
    pub keys_folder: Option<PathBuf>,
    /// Where voters reach it; port 0 takes a free one, which is printed. Flag `--listen`.
    pub listen: SocketAddr,
    /// Where whoever runs it asks `/healthz`, `/readyz` and `/metrics`; nowhere unless given.
    pub operations_listen: Option<SocketAddr>,
    /// Which modules it runs, at least one. Flag `--role`.
    pub roles: Vec<Role>,
    /// How many proxies of ours stand before the gateway, each of which adds the address it saw to
    /// `X-Forwarded-For`; 0 believes the socket alone, at most 8.
    pub trusted_proxies: u8,
    /// The most connections at once; further ones are closed.
    pub max_connections: u32,
    /// How long the head of a request may take, and how long a connection may be idle, in
    /// milliseconds; 100 to 600000.
    pub header_timeout_ms: u32,
    /// How long the content of a request may take, in milliseconds; 100 to 600000.
    pub body_timeout_ms: u32,
    /// How long an answer waits for its reader to take any of it before the connection is closed, in
    /// milliseconds; 100 to 600000.
    pub write_timeout_ms: u32,
    /// The most answers at once that can have megabytes: bundles of entries, documents, trustees'
    /// messages. One has up to 16 MiB in memory until it is sent; further ones wait 2 s, then get
    /// 503. 1 to 100000.
    pub max_large_answers: u32,
    /// How long a stopping gateway goes on to serve after `/readyz` has begun to say so, in
    /// milliseconds; 0 to 600000. Only with `operations_listen`: without it nobody can see it.
    pub drain_delay_ms: u32,
    /// How long a stop waits for the requests under way, in milliseconds; 0 to 600000.
    pub drain_timeout_ms: u32,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            data_folder: None,
            keys_folder: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            operations_listen: None,
            roles: Role::ALL.to_vec(),
            trusted_proxies: 0,
            max_connections: 10_000,
            header_timeout_ms: 10_000,
            body_timeout_ms: 60_000,
            write_timeout_ms: 30_000,
            max_large_answers: 32,
            drain_delay_ms: 5_000,
            drain_timeout_ms: 30_000,
        }
    }
}

impl ServerConfig {
    /// What connections may take.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            most: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            header_timeout: Duration::from_millis(self.header_timeout_ms.into()),
            write_timeout: Duration::from_millis(self.write_timeout_ms.into()),
            drain_timeout: Duration::from_millis(self.drain_timeout_ms.into()),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let check = |field, value: u32, bounds, text| within(field, value.into(), bounds, text);
        let roles = u64::try_from(self.roles.len()).unwrap_or(u64::MAX);
        within("server.roles", roles, (1, u64::MAX), "at least one")?;
        check(
            "server.trusted_proxies",
            self.trusted_proxies.into(),
            (0, 8),
            "0 to 8",
        )?;
        check(
            "server.max_connections",
            self.max_connections,
            (1, 1_000_000),
            "1 to 1000000",
        )?;
        let (bounds, text) = ((100, 600_000), "100 to 600000 ms");
        check(
            "server.header_timeout_ms",
            self.header_timeout_ms,
            bounds,
            text,
        )?;
        check("server.body_timeout_ms", self.body_timeout_ms, bounds, text)?;
        check(
            "server.write_timeout_ms",
            self.write_timeout_ms,
            bounds,
            text,
        )?;
        check(
            "server.max_large_answers",
            self.max_large_answers,
            (1, 100_000),
            "1 to 100000",
        )?;
        let (bounds, text) = ((0, 600_000), "0 to 600000 ms");
        check("server.drain_delay_ms", self.drain_delay_ms, bounds, text)?;
        check(
            "server.drain_timeout_ms",
            self.drain_timeout_ms,
            bounds,
            text,
        )
    }
}

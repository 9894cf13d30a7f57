//! Where a gateway listens and where its files are.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

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
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            data_folder: None,
            keys_folder: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
        }
    }
}

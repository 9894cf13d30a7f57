//! Where the limits of several gateways are counted together.

use super::{ConfigError, Secret, SecretError, within};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[redis]`. Without it every gateway limits for itself. It holds nothing but counters: losing it
/// loses no session and no ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// Its URL with the password, from the environment alone.
    #[serde(skip_serializing)]
    pub url: Option<Secret>,
    /// A file that holds the URL.
    pub url_file: Option<PathBuf>,
    /// How long an answer may take, in milliseconds, before the gateway's own limits decide alone;
    /// 1 to 1000.
    pub timeout_ms: u32,
    /// After how many failures in a row it is left alone.
    pub failures: u32,
    /// How often it is tried again then, in milliseconds; 10 to 60000.
    pub retry_ms: u32,
    /// How often it is checked for honest answers while it works, in milliseconds; 100 to 600000.
    pub probe_ms: u32,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            url: None,
            url_file: None,
            timeout_ms: 50,
            failures: 3,
            retry_ms: 1_000,
            probe_ms: 10_000,
        }
    }
}

impl RedisConfig {
    /// The URL, if there is one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn url(&self) -> Result<Option<Secret>, SecretError> {
        Secret::or_file(self.url.as_ref(), self.url_file.as_deref())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let check = |field, value: u32, bounds, text| within(field, value.into(), bounds, text);
        check(
            "redis.timeout_ms",
            self.timeout_ms,
            (1, 1_000),
            "1 to 1000 ms",
        )?;
        check("redis.failures", self.failures, (1, 1_000), "1 to 1000")?;
        check(
            "redis.retry_ms",
            self.retry_ms,
            (10, 60_000),
            "10 to 60000 ms",
        )?;
        check(
            "redis.probe_ms",
            self.probe_ms,
            (100, 600_000),
            "100 to 600000 ms",
        )
    }
}

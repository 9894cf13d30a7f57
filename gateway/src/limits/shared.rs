//! Counters that all gateways share: one script in Redis, asked with little patience.

use super::Key;
use super::breaker::Breaker;
use super::doubt::Doubt;
use super::policy::{Limit, Verdict, interval};
use super::probe::probe_for_ever;
use crate::config::{LimitsConfig, Quota, RedisConfig, Secret};
use data_encoding::HEXLOWER;
use redis::aio::MultiplexedConnection;
use redis::{Client, Script};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// What every key begins with.
const PREFIX: &str = "hanpyo:limit:";

/// Why the shared counters cannot be used now.
#[derive(Debug, Error)]
pub enum SharedError {
    /// It is being left alone.
    #[error("the shared counters are being left alone")]
    Open,
    /// It took too long.
    #[error("the shared counters did not answer in time")]
    Slow,
    /// It failed.
    #[error("the shared counters failed")]
    Redis(#[from] redis::RedisError),
    /// It said what cannot be.
    #[error("the shared counters answered nonsense")]
    Nonsense,
}

/// Counts in Redis; the background task that probes it ends with this.
pub struct Shared {
    counter: Arc<Counter>,
    prober: AbortHandle,
}

/// What requests and probes share.
pub(super) struct Counter {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    script: Script,
    pub(super) breaker: Breaker,
    pub(super) doubt: Doubt,
    /// Those that are counted here.
    pub(super) quotas: Vec<Quota>,
    patience: Duration,
}

impl Shared {
    /// Counters of these limits at a URL. A server that cannot be reached is no error: it is tried
    /// again for ever.
    ///
    /// # Errors
    /// [`SharedError::Redis`] if the URL is not one.
    pub fn start(
        url: &Secret,
        config: &RedisConfig,
        limits: &LimitsConfig,
    ) -> Result<Self, SharedError> {
        let shared = Limit::ALL.iter().filter(|limit| limit.is_shared());
        let counter = Arc::new(Counter {
            client: Client::open(url.reveal())?,
            connection: Mutex::new(None),
            script: Script::new(include_str!("gcra.lua")),
            breaker: Breaker::new(config.failures),
            doubt: Doubt::default(),
            quotas: shared.map(|limit| limit.quota(limits)).collect(),
            patience: Duration::from_millis(config.timeout_ms.into()),
        });
        let pauses = (
            Duration::from_millis(config.probe_ms.into()),
            Duration::from_millis(config.retry_ms.into()),
        );
        let prober = tokio::spawn(probe_for_ever(counter.clone(), pauses)).abort_handle();
        Ok(Self { counter, prober })
    }

    /// Whether it is in use.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.counter.breaker.is_closed()
    }

    /// Counts a request that the gateway's own counter let through.
    pub(super) async fn check(
        &self,
        key: &Key,
        quota: Quota,
        own: Verdict,
    ) -> Result<Verdict, SharedError> {
        let counter = &self.counter;
        if !counter.breaker.is_closed() {
            return Err(SharedError::Open);
        }
        let verdict = counter.count(key, quota).await;
        match &verdict {
            Ok(verdict) => {
                counter.breaker.succeeded();
                if !verdict.allowed && hardly_seen(own, quota) {
                    counter.doubt.raise(quota);
                }
            }
            Err(_) => counter.breaker.failed(),
        }
        verdict
    }
}

/// Whether most of a subject's requests must have gone to other gateways for it to be refused. That
/// can be, so it is a reason to look, and no proof.
fn hardly_seen(own: Verdict, quota: Quota) -> bool {
    own.remaining >= quota.burst.get() / 2
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.prober.abort();
    }
}

impl Counter {
    /// Counts once. After a failure the next one connects again.
    pub(super) async fn count(&self, key: &Key, quota: Quota) -> Result<Verdict, SharedError> {
        let answer = timeout(self.patience, self.ask(key, quota)).await;
        let answer = answer.unwrap_or(Err(SharedError::Slow));
        let verdict = answer.and_then(|answer| judge(answer, quota));
        if verdict.is_err() {
            *self.connection.lock().await = None;
        }
        verdict
    }

    async fn ask(&self, key: &Key, quota: Quota) -> Result<(i64, i64, i64), SharedError> {
        let mut connection = self.connected().await?;
        let name = format!("{PREFIX}{}", HEXLOWER.encode(key));
        let mut call = self.script.key(name);
        let call = call.arg(micros(quota)).arg(quota.burst.get());
        Ok(call.invoke_async(&mut connection).await?)
    }

    async fn connected(&self) -> Result<MultiplexedConnection, SharedError> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let fresh = self.client.get_multiplexed_async_connection().await?;
        Ok(connection.insert(fresh).clone())
    }
}

/// Believes only what the script can answer.
fn judge(
    (allowed, remaining, wait): (i64, i64, i64),
    quota: Quota,
) -> Result<Verdict, SharedError> {
    let nonsense = |_| SharedError::Nonsense;
    let remaining = u32::try_from(remaining).map_err(nonsense)?;
    let wait = u64::try_from(wait).map_err(nonsense)?;
    let full = micros(quota).saturating_mul(quota.burst.get().into());
    let possible = match allowed {
        0 => remaining == 0 && (1..=full).contains(&wait),
        1 => remaining < quota.burst.get() && wait == 0,
        _ => false,
    };
    if possible {
        Ok(Verdict {
            allowed: allowed == 1,
            remaining,
            retry_after: Duration::from_micros(wait),
        })
    } else {
        Err(SharedError::Nonsense)
    }
}

/// Microseconds for one request; at least one.
fn micros(quota: Quota) -> u64 {
    u64::try_from(interval(quota).as_micros()).map_or(u64::MAX, |micros| micros.max(1))
}

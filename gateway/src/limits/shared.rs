//! Counters that all gateways share: one script in Redis, asked with little patience.

use super::Key;
use super::breaker::Breaker;
use super::policy::{Verdict, interval};
use crate::config::{Quota, RedisConfig, Secret};
use data_encoding::HEXLOWER;
use redis::aio::MultiplexedConnection;
use redis::{Client, Script};
use ring::rand::{SecureRandom, SystemRandom};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

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

struct Counter {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    script: Script,
    breaker: Breaker,
    patience: Duration,
}

impl Shared {
    /// Counters at a URL. A server that cannot be reached is no error: it is tried again for ever.
    ///
    /// # Errors
    /// [`SharedError::Redis`] if the URL is not one.
    pub fn start(url: &Secret, config: &RedisConfig) -> Result<Self, SharedError> {
        let counter = Arc::new(Counter {
            client: Client::open(url.reveal())?,
            connection: Mutex::new(None),
            script: Script::new(include_str!("gcra.lua")),
            breaker: Breaker::new(config.failures),
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

    pub(super) async fn check(&self, key: &Key, quota: Quota) -> Result<Verdict, SharedError> {
        let counter = &self.counter;
        if !counter.breaker.is_closed() {
            return Err(SharedError::Open);
        }
        let verdict = counter.count(&HEXLOWER.encode(key), quota).await;
        match &verdict {
            Ok(_) => counter.breaker.succeeded(),
            Err(_) => counter.breaker.failed(),
        }
        verdict
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.prober.abort();
    }
}

impl Counter {
    /// Counts once. After a failure the next one connects again.
    async fn count(&self, key: &str, quota: Quota) -> Result<Verdict, SharedError> {
        let answer = timeout(self.patience, self.ask(key, quota)).await;
        let answer = answer.unwrap_or(Err(SharedError::Slow));
        let verdict = answer.and_then(|answer| judge(answer, quota));
        if verdict.is_err() {
            *self.connection.lock().await = None;
        }
        verdict
    }

    async fn ask(&self, key: &str, quota: Quota) -> Result<(i64, i64, i64), SharedError> {
        let mut connection = self.connected().await?;
        let mut call = self.script.key(format!("{PREFIX}{key}"));
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

    /// A fresh key with a quota of one: the first request must go through and the second must not.
    /// A server that lets everything or nothing through does not pass.
    async fn probe(&self) -> Result<(), SharedError> {
        let mut name = Key::default();
        let filled = SystemRandom::new().fill(&mut name);
        filled.map_err(|_| SharedError::Nonsense)?;
        let key = format!("probe:{}", HEXLOWER.encode(&name));
        let one = Quota {
            per_minute: NonZeroU32::MIN,
            burst: NonZeroU32::MIN,
        };
        let first = self.count(&key, one).await?;
        let second = self.count(&key, one).await?;
        if first.allowed && !second.allowed {
            Ok(())
        } else {
            Err(SharedError::Nonsense)
        }
    }
}

/// Opens and closes the breaker by what probes say.
async fn probe_for_ever(counter: Arc<Counter>, (working, failing): (Duration, Duration)) {
    let mut told = None;
    loop {
        let probed = counter.probe().await;
        let news = told.replace(probed.is_ok()) != Some(probed.is_ok());
        match probed {
            Ok(()) => {
                if news {
                    tracing::info!("shared rate limits are in use");
                }
                counter.breaker.close();
                // Until it is time again, or until requests have found it failing.
                let _ = timeout(working, counter.breaker.opened()).await;
            }
            Err(error) => {
                counter.breaker.open();
                if news {
                    warn(&error);
                }
                sleep(failing).await;
            }
        }
    }
}

fn warn(error: &SharedError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(
        error,
        "shared rate limits are out: each gateway limits alone"
    );
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

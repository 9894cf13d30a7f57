//! Whether the shared counters count: asked as anybody asks, of keys that nobody else has.

use super::Key;
use super::policy::{Verdict, interval};
use super::shared::{Counter, SharedError};
use crate::config::Quota;
use ring::rand::{SecureRandom, SystemRandom};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How deep a quota is tried. Deeper would cost more than it finds: whoever lets that many through
/// lets most people through.
const DEPTH: u32 = 8;
/// How much the server's clock may run faster than ours meanwhile.
const SLACK: Duration = Duration::from_millis(1);
/// A quota that is used up at once.
const ONE: Quota = Quota {
    per_minute: NonZeroU32::MIN,
    burst: NonZeroU32::MIN,
};

/// Opens and closes the breaker by what probes say.
pub(super) async fn probe_for_ever(
    counter: Arc<Counter>,
    (working, failing): (Duration, Duration),
) {
    let mut told = None;
    loop {
        let probed = match probe(&counter).await {
            // One answer that came late is no reason to leave it alone.
            Err(error) if !matches!(error, SharedError::Nonsense) => probe(&counter).await,
            probed => probed,
        };
        let news = told.replace(probed.is_ok()) != Some(probed.is_ok());
        match probed {
            Ok(()) => {
                if news {
                    tracing::info!("shared rate limits are in use");
                }
                counter.breaker.close();
                // Until it is time again, until requests have found it failing, or until one of
                // them was refused unexpectedly.
                let _ = timeout(working, called(&counter, failing)).await;
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

/// Whoever raises doubts cannot have it probed more often than once in `pause`.
async fn called(counter: &Counter, pause: Duration) {
    let doubted = async {
        sleep(pause).await;
        counter.doubt.raised().await;
    };
    tokio::select! {
        () = counter.breaker.opened() => {}
        () = doubted => {}
    }
}

fn warn(error: &SharedError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(
        error,
        "shared rate limits are out: each gateway limits alone"
    );
}

/// One of the configured quotas, and one that is used up at once: a server that lets everything or
/// nothing through does not pass, nor one that knows a probe by its key or its quota.
async fn probe(counter: &Counter) -> Result<(), SharedError> {
    let quota = match counter.doubt.take() {
        Some(doubted) => doubted,
        None => any_of(&counter.quotas)?,
    };
    try_out(counter, quota).await?;
    try_out(counter, ONE).await
}

/// Asks with a fresh key, of which the first requests must go through, each leaving what the script
/// would, and none beyond the burst.
async fn try_out(counter: &Counter, quota: Quota) -> Result<(), SharedError> {
    let (key, burst): (Key, u32) = (random()?, quota.burst.get());
    let began = Instant::now();
    for asked in 1..=burst.min(DEPTH) {
        let verdict = counter.count(&key, quota).await?;
        if !is_expected(verdict, burst - asked, refilled(began, quota)) {
            return Err(SharedError::Nonsense);
        }
    }
    if burst <= DEPTH {
        let beyond = counter.count(&key, quota).await?;
        if beyond.allowed && refilled(began, quota) == 0 {
            return Err(SharedError::Nonsense);
        }
    }
    Ok(())
}

/// `left` of the burst, and what has come back of it meanwhile at most.
fn is_expected(verdict: Verdict, left: u32, refilled: u32) -> bool {
    let possible = left..=left.saturating_add(refilled);
    verdict.allowed && possible.contains(&verdict.remaining)
}

fn refilled(since: Instant, quota: Quota) -> u32 {
    let elapsed = since.elapsed().saturating_add(SLACK).as_nanos();
    let requests = elapsed.checked_div(interval(quota).as_nanos());
    requests.map_or(u32::MAX, |n| u32::try_from(n).unwrap_or(u32::MAX))
}

fn any_of(quotas: &[Quota]) -> Result<Quota, SharedError> {
    let [byte] = random()?;
    let place = usize::from(byte).checked_rem(quotas.len());
    let quota = place.and_then(|place| quotas.get(place));
    quota.copied().ok_or(SharedError::Nonsense)
}

fn random<const N: usize>() -> Result<[u8; N], SharedError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| SharedError::Nonsense)?;
    Ok(bytes)
}

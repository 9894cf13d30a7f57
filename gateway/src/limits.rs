//! Rate limits: how much one person, one session, one address prefix may ask.
//!
//! ```text
//!   request --> own counters (governor) --> shared counters (Redis, one script) --> goes on
//!                    | too much                  | too much                 | slow, gone, lying
//!                    +--> 429                    +--> 429                   +--> own counters decide
//! ```
//!
//! The gateway's own limit always holds, so a shared counter that lost its memory or says yes to
//! everything takes nothing away. One that says no to everything is found out by probes, which look
//! like anybody's requests. Only what costs money waits for the shared counter. No count here has
//! anything to do with one person having one ballot: that is the log's.
//!
//! Subjects are hashed under a key that the gateways share (`KeyFolder::naming`): neither this
//! memory nor Redis holds a pseudonym, a session or an address.

mod address;
mod breaker;
mod doubt;
mod headers;
mod local;
mod policy;
mod probe;
mod shared;
#[cfg(test)]
mod tests;

pub use address::{Prefixes, client_address};
pub use headers::{Standings, collect, collecting};
pub use local::Local;
pub use policy::{Limit, Verdict};
pub use shared::{Shared, SharedError};

use crate::config::LimitsConfig;
use crate::problem::{Problem, ProblemKind};
use ring::hmac;
use std::net::IpAddr;

/// A hashed subject.
pub type Key = [u8; 16];

/// What the hash of subjects is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 limit";

/// Every limit of a gateway.
pub struct Limits {
    local: Local,
    shared: Option<Shared>,
    prefixes: Prefixes,
    config: LimitsConfig,
    key: hmac::Key,
}

impl Limits {
    /// Limits by a configuration; `secret` is the same in every gateway that counts together.
    #[must_use]
    pub fn new(config: &LimitsConfig, shared: Option<Shared>, secret: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&key, PURPOSE);
        Self {
            local: Local::new(config),
            shared,
            prefixes: Prefixes::new(config),
            config: config.clone(),
            key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        }
    }

    /// Counts a request of a subject.
    ///
    /// # Errors
    /// [`ProblemKind::RateLimited`]; [`ProblemKind::Unavailable`] where it costs money and cannot be
    /// counted.
    pub async fn check(&self, limit: Limit, subject: &[u8]) -> Result<(), Problem> {
        let key = self.hash(limit, subject);
        let quota = limit.quota(&self.config);
        let own = self.local.check(limit, &key);
        let verdict = match &self.shared {
            Some(shared) if own.allowed && limit.is_shared() => {
                match shared.check(&key, quota, own).await {
                    Err(_) if limit.costs_money() => return Err(ProblemKind::Unavailable.into()),
                    counted => counted.unwrap_or(own),
                }
            }
            _ => own,
        };
        headers::note(limit, quota, verdict);
        if verdict.allowed {
            Ok(())
        } else {
            Err(Problem::new(ProblemKind::RateLimited).retry_after(verdict.retry_after))
        }
    }

    /// Counts a request from an address under its ceiling. This machine's own addresses have none:
    /// they are a proxy that was not configured, or whoever runs it.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub async fn check_address(&self, limit: Limit, address: IpAddr) -> Result<(), Problem> {
        if address.is_loopback() {
            return Ok(());
        }
        self.check(limit, &self.prefixes.prefix(address)).await
    }

    /// Whether shared counters are configured and not used, because they do not answer well.
    #[must_use]
    pub fn is_falling_back(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| !shared.is_up())
    }

    /// Forgets keys whose pause has been long enough; called from time to time.
    pub fn tidy(&self) {
        self.local.tidy();
    }

    fn hash(&self, limit: Limit, subject: &[u8]) -> Key {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(limit.name().as_bytes());
        context.update(&[0]);
        context.update(subject);
        let mut key = Key::default();
        let tag = context.sign();
        for (byte, hashed) in key.iter_mut().zip(tag.as_ref()) {
            *byte = *hashed;
        }
        key
    }
}

//! The gateway's own counters.

use super::Key;
use super::policy::{Limit, Verdict, interval};
use crate::config::LimitsConfig;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::time::Duration;

/// How many leading bytes of a key tell the shared places apart: two would be 65,536 places.
const PLACES: u16 = 1024;

type Limiter<C> = RateLimiter<Key, DashMapStateStore<Key>, C, StateInformationMiddleware>;

/// One limiter for each [`Limit`], in its order. Bounded: with `max_keys` in memory, new keys share
/// a thousand places, so that whoever makes up addresses meets only others who came then. Sessions
/// and persons cannot be made up, and have counters apart from addresses.
pub struct Local<C: Clock = DefaultClock> {
    limiters: Vec<Limiter<C>>,
    clock: C,
    max_keys: usize,
}

impl Local {
    /// Counters on the machine's monotonic clock.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        Self::with_clock(config, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Local<C> {
    /// Counters on a given clock.
    #[must_use]
    pub fn with_clock(config: &LimitsConfig, clock: C) -> Self {
        let limiter = |limit: &Limit| {
            let quota = limit.quota(config);
            // A minute over a u32 is never zero nanoseconds: the fallback cannot happen.
            let rate = Quota::with_period(interval(quota))
                .unwrap_or_else(|| Quota::per_minute(quota.per_minute));
            RateLimiter::dashmap_with_clock(rate.allow_burst(quota.burst), clock.clone())
                .with_middleware::<StateInformationMiddleware>()
        };
        Self {
            limiters: Limit::ALL.iter().map(limiter).collect(),
            clock,
            max_keys: usize::try_from(config.max_keys).unwrap_or(usize::MAX),
        }
    }

    /// Counts a request.
    #[must_use]
    pub fn check(&self, limit: Limit, key: &Key) -> Verdict {
        let limiter = &self.limiters[limit as usize];
        let key = if limiter.len() < self.max_keys {
            *key
        } else {
            shared_place(key)
        };
        match limiter.check_key(&key) {
            Ok(state) => Verdict {
                allowed: true,
                remaining: state.remaining_burst_capacity(),
                retry_after: Duration::ZERO,
            },
            Err(until) => Verdict {
                allowed: false,
                remaining: 0,
                retry_after: until.wait_time_from(self.clock.now()),
            },
        }
    }

    /// How many keys are in memory for a limit.
    #[must_use]
    pub fn keys(&self, limit: Limit) -> usize {
        self.limiters[limit as usize].len()
    }

    /// Forgets keys that have rested long enough to be like new ones.
    pub fn tidy(&self) {
        for limiter in &self.limiters {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn shared_place(key: &Key) -> Key {
    let place = u16::from_be_bytes([key[0], key[1]]) % PLACES;
    let mut shared = Key::default();
    shared[..2].copy_from_slice(&place.to_be_bytes());
    shared
}

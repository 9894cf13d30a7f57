//! The server's clock, injected so that tests can stand at the exact millisecond of the close.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use voting_core::ids::UnixMillis;

/// Gives the time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> UnixMillis;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the gateway reads the clock"
    )]
    fn now(&self) -> UnixMillis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 reads as 1970: nothing is open then.
        let millis = since.map_or(0, |d| d.as_millis());
        UnixMillis::new(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

/// A clock that stands still until it is set.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock at `time`.
    #[must_use]
    pub fn at(time: UnixMillis) -> Self {
        Self(Arc::new(AtomicU64::new(time.get())))
    }

    /// Sets the time.
    pub fn set(&self, time: UnixMillis) {
        self.0.store(time.get(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::SeqCst))
    }
}

//! The clock of the machine that plays: when to extend and close, and how long a stage took.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use voting_core::ids::UnixMillis;

/// The time now.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "this crate's programs read the clock here alone"
)]
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // A clock before 1970 reads as 1970.
    UnixMillis::new(since.map_or(0, millis))
}

/// Measures from its making on, whatever is done to the clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "measuring is what it is for")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since its start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Whole milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

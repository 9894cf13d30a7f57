//! The console's clock, injected so that tests can let sessions and invitations expire.

use std::sync::Arc;
use voting_core::ids::UnixMillis;

/// Gives the time: milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The operating system's clock.
#[must_use]
pub fn system() -> Clock {
    Arc::new(|| {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place where the console reads the clock"
        )]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |d| d.as_millis());
        UnixMillis::new(u64::try_from(millis).unwrap_or(u64::MAX))
    })
}

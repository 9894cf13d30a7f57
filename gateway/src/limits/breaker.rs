//! Leaves a service alone that does not answer well.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::Notify;

/// Open until a probe succeeds; opens again after so many failures in a row. Whoever asks while it
/// is open is told at once: no request pays for finding out.
pub(super) struct Breaker {
    closed: AtomicBool,
    failures: AtomicU32,
    most: u32,
    opened: Notify,
}

impl Breaker {
    pub(super) fn new(most: u32) -> Self {
        Self {
            closed: AtomicBool::new(false),
            failures: AtomicU32::new(0),
            most,
            opened: Notify::new(),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(super) fn succeeded(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        let failures = self
            .failures
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        if failures >= self.most {
            self.open();
        }
    }

    pub(super) fn close(&self) {
        self.succeeded();
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(super) fn open(&self) {
        if self.closed.swap(false, Ordering::Relaxed) {
            self.opened.notify_one();
        }
    }

    /// Resolves when it has opened.
    pub(super) async fn opened(&self) {
        self.opened.notified().await;
    }
}

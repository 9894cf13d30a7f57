//! A reason to look at the shared counters before it is time.

use crate::config::Quota;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// The last quota under which somebody was refused unexpectedly.
#[derive(Default)]
pub(super) struct Doubt {
    quota: Mutex<Option<Quota>>,
    raised: Notify,
}

impl Doubt {
    pub(super) fn raise(&self, quota: Quota) {
        let mut doubted = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        *doubted = Some(quota);
        self.raised.notify_one();
    }

    /// Resolves when there is one, also if it was raised before.
    pub(super) async fn raised(&self) {
        self.raised.notified().await;
    }

    /// The quota to look at, once.
    pub(super) fn take(&self) -> Option<Quota> {
        let mut doubted = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        doubted.take()
    }
}

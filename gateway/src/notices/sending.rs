//! Emptying the outbox, in a task of its own, on every gateway that runs the registrar.

use super::{Event, Moment, Notices};
use crate::clock::Clock;
use crate::metrics;
use crate::registry::StoredNotice;
use crate::sequencer::View;
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use voting_core::ids::UnixMillis;

/// Longer than any request to the webhook takes: until then no other gateway takes the same notice.
const HELD_MS: u64 = 60_000;

/// The task, which ends when this is dropped. What was being handed over then is tried again.
pub(crate) struct Sending(AbortHandle);

impl Sending {
    pub(crate) fn start(
        notices: Arc<Notices>,
        view: watch::Receiver<Arc<View>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let every = Duration::from_millis(notices.config.poll_ms.into());
        let sending = tokio::spawn(async move {
            let mut interval = tokio::time::interval(every);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                let seen = view.borrow().clone();
                if let Err(error) = look(&notices, &seen, clock.as_ref()).await {
                    tracing::warn!(%error, "the outbox of notices");
                }
            }
        });
        Self(sending.abort_handle())
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends what is due of what has happened, and forgets what never will.
async fn look(notices: &Arc<Notices>, view: &View, clock: &dyn Clock) -> Result<(), StoreError> {
    for event in Event::ALL {
        match event.moment(view.stage, &view.schedule, clock.now()) {
            Moment::Ahead => (),
            Moment::Now => while send_some(notices, *event, clock.now()).await? {},
            Moment::Over => notices.registry.drop_notices(event.name()).await?,
        }
    }
    Ok(())
}

/// Sends a few at once; whether there were any. Each is held first, so that a crash leaves it there
/// to be taken later, and no other gateway sends it meanwhile.
async fn send_some(
    notices: &Arc<Notices>,
    event: Event,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let held = UnixMillis::new(now.get().saturating_add(HELD_MS));
    let most = notices.config.at_once;
    let taken = notices.registry.take_notices(event.name(), now, held, most);
    let taken = taken.await?;
    let any = !taken.is_empty();
    let mut sending = JoinSet::new();
    for notice in taken {
        let notices = notices.clone();
        sending.spawn(async move { notices.send(event, &notice, now).await });
    }
    while let Some(sent) = sending.join_next().await {
        sent.unwrap_or(Ok(()))?;
    }
    Ok(any)
}

impl Notices {
    async fn send(
        &self,
        event: Event,
        notice: &StoredNotice,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        let outcome = if self.hand_over(event, notice, now).await {
            self.registry.drop_notice(&notice.id).await?;
            "sent"
        } else if notice.attempts >= self.config.attempts {
            self.registry.drop_notice(&notice.id).await?;
            "given-up"
        } else {
            let due = now.get().saturating_add(self.pause(notice.attempts));
            let later = self.registry.retry_notice(&notice.id, UnixMillis::new(due));
            later.await?;
            "failed"
        };
        metrics::noticed(outcome);
        Ok(())
    }

    /// How long to wait after so many tries, in milliseconds.
    fn pause(&self, attempts: u32) -> u64 {
        let doubled = attempts.saturating_sub(1).min(32);
        let pause = u64::from(self.config.first_retry_ms) << doubled;
        pause.min(self.config.longest_retry_ms.into())
    }
}

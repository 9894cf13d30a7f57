//! Ballots by minute in the last hour, from the counts that the gateway shows everybody.

use crate::api::Shared;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often the counts are asked for.
const EVERY: Duration = Duration::from_secs(10);
/// The minutes that are kept.
const MINUTES: usize = 60;
const MINUTE_MS: u64 = 60_000;

/// What arrived in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Minute {
    /// When it began, ms by the console's clock.
    pub from: u64,
    /// Ballots.
    pub cast: u64,
    /// Credentials.
    pub issued: u64,
}

/// The minutes so far.
#[derive(Default)]
pub struct Arrivals(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The counts last seen: ballots, credentials.
    last: Option<(u64, u64)>,
    minutes: VecDeque<Minute>,
}

impl Arrivals {
    /// Notes the counts at an instant. The first ones only begin the count: what was there before
    /// did not arrive now. Smaller ones than before are another election's and begin it anew.
    pub fn note(&self, now: u64, cast: u64, issued: u64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.last.replace((cast, issued));
        let new = before.map(|(c, i)| (cast.checked_sub(c), issued.checked_sub(i)));
        let Some((Some(cast), Some(issued))) = new else {
            kept.minutes.clear();
            return;
        };
        let from = now - now % MINUTE_MS;
        match kept.minutes.back_mut() {
            Some(minute) if minute.from == from => {
                minute.cast += cast;
                minute.issued += issued;
            }
            _ => kept.minutes.push_back(Minute { from, cast, issued }),
        }
        while kept.minutes.len() > MINUTES {
            kept.minutes.pop_front();
        }
    }

    /// The minutes, oldest first.
    #[must_use]
    pub fn minutes(&self) -> Vec<Minute> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.minutes.iter().copied().collect()
    }
}

/// Asks the gateway again and again, until the task is dropped.
pub async fn watch(console: Shared) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Ok(counts) = console.gateway.counts().await {
            let sum =
                |of: fn(&crate::gateway::ClassCount) -> u64| counts.classes.iter().map(of).sum();
            console
                .arrivals
                .note(console.now().get(), sum(|c| c.cast), sum(|c| c.issued));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_before_did_not_arrive_now() {
        let arrivals = Arrivals::default();
        arrivals.note(60_000, 100, 200);
        arrivals.note(70_000, 103, 205);
        arrivals.note(119_999, 104, 205);
        arrivals.note(120_000, 110, 206);
        let minute = |from, cast, issued| Minute { from, cast, issued };
        assert_eq!(
            arrivals.minutes(),
            [minute(60_000, 4, 5), minute(120_000, 6, 1)]
        );
        arrivals.note(130_000, 0, 0);
        assert_eq!(arrivals.minutes(), []);
        for n in 0..200 {
            arrivals.note(n * MINUTE_MS, n, n);
        }
        assert_eq!(arrivals.minutes().len(), MINUTES);
    }
}

//! How much may be in work at once, by the delay that is measured: additive increase,
//! multiplicative decrease, on the smallest delay of an interval (as CoDel does: a burst is no
//! queue, a delay that nobody escaped is one).

use crate::config::AdmissionConfig;
use std::time::Duration;

/// The adaptive limit of one gate.
#[derive(Clone, Debug)]
pub struct Controller {
    limit: u32,
    least: u32,
    most: u32,
    target: Duration,
    /// The smallest delay of this interval.
    smallest: Option<Duration>,
    /// The most that was in work in this interval.
    peak: u32,
}

impl Controller {
    /// A controller that starts in the middle.
    #[must_use]
    pub fn new(config: &AdmissionConfig) -> Self {
        let (least, most) = (config.min_in_flight, config.max_in_flight);
        Self {
            limit: (most / 4).max(least),
            least,
            most,
            target: Duration::from_millis(config.target_delay_ms.into()),
            smallest: None,
            peak: 0,
        }
    }

    /// How much may be in work.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The most that may ever be.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most
    }

    /// So much is in work now.
    pub fn began(&mut self, in_work: u32) {
        self.peak = self.peak.max(in_work);
    }

    /// Something was finished, so long after it had begun.
    pub fn finished(&mut self, delay: Duration) {
        self.smallest = Some(self.smallest.map_or(delay, |smallest| smallest.min(delay)));
    }

    /// Ends an interval with so much in work. An interval in which nothing was finished says
    /// nothing; the limit itself bounds what gathers then.
    pub fn tick(&mut self, in_work: u32) {
        if let Some(delay) = self.smallest.take() {
            if delay > self.target {
                self.limit -= self.limit / 8;
            } else if self.peak >= self.limit - self.limit / 4 {
                // Only a limit that is being used says anything about the next one.
                self.limit += (self.limit / 16).max(1);
            }
            self.limit = self.limit.clamp(self.least, self.most);
        }
        self.peak = in_work;
    }
}

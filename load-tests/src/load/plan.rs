//! When everything is sent: decided before the first request, whatever the gateway then does.

use super::calendar;
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::Duration;

/// One request that will be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Microseconds after the start of the phase. Latency is counted from here.
    pub at_us: u64,
    /// What is sent.
    pub sent: Sent,
}

/// What a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sent {
    /// The good ballot of this voter of the pool.
    Ballot(usize),
    /// The same, by a client that loses every answer but the last: it hangs up after a while, and
    /// sends the very same bytes again.
    Lossy(usize),
    /// This ballot of a person of whom others are sent at the same time: one of them may win.
    Rival(usize),
    /// This bad ballot of the pool: well-formed, signed, with a proof that does not hold.
    BadProof(usize),
    /// A voter's good ballot under a signature that does not verify.
    BadSignature(usize),
    /// The very bytes of a ballot that is in the log already.
    Replay(usize),
    /// Another ballot of a voter whose first one is in the log.
    Second(usize),
    /// Noise of a ballot's size, from the flooding address.
    Noise,
}

/// How many arrive in each equal part of a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Curve(Vec<u64>);

impl Curve {
    /// The same density throughout.
    #[must_use]
    pub(super) fn flat() -> Self {
        Self(vec![1])
    }

    /// The last hour of a vote, minute by minute: its density triples towards the end, and is doubled
    /// once more in the last five minutes.
    #[must_use]
    pub(super) fn last_hour() -> Self {
        let density = |minute: u64| (60 + 2 * minute) * if minute < 55 { 1 } else { 2 };
        Self((0..60).map(density).collect())
    }

    /// Four weeks, minute by minute, of which the last sixty are [`Self::last_hour`].
    #[must_use]
    pub(super) fn four_weeks() -> Self {
        Self(calendar::minutes(&Self::last_hour().0))
    }

    /// The times of `count` arrivals over `length`, ascending, in microseconds: within each part
    /// they are drawn evenly at random, as people who know nothing of each other arrive.
    #[must_use]
    pub(super) fn times(&self, count: usize, length: Duration, seed: u64) -> Vec<u64> {
        let mut rng = StdRng::seed_from_u64(seed);
        let (whole, parts) = (micros(length), self.0.len() as u64);
        let total: u64 = self.0.iter().sum();
        let (mut before, mut done) = (0, 0);
        let mut times = Vec::with_capacity(count);
        for (n, density) in (0..).zip(&self.0) {
            before += density;
            let until = u128::from(before) * count as u128 / u128::from(total.max(1));
            let until = usize::try_from(until).unwrap_or(count);
            let (start, end) = (whole * n / parts, whole * (n + 1) / parts);
            let draw = |_| rng.random_range(start..end.max(start + 1));
            times.extend((done..until).map(draw));
            done = until;
        }
        times.sort_unstable();
        times
    }
}

/// A phase's plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    shots: Vec<Shot>,
}

impl Plan {
    /// Nothing yet.
    #[must_use]
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds requests that arrive as a curve says, one for each of `sent`.
    #[must_use]
    pub(super) fn with(
        self,
        curve: &Curve,
        length: Duration,
        seed: u64,
        sent: impl ExactSizeIterator<Item = Sent>,
    ) -> Self {
        self.with_after(Duration::ZERO, curve, length, seed, sent)
    }

    /// The same, beginning later.
    #[must_use]
    pub(super) fn with_after(
        mut self,
        start: Duration,
        curve: &Curve,
        length: Duration,
        seed: u64,
        sent: impl ExactSizeIterator<Item = Sent>,
    ) -> Self {
        let times = curve.times(sent.len(), length, seed);
        let start = micros(start);
        self.shots
            .extend(times.into_iter().zip(sent).map(|(time, sent)| Shot {
                at_us: start + time,
                sent,
            }));
        self.shots.sort_by_key(|shot| shot.at_us);
        self
    }

    /// The requests, by time.
    #[must_use]
    pub(super) fn shots(&self) -> &[Shot] {
        &self.shots
    }
}

/// Whole microseconds.
#[must_use]
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arrival_is_planned_within_the_phase_and_the_same_seed_gives_the_same_times() {
        let length = Duration::from_secs(60);
        for curve in [Curve::flat(), Curve::last_hour(), Curve::four_weeks()] {
            let times = curve.times(10_000, length, 7);
            assert_eq!(times.len(), 10_000);
            assert!(times.is_sorted() && times.iter().all(|&at| at < 60_000_000));
            assert_eq!(times, curve.times(10_000, length, 7));
            assert_ne!(times, curve.times(10_000, length, 8));
        }
    }

    #[test]
    fn the_last_hour_ends_in_a_surge() {
        let times = Curve::last_hour().times(10_000, Duration::from_secs(60), 1);
        let within = |from: u64, to: u64| {
            let inside = times.iter().filter(|&&at| from <= at && at < to);
            inside.count()
        };
        let (first, last) = (within(0, 5_000_000), within(55_000_000, 60_000_000));
        assert!(
            last > 5 * first,
            "{first} in the first five, {last} in the last"
        );
    }

    #[test]
    fn four_weeks_sum_to_the_whole_and_end_in_the_last_hour() {
        let (weeks, hour) = (Curve::four_weeks().0, Curve::last_hour().0);
        assert_eq!(weeks.len(), 28 * 24 * 60);
        let sum = |part: &[u64]| part.iter().sum::<u64>();
        let (rest, last) = weeks.split_at(weeks.len() - 60);
        // 50 per mille in the last hour, 225 in the last day, and the rest before.
        assert_eq!(20 * sum(last), sum(&weeks));
        assert_eq!(1000 * sum(&weeks[27 * 24 * 60..]), 225 * sum(&weeks));
        // The same shape as the last hour alone.
        assert!(
            last.iter()
                .zip(&hour)
                .all(|(a, b)| a * sum(&hour) == b * sum(last))
        );
        assert!(rest.iter().max() < last.iter().max());
        let times = Curve::four_weeks().times(10_000, Duration::from_secs(672), 1);
        let in_the_last = times.iter().filter(|&&at| at >= 671_000_000);
        assert_eq!((times.len(), in_the_last.count()), (10_000, 500));
    }

    #[test]
    fn a_plan_mixes_streams_by_time() {
        let length = Duration::from_secs(1);
        let plan = Plan::new()
            .with(&Curve::flat(), length, 1, (0..50).map(Sent::Ballot))
            .with(&Curve::flat(), length, 2, (0..50).map(|_| Sent::Noise));
        assert_eq!(plan.shots().len(), 100);
        assert!(plan.shots().is_sorted_by_key(|shot| shot.at_us));
        let ballots = plan.shots().iter().filter_map(|shot| match shot.sent {
            Sent::Ballot(voter) => Some(voter),
            _ => None,
        });
        assert!(ballots.eq(0..50));
    }
}

//! What a phase measured.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "rates and shares are measured and printed here; no vote or amount is"
)]

use super::fire::{Answer, Fired};
use super::machine::Usage;
use super::plan::Sent;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR_US: u64 = 3_600_000_000;

/// Latencies in milliseconds, from the planned time to the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// How many.
    pub count: u64,
    /// The median.
    pub p50_ms: f64,
    /// Nine in ten were at most this.
    pub p90_ms: f64,
    /// Ninety-nine in a hundred were at most this.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Latency {
    fn of<'a>(latencies_us: impl Iterator<Item = &'a u64>) -> Self {
        // Three significant digits, up to an hour.
        let Ok(mut histogram) = Histogram::<u64>::new_with_bounds(1, HOUR_US, 3) else {
            return Self::default();
        };
        latencies_us.for_each(|&us| histogram.saturating_record(us));
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
        Self {
            count: histogram.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: histogram.max() as f64 / 1000.0,
        }
    }
}

/// One kind of requests of a phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stream {
    /// Who sent them.
    pub name: &'static str,
    /// How many were planned, and sent.
    pub offered: u64,
    /// Those that got a receipt.
    pub accepted: Latency,
    /// Those that were refused.
    pub refused: Latency,
    /// The refusals by status and name.
    pub refusals: BTreeMap<String, u64>,
    /// Requests without an answer.
    pub failed: u64,
}

/// A phase: what was sent, what came back, and what the processors did.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// The planned length in seconds.
    pub seconds: f64,
    /// Voters' ballots planned a second.
    pub offered_per_second: f64,
    /// Voters' ballots accepted a second, until the last answer or the planned end, whichever is
    /// later.
    pub accepted_per_second: f64,
    /// The longest time in which nobody got a receipt while ballots were planned, in milliseconds.
    pub longest_gap_ms: u64,
    /// By kind of sender.
    pub streams: Vec<Stream>,
    /// Shares of all processors.
    pub cpu: Shares,
}

/// Who used the processors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// Seconds on the wall.
    pub wall_s: f64,
    /// The gateways and the database's server, in per cent of all processors.
    pub gateway: f64,
    /// This program.
    pub generator: f64,
    /// Everything else on the machine.
    pub others: f64,
    /// The gateways' processor time for each accepted ballot, in milliseconds.
    pub gateway_ms_a_ballot: f64,
    /// This program's.
    pub generator_ms_a_ballot: f64,
    /// Ballots a second, times what verifying one in a batch costs, over all processors.
    pub ratio: f64,
    /// The same over the processors that others left.
    pub ratio_of_what_was_left: f64,
    /// The load average of the last minute, at the end.
    pub load_average: String,
}

impl Phase {
    /// Puts a phase's figures together. `batch_us` is what verifying one ballot in a batch costs.
    #[must_use]
    pub fn new(
        name: &str,
        length: Duration,
        fired: &[Fired],
        usage: &Usage,
        batch_us: u64,
    ) -> Self {
        let voters = || fired.iter().filter(|fired| is_voter(fired));
        let accepted = voters().filter(|fired| is_accepted(fired));
        let count = accepted.clone().count() as f64;
        let end_us = accepted.map(Fired::end_us).max().unwrap_or(0);
        let seconds = length.as_secs_f64();
        let until = seconds.max(end_us as f64 / 1e6).max(1e-9);
        Self {
            name: name.to_owned(),
            seconds,
            offered_per_second: voters().count() as f64 / seconds.max(1e-9),
            accepted_per_second: count / until,
            longest_gap_ms: longest_gap_us(fired) / 1000,
            streams: streams(fired),
            cpu: Shares::new(usage, (count, until), batch_us),
        }
    }

    /// The same of a part of what was sent at one go. What the processors did in it they did for the
    /// receipts that came in it, so many, of which some were of ballots sent before.
    #[must_use]
    pub(super) fn of_window(
        (name, length): (&str, Duration),
        fired: &[Fired],
        usage: &Usage,
        receipts: usize,
        batch_us: u64,
    ) -> Self {
        let seconds = (usage.wall_us as f64 / 1e6).max(1e-9);
        Self {
            cpu: Shares::new(usage, (receipts as f64, seconds), batch_us),
            ..Self::new(name, length, fired, usage, batch_us)
        }
    }

    /// The voters' stream.
    #[must_use]
    pub fn voters(&self) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.name == "voters")
    }
}

impl Shares {
    fn new(usage: &Usage, (ballots, seconds): (f64, f64), batch_us: u64) -> Self {
        let cores = usage.cores as f64;
        let whole = (usage.wall_us as f64 * cores).max(1.0);
        let share = |us: u64| 100.0 * us as f64 / whole;
        let each = |us: u64| us as f64 / 1000.0 / ballots.max(1.0);
        let others = share(usage.others_us);
        let ratio = ballots / seconds * batch_us as f64 / 1e6 / cores;
        Self {
            wall_s: usage.wall_us as f64 / 1e6,
            gateway: share(usage.gateway_us),
            generator: share(usage.generator_us),
            others,
            gateway_ms_a_ballot: each(usage.gateway_us),
            generator_ms_a_ballot: each(usage.generator_us),
            ratio,
            ratio_of_what_was_left: ratio / (1.0 - others / 100.0).max(0.01),
            load_average: usage.load_average.clone(),
        }
    }
}

/// The longest time between two receipts.
pub(super) fn longest_gap_us(fired: &[Fired]) -> u64 {
    let accepted = fired.iter().filter(|fired| is_accepted(fired));
    let mut ends: Vec<u64> = accepted.map(Fired::end_us).collect();
    ends.sort_unstable();
    let gaps = ends.windows(2).map(|pair| pair[1] - pair[0]);
    gaps.max().unwrap_or(0)
}

/// Whether a request is a voter's own.
#[must_use]
pub(super) fn is_voter(fired: &Fired) -> bool {
    matches!(fired.shot.sent, Sent::Ballot(_) | Sent::Lossy(_))
}

/// Whether its last answer is a receipt.
#[must_use]
pub(super) fn is_accepted(fired: &Fired) -> bool {
    matches!(fired.answers.last(), Some(Answer::Receipt(_)))
}

fn name(sent: Sent) -> &'static str {
    match sent {
        Sent::Ballot(_) | Sent::Lossy(_) => "voters",
        Sent::Rival(_) => "rivals",
        Sent::BadProof(_) => "bad proofs",
        Sent::BadSignature(_) => "bad signatures",
        Sent::Replay(_) => "replays",
        Sent::Second(_) => "second ballots",
        Sent::Noise => "noise",
    }
}

fn streams(fired: &[Fired]) -> Vec<Stream> {
    let mut by_name: BTreeMap<&'static str, Vec<&Fired>> = BTreeMap::new();
    for one in fired {
        by_name.entry(name(one.shot.sent)).or_default().push(one);
    }
    let mut streams: Vec<_> = by_name
        .into_iter()
        .map(|(name, fired)| stream(name, &fired))
        .collect();
    streams.sort_by_key(|stream| stream.name != "voters");
    streams
}

fn stream(name: &'static str, fired: &[&Fired]) -> Stream {
    let mut refusals = BTreeMap::new();
    let (mut accepted, mut refused, mut failed) = (Vec::new(), Vec::new(), 0);
    for one in fired {
        match one.answers.last() {
            Some(Answer::Receipt(_)) => accepted.push(one.latency_us),
            Some(Answer::Refused(status, kind, _)) => {
                refused.push(one.latency_us);
                *refusals.entry(format!("{status} {kind}")).or_default() += 1;
            }
            Some(Answer::Failed) | None => failed += 1,
        }
    }
    Stream {
        name,
        offered: fired.len() as u64,
        accepted: Latency::of(accepted.iter()),
        refused: Latency::of(refused.iter()),
        refusals,
        failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::plan::Shot;

    fn fired(at_us: u64, latency_us: u64, answer: Answer) -> Fired {
        let sent = Sent::Ballot(0);
        Fired {
            shot: Shot { at_us, sent },
            latency_us,
            answers: vec![answer],
        }
    }

    #[test]
    fn figures_count_from_the_planned_time_and_per_processor() {
        let receipt = || Answer::Receipt(vec![1]);
        let mut all: Vec<_> = (0..99)
            .map(|n| fired(10_000 * n, 5_000, receipt()))
            .collect();
        all.push(fired(990_000, 1_010_000, receipt()));
        all.push(fired(
            0,
            7_000,
            Answer::Refused(503, "overloaded".into(), None),
        ));
        let usage = Usage {
            wall_us: 2_000_000,
            generator_us: 400_000,
            gateway_us: 1_000_000,
            others_us: 2_000_000,
            cores: 2,
            load_average: "0.50".to_owned(),
        };
        let phase = Phase::new("x", Duration::from_secs(1), &all, &usage, 2_000);
        assert_eq!(
            (phase.offered_per_second, phase.accepted_per_second),
            (101.0, 50.0)
        );
        let voters = phase.voters().unwrap();
        assert_eq!((voters.accepted.count, voters.refused.count), (100, 1));
        assert!((voters.accepted.p50_ms - 5.0).abs() < 0.01 && voters.accepted.max_ms > 1000.0);
        assert_eq!(voters.refusals["503 overloaded"], 1);
        assert_eq!(
            (phase.cpu.gateway, phase.cpu.generator, phase.cpu.others),
            (25.0, 10.0, 50.0)
        );
        assert_eq!(phase.longest_gap_ms, 1_015);
        assert_eq!(phase.cpu.load_average, "0.50");
        assert_eq!(phase.cpu.gateway_ms_a_ballot, 10.0);
        // 50 a second x 2 ms over 2 cores; half of them were others'.
        assert!((phase.cpu.ratio - 0.05).abs() < 1e-9);
        assert!((phase.cpu.ratio_of_what_was_left - 0.1).abs() < 1e-9);
    }
}

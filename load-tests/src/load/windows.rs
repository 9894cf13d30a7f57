//! Parts of what is sent at one go, with figures of their own: the meter is read at every border, so
//! that the quiet before a flash is not counted as the flash's.

use super::figures::{Phase, is_accepted, is_voter};
use super::fire::Fired;
use super::machine::{Meter, Reading};
use super::plan::micros;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// One part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    name: &'static str,
    from: Duration,
    length: Duration,
}

impl Window {
    /// From a time after the start on, so long.
    #[must_use]
    pub(super) const fn new(name: &'static str, from: Duration, length: Duration) -> Self {
        Self { name, from, length }
    }

    fn to(&self) -> Duration {
        self.from + self.length
    }

    /// What was sent in it, with times from its own start.
    fn part(&self, fired: &[Fired]) -> Vec<Fired> {
        let (from, to) = (micros(self.from), micros(self.to()));
        let inside = |one: &&Fired| from <= one.shot.at_us && one.shot.at_us < to;
        let mut part: Vec<Fired> = fired.iter().filter(inside).cloned().collect();
        part.iter_mut().for_each(|one| one.shot.at_us -= from);
        part
    }
}

/// Where windows begin and end, after the start.
#[must_use]
pub(super) fn borders(windows: &[Window]) -> BTreeSet<Duration> {
    let both = windows.iter().flat_map(|window| [window.from, window.to()]);
    both.collect()
}

/// What the processors had done by each border.
#[derive(Debug)]
pub(super) struct Readings {
    meter: Meter,
    by_border: BTreeMap<Duration, Reading>,
}

impl Readings {
    /// Reads at every border, counted from now.
    pub(super) async fn take(borders: BTreeSet<Duration>, meter: Meter) -> Self {
        let start = Instant::now();
        let mut by_border = BTreeMap::new();
        for border in borders {
            sleep_until(start + border).await;
            by_border.insert(border, meter.read());
        }
        Self { meter, by_border }
    }

    /// The last border is now: the last window ends with the last answer.
    #[must_use]
    pub(super) fn until_now(mut self) -> Self {
        let now = self.meter.read();
        if let Some(mut last) = self.by_border.last_entry() {
            last.insert(now);
        }
        self
    }

    /// Each window's figures.
    #[must_use]
    pub(super) fn phases(&self, windows: &[Window], fired: &[Fired], batch_us: u64) -> Vec<Phase> {
        let figures = |window| self.phase(window, fired, batch_us);
        windows.iter().filter_map(figures).collect()
    }

    fn phase(&self, window: &Window, fired: &[Fired], batch_us: u64) -> Option<Phase> {
        let first = self.by_border.get(&window.from)?;
        let last = self.by_border.get(&window.to())?;
        let came = |one: &&Fired| (first.at_us..last.at_us).contains(&one.end_us());
        let receipts = fired.iter().filter(|one| is_voter(one) && is_accepted(one));
        Some(Phase::of_window(
            (window.name, window.length),
            &window.part(fired),
            &last.since(first),
            receipts.filter(came).count(),
            batch_us,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::fire::Answer;
    use crate::load::machine::{Used, cores};
    use crate::load::plan::{Sent, Shot};

    const SECOND: Duration = Duration::from_secs(1);

    fn receipt(at_us: u64, latency_us: u64) -> Fired {
        let sent = Sent::Ballot(0);
        Fired {
            shot: Shot { at_us, sent },
            latency_us,
            answers: vec![Answer::Receipt(vec![1])],
        }
    }

    /// By then, in thousandths of a second.
    fn reading(at: u64, own: u64, served: u64) -> Reading {
        let [own, served, all] = [own, served, 2 * (own + served)].map(|ms| 1000 * ms);
        Reading {
            at_us: 1000 * at,
            used: Used { own, served, all },
            load_average: format!("at {at}"),
        }
    }

    #[test]
    fn each_window_has_the_load_of_its_own_time() {
        let windows = [
            Window::new("before", Duration::ZERO, SECOND),
            Window::new("flash", SECOND, SECOND),
        ];
        let borders = borders(&windows).into_iter();
        let read = [
            reading(0, 0, 0),
            reading(1000, 100, 90),
            reading(2500, 850, 910),
        ];
        let readings = Readings {
            meter: Meter::start(&[]),
            by_border: borders.zip(read).collect(),
        };
        // The last of the first ten is answered in the second window, where its work was done.
        let mut fired: Vec<_> = (0..9).map(|n| receipt(n * 100_000, 5_000)).collect();
        fired.push(receipt(900_000, 200_000));
        fired.extend((0..40).map(|n| receipt(1_000_000 + n * 10_000, 5_000)));
        let phases = readings.phases(&windows, &fired, 1_000);
        let [before, flash] = &phases[..] else {
            panic!("two windows")
        };
        let counts = [before, flash].map(|phase| phase.voters().unwrap().accepted.count);
        assert_eq!(counts, [10, 40]);
        let milliseconds = [before, flash].map(|phase| phase.cpu.gateway_ms_a_ballot);
        assert_eq!(milliseconds, [10.0, 20.0]);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let whole = |percent: f64| percent / cores() as f64;
        assert!(near(before.cpu.generator, whole(10.0)), "{:?}", before.cpu);
        assert!(near(flash.cpu.generator, whole(50.0)), "{:?}", flash.cpu);
        assert!(near(flash.cpu.wall_s, 1.5) && flash.cpu.load_average == "at 2500");
    }

    #[tokio::test]
    async fn the_meter_is_read_at_every_border_and_at_the_end() {
        let part = Duration::from_millis(20);
        let windows = [
            Window::new("one", Duration::ZERO, part),
            Window::new("two", part, part),
        ];
        let meter = Meter::start(&[std::process::id()]);
        let readings = Readings::take(borders(&windows), meter).await;
        let planned: Vec<u64> = readings.by_border.keys().map(|&at| micros(at)).collect();
        assert_eq!(planned, [0, 20_000, 40_000]);
        let read = |readings: &Readings| {
            let read = readings.by_border.values().map(|reading| reading.at_us);
            read.collect::<Vec<_>>()
        };
        let before = read(&readings);
        assert!(
            before
                .iter()
                .zip(&planned)
                .all(|(at, planned)| at >= planned)
        );
        let after = read(&readings.until_now());
        assert!(after[..2] == before[..2] && after[2] > before[2]);
    }
}

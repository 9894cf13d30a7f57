//! What this machine's processors did meanwhile, from `/proc`.

use super::plan::micros;
use crate::clock::Stopwatch;
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

/// Processor time in microseconds up to one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    /// By this program.
    pub(super) own: u64,
    /// By what it measures: the gateways, and a database's server.
    pub(super) served: u64,
    /// By everyone.
    pub(super) all: u64,
}

/// Reads what the processors did.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    processes: Vec<u32>,
    since: Stopwatch,
}

/// A [`Meter`]'s reading, to be compared with a later one.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// Microseconds after the meter's start.
    pub(super) at_us: u64,
    /// Up to now.
    pub(super) used: Used,
    /// Of the last minute.
    pub(super) load_average: String,
}

/// What happened between two [`Reading`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Wall time.
    pub wall_us: u64,
    /// Processor time of the load generator.
    pub generator_us: u64,
    /// Processor time of the gateways and the database's server.
    pub gateway_us: u64,
    /// Processor time of everything else on this machine.
    pub others_us: u64,
    /// How many processors there are.
    pub cores: u64,
    /// The load average of the last minute, at the end.
    pub load_average: String,
}

impl Meter {
    /// Starts on these processes and their descendants.
    #[must_use]
    pub(super) fn start(processes: &[u32]) -> Self {
        Self {
            processes: processes.to_vec(),
            since: Stopwatch::start(),
        }
    }

    /// What the processors have done until now.
    #[must_use]
    pub(super) fn read(&self) -> Reading {
        Reading {
            used: used(&self.processes),
            at_us: micros(self.since.elapsed()),
            load_average: load_average(),
        }
    }
}

impl Reading {
    /// What has happened since an earlier one.
    #[must_use]
    pub(super) fn since(&self, before: &Self) -> Usage {
        let (now, then) = (self.used, before.used);
        let generator_us = now.own.saturating_sub(then.own);
        // Less than before if a process ended whose parent is nobody's descendant here.
        let gateway_us = now.served.saturating_sub(then.served);
        let all = now.all.saturating_sub(then.all);
        Usage {
            wall_us: self.at_us.saturating_sub(before.at_us),
            generator_us,
            gateway_us,
            others_us: all.saturating_sub(generator_us + gateway_us),
            cores: cores(),
            load_average: self.load_average.clone(),
        }
    }
}

/// How many processors this program may use.
#[must_use]
pub(super) fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, NonZero::get) as u64
}

/// Processor time of the calling thread.
#[must_use]
pub(super) fn thread_time() -> Duration {
    duration(clock_gettime(ClockId::ThreadCPUTime))
}

/// The load average over one minute, as the system prints it.
fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// The most memory that processes of a program have had, in KiB, of those given and their
/// descendants together; those that are gone count nothing.
#[must_use]
pub(super) fn most_memory_kib(processes: &[u32], program: &str) -> u64 {
    let ours = family(processes).into_keys();
    ours.filter(|id| name(*id) == program).map(peak_kib).sum()
}

/// The name of a process's program, at most 15 bytes of it.
fn name(process: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

fn peak_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

fn used(processes: &[u32]) -> Used {
    let tick_us = 1_000_000 / rustix::param::clock_ticks_per_second().max(1);
    let all = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let served: u64 = family(processes).values().sum();
    Used {
        own: micros(duration(clock_gettime(ClockId::ProcessCPUTime))),
        served: served * tick_us,
        all: busy_ticks(&all) * tick_us,
    }
}

fn duration(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Ticks of `processes` and all their descendants.
fn family(processes: &[u32]) -> BTreeMap<u32, u64> {
    let mut parents = BTreeMap::new();
    let mut ticks = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok());
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok();
        if let (Some(id), Some((parent, used))) = (id, stat.as_deref().and_then(parent_and_ticks)) {
            parents.insert(id, parent);
            ticks.insert(id, used);
        }
    }
    let is_ours = |id: &u32| {
        let mut ancestor = Some(id);
        while let Some(id) = ancestor.filter(|id| !processes.contains(id)) {
            ancestor = parents.get(id);
        }
        ancestor.is_some()
    };
    ticks.retain(|id, _| is_ours(id));
    ticks
}

/// The parent and the ticks of user and system time in a process's `stat`, with those of the children
/// that it has buried: a gateway that was killed leaves its account to whoever started it. The second
/// field is a name in parentheses, with anything in it.
fn parent_and_ticks(stat: &str) -> Option<(u32, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |n: usize| fields.get(n)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    let ticks = (11..15).map(number).sum::<Option<u64>>()?;
    Some((parent, ticks))
}

/// Ticks of all processors in user, nice, system, irq, softirq and steal.
fn busy_ticks(stat: &str) -> u64 {
    let line = stat.lines().next().unwrap_or_default();
    let fields = line
        .split_whitespace()
        .skip(1)
        .map(|n| n.parse().unwrap_or(0));
    let fields: Vec<u64> = fields.collect();
    [0, 1, 2, 5, 6, 7]
        .iter()
        .filter_map(|&n| fields.get(n))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_behind_any_name() {
        let stat = "7 (a) b) (c) S 3 7 7 0 -1 4194560 1 2 3 4 150 50 9 9 20 0 5 0 1";
        assert_eq!(parent_and_ticks(stat), Some((3, 218)));
        assert_eq!(parent_and_ticks("7 (a"), None);
        assert_eq!(busy_ticks("cpu  10 1 5 900 50 2 3 4 0 0\ncpu0 1"), 25);
    }

    #[test]
    fn this_programs_own_work_is_seen() {
        let meter = Meter::start(&[std::process::id()]);
        let before = meter.read();
        let mut n = 1_u64;
        while thread_time() < Duration::from_millis(50) {
            n = std::hint::black_box(n.wrapping_mul(3));
        }
        let usage = meter.read().since(&before);
        assert!(usage.generator_us > 0 && usage.wall_us > 0, "{usage:?}");
        let own = std::process::id();
        assert!(most_memory_kib(&[own], &name(own)) > 1_000);
        assert_eq!(most_memory_kib(&[own], "another"), 0);
    }
}

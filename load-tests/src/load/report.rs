//! What a run found, for people and for machines.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "measured times are printed here; no vote or amount is"
)]

use super::figures::{Phase, Stream};
use super::reconcile::Reconciled;
use super::run::is_lawful;
use serde::Serialize;
use std::fmt;
use voting_core::ids::ElectionId;

/// A finished run. The observer has verified its log.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The profile.
    pub profile: String,
    /// The election.
    pub election: ElectionId,
    /// How many gateways served it.
    pub gateways: usize,
    /// Whether a TLS proxy stood before them.
    pub proxied: bool,
    /// Projects on the ballot.
    pub options: usize,
    /// Bytes of a ballot.
    pub ballot_bytes: usize,
    /// The most voters.
    pub voters: usize,
    /// The most connections of voters at once.
    pub connections: usize,
    /// Processor time of verifying one ballot in a batch of 64, in microseconds: the least before
    /// and after.
    pub batch_us: u64,
    /// What was measured.
    pub phases: Vec<Phase>,
    /// What else is to be said.
    pub notes: Vec<(String, String)>,
    /// The most memory that the gateways had, in KiB.
    pub gateway_memory_kib: u64,
    /// How long `observer verify` took over HTTP, in milliseconds.
    pub observer_ms: u64,
    /// Whether others may have voted meanwhile.
    pub foreign_allowed: bool,
    /// What receipts and log say of each other.
    pub reconciled: Reconciled,
}

impl Report {
    /// Whether nothing acknowledged is missing, doubled or different, and nothing is in the log that
    /// must not be.
    #[must_use]
    pub fn is_lawful(&self) -> bool {
        is_lawful(&self.reconciled, self.foreign_allowed)
    }

    /// A phase by its name.
    #[must_use]
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxied = if self.proxied {
            " behind a TLS proxy"
        } else {
            ""
        };
        writeln!(
            f,
            "{}: {} options, {} bytes a ballot, {} gateway(s){proxied}, at most {} connections",
            self.profile, self.options, self.ballot_bytes, self.gateways, self.connections
        )?;
        writeln!(
            f,
            "verifying a ballot in a batch of 64: {:.3} ms of one core\n",
            self.batch_us as f64 / 1000.0
        )?;
        latencies(f, &self.phases)?;
        processors(f, &self.phases)?;
        writeln!(f)?;
        for (name, value) in &self.notes {
            writeln!(f, "{name}: {value}")?;
        }
        let memory = self.gateway_memory_kib / 1024;
        writeln!(f, "memory of the gateways, at most: {memory} MiB")?;
        let seconds = self.observer_ms as f64 / 1000.0;
        writeln!(f, "observer verify: verified, {seconds:.1} s")?;
        self.verdict(f)
    }
}

impl Report {
    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let r = &self.reconciled;
        writeln!(
            f,
            "receipts {}, ballots in the log {} of {} entries, unacknowledged {}, foreign {}",
            r.acknowledged, r.logged, r.entries, r.unacknowledged, r.foreign
        )?;
        for told in &r.broken.told {
            writeln!(f, "BROKEN: {told}")?;
        }
        match self.is_lawful() {
            true => write!(f, "nothing is missing, doubled or different"),
            false => write!(f, "BROKEN: {} laws, {} foreign", r.broken.count, r.foreign),
        }
    }
}

fn latencies(f: &mut fmt::Formatter<'_>, phases: &[Phase]) -> fmt::Result {
    writeln!(
        f,
        "{:<12} {:<14} {:>8} {:>8} {:>7} {:>7} | {:>8} {:>8} {:>8} {:>8} | {:>8} {:>8}",
        "phase",
        "who",
        "offered",
        "receipts",
        "refused",
        "failed",
        "p50 ms",
        "p90",
        "p99",
        "max",
        "ref. p50",
        "ref. p99"
    )?;
    for phase in phases {
        for stream in &phase.streams {
            row(f, &phase.name, stream)?;
        }
    }
    writeln!(f)
}

fn row(f: &mut fmt::Formatter<'_>, phase: &str, stream: &Stream) -> fmt::Result {
    let (accepted, refused) = (&stream.accepted, &stream.refused);
    writeln!(
        f,
        "{phase:<12} {:<14} {:>8} {:>8} {:>7} {:>7} | {:>8.1} {:>8.1} {:>8.1} {:>8.1} | {:>8.1} {:>8.1}",
        stream.name,
        stream.offered,
        accepted.count,
        refused.count,
        stream.failed,
        accepted.p50_ms,
        accepted.p90_ms,
        accepted.p99_ms,
        accepted.max_ms,
        refused.p50_ms,
        refused.p99_ms
    )?;
    for (refusal, count) in &stream.refusals {
        writeln!(f, "{:<12} {:<14} {count:>8} x {refusal}", "", "")?;
    }
    Ok(())
}

fn processors(f: &mut fmt::Formatter<'_>, phases: &[Phase]) -> fmt::Result {
    writeln!(
        f,
        "{:<12} {:>9} {:>9} {:>7} | {:>8} {:>9} {:>7} | {:>9} {:>9} | {:>6} {:>9} | load average",
        "phase",
        "offered/s",
        "accept./s",
        "gap ms",
        "gateway%",
        "generat.%",
        "others%",
        "gw ms/b.",
        "gen ms/b.",
        "ratio",
        "of rest"
    )?;
    for phase in phases {
        let cpu = &phase.cpu;
        writeln!(
            f,
            "{:<12} {:>9.1} {:>9.1} {:>7} | {:>8.1} {:>9.1} {:>7.1} | {:>9.3} {:>9.3} | {:>6.3} {:>9.3} | {}",
            phase.name,
            phase.offered_per_second,
            phase.accepted_per_second,
            phase.longest_gap_ms,
            cpu.gateway,
            cpu.generator,
            cpu.others,
            cpu.gateway_ms_a_ballot,
            cpu.generator_ms_a_ballot,
            cpu.ratio,
            cpu.ratio_of_what_was_left,
            cpu.load_average
        )?;
    }
    Ok(())
}

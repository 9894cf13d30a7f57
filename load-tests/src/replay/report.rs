//! What a replay found, for people and for machines.

use super::compare::Comparison;
use crate::clock::{Stopwatch, millis};
use serde::Serialize;
use std::fmt;
use voting_core::ids::ElectionId;
use voting_core::manifest::Picks;

/// A stage and how long it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Milliseconds.
    pub ms: u64,
}

/// The stages so far, each told when it ends.
#[derive(Clone, Debug)]
pub struct Stages {
    told: bool,
    stages: Vec<Stage>,
}

impl Stages {
    /// None yet; told on standard error or not.
    #[must_use]
    pub const fn new(told: bool) -> Self {
        Self {
            told,
            stages: Vec::new(),
        }
    }

    /// A stage has ended.
    pub fn end(&mut self, name: &'static str, watch: Stopwatch) {
        let stage = Stage {
            name,
            ms: millis(watch.elapsed()),
        };
        self.say(&format!("{name}: {}", Seconds(stage.ms)));
        self.stages.push(stage);
    }

    /// Tells something.
    pub fn say(&self, what: &str) {
        if self.told {
            eprintln!("{what}");
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Stage] {
        &self.stages
    }
}

/// Milliseconds as seconds with one decimal.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 + 50) / 100;
        f.pad(&format!("{}.{} s", tenths / 10, tenths % 10))
    }
}

/// A finished replay. The observer has verified its election.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The file.
    pub file: String,
    /// Ballots played.
    pub voters: usize,
    /// Ballots in the file.
    pub in_file: usize,
    /// The limits that ballots were held to: META's, or wider where the file's ballots are.
    pub picks: Picks,
    /// Marks left out because the same ballot had them already.
    pub repeated_marks: u64,
    /// The election.
    pub election: ElectionId,
    /// Ballots that earlier runs in this folder had cast.
    pub earlier: usize,
    /// The stages of this run.
    pub stages: Vec<Stage>,
    /// The totals.
    pub comparison: Comparison,
}

impl Report {
    /// Ballots a second while voting, of those cast in this run.
    #[must_use]
    pub fn ballots_per_second(&self) -> Option<u64> {
        let voting = self.stages.iter().find(|stage| stage.name == "voting")?;
        let now = (self.voters - self.earlier) as u64;
        (now * 1000).checked_div(voting.ms)
    }

    /// One line.
    #[must_use]
    pub fn line(&self) -> String {
        let total: u64 = self.stages.iter().map(|stage| stage.ms).sum();
        let projects = self.comparison.totals.len();
        let verdict = match self.comparison.first_difference() {
            _ if self.comparison.is_equal() => "equal, verified".to_owned(),
            Some(difference) => format!("DIFFERS: {difference}"),
            None => "DIFFERS in the number of ballots".to_owned(),
        };
        format!(
            "{}: {} of {} voters, {projects} totals, {} repeated marks, {}: {verdict}",
            self.file,
            self.voters,
            self.in_file,
            self.repeated_marks,
            Seconds(total)
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32} {:>12} {:>12}", "project", "counted", "published")?;
        for totals in &self.comparison.totals {
            let name = format!("{} ({})", totals.project, totals.class);
            let published = totals
                .published
                .map_or_else(|| "-".to_owned(), |n| n.to_string());
            writeln!(f, "{name:<32} {:>12} {published:>12}", totals.counted)?;
        }
        let comparison = &self.comparison;
        let (counted, published) = (comparison.ballots, comparison.published_ballots);
        writeln!(f, "{:<32} {counted:>12} {published:>12}", "ballots")?;
        writeln!(f)?;
        for stage in &self.stages {
            writeln!(f, "{:<32} {:>12}", stage.name, Seconds(stage.ms))?;
        }
        if let Some(rate) = self.ballots_per_second() {
            writeln!(f, "{:<32} {rate:>12}", "ballots a second while voting")?;
        }
        writeln!(f)?;
        writeln!(f, "election {}", self.election)?;
        let Picks { min, max } = self.picks;
        writeln!(f, "each ballot marks {min} to {max} projects")?;
        write!(f, "{}", self.line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_tenths() {
        let shown: Vec<_> = [0, 49, 50, 1949, 1950]
            .map(|ms| Seconds(ms).to_string())
            .into();
        assert_eq!(shown, ["0.0 s", "0.0 s", "0.1 s", "1.9 s", "2.0 s"]);
    }
}

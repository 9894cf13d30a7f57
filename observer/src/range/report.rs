//! What a range came to, for people and for machines.

use super::RangeResult;
use crate::report::FirstFailure;
use serde::Serialize;
use std::fmt;
use voting_core::ids::{ElectionId, LogHash};

/// The report of a range. Its JSON form has these keys, which stay.
#[derive(Clone, Debug, Serialize)]
pub struct RangeReport {
    /// The form of this document.
    pub format: &'static str,
    /// The election.
    pub election_id: ElectionId,
    /// How many entries the checkpoint has.
    pub entries: u64,
    /// The checkpoint's root.
    pub root: LogHash,
    /// The first entry of the range.
    pub first: u64,
    /// The entry after the last of the range.
    pub end: u64,
    /// How many ballots hold, of all classes together; none where an entry does not.
    pub ballots: u64,
    /// The first entry that does not hold.
    pub first_failure: Option<FirstFailure>,
}

impl RangeReport {
    /// The report of a result.
    #[must_use]
    pub fn of(result: &RangeResult) -> Self {
        let sums = result.outcome.as_ref().ok();
        Self {
            format: "hanpyo range verification v1",
            election_id: result.election,
            entries: result.tree.0.get(),
            root: result.tree.1,
            first: result.entries.start,
            end: result.entries.end,
            ballots: sums.map_or(0, |sums| sums.ballots().sum()),
            first_failure: result.outcome.as_ref().err().cloned().map(Into::into),
        }
    }
}

impl fmt::Display for RangeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "election    {}", self.election_id)?;
        writeln!(
            f,
            "log         {} entries, root {}",
            self.entries, self.root
        )?;
        writeln!(f, "range       {}..{}", self.first, self.end)?;
        match &self.first_failure {
            None => write!(
                f,
                "HOLDS: every signature and the proofs of {} ballots | 구간 검증 통과",
                self.ballots
            ),
            Some(failure) => write!(f, "FAILED: {failure} | 구간 검증 실패"),
        }
    }
}

//! The results of ranges that cover a log, in place of verifying the same again.

use super::RangeResult;
use crate::check::{Failure, OwnCheck};
use crate::head::Claimed;
use std::ops::Range;
use voting_core::audit::ClassSums;
use voting_core::entry::Body;
use voting_core::ids::{ElectionId, LeafIndex};

/// Ranges that cover a log exactly, and how far the entries have been compared with them.
pub(crate) struct Merged {
    /// The next is the last.
    ranges: Vec<Counted>,
    /// The ballots of each class since the beginning of the range under way.
    seen: Vec<u64>,
    sums: ClassSums,
    ballots: u64,
}

/// What is left of a range: its sums are in those of the whole.
struct Counted {
    entries: Range<u64>,
    /// The ballots it says it has of each class, or the first entry that does not hold.
    outcome: Result<Vec<u64>, Failure>,
}

impl Merged {
    /// Takes ranges of this very tree that cover it, and adds them up.
    ///
    /// # Errors
    /// [`Failure`] of `ranges` otherwise.
    pub(crate) fn new(
        ranges: &[RangeResult],
        election: ElectionId,
        claimed: &Claimed,
        empty: ClassSums,
    ) -> Result<Self, Failure> {
        let classes = empty.ballots().count();
        let mut ranges: Vec<&RangeResult> = ranges.iter().collect();
        ranges.sort_by_key(|range| range.entries.start);
        check_cover(&ranges, election, claimed)?;
        let mut sums = empty;
        let mut counted = Vec::with_capacity(ranges.len());
        for range in ranges.into_iter().rev() {
            counted.push(Counted::new(range, &mut sums)?);
        }
        Ok(Self {
            ranges: counted,
            seen: vec![0; classes],
            sums,
            ballots: 0,
        })
    }

    /// Compares an entry, all else of which holds, with what its range says.
    ///
    /// # Errors
    /// The range's own failure at this entry; or that a range has other ballots than the log.
    pub(crate) fn take(&mut self, index: LeafIndex, body: &Body) -> Result<(), Failure> {
        if let Body::Ballot(cast) = body {
            self.ballots += 1;
            let class = usize::from(cast.credential.voter.class.get());
            self.seen.get_mut(class).into_iter().for_each(|n| *n += 1);
        }
        let Some(range) = self.ranges.last() else {
            return Ok(());
        };
        if let Err(failure) = &range.outcome
            && failure.entry <= Some(index)
        {
            return Err(failure.clone());
        }
        if index.get() + 1 == range.entries.end {
            range.compare(&self.seen)?;
            self.seen.fill(0);
            self.ranges.pop();
        }
        Ok(())
    }

    pub(crate) fn sums_mut(&mut self) -> &mut ClassSums {
        &mut self.sums
    }

    pub(crate) fn verified(&self) -> u64 {
        self.ballots
    }
}

impl Counted {
    fn new(range: &RangeResult, sums: &mut ClassSums) -> Result<Self, Failure> {
        let outcome = match &range.outcome {
            Ok(own) => {
                let merged = sums.merge(own);
                merged.map_err(|v| Failure::new(OwnCheck::Ranges, v.detail))?;
                Ok(own.ballots().collect())
            }
            Err(failure) => Err(failure.clone()),
        };
        Ok(Self {
            entries: range.entries.clone(),
            outcome,
        })
    }

    fn compare(&self, seen: &[u64]) -> Result<(), Failure> {
        match &self.outcome {
            Ok(own) if own != seen => Err(ranges(format_args!(
                "the range {}..{} says it has {own:?} ballots of the classes, the log has {seen:?}",
                self.entries.start, self.entries.end
            ))),
            _ => Ok(()),
        }
    }
}

fn check_cover(
    ranges: &[&RangeResult],
    election: ElectionId,
    claimed: &Claimed,
) -> Result<(), Failure> {
    let tree = (claimed.size(), claimed.checkpoint.root());
    let mut next = 0;
    for range in ranges {
        let Range { start, end } = range.entries;
        if range.election != election || range.tree != tree {
            let (size, root) = range.tree;
            return Err(self::ranges(format_args!(
                "the range {start}..{end} is of a log of {size} entries with root {root}, this one \
                 has {} with root {}",
                tree.0, tree.1
            )));
        }
        if start > next {
            return Err(self::ranges(format_args!(
                "no range verified the entries {next}..{start}"
            )));
        }
        if start < next {
            let end = end.min(next);
            return Err(self::ranges(format_args!(
                "two ranges verified the entries {start}..{end}"
            )));
        }
        next = end;
    }
    match claimed.size().get() {
        size if size == next => Ok(()),
        size => Err(self::ranges(format_args!(
            "no range verified the entries {next}..{size}"
        ))),
    }
}

fn ranges(detail: std::fmt::Arguments<'_>) -> Failure {
    Failure::new(OwnCheck::Ranges, detail)
}

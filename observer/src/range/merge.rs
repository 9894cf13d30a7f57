//! The results of ranges that cover a log, in place of verifying the same again.

use super::RangeResult;
use crate::check::{Failure, OwnCheck};
use crate::head::Claimed;
use std::ops::Range;
use voting_core::audit::ClassSums;
use voting_core::entry::Body;
use voting_core::ids::{ElectionId, LeafIndex, LogHash};
use voting_core::log::tree::{Frontier, TreeSize};

/// Ranges that cover a log exactly, and how far the entries have been compared with them.
pub(crate) struct Merged {
    tree: (TreeSize, LogHash),
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
    /// Takes ranges that cover a tree, and adds them up. The tree is the log's, or one that the log
    /// was before: what came since is verified here. `None` without any range.
    ///
    /// # Errors
    /// [`Failure`] of `ranges` otherwise.
    pub(crate) fn new(
        ranges: &[RangeResult],
        election: ElectionId,
        claimed: &Claimed,
        empty: ClassSums,
    ) -> Result<Option<Self>, Failure> {
        let Some(tree) = ranges.first().map(|range| range.tree) else {
            return Ok(None);
        };
        let classes = empty.ballots().count();
        let mut ranges: Vec<&RangeResult> = ranges.iter().collect();
        ranges.sort_by_key(|range| range.entries.start);
        check_cover(&ranges, (election, tree), claimed)?;
        let mut sums = empty;
        let mut counted = Vec::with_capacity(ranges.len());
        for range in ranges.into_iter().rev() {
            counted.push(Counted::new(range, &mut sums)?);
        }
        Ok(Some(Self {
            tree,
            ranges: counted,
            seen: vec![0; classes],
            sums,
            ballots: 0,
        }))
    }

    /// Whether a range verified this entry.
    pub(crate) fn covers(&self, index: LeafIndex) -> bool {
        index.get() < self.tree.0.get()
    }

    /// Compares an entry, all else of which holds, with what its range says; `tree` is the log's
    /// with it.
    ///
    /// # Errors
    /// The range's own failure at this entry; or that a range has other ballots than the log, or is
    /// of another log.
    pub(crate) fn take(
        &mut self,
        index: LeafIndex,
        body: &Body,
        tree: &Frontier,
    ) -> Result<(), Failure> {
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
        let (size, root) = self.tree;
        if tree.size() == size && tree.root() != root {
            return Err(ranges(format_args!(
                "the ranges are of a log of {size} entries with root {root}, this one had {}",
                tree.root()
            )));
        }
        Ok(())
    }

    /// The failure of the range under way: its ballots are in no sums.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.ranges.last()?.outcome.as_ref().err()
    }

    /// What the ballots of all ranges add up to.
    pub(crate) fn sums(&self) -> &ClassSums {
        &self.sums
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
    (election, tree): (ElectionId, (TreeSize, LogHash)),
    claimed: &Claimed,
) -> Result<(), Failure> {
    if tree.0 > claimed.size() {
        return Err(self::ranges(format_args!(
            "the ranges are of a log of {} entries, this one has {}",
            tree.0,
            claimed.size()
        )));
    }
    let mut next = 0;
    for range in ranges {
        let Range { start, end } = range.entries;
        if range.election != election || range.tree != tree {
            let (size, root) = range.tree;
            return Err(self::ranges(format_args!(
                "the range {start}..{end} is of a log of {size} entries with root {root}, another \
                 of {} with root {}, or of another election",
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
    match tree.0.get() {
        size if size == next => Ok(()),
        size => Err(self::ranges(format_args!(
            "no range verified the entries {next}..{size}"
        ))),
    }
}

fn ranges(detail: std::fmt::Arguments<'_>) -> Failure {
    Failure::new(OwnCheck::Ranges, detail)
}

//! The part of a verification that needs no other entries than the opening.

use super::{RangeOfEntries, RangeResult};
use crate::batch::{Batches, Waiting};
use crate::check::{CheckName, Failure, OwnCheck};
use crate::fetch::{Go, bundles};
use crate::head::{self, Claimed, Tree};
use crate::progress::{Part, Progress};
use crate::source::Source;
use std::ops::Range;
use std::sync::Arc;
use voting_core::audit::{Check, ClassSums, Signatures, State};
use voting_core::codec::Decode;
use voting_core::entry::Entry;
use voting_core::ids::{ElectionId, LeafIndex};

/// Verifies that these entries are in the tree, and every signature and proof of the credentials
/// and ballots among them. The entries up to the opening are verified first: they hold the keys.
///
/// An entry that does not hold is the result's outcome.
///
/// # Errors
/// [`Failure`] where the range could not be verified at all: a file is missing or not the tree's,
/// the checkpoint is not the log's, the log is of another election.
pub fn verify_range(
    source: &dyn Source,
    election: Option<ElectionId>,
    range: RangeOfEntries,
    progress: &dyn Progress,
) -> Result<RangeResult, Failure> {
    let claimed = Claimed::read(source)?;
    let size = claimed.size();
    let entries = range.within(size.get()).ok_or_else(|| {
        let detail = format_args!("the log has {size} entries, the range is {range}");
        Failure::new(OwnCheck::Ranges, detail)
    })?;
    let tree = Tree::open(source, &claimed.checkpoint)?;
    let job = Job {
        source,
        progress,
        tree: &tree,
        claimed: &claimed,
        election,
        entries: entries.clone(),
    };
    let (election, outcome) = job.run()?;
    let outcome = match outcome {
        // What was served is not the log: that says nothing of its entries.
        Err(failure) if !matches!(failure.check, CheckName::Entry(_)) => return Err(failure),
        outcome => outcome,
    };
    Ok(RangeResult {
        election,
        tree: (size, claimed.checkpoint.root()),
        entries,
        outcome,
    })
}

struct Job<'a> {
    source: &'a dyn Source,
    progress: &'a dyn Progress,
    tree: &'a Tree<'a>,
    claimed: &'a Claimed,
    election: Option<ElectionId>,
    entries: Range<u64>,
}

impl Job<'_> {
    fn run(&self) -> Result<(ElectionId, Result<ClassSums, Failure>), Failure> {
        let (election, state) = self.opening()?;
        let state = match state {
            Ok(state) => state,
            Err(failure) => return Ok((election, Err(failure))),
        };
        let shape = (state.manifest().classes.len(), state.shape().options());
        let empty = ClassSums::new(shape.0, shape.1);
        let empty = empty.map_err(|v| Failure::new(v.check, v.detail))?;
        let mut batches = Batches::new(empty.clone());
        let read = self.read(&state, &empty, &mut batches);
        let settled = batches.settle();
        self.progress.end(Part::Entries);
        self.progress.end(Part::Ballots);
        let outcome = match (read, settled) {
            (Ok(()), Ok(())) => Ok(batches.sums_mut().clone()),
            (Err(one), Err(other)) => Err(one.earlier(other)),
            (Err(one), Ok(())) | (Ok(()), Err(one)) => Err(one),
        };
        Ok((election, outcome))
    }

    /// The state after the opening, or after the last entry of the range if that comes first; or
    /// the first entry up to there that does not hold.
    fn opening(&self) -> Result<(ElectionId, Result<State, Failure>), Failure> {
        let mut state: Option<State> = None;
        let read = bundles(
            self.source,
            0..self.entries.end,
            self.claimed.size(),
            |bundles| {
                bundles.each(self.tree, |index, bytes| {
                    let state = match state.as_mut() {
                        Some(state) => state,
                        None => state.insert(self.begin(bytes)?),
                    };
                    apply(state, LeafIndex::new(index), bytes)?;
                    let enough =
                        state.ballot_parameters().is_some() || index + 1 == self.entries.end;
                    Ok(if enough { Go::Enough } else { Go::On })
                })
            },
        );
        match (state, read) {
            (Some(state), read) => Ok((state.election(), read.map(|()| state))),
            (None, read) => Err(match read {
                Err(failure) => failure,
                Ok(()) => Failure::new(Check::Manifest, "the log is empty"),
            }),
        }
    }

    fn begin(&self, entry: &[u8]) -> Result<State, Failure> {
        let manifest = head::manifest(self.source, entry)?;
        head::check_election(self.election, &manifest)?;
        let state = State::new(Arc::new(manifest));
        let state = state.map_err(|v| Failure::violation(LeafIndex::new(0), v))?;
        let signed = state.policy().open_without_quorum(&self.claimed.note);
        signed.map_err(|e| Failure::new(OwnCheck::CheckpointSignature, e))?;
        Ok(state)
    }

    fn read(&self, state: &State, empty: &ClassSums, batches: &mut Batches) -> Result<(), Failure> {
        let entries = self.entries.start.max(state.size())..self.entries.end;
        if entries.is_empty() {
            return Ok(());
        }
        self.progress
            .begin(Part::Entries, entries.end - entries.start);
        bundles(
            self.source,
            entries.clone(),
            self.claimed.size(),
            |bundles| {
                bundles.each(self.tree, |index, bytes| {
                    if index < entries.start {
                        return Ok(Go::On);
                    }
                    if index >= entries.end {
                        return Ok(Go::Enough);
                    }
                    let place = LeafIndex::new(index);
                    let entry = decode(place, bytes)?;
                    if let Some(waiting) = Waiting::of(place, entry.body) {
                        batches.push(waiting, state, empty)?;
                    }
                    let done = index + 1 - entries.start;
                    self.progress.reached(Part::Entries, done);
                    self.progress.reached(Part::Ballots, batches.verified());
                    Ok(Go::On)
                })
            },
        )
    }
}

fn apply(state: &mut State, index: LeafIndex, bytes: &[u8]) -> Result<(), Failure> {
    let entry = decode(index, bytes)?;
    let applied = state.apply(&entry, bytes, Signatures::Verify);
    applied.map_err(|violation| Failure::violation(index, violation))
}

fn decode(index: LeafIndex, bytes: &[u8]) -> Result<Entry, Failure> {
    Entry::from_bytes(bytes).map_err(|e| Failure::at(Check::EntryEncoding, index, e))
}

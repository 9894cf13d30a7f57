//! Reading a whole log: every entry in order, every ballot's proof beside it.
//!
//! Memory holds a few bundles, a few batches of ballots, and the state's index of people, codes
//! and ciphertext components; no ballot is kept.

use crate::batch::{Batches, Waiting};
use crate::check::{Failure, OwnCheck};
use crate::complaint::{Complaint, complaint};
use crate::fetch::{Go, bundles};
use crate::head::{self, Claimed, Tree};
use crate::kept::{Kept, KeptReceipt};
use crate::progress::{Part, Progress};
use crate::range::{Merged, RangeResult};
use crate::source::Source;
use crate::superseded::Superseded;
use std::sync::Arc;
use voting_core::audit::{Check, ClassSums, CountedBallot, Signatures, Stage, State};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{ElectionId, LeafIndex};
use voting_core::log::checkpoint::OpenedCheckpoint;
use voting_core::log::note::Note;
use voting_core::staff::{Document, StaffAction};

/// What a log is held to.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// The election it must be.
    pub election: Option<ElectionId>,
    /// Checkpoints kept from before.
    pub checkpoints: Vec<Note>,
    /// Receipts kept from before.
    pub receipts: Vec<KeptReceipt>,
    /// Ranges that cover the log, verified elsewhere: where there are any, no signature of a
    /// credential or ballot and no proof is verified again, and their sums are believed.
    pub ranges: Vec<RangeResult>,
}

/// A log of which every entry was verified, up to the newest checkpoint.
pub struct VerifiedLog {
    /// The election after the last entry. The sums are provided where it has closed.
    pub state: State,
    /// The newest checkpoint and who cosigned it.
    pub checkpoint: OpenedCheckpoint,
    /// The documents that entries name, with those entries.
    pub documents: Vec<(LeafIndex, Document)>,
    /// The newest list of the served software's hashes, and its entry.
    pub software: Option<(LeafIndex, Document)>,
    /// The latest complaint of the key ceremony, judged.
    pub complaint: Option<Complaint>,
    /// How many tracking codes were spoiled.
    pub spoiled: u64,
    /// How many ballots another one of the same person superseded.
    pub superseded: u64,
    /// In how many ranges signatures and proofs were verified elsewhere; 0 if they were here.
    pub ranges: usize,
}

/// Reads and verifies a log up to its newest checkpoint.
///
/// # Errors
/// The first [`Failure`] by index.
pub fn read_verified(
    source: &dyn Source,
    expected: &Expectations,
    progress: &dyn Progress,
) -> Result<VerifiedLog, Failure> {
    let claimed = Claimed::read(source)?;
    let tree = Tree::open(source, &claimed.checkpoint)?;
    let size = claimed.size();
    let reader = Reader {
        source,
        expected,
        progress,
    };
    progress.begin(Part::Entries, size.get());
    let mut replay: Option<Replay> = None;
    let read = bundles(source, 0..size.get(), size, |bundles| {
        bundles.each(&tree, |index, entry| {
            let replay = match replay.as_mut() {
                Some(replay) => replay,
                None => replay.insert(Replay::begin(&reader, &claimed, entry)?),
            };
            replay.take(&reader, entry)?;
            progress.reached(Part::Entries, index + 1);
            Ok(Go::On)
        })
    });
    match (replay, read) {
        (Some(mut replay), Err(failure)) => Err(replay.first(failure)),
        (None, Err(failure)) => Err(failure),
        (None, Ok(())) => Err(Failure::new(Check::Manifest, "the log is empty")),
        (Some(replay), Ok(())) => replay.finish(&reader, &claimed),
    }
}

struct Reader<'a> {
    source: &'a dyn Source,
    expected: &'a Expectations,
    progress: &'a dyn Progress,
}

/// Who verifies the signatures and proofs of credentials and ballots, and adds the ballots up.
struct Single {
    /// Whoever verified the ranges, of the entries that these cover.
    elsewhere: Option<Merged>,
    /// This process, on every core, of the rest; with the sums of all.
    here: Box<Batches>,
    empty: ClassSums,
}

struct Replay {
    state: State,
    checkpoint: OpenedCheckpoint,
    kept: Kept,
    single: Single,
    superseded: Superseded,
    documents: Vec<(LeafIndex, Document)>,
    software: Option<(LeafIndex, Document)>,
    complaint: Option<Complaint>,
    spoiled: u64,
}

impl Replay {
    /// From entry 0, which names the manifest, which names the log's key.
    fn begin(reader: &Reader<'_>, claimed: &Claimed, entry: &[u8]) -> Result<Self, Failure> {
        let zero = LeafIndex::new(0);
        let manifest = head::manifest(reader.source, entry)?;
        head::check_election(reader.expected.election, &manifest)?;
        let (classes, projects) = (manifest.classes.len(), manifest.project_count());
        let violation = |violation| Failure::violation(zero, violation);
        let empty = ClassSums::new(classes, projects).map_err(violation)?;
        let state = State::new(Arc::new(manifest)).map_err(violation)?;
        let checkpoint = state.policy().open_without_quorum(&claimed.note);
        let checkpoint = checkpoint.map_err(|e| Failure::new(OwnCheck::CheckpointSignature, e))?;
        let single = Single::new(&reader.expected.ranges, state.election(), claimed, empty)?;
        let (notes, receipts) = (&reader.expected.checkpoints, &reader.expected.receipts);
        Ok(Self {
            kept: Kept::open(state.policy(), notes, receipts)?,
            state,
            checkpoint,
            single,
            superseded: Superseded::default(),
            documents: Vec::new(),
            software: None,
            complaint: None,
            spoiled: 0,
        })
    }

    fn take(&mut self, reader: &Reader<'_>, bytes: &[u8]) -> Result<(), Failure> {
        let index = LeafIndex::new(self.state.size());
        let entry = Entry::from_bytes(bytes);
        let entry = entry.map_err(|e| Failure::at(Check::EntryEncoding, index, e))?;
        let former = self.former(&entry);
        // Those of credentials and ballots are verified apart.
        let applied = self.state.apply(&entry, bytes, Signatures::Verified);
        applied.map_err(|violation| Failure::violation(index, violation))?;
        self.kept.check(&self.state, &entry, bytes)?;
        match &entry.body {
            Body::Ballot(cast) => {
                let class = cast.credential.voter.class;
                self.superseded.extend(class, former);
            }
            Body::Staff(staff) => self.staff(reader, index, &staff.proposal.action)?,
            Body::Trustee(message) => {
                self.complaint =
                    complaint(&self.state, index, message).or_else(|| self.complaint.take())
            }
            Body::Spoiled(_) => self.spoiled += 1,
            Body::Credential(_) => {}
        }
        self.single.take(index, entry.body, &self.state)?;
        reader
            .progress
            .reached(Part::Ballots, self.single.verified());
        Ok(())
    }

    /// The ballot that this entry would supersede.
    fn former(&self, entry: &Entry) -> Option<CountedBallot> {
        match &entry.body {
            Body::Ballot(cast) => self.state.person(&cast.credential.voter.pseudonym)?.ballot,
            _ => None,
        }
    }

    fn staff(
        &mut self,
        reader: &Reader<'_>,
        index: LeafIndex,
        action: &StaffAction,
    ) -> Result<(), Failure> {
        if let Some(document) = action.document() {
            head::document(reader.source, index, &document)?;
            self.documents.push((index, document));
        }
        match action {
            StaffAction::SoftwareChanged(document) => self.software = Some((index, *document)),
            StaffAction::Close => self.close(reader, index)?,
            _ => {}
        }
        Ok(())
    }

    /// Every ballot is in: the sums that the shares after this entry are verified against.
    fn close(&mut self, reader: &Reader<'_>, index: LeafIndex) -> Result<(), Failure> {
        self.settle(reader)?;
        // A range that fails behind the close has no sums to give for what is before it.
        if let Some(failure) = self.single.elsewhere.as_ref().and_then(Merged::failure) {
            return Err(failure.clone());
        }
        let shape = self.state.shape().clone();
        let sums = self.single.sums_mut();
        let size = self.checkpoint.checkpoint().size();
        self.superseded
            .subtract(reader.source, size, &shape, sums)?;
        let provided = self.state.provide_sums(sums);
        provided.map_err(|violation| Failure::at(OwnCheck::Sums, index, violation.detail))
    }

    fn settle(&mut self, reader: &Reader<'_>) -> Result<(), Failure> {
        let settled = self.single.settle();
        reader
            .progress
            .reached(Part::Ballots, self.single.verified());
        settled
    }

    /// The first failure: an earlier entry may still be under way.
    fn first(&mut self, failure: Failure) -> Failure {
        match self.single.settle() {
            Ok(()) => failure,
            Err(earlier) => failure.earlier(earlier),
        }
    }

    fn finish(mut self, reader: &Reader<'_>, claimed: &Claimed) -> Result<VerifiedLog, Failure> {
        self.settle(reader)?;
        reader.progress.end(Part::Entries);
        reader.progress.end(Part::Ballots);
        let tree = self.state.frontier();
        if (tree.size(), tree.root()) != (claimed.size(), claimed.checkpoint.root()) {
            let detail = "the entries do not lead to the checkpoint's root";
            return Err(Failure::new(OwnCheck::MerkleTree, detail));
        }
        self.kept.finish(self.state.size())?;
        Ok(VerifiedLog {
            superseded: self.superseded.count(),
            ranges: reader.expected.ranges.len(),
            state: self.state,
            checkpoint: self.checkpoint,
            documents: self.documents,
            software: self.software,
            complaint: self.complaint,
            spoiled: self.spoiled,
        })
    }
}

impl Single {
    fn new(
        ranges: &[RangeResult],
        election: ElectionId,
        claimed: &Claimed,
        empty: ClassSums,
    ) -> Result<Self, Failure> {
        let elsewhere = Merged::new(ranges, election, claimed, empty.clone())?;
        let sums = elsewhere.as_ref().map_or(&empty, Merged::sums).clone();
        Ok(Self {
            here: Box::new(Batches::new(sums)),
            elsewhere,
            empty,
        })
    }

    fn take(&mut self, index: LeafIndex, body: Body, state: &State) -> Result<(), Failure> {
        if let Some(merged) = self.elsewhere.as_mut().filter(|m| m.covers(index)) {
            return merged.take(index, &body, state.frontier());
        }
        match Waiting::of(index, body) {
            Some(waiting) => self.here.push(waiting, state, &self.empty),
            None => Ok(()),
        }
    }

    fn settle(&mut self) -> Result<(), Failure> {
        self.here.settle()
    }

    fn sums_mut(&mut self) -> &mut ClassSums {
        self.here.sums_mut()
    }

    fn verified(&self) -> u64 {
        self.here.verified() + self.elsewhere.as_ref().map_or(0, Merged::verified)
    }
}

impl VerifiedLog {
    /// Whether the election is over: a result is out, or it was annulled.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(
            self.state.stage(),
            Stage::Published | Stage::Ratified | Stage::Annulled
        )
    }
}

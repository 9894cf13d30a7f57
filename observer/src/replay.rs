//! Reading a whole log: every entry in order, every ballot's proof beside it.
//!
//! Memory holds a few bundles, a few batches of ballots, and the state's index of people, codes
//! and ciphertext components; no ballot is kept.

use crate::batch::{Batches, Waiting};
use crate::check::{Failure, OwnCheck};
use crate::complaint::{Complaint, complaint};
use crate::head::{self, Claimed, Tree};
use crate::kept::{Kept, KeptReceipt};
use crate::progress::{Part, Progress};
use crate::source::{LogPath, Source};
use crate::superseded::Superseded;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use voting_core::audit::{Check, ClassSums, CountedBallot, Signatures, Stage, State};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{ElectionId, LeafIndex};
use voting_core::log::checkpoint::OpenedCheckpoint;
use voting_core::log::note::Note;
use voting_core::log::tile::{TilePath, new_entry_bundles};
use voting_core::log::tree::TreeSize;
use voting_core::manifest::Manifest;
use voting_core::staff::{Document, StaffAction};

/// How many bundles are fetched ahead.
const AHEAD: usize = 3;

/// What a log is held to.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// The election it must be.
    pub election: Option<ElectionId>,
    /// Checkpoints kept from before.
    pub checkpoints: Vec<Note>,
    /// Receipts kept from before.
    pub receipts: Vec<KeptReceipt>,
}

/// A log of which every entry was verified, up to the newest checkpoint.
pub struct VerifiedLog {
    /// The election after the last entry. The sums are provided where it has closed.
    pub state: State,
    /// The newest checkpoint and who cosigned it.
    pub checkpoint: OpenedCheckpoint,
    /// The documents that entries name, with those entries.
    pub documents: Vec<(LeafIndex, Document)>,
    /// The latest complaint of the key ceremony, judged.
    pub complaint: Option<Complaint>,
    /// How many tracking codes were spoiled.
    pub spoiled: u64,
    /// How many ballots another one of the same person superseded.
    pub superseded: u64,
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
    std::thread::scope(|scope| {
        let (send, bundles) = sync_channel(AHEAD);
        let size = claimed.size();
        scope.spawn(move || {
            for path in new_entry_bundles(TreeSize::new(0), size) {
                let bytes = source.read(LogPath::Tile(path));
                let last = bytes.is_err();
                if send.send((path, bytes)).is_err() || last {
                    return;
                }
            }
        });
        let reader = Reader {
            source,
            expected,
            progress,
            tree: &tree,
        };
        reader.read(&claimed, &bundles)
    })
}

type Fetched = (TilePath, Result<Vec<u8>, crate::source::SourceError>);

struct Reader<'a> {
    source: &'a dyn Source,
    expected: &'a Expectations,
    progress: &'a dyn Progress,
    tree: &'a Tree<'a>,
}

impl Reader<'_> {
    fn read(&self, claimed: &Claimed, bundles: &Receiver<Fetched>) -> Result<VerifiedLog, Failure> {
        let mut replay: Option<Replay> = None;
        self.progress.begin(Part::Entries, claimed.size().get());
        for (path, bytes) in bundles {
            let taken = self.bundle(path, bytes, claimed, &mut replay);
            if let Err(failure) = taken {
                return Err(match replay.as_mut() {
                    Some(replay) => replay.first(failure),
                    None => failure,
                });
            }
        }
        let replay = replay.ok_or_else(|| Failure::new(Check::Manifest, "the log is empty"))?;
        replay.finish(self, claimed)
    }

    fn bundle(
        &self,
        path: TilePath,
        bytes: Result<Vec<u8>, crate::source::SourceError>,
        claimed: &Claimed,
        replay: &mut Option<Replay>,
    ) -> Result<(), Failure> {
        let bytes = bytes.map_err(head::file)?;
        let bundle = self.tree.entries(path, &bytes)?;
        for entry in bundle.entries() {
            let replay = match replay.as_mut() {
                Some(replay) => replay,
                None => replay.insert(Replay::begin(self, claimed, entry)?),
            };
            replay.take(self, entry)?;
        }
        let reached = replay.as_ref().map_or(0, |replay| replay.state.size());
        self.progress.reached(Part::Entries, reached);
        Ok(())
    }
}

struct Replay {
    state: State,
    checkpoint: OpenedCheckpoint,
    kept: Kept,
    empty: ClassSums,
    batches: Batches,
    superseded: Superseded,
    documents: Vec<(LeafIndex, Document)>,
    complaint: Option<Complaint>,
    spoiled: u64,
    ballots: u64,
}

impl Replay {
    /// From entry 0, which names the manifest, which names the log's key.
    fn begin(reader: &Reader<'_>, claimed: &Claimed, entry: &[u8]) -> Result<Self, Failure> {
        let zero = LeafIndex::new(0);
        let manifest = head::manifest(reader.source, entry)?;
        check_election(reader.expected, &manifest)?;
        let (classes, projects) = (manifest.classes.len(), manifest.project_count());
        let violation = |violation| Failure::violation(zero, violation);
        let empty = ClassSums::new(classes, projects).map_err(violation)?;
        let state = State::new(Arc::new(manifest)).map_err(violation)?;
        let checkpoint = state.policy().open_without_quorum(&claimed.note);
        let checkpoint = checkpoint.map_err(|e| Failure::new(OwnCheck::CheckpointSignature, e))?;
        let (notes, receipts) = (&reader.expected.checkpoints, &reader.expected.receipts);
        Ok(Self {
            kept: Kept::open(state.policy(), notes, receipts)?,
            state,
            checkpoint,
            batches: Batches::new(empty.clone()),
            empty,
            superseded: Superseded::default(),
            documents: Vec::new(),
            complaint: None,
            spoiled: 0,
            ballots: 0,
        })
    }

    fn take(&mut self, reader: &Reader<'_>, bytes: &[u8]) -> Result<(), Failure> {
        let index = LeafIndex::new(self.state.size());
        let entry = Entry::from_bytes(bytes);
        let entry = entry.map_err(|e| Failure::at(Check::EntryEncoding, index, e))?;
        let former = self.former(&entry);
        let applied = self.state.apply(&entry, bytes, Signatures::Verify);
        applied.map_err(|violation| Failure::violation(index, violation))?;
        self.kept.check(&self.state, &entry, bytes)?;
        match entry.body {
            Body::Ballot(cast) => {
                self.superseded.extend(cast.credential.voter.class, former);
                let waiting = Waiting {
                    index,
                    voter: cast.credential.voter,
                    ballot: cast.ballot().to_vec(),
                };
                self.ballot(reader, waiting)?;
            }
            Body::Staff(staff) => self.staff(reader, index, &staff.proposal.action)?,
            Body::Trustee(message) => {
                self.complaint =
                    complaint(&self.state, index, &message).or_else(|| self.complaint.take())
            }
            Body::Spoiled(_) => self.spoiled += 1,
            Body::Credential(_) => {}
        }
        Ok(())
    }

    /// The ballot that this entry would supersede.
    fn former(&self, entry: &Entry) -> Option<CountedBallot> {
        match &entry.body {
            Body::Ballot(cast) => self.state.person(&cast.credential.voter.pseudonym)?.ballot,
            _ => None,
        }
    }

    fn ballot(&mut self, reader: &Reader<'_>, waiting: Waiting) -> Result<(), Failure> {
        self.ballots += 1;
        let params = self.state.ballot_parameters().cloned();
        let index = waiting.index;
        let params = params.ok_or_else(|| Failure::at(Check::Stage, index, "not open"))?;
        self.batches.push(waiting, &params, &self.empty)?;
        reader
            .progress
            .reached(Part::Ballots, self.batches.verified());
        Ok(())
    }

    fn staff(
        &mut self,
        reader: &Reader<'_>,
        index: LeafIndex,
        action: &StaffAction,
    ) -> Result<(), Failure> {
        match action {
            StaffAction::Create(document)
            | StaffAction::SoftwareChanged(document)
            | StaffAction::Publish(document)
            | StaffAction::Ratify(document) => {
                head::document(reader.source, index, document)?;
                self.documents.push((index, *document));
            }
            StaffAction::Close => self.close(reader, index)?,
            _ => {}
        }
        Ok(())
    }

    /// Every ballot is in: the sums that the shares after this entry are verified against.
    fn close(&mut self, reader: &Reader<'_>, index: LeafIndex) -> Result<(), Failure> {
        self.settle(reader)?;
        let shape = self.state.shape().clone();
        let sums = self.batches.sums_mut();
        let size = self.checkpoint.checkpoint().size();
        self.superseded
            .subtract(reader.source, size, &shape, sums)?;
        let provided = self.state.provide_sums(sums);
        provided.map_err(|violation| Failure::at(OwnCheck::Sums, index, violation.detail))
    }

    fn settle(&mut self, reader: &Reader<'_>) -> Result<(), Failure> {
        let params = self.state.ballot_parameters().cloned();
        let settled = self.batches.settle(params.as_ref(), &self.empty);
        reader
            .progress
            .reached(Part::Ballots, self.batches.verified());
        settled
    }

    /// The first failure: an earlier ballot's proof may still be under way.
    fn first(&mut self, failure: Failure) -> Failure {
        let params = self.state.ballot_parameters().cloned();
        match self.batches.settle(params.as_ref(), &self.empty) {
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
            state: self.state,
            checkpoint: self.checkpoint,
            documents: self.documents,
            complaint: self.complaint,
            spoiled: self.spoiled,
        })
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

fn check_election(expected: &Expectations, manifest: &Manifest) -> Result<(), Failure> {
    let found = manifest.election_id();
    match expected.election {
        Some(expected) if expected != found => {
            let detail = format_args!("this is election {found}, {expected} is expected");
            Err(Failure::at(Check::Manifest, LeafIndex::new(0), detail))
        }
        _ => Ok(()),
    }
}

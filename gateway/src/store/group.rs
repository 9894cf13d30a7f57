//! What one commit writes, collected in memory.

use super::{CodeFate, StoredCheckpoint, StoredEntry, StoredReceipt};
use std::collections::BTreeMap;
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::NodeId;
use voting_core::tracking::TrackingCode;

/// A group of requests on its way to the store. A request sees what those before it put here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// How many entries the log has before it.
    pub base: u64,
    /// The term of the writer; 0 where there is only ever one.
    pub epoch: u64,
    /// The election and its manifest, with entry 0.
    pub election: Option<(ElectionId, DocumentHash)>,
    /// Documents that entries name, by content address.
    pub documents: BTreeMap<DocumentHash, Vec<u8>>,
    /// Entries in order, each with its kind.
    pub entries: Vec<(StoredEntry, u8)>,
    /// The nodes that they complete.
    pub nodes: Vec<(NodeId, LogHash)>,
    /// The newest credential of each person: entry and bytes.
    pub credentials: BTreeMap<Pseudonym, (u64, Vec<u8>)>,
    /// Receipts of ballots, by tracking code.
    pub ballots: BTreeMap<TrackingCode, StoredReceipt>,
    /// Which ballot of a person counts from now on.
    pub current: BTreeMap<Pseudonym, CurrentBallot>,
    /// Tracking codes that were registered or decided.
    pub codes: BTreeMap<TrackingCode, CodeChange>,
    /// The checkpoint over everything up to the last entry.
    pub checkpoint: Option<StoredCheckpoint>,
}

/// The ballot of a person that counts, in the place of exactly `former`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentBallot {
    /// The ballot that counted when the group began; `None` if there was none.
    pub former: Option<TrackingCode>,
    /// The one that counts now.
    pub code: TrackingCode,
}

/// What happens to a tracking code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChange {
    /// Who registered it, or whose ballot it is.
    pub owner: Pseudonym,
    /// When it is registered by this group; `None` if it was before, or never.
    pub registered: Option<UnixMillis>,
    /// What it is from now on. A code that was never registered has nothing to move.
    pub fate: CodeFate,
}

impl Group {
    /// A group of a writer in its term, behind the first `base` entries.
    #[must_use]
    pub fn new(base: u64, epoch: u64) -> Self {
        Self {
            base,
            epoch,
            ..Self::default()
        }
    }

    /// How many entries the log has after it.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.base + self.entries.len() as u64
    }

    /// Adds an entry and the nodes that it completes.
    pub fn append(&mut self, entry: StoredEntry, kind: u8, nodes: Vec<(NodeId, LogHash)>) {
        self.entries.push((entry, kind));
        self.nodes.extend(nodes);
    }

    /// Adds a person's ballot in the place of `former`.
    pub fn cast(
        &mut self,
        person: Pseudonym,
        (code, receipt): (TrackingCode, StoredReceipt),
        former: Option<TrackingCode>,
    ) {
        self.ballots.insert(code, receipt);
        // The database compares with what stood there before the group.
        let current = self
            .current
            .entry(person)
            .or_insert(CurrentBallot { former, code });
        current.code = code;
        self.decide(code, person, CodeFate::Cast);
    }

    /// Registers a tracking code as pending.
    pub fn register(&mut self, code: TrackingCode, owner: Pseudonym, now: UnixMillis) {
        let change = CodeChange {
            owner,
            registered: Some(now),
            fate: CodeFate::Pending,
        };
        self.codes.insert(code, change);
    }

    /// Decides a tracking code, registered or not.
    pub fn decide(&mut self, code: TrackingCode, owner: Pseudonym, fate: CodeFate) {
        let change = self.codes.entry(code).or_insert(CodeChange {
            owner,
            registered: None,
            fate,
        });
        change.fate = fate;
    }
}

//! The end of the public log: what staff and trustees entered after the last of the voting.
//!
//! ```text
//! entry 0 .. | credentials and ballots .. | close, totals, shares, result, decision
//!                                           ^ the end, read backwards from the newest checkpoint
//! ```
//!
//! In a log without voters it is all of it, so the key ceremony is its end too. The last entry is
//! proved to be in a tree that the log signed and each entry holds the hash of the one before it, so
//! nothing of the end can be left out or put in. Actions and messages count with their signatures.

mod progress;

pub use progress::{CeremonyProgress, Complained, DecryptionProgress, GroupProgress};

use crate::gateway::{Gateway, GatewayError, unverified};
use std::collections::BTreeSet;
use std::sync::Arc;
use voting_core::audit::log_policy;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::LeafIndex;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::proof::{MAX_TLOG_PROOF_BYTES, TlogProof};
use voting_core::log::tile::new_entry_bundles;
use voting_core::log::tree::{TreeSize, leaf_hash};
use voting_core::manifest::Manifest;
use voting_core::staff::{Document, StaffAction};

/// The most entries of an end: rounds of a ceremony that was restarted some times.
const MAX_ENTRIES: usize = 20_000;

/// An entry and its canonical bytes.
type Read = (Entry, Vec<u8>);

/// The end that was read last, and at which checkpoint.
pub(crate) type Kept = Option<(Checkpoint, Arc<LogEnd>)>;

/// The log's end, as far as it was when it was read.
pub struct LogEnd {
    manifest: Arc<Manifest>,
    entries: Vec<Read>,
}

impl Gateway {
    /// Reads the log's end; what was read at the same checkpoint before is not read again.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn log_end(&self, manifest: &Arc<Manifest>) -> Result<Arc<LogEnd>, GatewayError> {
        let (_, checkpoint) = self.checkpoint(manifest).await?;
        // Who comes meanwhile waits for the same answer.
        let mut kept = self.end.lock().await;
        if let Some((at, end)) = kept.as_ref()
            && *at == checkpoint
        {
            return Ok(end.clone());
        }
        let entries = self.read_end(manifest, &checkpoint).await?;
        let manifest = manifest.clone();
        let end = Arc::new(LogEnd { manifest, entries });
        *kept = Some((checkpoint, end.clone()));
        Ok(end)
    }

    async fn read_end(
        &self,
        manifest: &Manifest,
        checkpoint: &Checkpoint,
    ) -> Result<Vec<Read>, GatewayError> {
        let mut backwards = Backwards::new(checkpoint.size().get());
        let bundles = new_entry_bundles(TreeSize::new(0), checkpoint.size());
        let bundles: Vec<_> = bundles.collect();
        for path in bundles.into_iter().rev() {
            let entries = self.bundle(path).await?.into_iter().rev();
            for bytes in entries {
                if backwards.entries.is_empty() && !backwards.ended {
                    self.check_last(manifest, checkpoint, &bytes).await?;
                }
                backwards.take(manifest, bytes)?;
                if backwards.ended {
                    return Ok(backwards.forwards());
                }
            }
        }
        Ok(backwards.forwards())
    }

    /// Demands that the log's last entry is in a tree that the log signed.
    async fn check_last(
        &self,
        manifest: &Manifest,
        checkpoint: &Checkpoint,
        bytes: &[u8],
    ) -> Result<(), GatewayError> {
        let last = checkpoint.size().get().saturating_sub(1);
        let path = format!("/log/proof/{last}");
        let proof = self.get(&path, MAX_TLOG_PROOF_BYTES).await?;
        let proof = TlogProof::parse(&proof).map_err(unverified)?;
        let policy = log_policy(manifest).map_err(unverified)?;
        let opened = policy.open_without_quorum(proof.checkpoint());
        let tree = opened.map_err(unverified)?;
        let tree = tree.checkpoint();
        if proof.index() != LeafIndex::new(last) {
            return Err(unverified("the proof is of another entry"));
        }
        let (leaf, inclusion) = (leaf_hash(bytes), proof.inclusion());
        let holds = inclusion.verify(leaf, proof.index(), tree.size(), tree.root());
        holds.map_err(unverified)
    }
}

/// Entries from the last one on, until one that a voter caused.
struct Backwards {
    size: u64,
    entries: Vec<Read>,
    ended: bool,
}

impl Backwards {
    const fn new(size: u64) -> Self {
        Self {
            size,
            entries: Vec::new(),
            ended: false,
        }
    }

    fn take(&mut self, manifest: &Manifest, bytes: Vec<u8>) -> Result<(), GatewayError> {
        let entry = Entry::from_bytes(&bytes).map_err(unverified)?;
        let place = self.size.checked_sub(1 + self.entries.len() as u64);
        if place != Some(entry.index.get()) {
            return Err(unverified("an entry of the log stands in another's place"));
        }
        let chained = |(newer, _): &Read| newer.previous == leaf_hash(&bytes);
        if !self.entries.last().is_none_or(chained) {
            return Err(unverified(
                "an entry of the log is not the one before the next",
            ));
        }
        match &entry.body {
            Body::Staff(action) => {
                let keys: Vec<_> = manifest.staff.members.iter().map(|m| m.key).collect();
                let needed = usize::from(manifest.staff.required);
                let signed = action.verify(&manifest.election_id(), &keys, needed);
                signed.map_err(unverified)?;
            }
            Body::Trustee(_) => {}
            Body::Credential(_) | Body::Ballot(_) | Body::Spoiled(_) => {
                self.ended = true;
                return Ok(());
            }
        }
        if self.entries.len() >= MAX_ENTRIES {
            return Err(unverified("the log's end is too long"));
        }
        self.entries.push((entry, bytes));
        Ok(())
    }

    fn forwards(mut self) -> Vec<Read> {
        self.entries.reverse();
        self.entries
    }
}

impl LogEnd {
    /// Staff's actions, oldest first, each with its place in the log.
    fn actions(&self) -> impl DoubleEndedIterator<Item = (LeafIndex, &StaffAction)> {
        let staff = self.entries.iter().map(|(entry, _)| entry);
        staff.filter_map(|entry| match &entry.body {
            Body::Staff(staff) => Some((entry.index, &staff.proposal.action)),
            _ => None,
        })
    }

    /// The published result's document and its entry.
    #[must_use]
    pub fn published(&self) -> Option<(LeafIndex, Document)> {
        self.actions()
            .rev()
            .find_map(|(index, action)| match action {
                StaffAction::Publish(document) => Some((index, *document)),
                _ => None,
            })
    }

    /// The assembly's decision and its entry.
    #[must_use]
    pub fn ratified(&self) -> Option<(LeafIndex, Document)> {
        self.actions()
            .rev()
            .find_map(|(index, action)| match action {
                StaffAction::Ratify(document) => Some((index, *document)),
                _ => None,
            })
    }

    /// Whether the destruction of the pseudonym key is in the log.
    #[must_use]
    pub fn key_destroyed(&self) -> bool {
        self.actions()
            .any(|(_, action)| matches!(action, StaffAction::DestroyPseudonymKey))
    }

    /// The positions of the offline groups whose totals are not in.
    #[must_use]
    pub fn offline_missing(&self) -> Vec<u16> {
        let known: BTreeSet<u16> = self
            .actions()
            .filter_map(|(_, action)| match action {
                StaffAction::OfflineTotals(signed) => Some(signed.totals.group),
                _ => None,
            })
            .collect();
        let groups = (0u16..).zip(&self.manifest.offline_groups);
        let missing = groups.filter(|(position, _)| !known.contains(position));
        missing.map(|(position, _)| position).collect()
    }
}

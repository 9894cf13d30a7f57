//! How far the trustees are, from the log's end.

use super::LogEnd;
use crate::gateway::{GatewayError, unverified};
use serde::Serialize;
use std::collections::BTreeSet;
use voting_core::audit::{CeremonyLog, Grouping, Signatures, State};
use voting_core::ceremony::{CeremonyMessage, Complaint, Verdict};
use voting_core::codec::Decode;
use voting_core::decryption::{DecryptionShare, GroupId};
use voting_core::entry::Body;
use voting_core::ids::TrusteeId;
use voting_core::manifest::Bilingual;
use voting_core::trustee::{Signed, TrusteeMessage};

/// The key ceremony's current attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CeremonyProgress {
    /// Its number, from 0.
    pub attempt: u16,
    /// Who has sent round one, round two and the confirmation, ascending.
    pub rounds: [Vec<u16>; 3],
    /// The complaint that ended it.
    pub complaint: Option<Complained>,
    /// Whether every trustee has confirmed.
    pub complete: bool,
}

/// A complaint and what the published messages show of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complained {
    /// Who complained.
    pub accuser: u16,
    /// Of whom.
    pub accused: u16,
    /// Whether the accused lied; otherwise the accuser did.
    pub founded: bool,
}

/// The decryption after the close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecryptionProgress {
    /// What is decrypted.
    pub groups: Vec<GroupProgress>,
    /// Offline groups whose totals must be in before any share.
    pub waits_for: Vec<Bilingual>,
    /// A class is too small, and the manifest then stops the decryption of everything.
    pub refused: bool,
}

/// Of one group of classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupProgress {
    /// The class whose weight applies to it.
    pub title: Bilingual,
    /// The trustees whose share is in, ascending.
    pub shares: Vec<u16>,
}

impl LogEnd {
    /// How far the key ceremony is: the log up to here, verified from entry 0.
    ///
    /// # Errors
    /// [`GatewayError::Unverified`].
    pub fn ceremony(&self) -> Result<CeremonyProgress, GatewayError> {
        let mut state = State::new(self.manifest.clone()).map_err(unverified)?;
        for (entry, bytes) in &self.entries {
            let applied = state.apply(entry, bytes, Signatures::Verify);
            applied.map_err(unverified)?;
        }
        let log = state.ceremony();
        Ok(CeremonyProgress {
            attempt: log.setup().attempt().get(),
            rounds: [
                senders(log.round_one()),
                senders(log.round_two()),
                senders(log.confirmations()),
            ],
            complaint: self.complaint(log),
            complete: log.keys().is_some(),
        })
    }

    fn complaint(&self, log: &CeremonyLog) -> Option<Complained> {
        let verdict = log.verdict()?;
        // The attempt ended with it, so the newest one is its own.
        self.messages().rev().find_map(|bytes| {
            let said = Signed::<Complaint>::from_bytes(bytes).ok()?;
            let complaint = log.setup().open(&said).ok()?;
            Some(Complained {
                accuser: complaint.trustee().get(),
                accused: complaint.accused().get(),
                founded: verdict == Verdict::Founded,
            })
        })
    }

    /// How far the decryption is. `cast` are the counting ballots by class, which say what is
    /// decrypted; the shares are in the log, signed by their trustees. Whether their proofs hold is
    /// for the log and for observers to check.
    #[must_use]
    pub fn decryption(&self, cast: &[u64]) -> DecryptionProgress {
        let grouping = Grouping::new(&self.manifest, cast);
        let shares = self.shares();
        let of = |group: GroupId| {
            let trustees = shares.iter().filter(|(id, _)| *id == group);
            trustees.map(|(_, trustee)| trustee.get()).collect()
        };
        let groups = grouping.groups.iter().filter_map(|group| {
            let class = self.manifest.class(group.head())?;
            let (title, shares) = (class.title.clone(), of(group.id));
            Some(GroupProgress { title, shares })
        });
        let missing = self.offline_missing();
        let offline = &self.manifest.offline_groups;
        let waits_for = missing
            .iter()
            .filter_map(|at| offline.get(usize::from(*at)));
        DecryptionProgress {
            groups: groups.collect(),
            waits_for: waits_for.map(|group| group.title.clone()).collect(),
            refused: !grouping.refused.is_empty(),
        }
    }

    /// Whether any decryption share is in.
    #[must_use]
    pub fn has_shares(&self) -> bool {
        !self.shares().is_empty()
    }

    fn shares(&self) -> BTreeSet<(GroupId, TrusteeId)> {
        let election = self.manifest.election_id();
        let members = &self.manifest.trustees.members;
        let signed = |bytes: &[u8]| {
            let share = Signed::<DecryptionShare>::from_bytes(bytes).ok()?;
            let at = usize::from(share.claimed_trustee().get()).checked_sub(1)?;
            let share = share
                .verify(&election, &members.get(at)?.signing_key)
                .ok()?;
            Some((share.group(), share.trustee()))
        };
        self.messages().filter_map(signed).collect()
    }

    fn messages(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        let entries = self.entries.iter();
        entries.filter_map(|(entry, _)| match &entry.body {
            Body::Trustee(message) => Some(message.as_slice()),
            _ => None,
        })
    }
}

fn senders<T: CeremonyMessage>(messages: &[Signed<T>]) -> Vec<u16> {
    let all: BTreeSet<u16> = messages
        .iter()
        .map(|message| message.claimed_trustee().get())
        .collect();
    all.into_iter().collect()
}

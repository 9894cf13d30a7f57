//! The key ceremony as the log records it: attempts, each message of each trustee once.

use super::violation::{Check, Violation, ensure};
use crate::ceremony::{
    Attempt, CeremonyError, CeremonyMessage, Commitments, Complaint, Confirmation, PublicKeys,
    RoundOne, RoundOneSet, RoundTwo, RoundTwoSet, Setup, TrusteeKeys, Verdict, judge_complaint,
};
use crate::codec::Decode;
use crate::manifest::Manifest;
use crate::staff::Opening;
use crate::trustee::{Signed, TrusteeMessage};

/// One attempt at the ceremony.
#[derive(Clone)]
pub struct CeremonyLog {
    setup: Setup,
    commitments: Commitments,
    round_one: Vec<Signed<RoundOne>>,
    round_two: Vec<Signed<RoundTwo>>,
    confirmations: Vec<Signed<Confirmation>>,
    first: Option<RoundOneSet>,
    second: Option<RoundTwoSet>,
    outcome: Option<Outcome>,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
enum Outcome {
    Keys(PublicKeys),
    Complaint(Verdict),
}

/// A ceremony message, decoded.
pub(super) enum Message {
    One(Signed<RoundOne>),
    Two(Signed<RoundTwo>),
    Complaint(Signed<Complaint>),
    Confirmation(Signed<Confirmation>),
}

impl Message {
    /// Decodes by the kind byte, the second of every trustee's message.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Violation> {
        let decoded = match bytes.get(1).copied() {
            Some(RoundOne::KIND) => Signed::from_bytes(bytes).map(Self::One),
            Some(RoundTwo::KIND) => Signed::from_bytes(bytes).map(Self::Two),
            Some(Complaint::KIND) => Signed::from_bytes(bytes).map(Self::Complaint),
            Some(Confirmation::KIND) => Signed::from_bytes(bytes).map(Self::Confirmation),
            _ => {
                return Err(Violation::new(
                    Check::EntryEncoding,
                    "unknown trustee's message",
                ));
            }
        };
        decoded.map_err(|e| Violation::new(Check::EntryEncoding, e))
    }
}

fn violation(error: CeremonyError) -> Violation {
    Violation::new(Check::Ceremony, error)
}

impl CeremonyLog {
    /// The first attempt of an election's ceremony.
    pub(super) fn new(manifest: &Manifest) -> Result<Self, Violation> {
        Self::attempt(manifest, Attempt::new(0))
    }

    /// The next attempt.
    pub(super) fn restart(&self, manifest: &Manifest) -> Result<Self, Violation> {
        // A number given twice would let messages of the former attempt be sent again.
        let next = self.setup.attempt().get().checked_add(1);
        let next = next.ok_or_else(|| Violation::new(Check::Ceremony, "too many attempts"))?;
        Self::attempt(manifest, Attempt::new(next))
    }

    fn attempt(manifest: &Manifest, attempt: Attempt) -> Result<Self, Violation> {
        let trustees = manifest.trustees.members.iter();
        let keys = trustees.map(|trustee| TrusteeKeys {
            signing: trustee.signing_key,
            encryption: trustee.encryption_key,
        });
        let (needed, keys) = (manifest.trustees.threshold, keys.collect());
        let setup = Setup::new(manifest.election_id(), attempt, needed, keys).map_err(violation)?;
        Ok(Self {
            setup,
            commitments: Commitments::default(),
            round_one: Vec::new(),
            round_two: Vec::new(),
            confirmations: Vec::new(),
            first: None,
            second: None,
            outcome: None,
        })
    }

    /// What every message of this attempt is bound to.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The first-round messages so far.
    #[must_use]
    pub fn round_one(&self) -> &[Signed<RoundOne>] {
        &self.round_one
    }

    /// The second-round messages so far.
    #[must_use]
    pub fn round_two(&self) -> &[Signed<RoundTwo>] {
        &self.round_two
    }

    /// The confirmations so far.
    #[must_use]
    pub fn confirmations(&self) -> &[Signed<Confirmation>] {
        &self.confirmations
    }

    /// The first round, once complete and verified.
    #[must_use]
    pub fn first_round(&self) -> Option<&RoundOneSet> {
        self.first.as_ref()
    }

    /// The second round, once complete and verified.
    #[must_use]
    pub fn second_round(&self) -> Option<&RoundTwoSet> {
        self.second.as_ref()
    }

    /// The verdict on a complaint, which ends the attempt.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match self.outcome {
            Some(Outcome::Complaint(verdict)) => Some(verdict),
            _ => None,
        }
    }

    /// The election's keys, once every trustee has confirmed.
    #[must_use]
    pub fn keys(&self) -> Option<&PublicKeys> {
        match &self.outcome {
            Some(Outcome::Keys(keys)) => Some(keys),
            _ => None,
        }
    }

    /// What an opening must say.
    ///
    /// # Errors
    /// [`Violation`] while the ceremony is not finished.
    pub fn opening(&self) -> Result<Opening, Violation> {
        let unfinished = || Violation::new(Check::Ceremony, "the key ceremony is not finished");
        let keys = self.keys().ok_or_else(unfinished)?;
        let second = self.second.as_ref().ok_or_else(unfinished)?;
        Ok(Opening {
            election_key: *keys.election_key(),
            verifying_shares: keys.verifying_shares().to_vec(),
            ceremony: *second.transcript().as_bytes(),
        })
    }

    /// This attempt with one message more, verified as far as it can be before the others are in: a
    /// wrong one never stands in the log, and its sender is known.
    pub(super) fn with(&self, message: Message) -> Result<Self, Violation> {
        ensure(self.outcome.is_none(), Check::Ceremony, || {
            "the attempt is over".into()
        })?;
        let mut next = self.clone();
        match message {
            Message::One(m) => next.add_round_one(m)?,
            Message::Two(m) => next.add_round_two(m)?,
            Message::Confirmation(m) => next.add_confirmation(m)?,
            Message::Complaint(m) => next.judge(&m)?,
        }
        Ok(next)
    }

    fn add_round_one(&mut self, message: Signed<RoundOne>) -> Result<(), Violation> {
        let body = self.setup.open(&message).map_err(violation)?;
        once(&self.round_one, &message)?;
        self.commitments.add(&self.setup, body).map_err(violation)?;
        self.round_one.push(message);
        if self.round_one.len() == usize::from(self.setup.threshold().trustees()) {
            let set = RoundOneSet::verify(&self.setup, &self.round_one).map_err(violation)?;
            self.first = Some(set);
        }
        Ok(())
    }

    fn add_round_two(&mut self, message: Signed<RoundTwo>) -> Result<(), Violation> {
        let first = self.first.as_ref().ok_or_else(|| early("first"))?;
        let body = self.setup.open(&message).map_err(violation)?;
        once(&self.round_two, &message)?;
        body.check(first).map_err(violation)?;
        self.round_two.push(message);
        if self.round_two.len() == usize::from(self.setup.threshold().trustees()) {
            let set = RoundTwoSet::verify(first.clone(), &self.round_two).map_err(violation)?;
            self.second = Some(set);
        }
        Ok(())
    }

    fn add_confirmation(&mut self, message: Signed<Confirmation>) -> Result<(), Violation> {
        let second = self.second.as_ref().ok_or_else(|| early("second"))?;
        let body = self.setup.open(&message).map_err(violation)?;
        once(&self.confirmations, &message)?;
        body.check(second).map_err(violation)?;
        self.confirmations.push(message);
        if self.confirmations.len() == usize::from(self.setup.threshold().trustees()) {
            let keys = second.confirm(&self.confirmations).map_err(violation)?;
            self.outcome = Some(Outcome::Keys(keys));
        }
        Ok(())
    }

    fn judge(&mut self, message: &Signed<Complaint>) -> Result<(), Violation> {
        let second = self.second.as_ref().ok_or_else(|| early("second"))?;
        let complaint = self.setup.open(message).map_err(violation)?;
        let verdict = judge_complaint(second, complaint).map_err(violation)?;
        self.outcome = Some(Outcome::Complaint(verdict));
        Ok(())
    }
}

fn early(round: &str) -> Violation {
    Violation::new(
        Check::Ceremony,
        format_args!("the {round} round is not complete"),
    )
}

/// Refuses a second message of one trustee.
fn once<T: CeremonyMessage>(messages: &[Signed<T>], message: &Signed<T>) -> Result<(), Violation> {
    let trustee = message.claimed_trustee();
    ensure(
        messages.iter().all(|m| m.claimed_trustee() != trustee),
        Check::Ceremony,
        || format!("trustee {trustee} has sent this message already"),
    )
}

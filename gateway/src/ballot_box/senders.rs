//! Who waits for which verification, and whose proofs were bad before.
//!
//! Whoever reaches this has a valid credential and has signed, so a bad proof has a person to count
//! it against. What a person can make others pay is bounded: their first bad ballot may break up one
//! batch; from then on, and whenever they send several ballots at once, theirs are verified alone and
//! after the others', at most two at a time.

use super::queue::Lane;
use super::verifier::ProofRejected;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use tokio::sync::oneshot;
use voting_core::ballot::VoterIdentity;
use voting_core::ids::Pseudonym;
use voting_core::tracking::TrackingCode;

/// How many different ballots of a person may wait.
const BALLOTS_EACH: usize = 2;
/// How many requests may wait for the same ballot: devices send again while they wait.
const REQUESTS_EACH: usize = 16;
/// How many people are remembered for a bad proof; beyond it the oldest are forgotten.
const REMEMBERED: usize = 65_536;

/// Where a verification's verdict is sent.
pub(super) type Reply = oneshot::Sender<Result<(), ProofRejected>>;

/// What a verification's verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) voter: VoterIdentity,
    pub(super) code: TrackingCode,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// The same ballot waits already: one verdict answers both.
    Waiting,
    /// It is to be verified.
    New(Lane),
    /// This person has as many waiting as anyone may.
    TooMany,
}

/// Everyone of whom a ballot waits, and everyone who has sent a bad one.
#[derive(Default)]
pub(super) struct Senders {
    waiting: HashMap<Pseudonym, Vec<(Question, Vec<Reply>)>>,
    offenders: HashSet<Pseudonym>,
    /// The same, oldest first.
    order: VecDeque<Pseudonym>,
}

impl Senders {
    /// Lets a request wait for its verdict.
    pub(super) fn join(&mut self, question: Question, reply: Reply) -> Join {
        let pseudonym = question.voter.pseudonym;
        let offender = self.offenders.contains(&pseudonym);
        let ballots = self.waiting.entry(pseudonym).or_default();
        if let Some((_, replies)) = ballots.iter_mut().find(|(known, _)| *known == question) {
            if replies.len() >= REQUESTS_EACH {
                return Join::TooMany;
            }
            replies.push(reply);
            return Join::Waiting;
        }
        if ballots.len() >= BALLOTS_EACH {
            return Join::TooMany;
        }
        let first = ballots.is_empty();
        ballots.push((question, vec![reply]));
        match first && !offender {
            true => Join::New(Lane::Together),
            false => Join::New(Lane::Alone),
        }
    }

    /// Everyone who waits for this verdict; they wait no longer.
    pub(super) fn leave(&mut self, question: &Question) -> Vec<Reply> {
        let Entry::Occupied(mut ballots) = self.waiting.entry(question.voter.pseudonym) else {
            return Vec::new();
        };
        let place = ballots
            .get()
            .iter()
            .position(|(known, _)| known == question);
        let replies = place.map(|place| ballots.get_mut().swap_remove(place).1);
        if ballots.get().is_empty() {
            ballots.remove();
        }
        replies.unwrap_or_default()
    }

    /// Whether nobody waits.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Remembers that a person has sent a bad ballot.
    pub(super) fn offend(&mut self, pseudonym: Pseudonym) {
        if !self.offenders.insert(pseudonym) {
            return;
        }
        self.order.push_back(pseudonym);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.offenders.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voting_core::ids::ClassIndex;
    use voting_core::keys::SecretKey;

    fn question(person: u64, ballot: u8) -> Question {
        let mut pseudonym = [0; 32];
        pseudonym[..8].copy_from_slice(&person.to_be_bytes());
        Question {
            voter: VoterIdentity {
                pseudonym: Pseudonym::new(pseudonym),
                class: ClassIndex::new(0),
                key: SecretKey::from_seed(&[1; 32]).verify_key(),
            },
            code: TrackingCode::of(&[ballot]),
        }
    }

    fn join(senders: &mut Senders, person: u64, ballot: u8) -> Join {
        senders.join(question(person, ballot), oneshot::channel().0)
    }

    #[test]
    fn the_same_ballot_waits_once_and_every_request_gets_the_verdict() {
        let mut senders = Senders::default();
        assert_eq!(join(&mut senders, 1, 1), Join::New(Lane::Together));
        for _ in 1..REQUESTS_EACH {
            assert_eq!(join(&mut senders, 1, 1), Join::Waiting);
        }
        assert_eq!(join(&mut senders, 1, 1), Join::TooMany);
        assert_eq!(senders.leave(&question(1, 1)).len(), REQUESTS_EACH);
        assert!(senders.leave(&question(1, 1)).is_empty() && senders.waiting.is_empty());
    }

    #[test]
    fn another_ballot_of_the_same_person_comes_after_the_others_and_a_third_not_at_all() {
        let mut senders = Senders::default();
        assert_eq!(join(&mut senders, 1, 1), Join::New(Lane::Together));
        assert_eq!(join(&mut senders, 1, 2), Join::New(Lane::Alone));
        assert_eq!(join(&mut senders, 1, 3), Join::TooMany);
        assert_eq!(join(&mut senders, 2, 4), Join::New(Lane::Together));
        assert_eq!(senders.leave(&question(1, 1)).len(), 1);
        assert_eq!(join(&mut senders, 1, 3), Join::New(Lane::Alone));
    }

    #[test]
    fn whoever_sent_a_bad_proof_comes_after_the_others_until_many_came_later() {
        let mut senders = Senders::default();
        senders.offend(question(1, 0).voter.pseudonym);
        senders.offend(question(1, 0).voter.pseudonym);
        assert_eq!(join(&mut senders, 1, 1), Join::New(Lane::Alone));
        senders.leave(&question(1, 1));
        for person in 2..=REMEMBERED as u64 {
            senders.offend(question(person, 0).voter.pseudonym);
        }
        assert_eq!(join(&mut senders, 1, 1), Join::New(Lane::Alone));
        senders.leave(&question(1, 1));
        senders.offend(question(REMEMBERED as u64 + 1, 0).voter.pseudonym);
        assert_eq!(senders.order.len(), REMEMBERED);
        assert_eq!(join(&mut senders, 1, 1), Join::New(Lane::Together));
    }
}

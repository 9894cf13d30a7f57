//! Commands and their answers as bytes, between gateways of one election.
//!
//! ```text
//! command   kind u8, received u64 where it has one, then the canonical bytes of what it carries
//! answer    0 entry u64 | 1 receipt | 2 noted | 16 violation, check u8, detail | 17.. refusals
//! ```

use super::command::{Command, Outcome, Refused};
use voting_core::audit::{Check, Stage, Violation};
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::credential::Credential;
use voting_core::entry::MAX_ENTRY;
use voting_core::ids::{LeafIndex, UnixMillis};
use voting_core::submission::Submission;

/// The most bytes of a command or an answer.
pub(super) const MAX_LEN: usize = Submission::MAX_LEN + 64;
/// The most bytes of a violation's detail that are passed on.
const MAX_DETAIL: usize = 4096;

const STAGES: [Stage; 8] = [
    Stage::Empty,
    Stage::Ceremony,
    Stage::Open,
    Stage::Paused,
    Stage::Closed,
    Stage::Published,
    Stage::Ratified,
    Stage::Annulled,
];

/// Refusals without content, in the order of their numbers from [`PLAIN`] on.
const REFUSALS: [Refused; 12] = [
    Refused::Early,
    Refused::Late,
    Refused::CredentialNotCurrent,
    Refused::CodeTaken,
    Refused::CodeNotPending,
    Refused::CodeCast,
    Refused::CodeSpoiled,
    Refused::SpoilLimit,
    Refused::PendingLimit,
    Refused::Document,
    Refused::Overloaded,
    Refused::Unavailable,
];
const VIOLATION: u8 = 16;
const NOT_VOTING: u8 = 17;
const ALREADY_VOTED: u8 = 18;
const PLAIN: u8 = 32;

impl Encode for Command {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Credential(credential) => {
                w.u8(0);
                credential.encode(w);
            }
            Self::Ballot(cast, received) => {
                w.u8(1);
                w.u64(received.get());
                cast.encode(w);
            }
            Self::Pending(request, received) => {
                w.u8(2);
                w.u64(received.get());
                request.encode(w);
            }
            Self::Spoil(request, received) => {
                w.u8(3);
                w.u64(received.get());
                request.encode(w);
            }
            Self::Trustee(message) => {
                w.u8(4);
                w.bytes(message);
            }
            Self::Staff(submission) => {
                w.u8(5);
                submission.encode(w);
            }
        }
    }
}

impl Decode for Command {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = r.u8("command")?;
        let mut received = || r.u64("time of receipt").map(UnixMillis::new);
        Ok(match kind {
            0 => Self::Credential(Box::new(Credential::decode(r)?)),
            1 => {
                let received = received()?;
                Self::Ballot(Box::new(CastBallot::decode(r)?), received)
            }
            2 => {
                let received = received()?;
                Self::Pending(Box::new(CodeRequest::decode(r)?), received)
            }
            3 => {
                let received = received()?;
                Self::Spoil(Box::new(CodeRequest::decode(r)?), received)
            }
            4 => Self::Trustee(r.bytes(MAX_ENTRY, "trustee's message")?.to_vec()),
            5 => Self::Staff(Box::new(Submission::decode(r)?)),
            _ => return Err(unknown("command", kind)),
        })
    }
}

/// What a command is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered(pub(super) Result<Outcome, Refused>);

impl Encode for Answered {
    fn encode(&self, w: &mut Writer) {
        match &self.0 {
            Ok(Outcome::Entry(index)) => {
                w.u8(0);
                w.u64(index.get());
            }
            Ok(Outcome::Receipt(receipt)) => {
                w.u8(1);
                w.bytes(receipt);
            }
            Ok(Outcome::Noted) => w.u8(2),
            Err(refused) => encode_refusal(refused, w),
        }
    }
}

fn encode_refusal(refused: &Refused, w: &mut Writer) {
    match refused {
        Refused::Violation(violation) => {
            w.u8(VIOLATION);
            w.u8(position(Check::ALL, &violation.check));
            let mut end = violation.detail.len().min(MAX_DETAIL);
            while !violation.detail.is_char_boundary(end) {
                end -= 1;
            }
            w.bytes(&violation.detail.as_bytes()[..end]);
        }
        Refused::NotVoting(stage) => {
            w.u8(NOT_VOTING);
            w.u8(position(&STAGES, stage));
        }
        Refused::AlreadyVoted(receipt) => {
            w.u8(ALREADY_VOTED);
            w.bytes(receipt);
        }
        plain => w.u8(PLAIN + position(&REFUSALS, plain)),
    }
}

impl Decode for Answered {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(match r.u8("answer")? {
            0 => Ok(Outcome::Entry(LeafIndex::new(r.u64("entry")?))),
            1 => Ok(Outcome::Receipt(r.bytes(MAX_ENTRY, "receipt")?.to_vec())),
            2 => Ok(Outcome::Noted),
            VIOLATION => {
                let check = *at(Check::ALL, r.u8("check")?, "check")?;
                let detail = r.text(MAX_DETAIL, "detail")?;
                Err(Violation::new(check, detail).into())
            }
            NOT_VOTING => Err(Refused::NotVoting(*at(&STAGES, r.u8("stage")?, "stage")?)),
            ALREADY_VOTED => {
                let receipt = r.bytes(MAX_ENTRY, "receipt")?;
                Err(Refused::AlreadyVoted(receipt.to_vec()))
            }
            number => {
                let plain = number.checked_sub(PLAIN);
                let plain = plain.ok_or_else(|| unknown("answer", number))?;
                Err(at(&REFUSALS, plain, "refusal")?.clone())
            }
        }))
    }
}

fn position<T: PartialEq>(all: &[T], wanted: &T) -> u8 {
    let found = all.iter().position(|one| one == wanted);
    found
        .and_then(|n| u8::try_from(n).ok())
        .unwrap_or(u8::MAX - PLAIN)
}

fn at<'a, T>(all: &'a [T], n: u8, field: &'static str) -> Result<&'a T, DecodeError> {
    all.get(usize::from(n)).ok_or_else(|| unknown(field, n))
}

fn unknown(field: &'static str, value: u8) -> DecodeError {
    let value = value.into();
    DecodeError::Unknown { field, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_answer_comes_back() {
        let check = |check| Err(Violation::new(check, "상세").into());
        let refusals = REFUSALS.into_iter().map(Err);
        let stages = STAGES.map(|stage| Err(Refused::NotVoting(stage)));
        let outcomes = [
            Ok(Outcome::Entry(LeafIndex::new(7))),
            Ok(Outcome::Receipt(vec![1, 2])),
            Ok(Outcome::Noted),
            Err(Refused::AlreadyVoted(vec![3])),
        ];
        let checks = Check::ALL.iter().copied().map(check);
        for answer in refusals.chain(stages).chain(outcomes).chain(checks) {
            let bytes = Answered(answer.clone()).to_bytes();
            assert_eq!(Answered::from_bytes(&bytes), Ok(Answered(answer)));
        }
    }

    #[test]
    fn a_long_detail_is_cut_between_characters() {
        let long: Refused = Violation::new(Check::ALL[0], "가".repeat(MAX_DETAIL)).into();
        let bytes = Answered(Err(long)).to_bytes();
        let Answered(Err(Refused::Violation(cut))) = Answered::from_bytes(&bytes).unwrap() else {
            panic!("another refusal");
        };
        assert_eq!(cut.detail.len(), MAX_DETAIL / 3 * 3);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_canonically_or_not_at_all(bytes: Vec<u8>) {
            if let Ok(answer) = Answered::from_bytes(&bytes) {
                prop_assert_eq!(answer.to_bytes(), bytes.clone());
            }
            if let Ok(command) = Command::from_bytes(&bytes) {
                prop_assert_eq!(command.to_bytes(), bytes);
            }
        }
    }
}

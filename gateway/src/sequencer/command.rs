//! What the writer is asked for, and what it answers.

use crate::problem::{Problem, ProblemKind};
use thiserror::Error;
use tokio::sync::oneshot;
use voting_core::audit::{Check, Stage, Violation};
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::credential::Credential;
use voting_core::ids::{LeafIndex, UnixMillis};
use voting_core::submission::Submission;

/// One request to the writer. Times are when the request had been received whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Credential(Box<Credential>),
    Ballot(Box<CastBallot>, UnixMillis),
    Pending(Box<CodeRequest>, UnixMillis),
    Spoil(Box<CodeRequest>, UnixMillis),
    Trustee(Vec<u8>),
    Staff(Box<Submission>),
}

impl Command {
    /// About how many bytes it adds to a commit.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Ballot(cast, _) => cast.ballot().len(),
            Self::Trustee(message) => message.len(),
            Self::Staff(submission) => submission.document.as_ref().map_or(0, Vec::len),
            Self::Credential(_) | Self::Pending(..) | Self::Spoil(..) => 256,
        }
    }
}

/// A command and who waits for its answer.
pub(super) struct Request {
    pub(super) command: Command,
    pub(super) reply: oneshot::Sender<Result<Outcome, Refused>>,
    /// It came from another gateway, and is not sent on to a third.
    pub(super) relayed: bool,
}

/// What was done, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is this entry of the log.
    Entry(LeafIndex),
    /// The ballot is in the log; its receipt.
    Receipt(Vec<u8>),
    /// It was noted outside the log.
    Noted,
}

/// Why something was not done.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refused {
    /// The log would not verify with it.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The stage of the election does not allow what voters do.
    #[error("the election is {0:?}")]
    NotVoting(Stage),
    /// Received whole before the opening hour.
    #[error("received before the opening hour")]
    Early,
    /// Received whole at or after the close, or not finished within the bound for the queue.
    #[error("received at or after the close")]
    Late,
    /// The person's ballot is in the log; its receipt.
    #[error("the person's ballot is in the log")]
    AlreadyVoted(Vec<u8>),
    /// The credential is not the person's current one.
    #[error("the credential is not the person's current one")]
    CredentialNotCurrent,
    /// The tracking code was registered under another credential.
    #[error("the tracking code is another person's")]
    CodeTaken,
    /// The tracking code was not registered.
    #[error("the tracking code is not pending")]
    CodeNotPending,
    /// The tracking code was cast.
    #[error("the tracking code was cast")]
    CodeCast,
    /// The tracking code was spoiled.
    #[error("the tracking code was spoiled")]
    CodeSpoiled,
    /// The person has spoiled as many as the manifest allows.
    #[error("no more sealed ballots may be checked")]
    SpoilLimit,
    /// The person has too many undecided tracking codes.
    #[error("too many undecided tracking codes")]
    PendingLimit,
    /// The document is missing, or is not the one the action names.
    #[error("the document is not the one the action names")]
    Document,
    /// The queue is full.
    #[error("the queue is full")]
    Overloaded,
    /// Whether it was done is unknown: the store failed or the gateway is stopping.
    #[error("the log could not be written")]
    Unavailable,
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::AlreadyVoted(receipt) => {
                return Self::new(ProblemKind::AlreadyVoted).receipt(receipt);
            }
            Refused::Violation(violation) => {
                return Self::new(kind_of(violation.check)).hint(violation);
            }
            Refused::NotVoting(stage) => not_voting(stage),
            Refused::Early => ProblemKind::VotingNotOpen,
            Refused::Late => ProblemKind::VotingClosed,
            Refused::CredentialNotCurrent => ProblemKind::CredentialNotCurrent,
            Refused::CodeTaken => ProblemKind::CodeTaken,
            Refused::CodeNotPending => ProblemKind::CodeNotPending,
            Refused::CodeCast => ProblemKind::CodeCast,
            Refused::CodeSpoiled => ProblemKind::CodeSpoiled,
            Refused::SpoilLimit => ProblemKind::SpoilLimit,
            Refused::PendingLimit => ProblemKind::PendingLimit,
            Refused::Document => ProblemKind::DocumentMismatch,
            Refused::Overloaded => ProblemKind::Overloaded,
            Refused::Unavailable => ProblemKind::Unavailable,
        };
        Self::new(kind)
    }
}

fn not_voting(stage: Stage) -> ProblemKind {
    match stage {
        Stage::Empty | Stage::Ceremony | Stage::Open => ProblemKind::VotingNotOpen,
        Stage::Paused => ProblemKind::VotingPaused,
        Stage::Closed | Stage::Published | Stage::Ratified => ProblemKind::VotingClosed,
        Stage::Annulled => ProblemKind::ElectionAnnulled,
    }
}

fn kind_of(check: Check) -> ProblemKind {
    match check {
        Check::StaffSignatures => ProblemKind::StaffSignatures,
        Check::Stage | Check::Schedule => ProblemKind::StageForbids,
        Check::HeldCheckpoint | Check::WitnessQuorum => ProblemKind::CheckpointMismatch,
        // Only trustees' messages reach the log without having been decoded.
        Check::Ceremony | Check::DecryptionShare | Check::EntryEncoding => {
            ProblemKind::TrusteeMessageRefused
        }
        Check::CredentialSignature => ProblemKind::CredentialInvalid,
        Check::CredentialSerial | Check::BallotCredential => ProblemKind::CredentialNotCurrent,
        Check::VoterKeyUnique => ProblemKind::VoterKeyUsed,
        Check::BallotSignature => ProblemKind::SignatureInvalid,
        Check::OneBallot => ProblemKind::SequenceConflict,
        Check::TrackingCodeUnique => ProblemKind::CodeCast,
        Check::SpoiledNotCounted => ProblemKind::CodeSpoiled,
        Check::CiphertextUnique => ProblemKind::CiphertextRepeated,
        Check::BallotProof => ProblemKind::ProofInvalid,
        _ => ProblemKind::EntryRefused,
    }
}

//! Why a ceremony cannot go on, and who is to blame.

use crate::codec::DecodeError;
use crate::ids::TrusteeId;
use thiserror::Error;

/// A ceremony's failure. Where a trustee is named, that trustee is at fault.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CeremonyError {
    /// The threshold is not 2 <= t <= n <= [`super::MAX_TRUSTEES`].
    #[error("{needed} of {trustees} trustees is not a threshold")]
    Threshold {
        /// The t given.
        needed: u16,
        /// The n given.
        trustees: u64,
    },
    /// Two trustees of the manifest have a key in common.
    #[error("trustee {0} has a key of an earlier trustee")]
    RepeatedKey(TrusteeId),
    /// No such trustee in the manifest.
    #[error("there is no trustee {0}")]
    UnknownTrustee(TrusteeId),
    /// The trustee's signature on a message does not verify.
    #[error("the signature of trustee {trustee} on the {message} message does not verify")]
    BadSignature {
        /// Who is said to have signed.
        trustee: TrusteeId,
        /// The kind of message.
        message: &'static str,
    },
    /// A message belongs to another attempt.
    #[error("the {message} message of trustee {trustee} is of another attempt")]
    OtherAttempt {
        /// Who sent it.
        trustee: TrusteeId,
        /// The kind of message.
        message: &'static str,
    },
    /// A trustee said the same kind of thing twice.
    #[error("trustee {trustee} sent two {message} messages")]
    Repeated {
        /// Who sent them.
        trustee: TrusteeId,
        /// The kind of message.
        message: &'static str,
    },
    /// A trustee's message is not there.
    #[error("the {message} message of trustee {trustee} is missing")]
    Missing {
        /// Whose message.
        trustee: TrusteeId,
        /// The kind of message.
        message: &'static str,
    },
    /// Not exactly t commitments.
    #[error("trustee {trustee} published {found} commitments, {expected} are due")]
    CommitmentCount {
        /// Who published them.
        trustee: TrusteeId,
        /// How many.
        found: usize,
        /// The threshold t.
        expected: u16,
    },
    /// The proof of possession does not verify.
    #[error("the proof of possession of trustee {0} does not verify")]
    ProofOfPossession(TrusteeId),
    /// A commitment of this trustee repeats another one.
    #[error("trustee {trustee} repeats a commitment of trustee {of}")]
    RepeatedCommitment {
        /// Who repeats it.
        trustee: TrusteeId,
        /// Whose it is.
        of: TrusteeId,
    },
    /// The commitments cancel out; by chance this happens never.
    #[error("the trustees' commitments add up to a degenerate key")]
    DegenerateKey,
    /// A second-round message answers other first-round messages than the published ones.
    #[error("trustee {0} answered other first-round messages than the published ones")]
    OtherRoundOne(TrusteeId),
    /// Not exactly one share for each other trustee.
    #[error("trustee {trustee} sent {found} shares, {expected} are due")]
    ShareCount {
        /// Who sent them.
        trustee: TrusteeId,
        /// How many.
        found: usize,
        /// How many recipients there are.
        expected: u16,
    },
    /// An encrypted share's sender does not know its ephemeral key.
    #[error("the share of trustee {trustee} for trustee {recipient} has no valid proof")]
    ShareProof {
        /// Who sent it.
        trustee: TrusteeId,
        /// For whom.
        recipient: TrusteeId,
    },
    /// A complaint that is about no share or whose accuser accuses itself.
    #[error("trustee {0} complains about a share that does not exist")]
    NoSuchShare(TrusteeId),
    /// A confirmation of another transcript.
    #[error("trustee {0} confirmed another transcript than the published one")]
    OtherTranscript(TrusteeId),
    /// A confirmation of other keys than the commitments give.
    #[error("trustee {0} confirmed other keys than the published commitments give")]
    OtherKeys(TrusteeId),
    /// Our own message in the set is not the one we sent.
    #[error("the published {0} message of this trustee is not the one it sent")]
    OwnMessageChanged(&'static str),
    /// The encryption secret at hand is not that of our key in the manifest.
    #[error("the encryption secret does not belong to this trustee's key in the manifest")]
    WrongSecret,
    /// Our stored state is of another election or attempt.
    #[error("the stored state is of another election or attempt")]
    OtherState,
    /// Our stored state cannot be read.
    #[error("the stored state is damaged: {0}")]
    State(#[from] DecodeError),
    /// FROST disagrees with what was verified before: a bug of ours.
    #[error("key generation failed inside FROST")]
    Frost,
}

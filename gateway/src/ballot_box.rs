//! The ballot box: takes ballots, or says in signed words why not.
//!
//! The cheap checks come first: length, form, the registrar's and the voter's signatures, the
//! hours, whether the person has voted. Only then is the proof verified, together with the others
//! that are waiting; only then does the ballot go to the log.

mod intake;
mod lookups;
mod queue;
mod senders;
mod verifier;

pub use verifier::{ProofPool, ProofRejected};

use crate::limits::{Limit, Limits};
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::{Outcome, Sequencer};
use crate::store::Store;
use intake::Intake;
use std::sync::Arc;
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::Decode;
use voting_core::ids::{LeafIndex, UnixMillis};
use voting_core::keys::SecretKey;
use voting_core::manifest::Manifest;
use voting_core::receipt::Refusal;

/// The most bytes of a cast ballot beside the ballot itself: a credential with countersignature
/// (199), sequence (4), previous code (33), signature (64) and length (4).
const CAST_OVERHEAD: usize = 199 + 4 + 33 + 64 + 4;

/// Takes ballots of one election.
pub struct BallotBox {
    key: SecretKey,
    intake: Intake,
    proofs: Arc<ProofPool>,
    sequencer: Sequencer,
    limits: Arc<Limits>,
    max_cast: usize,
}

impl BallotBox {
    /// A ballot box for one election, whose ballots have `ballot_len` bytes.
    #[must_use]
    pub fn new(
        key: SecretKey,
        manifest: Arc<Manifest>,
        ballot_len: usize,
        (proofs, limits): (Arc<ProofPool>, Arc<Limits>),
        (store, sequencer): (Store, Sequencer),
    ) -> Self {
        Self {
            key,
            intake: Intake::new(manifest, store),
            proofs,
            sequencer,
            limits,
            max_cast: ballot_len + CAST_OVERHEAD,
        }
    }

    /// The most bytes of a cast ballot of this election.
    #[must_use]
    pub fn max_cast(&self) -> usize {
        self.max_cast
    }

    /// How many ballots wait for their proof to be verified.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.proofs.waiting()
    }

    /// Takes a ballot whose last byte arrived at `received`; gives its receipt.
    ///
    /// The very same ballot again gets the stored receipt, byte for byte, at any time.
    ///
    /// # Errors
    /// The problem; with the signed refusal once the bytes are a ballot's.
    pub async fn cast(&self, bytes: &[u8], received: UnixMillis) -> Result<Vec<u8>, Problem> {
        let cast = CastBallot::from_bytes(bytes)?;
        let code = cast.tracking_code();
        let taken = self.take(cast, received).await;
        taken.map_err(|problem| {
            let reason = problem.kind.name();
            let election = self.intake.election();
            problem.refusal(&Refusal::sign(&self.key, election, code, reason, received))
        })
    }

    /// Registers a tracking code as pending.
    ///
    /// # Errors
    /// The problem.
    pub async fn register(&self, bytes: &[u8], received: UnixMillis) -> Result<(), Problem> {
        let request = self.code_request(bytes, CodeIntent::Pending).await?;
        self.sequencer.register(request, received).await?;
        Ok(())
    }

    /// Spoils a pending tracking code; gives its entry.
    ///
    /// # Errors
    /// The problem.
    pub async fn spoil(&self, bytes: &[u8], received: UnixMillis) -> Result<LeafIndex, Problem> {
        let request = self.code_request(bytes, CodeIntent::Spoil).await?;
        match self.sequencer.spoil(request, received).await? {
            Outcome::Entry(index) => Ok(index),
            _ => Err(ProblemKind::Internal.into()),
        }
    }

    async fn take(&self, cast: CastBallot, received: UnixMillis) -> Result<Vec<u8>, Problem> {
        self.intake.check_signatures(&cast)?;
        let standing = self.intake.standing(&cast).await?;
        if let Some(receipt) = self.intake.stored_receipt(&standing, &cast)? {
            return Ok(receipt);
        }
        // Only what the person signed and what is not in the log counts for them: nobody can use
        // up another person's limit with what the log shows.
        let person = cast.credential.voter.pseudonym;
        let limits = &self.limits;
        limits
            .check(Limit::CastingPerson, person.as_bytes())
            .await?;
        let view = self.sequencer.view();
        self.intake.check_hours(&view, received)?;
        self.intake.check_first(standing, &cast)?;
        let parameters = view.parameters.clone().ok_or(ProblemKind::VotingNotOpen)?;
        let (voter, ballot) = (cast.credential.voter, cast.ballot().to_vec());
        self.proofs.verify(parameters, voter, ballot).await?;
        match self.sequencer.cast(cast, received).await? {
            Outcome::Receipt(receipt) => Ok(receipt),
            _ => Err(ProblemKind::Internal.into()),
        }
    }

    async fn code_request(&self, bytes: &[u8], intent: CodeIntent) -> Result<CodeRequest, Problem> {
        let request = CodeRequest::from_bytes(bytes)?;
        self.intake.check_credential(&request.credential)?;
        let election = self.intake.election();
        request
            .verify(&election, intent)
            .map_err(|_| ProblemKind::SignatureInvalid)?;
        let person = request.credential.voter.pseudonym;
        let limits = &self.limits;
        limits.check(Limit::CodePerson, person.as_bytes()).await?;
        Ok(request)
    }
}

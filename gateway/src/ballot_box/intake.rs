//! The checks that cost little, before the proof.

use super::lookups::Lookups;
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::{Refused, View};
use crate::store::{Standing, Store, StoreError};
use std::sync::Arc;
use voting_core::audit::Stage;
use voting_core::cast::CastBallot;
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::Manifest;
use voting_core::receipt::Receipt;

/// What is known without the proof. The log checks all but the signatures again, at the ballot's
/// own place; here they keep what is refused anyway from costing a verification.
pub(super) struct Intake {
    manifest: Arc<Manifest>,
    lookups: Lookups,
}

impl Intake {
    pub(super) fn new(manifest: Arc<Manifest>, store: Store) -> Self {
        let lookups = Lookups::start(store);
        Self { manifest, lookups }
    }

    pub(super) fn election(&self) -> ElectionId {
        self.manifest.election_id()
    }

    pub(super) fn check_credential(&self, credential: &Credential) -> Result<(), Problem> {
        let keys = &self.manifest.keys;
        credential
            .verify(
                &self.election(),
                &keys.registrar,
                keys.countersigner.as_ref(),
            )
            .map_err(|_| ProblemKind::CredentialInvalid.into())
    }

    pub(super) fn check_signatures(&self, cast: &CastBallot) -> Result<(), Problem> {
        self.check_credential(&cast.credential)?;
        cast.verify_signature(&self.election())
            .map_err(|_| ProblemKind::SignatureInvalid.into())
    }

    /// What the store says of a ballot and its person.
    pub(super) async fn standing(&self, cast: &CastBallot) -> Result<Standing, Problem> {
        let person = cast.credential.voter.pseudonym;
        self.lookups.standing(cast.tracking_code(), person).await
    }

    /// The receipt of this very ballot of this person, whether it still counts or not.
    pub(super) fn stored_receipt(
        &self,
        standing: &Standing,
        cast: &CastBallot,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let Some(stored) = &standing.same else {
            return Ok(None);
        };
        let receipt = Receipt::from_bytes(&stored.receipt);
        let receipt = receipt.map_err(|_| StoreError::Value("receipt"))?;
        let own = receipt.pseudonym == cast.credential.voter.pseudonym;
        Ok(own.then(|| stored.receipt.clone()))
    }

    /// By the last committed state; the log judges again.
    pub(super) fn check_hours(&self, view: &View, received: UnixMillis) -> Result<(), Problem> {
        let refused = match view.stage {
            Stage::Open if received < view.schedule.opens_at => Refused::Early,
            Stage::Open if received >= view.schedule.closes_at => Refused::Late,
            Stage::Open => return Ok(()),
            stage => Refused::NotVoting(stage),
        };
        Err(refused.into())
    }

    /// The credential is the person's current one, and they have not voted unless they may again.
    pub(super) fn check_first(&self, standing: Standing, cast: &CastBallot) -> Result<(), Problem> {
        if !self.manifest.ballot.voting_again {
            // The very same ballot may have come twice at once: the log gives both one receipt.
            let code = cast.tracking_code();
            let other = standing
                .counted
                .filter(|ballot| ballot.code != *code.as_bytes());
            if let Some(ballot) = other {
                return Err(Refused::AlreadyVoted(ballot.receipt).into());
            }
        }
        let credential = cast.credential.to_bytes();
        match standing.credential {
            Some(current) if current == credential => Ok(()),
            _ => Err(ProblemKind::CredentialNotCurrent.into()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
        ProblemKind::Unavailable.into()
    }
}

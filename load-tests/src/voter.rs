//! One voter's device: identity, credential, sealing, checking or casting, receipt.
//!
//! ```no_run
//! # async fn vote() -> Result<(), Box<dyn std::error::Error>> {
//! use load_tests::election::Election;
//! use load_tests::voter::{Voter, draw_key};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! let election = Election::fetch("http://127.0.0.1:8080", None, Duration::from_secs(30)).await?;
//! let election = Arc::new(election);
//! let voter = Voter::identify(&election, "ci-of-a-made-up-person", draw_key()).await?;
//! let sealed = voter.seal(&[0, 4])?;
//! let receipt = voter.cast(&voter.sign(&sealed)).await?;
//! println!("entry {}", receipt.index);
//! # Ok(())
//! # }
//! ```

use crate::election::Election;
use crate::evidence::{EvidenceError, check_own, check_receipt};
use crate::http::HttpError;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use thiserror::Error;
use voting_core::ballot::{
    Choices, OpenError, SealError, SealSeeds, SealedBallot, open_with_seed, seal,
};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::{Decode, DecodeError, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{LeafIndex, Sequence};
use voting_core::keys::SecretKey;
use voting_core::receipt::Receipt;
use voting_core::tracking::TrackingCode;

/// Why a voter did not get on.
#[derive(Debug, Error)]
pub enum VoterError {
    /// The gateway does not answer as it should, or refuses.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The credential does not decode.
    #[error("the credential")]
    Credential(#[from] DecodeError),
    /// The credential is not what was asked for.
    #[error("the credential {0}")]
    WrongCredential(&'static str),
    /// The choices keep some limit not.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The receipt is no evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A sealed ballot does not hold what was chosen.
    #[error("the sealed ballot holds other choices than were made")]
    Changed,
    /// A sealed ballot does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

impl VoterError {
    /// The receipt of the ballot that the person has cast before, if that is why they were refused.
    #[must_use]
    pub fn earlier_receipt(&self) -> Option<&[u8]> {
        match self {
            Self::Http(HttpError::Refused(refused)) if refused.kind == "already-voted" => {
                refused.receipt.as_deref()
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct SessionDocument {
    session: String,
    class: String,
}

#[derive(Deserialize)]
struct EntryDocument {
    index: LeafIndex,
}

/// A key for one device, from the operating system's generator.
#[must_use]
pub fn draw_key() -> SecretKey {
    SecretKey::generate(&mut UnwrapErr(SysRng))
}

/// A person with a device and a credential. Made anew for every person; not for reuse.
pub struct Voter {
    election: Arc<Election>,
    key: SecretKey,
    credential: Credential,
}

impl Voter {
    /// Identifies a made-up person to the demonstration's provider and gets a credential for
    /// `key`. The same person and key again get the same credential.
    ///
    /// # Errors
    /// [`VoterError`]; [`VoterError::earlier_receipt`] if the person's ballot is in.
    pub async fn identify(
        election: &Arc<Election>,
        ci: &str,
        key: SecretKey,
    ) -> Result<Self, VoterError> {
        let http = election.http();
        let answer = http
            .post_json("/api/v1/identity/demo", &json!({ "ci": ci }))
            .await?;
        let session: SessionDocument =
            serde_json::from_slice(&answer).map_err(|_| HttpError::Malformed("session"))?;
        let public = key.verify_key().to_bytes();
        let answer = http
            .post_bytes("/api/v1/credentials", Some(&session.session), public)
            .await?;
        let credential = Credential::from_bytes(&answer)?;
        let election = election.clone();
        let voter = Self {
            election,
            key,
            credential,
        };
        voter.check_credential(&session.class)?;
        Ok(voter)
    }

    /// The credential.
    #[must_use]
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Seals choices, given by position on the ballot. Takes milliseconds of computation.
    ///
    /// # Errors
    /// [`VoterError::Seal`].
    pub fn seal(&self, chosen: &[u32]) -> Result<SealedBallot, VoterError> {
        let parameters = self.election.parameters();
        let choices = Choices::new(&parameters.shape, chosen)?;
        let seeds = SealSeeds::generate(&mut UnwrapErr(SysRng));
        Ok(seal(parameters, &self.credential.voter, &choices, &seeds))
    }

    /// Registers a tracking code as pending, before "cast" or "check" is chosen.
    ///
    /// # Errors
    /// [`VoterError`].
    pub async fn register(&self, code: TrackingCode) -> Result<(), VoterError> {
        let request = self.code_request(code, CodeIntent::Pending);
        self.election
            .http()
            .post_bytes("/api/v1/pending", None, request)
            .await?;
        Ok(())
    }

    /// Checks a registered ballot instead of casting it: spoils its code, opens it with its seed as
    /// the second device does, and compares.
    ///
    /// # Errors
    /// [`VoterError::Changed`] if the device sealed other choices.
    pub async fn check(
        &self,
        sealed: &SealedBallot,
        chosen: &[u32],
    ) -> Result<LeafIndex, VoterError> {
        let request = self.code_request(sealed.tracking_code(), CodeIntent::Spoil);
        let answer = self
            .election
            .http()
            .post_bytes("/api/v1/spoiled", None, request)
            .await?;
        let entry: EntryDocument =
            serde_json::from_slice(&answer).map_err(|_| HttpError::Malformed("answer"))?;
        let parameters = self.election.parameters();
        let (voter, seed) = (&self.credential.voter, sealed.reveal_seed());
        let rng = &mut UnwrapErr(SysRng);
        let found = open_with_seed(parameters, voter, sealed.bytes(), seed, rng)?;
        let mut chosen = chosen.to_vec();
        chosen.sort_unstable();
        if found == chosen {
            Ok(entry.index)
        } else {
            Err(VoterError::Changed)
        }
    }

    /// Signs a sealed ballot for casting: the person's first and only one.
    #[must_use]
    pub fn sign(&self, sealed: &SealedBallot) -> CastBallot {
        self.sign_bytes(sealed.bytes().to_vec())
    }

    /// The same with a ballot's bytes, whatever they are: attackers have devices too.
    #[must_use]
    pub fn sign_bytes(&self, ballot: Vec<u8>) -> CastBallot {
        let first = (Sequence::new(0), None);
        let (election, credential) = (self.election.id(), self.credential.clone());
        CastBallot::sign(&self.key, &election, credential, first, ballot)
    }

    /// Casts a signed ballot; its receipt, verified. Sending it again gives the same receipt.
    ///
    /// # Errors
    /// [`VoterError`].
    pub async fn cast(&self, cast: &CastBallot) -> Result<Receipt, VoterError> {
        let http = self.election.http();
        let answer = http
            .post_bytes("/api/v1/ballots", None, cast.to_bytes())
            .await?;
        let receipt = check_receipt(&answer, self.election.manifest())?;
        check_own(&receipt, cast)?;
        Ok(receipt)
    }

    fn code_request(&self, code: TrackingCode, intent: CodeIntent) -> Vec<u8> {
        let (election, credential) = (self.election.id(), self.credential.clone());
        CodeRequest::sign(&self.key, &election, credential, code, intent).to_bytes()
    }

    fn check_credential(&self, class: &str) -> Result<(), VoterError> {
        let (manifest, credential) = (self.election.manifest(), &self.credential);
        let keys = &manifest.keys;
        credential
            .verify(
                &self.election.id(),
                &keys.registrar,
                keys.countersigner.as_ref(),
            )
            .map_err(|_| VoterError::WrongCredential("is not signed by the registrar"))?;
        let issued = manifest.class(credential.voter.class);
        let same_class = issued.is_some_and(|issued| issued.id.as_str() == class);
        if credential.voter.key != self.key.verify_key() {
            Err(VoterError::WrongCredential("is of another key"))
        } else if same_class {
            Ok(())
        } else {
            Err(VoterError::WrongCredential("is of another class"))
        }
    }
}

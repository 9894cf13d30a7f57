//! The registrar: who may vote, in which class, with which key.
//!
//! It alone holds the registrar's key, the pseudonym key and the rolls. A CI (연계정보) is turned into
//! a pseudonym and forgotten; neither it nor anything else personal is stored or logged.

mod pseudonym;
mod roll;
#[cfg(test)]
mod tests;

pub use pseudonym::PseudonymKey;
pub use roll::{Roll, RollError};

use crate::identity::{Ci, Session};
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::{Refused, Sequencer};
use crate::store::{Store, StoreError};
use std::sync::Arc;
use voting_core::audit::Check;
use voting_core::ballot::VoterIdentity;
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, Serial};
use voting_core::keys::{SecretKey, VerifyKey};
use voting_core::manifest::{Admission, Manifest};

/// How often to start over when another login of the same person got in between.
const ATTEMPTS: usize = 8;

/// Issues credentials.
pub struct Registrar {
    key: SecretKey,
    pseudonyms: PseudonymKey,
    roll: Roll,
    manifest: Arc<Manifest>,
    store: Store,
    sequencer: Sequencer,
}

impl Registrar {
    /// A registrar for one election.
    #[must_use]
    pub fn new(
        (key, pseudonyms): (SecretKey, PseudonymKey),
        roll: Roll,
        manifest: Arc<Manifest>,
        (store, sequencer): (Store, Sequencer),
    ) -> Self {
        Self {
            key,
            pseudonyms,
            roll,
            manifest,
            store,
            sequencer,
        }
    }

    /// Who a person is within this election: pseudonym and the first class that admits them.
    ///
    /// # Errors
    /// [`ProblemKind::NotEligible`].
    pub fn admit(&self, ci: &Ci) -> Result<(Pseudonym, ClassIndex), Problem> {
        let pseudonym = self.pseudonyms.pseudonym(&self.election(), ci);
        let classes = (0..).map(ClassIndex::new).zip(&self.manifest.classes);
        let mut admitting = classes.filter(|(index, class)| match class.admission {
            Admission::Everyone => true,
            Admission::Roll => self.roll.contains(*index, &pseudonym),
        });
        match admitting.next() {
            Some((class, _)) => Ok((pseudonym, class)),
            None => Err(ProblemKind::NotEligible.into()),
        }
    }

    /// Issues a credential to the key of a device: the first one, or the next serial as long as no
    /// ballot is in. The same key again gets the same credential; the class never changes.
    ///
    /// # Errors
    /// [`ProblemKind::AlreadyVoted`] with the receipt, and those of the log.
    pub async fn issue(&self, session: &Session, key: VerifyKey) -> Result<Vec<u8>, Problem> {
        for _ in 0..ATTEMPTS {
            self.check_not_voted(&session.pseudonym).await?;
            let credential = match self.current(&session.pseudonym).await? {
                Some(current) if current.voter.key == key => return Ok(current.to_bytes()),
                current => self.next(session, key, current.as_ref()),
            };
            let bytes = credential.to_bytes();
            match self.sequencer.issue(credential).await {
                Ok(_) => return Ok(bytes),
                // Another login of the same person came first: its serial is taken.
                Err(Refused::Violation(v)) if v.check == Check::CredentialSerial => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Err(ProblemKind::Overloaded.into())
    }

    fn next(&self, session: &Session, key: VerifyKey, current: Option<&Credential>) -> Credential {
        let first = (session.class, Serial::new(0));
        let (class, serial) = current.map_or(first, |current| {
            let next = current.serial.get().saturating_add(1);
            (current.voter.class, Serial::new(next))
        });
        let pseudonym = session.pseudonym;
        let voter = VoterIdentity {
            pseudonym,
            class,
            key,
        };
        Credential::issue(&self.key, &self.election(), voter, serial)
    }

    async fn check_not_voted(&self, pseudonym: &Pseudonym) -> Result<(), Problem> {
        match self
            .store
            .current_ballot(&self.election(), pseudonym)
            .await?
        {
            None => Ok(()),
            Some(ballot) => Err(Problem::new(ProblemKind::AlreadyVoted).receipt(ballot.receipt)),
        }
    }

    async fn current(&self, pseudonym: &Pseudonym) -> Result<Option<Credential>, Problem> {
        let bytes = self.store.credential(&self.election(), pseudonym).await?;
        let decode = |bytes: Vec<u8>| Credential::from_bytes(&bytes);
        let credential = bytes.map(decode).transpose();
        credential.map_err(|_| StoreError::Value("credential").into())
    }

    fn election(&self) -> ElectionId {
        self.manifest.election_id()
    }
}

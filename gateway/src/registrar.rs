//! The registrar: who may vote, in which class, with which key.
//!
//! It alone holds the registrar's key, the pseudonym key and the rolls. A CI (연계정보) is turned into
//! a pseudonym and forgotten; neither it nor anything else personal is stored or logged.

mod case;
mod eligibility;
mod pseudonym;
mod rolls;
#[cfg(test)]
mod tests;

pub use eligibility::{Requirement, Unmet};
pub use pseudonym::PseudonymKey;
pub use rolls::Importing;

use crate::identity::{Person, Session};
use crate::problem::{Problem, ProblemKind};
use crate::registry::{Registry, RollCounts};
use crate::rolls::RollKey;
use crate::sequencer::{Refused, Sequencer};
use crate::store::{Store, StoreError};
use case::Cases;
use std::sync::Arc;
use tokio::sync::Mutex;
use voting_core::audit::Check;
use voting_core::ballot::VoterIdentity;
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, Serial, UnixMillis};
use voting_core::keys::{SecretKey, VerifyKey};
use voting_core::manifest::{Admission, Manifest};

/// How often to start over when another login of the same person got in between.
const ATTEMPTS: usize = 8;

/// What the registrar alone holds.
pub struct RegistrarKeys {
    /// Signs credentials.
    pub signing: SecretKey,
    /// Recognise people; `None` once the pseudonym key is destroyed.
    pub people: Option<PeopleKeys>,
}

/// Made of the pseudonym key.
pub struct PeopleKeys {
    /// Makes pseudonyms.
    pub pseudonyms: PseudonymKey,
    /// Finds people on rolls.
    pub rolls: RollKey,
}

/// Issues credentials.
pub struct Registrar {
    keys: RegistrarKeys,
    cases: Cases,
    registry: Registry,
    manifest: Arc<Manifest>,
    store: Store,
    sequencer: Sequencer,
    /// Held by the roll file in work: each takes much memory.
    importing: Arc<Mutex<()>>,
    /// What was last counted: rolls change with imports alone.
    counted: Mutex<RollCounts>,
}

impl Registrar {
    /// A registrar for one election; `None` only if the session key cannot be used.
    #[must_use]
    pub fn new(
        (keys, session_key): (RegistrarKeys, &[u8; 32]),
        registry: Registry,
        manifest: Arc<Manifest>,
        (store, sequencer): (Store, Sequencer),
    ) -> Option<Self> {
        Some(Self {
            keys,
            cases: Cases::new(session_key)?,
            registry,
            manifest,
            store,
            sequencer,
            importing: Arc::default(),
            counted: Mutex::default(),
        })
    }

    /// Who a person is within this election: the pseudonym, and the class of the credential they
    /// hold or else the first one that admits them. Whether they are eligible is judged once: a
    /// credential that was issued stands, whatever becomes of the rolls.
    ///
    /// # Errors
    /// [`ProblemKind::NotEligible`] with the requirement that is not met;
    /// [`ProblemKind::PseudonymKeyDestroyed`] from the entry on that says so, whether or not the key
    /// is still in memory.
    pub async fn admit(
        &self,
        person: &Person,
        now: UnixMillis,
    ) -> Result<(Pseudonym, ClassIndex), Problem> {
        let election = self.election();
        let keys = self.keys.people.as_ref();
        let keys = keys.filter(|_| !self.sequencer.view().pseudonym_key_destroyed);
        let keys = keys.ok_or(ProblemKind::PseudonymKeyDestroyed)?;
        let pseudonym = keys.pseudonyms.pseudonym(&election, &person.ci);
        if let Some(current) = self.current(&pseudonym).await? {
            return Ok((pseudonym, current.voter.class));
        }
        let judged = self.judge(person, &pseudonym, &keys.rolls).await?;
        let outcome = judged
            .as_ref()
            .map_or_else(|unmet| unmet.requirement.name(), |_| "eligible");
        self.registry
            .put_eligibility(&pseudonym, outcome, now)
            .await?;
        judged.map(|class| (pseudonym, class)).map_err(|mut unmet| {
            if unmet.confirmable {
                unmet.case = self.cases.seal(election, pseudonym, now);
            }
            Problem::new(ProblemKind::NotEligible).unmet(unmet)
        })
    }

    async fn judge(
        &self,
        person: &Person,
        pseudonym: &Pseudonym,
        rolls: &RollKey,
    ) -> Result<Result<ClassIndex, Unmet>, Problem> {
        let rule = &self.manifest.eligibility;
        let asked = rule.age.is_some() || !rule.claims.is_empty();
        let confirmed = match asked {
            true => self.registry.confirmed(pseudonym).await?,
            false => Vec::new(),
        };
        if let Some(unmet) = eligibility::judge(rule, person, &confirmed) {
            return Ok(Err(unmet));
        }
        let (ci, whole) = rolls.of(person);
        let on_rolls = self.registry.roll_classes(&ci, whole.as_ref()).await?;
        let classes = (0..).map(ClassIndex::new).zip(&self.manifest.classes);
        let mut admitting = classes.filter(|(index, class)| match class.admission {
            Admission::Everyone => true,
            Admission::Roll => on_rolls.contains(index),
        });
        let class = admitting.next().map(|(class, _)| class);
        Ok(class.ok_or_else(|| eligibility::unmet(rule, Requirement::Class, false)))
    }

    /// Keeps that a desk found a requirement to be met, for the person of a case.
    ///
    /// # Errors
    /// [`ProblemKind::CaseInvalid`].
    pub async fn confirm(
        &self,
        case: &str,
        requirement: Requirement,
        (desk, now): (&str, UnixMillis),
    ) -> Result<(), Problem> {
        let pseudonym = self.cases.open(case, self.election(), now);
        let pseudonym = pseudonym.ok_or(ProblemKind::CaseInvalid)?;
        let name = requirement.name();
        Ok(self.registry.confirm(&pseudonym, name, desk, now).await?)
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
        Credential::issue(&self.keys.signing, &self.election(), voter, serial)
    }

    /// Refuses whose ballot is in.
    ///
    /// # Errors
    /// [`ProblemKind::AlreadyVoted`] with the receipt.
    pub async fn check_not_voted(&self, pseudonym: &Pseudonym) -> Result<(), Problem> {
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

//! The four steps of a trustee, each from a log that was verified whole.
//!
//! Every step that was taken before gives the same messages again, byte for byte; messages that
//! stand in the log already are not sent twice.

use crate::keys::TrusteeSecrets;
use crate::state::{Decrypted, SecretBytes, StateFile, Step, TrusteeState};
use crate::vault::VaultError;
use observer::VerifiedLog;
use rand_core::CryptoRng;
use thiserror::Error;
use voting_core::audit::{Group, Shares, Stage, State, Violation};
use voting_core::ceremony::{
    CeremonyError, CeremonyMessage, Dealer, KeyShare, Outcome, Recipient, Verdict,
};
use voting_core::codec::{DecodeError, Encode};
use voting_core::decryption::{DecryptionError, GroupId, prove};
use voting_core::ids::{LeafIndex, LogHash, TrusteeId, UnixMillis};
use voting_core::trustee::{Signed, TrusteeMessage};
use zeroize::Zeroizing;

/// Why a step was not taken.
#[derive(Debug, Error)]
pub enum StepError {
    /// The keys are none of the manifest's trustees'.
    #[error("these keys are none of this election's trustees'")]
    NotATrustee,
    /// The log is not where this step belongs.
    #[error("{0}")]
    NotNow(String),
    /// The state file does not hold what this step needs.
    #[error("the state file does not hold {0} of this attempt: it was made with another file")]
    StateMissing(&'static str),
    /// Another ballot set was decrypted before.
    #[error(
        "REFUSED: shares were made of the ballots up to entry {close} (root {root}); making them of \
         another ballot set could reveal single ballots"
    )]
    OtherBallotSet {
        /// The close entry that was decrypted.
        close: LeafIndex,
        /// The root of its tree.
        root: LogHash,
    },
    /// Nobody has said that others see the same close, and no witness has.
    #[error(
        "REFUSED: the manifest names no witnesses, so nothing else shows that every trustee is \
         shown the same ballots. Compare this close with the other trustees and with observers, \
         over another channel, then give its root:\n  entry {close}\n  --close-root {root}"
    )]
    NotCompared {
        /// The close entry.
        close: LeafIndex,
        /// The root of its tree.
        root: LogHash,
    },
    /// Others see another close.
    #[error(
        "REFUSED: this log closes with the root {root} at entry {close}, and others were shown \
         {agreed}: shares of two ballot sets could reveal single ballots. Keep both logs"
    )]
    OtherClose {
        /// The close entry.
        close: LeafIndex,
        /// The root of its tree.
        root: LogHash,
        /// What was agreed on.
        agreed: LogHash,
    },
    /// The log says that the vote is over, and this computer's clock says that it is not.
    #[error(
        "REFUSED: by this computer's clock ({now} ms) the vote goes on until {ends} ms, yet the log \
         has closed: either this clock or the log's is wrong, and nobody may see a total before the \
         close"
    )]
    BeforeTheClose {
        /// The time here.
        now: UnixMillis,
        /// The first instant at which the election can have closed.
        ends: UnixMillis,
    },
    /// The manifest forbids to decrypt.
    #[error("a class is too small, and the manifest then refuses to decrypt anything")]
    RefusedBySmallClass,
    /// The ceremony's own checks.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The decryption's own checks.
    #[error(transparent)]
    Decryption(#[from] DecryptionError),
    /// The log's own checks.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// A stored secret is damaged.
    #[error("a stored secret is damaged: {0}")]
    Decode(#[from] DecodeError),
    /// The files.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A message to be handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// A name for files.
    pub name: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// Whether the log holds it already.
    pub in_log: bool,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The trustee accused, where the step found a wrong share.
    pub accused: Option<TrusteeId>,
}

/// A trustee before a verified log.
pub struct Session<'a> {
    log: &'a VerifiedLog,
    secrets: &'a TrusteeSecrets,
    file: &'a StateFile,
    id: TrusteeId,
    memory: TrusteeState,
}

impl<'a> Session<'a> {
    /// The trustee that the keys are of, with its memory of this election.
    ///
    /// # Errors
    /// [`StepError::NotATrustee`], [`StepError::Vault`].
    pub fn open(
        log: &'a VerifiedLog,
        secrets: &'a TrusteeSecrets,
        file: &'a StateFile,
    ) -> Result<Self, StepError> {
        let manifest = log.state.manifest();
        let id = secrets.trustee_of(manifest).ok_or(StepError::NotATrustee)?;
        let memory = file.read(log.state.election())?;
        Ok(Self {
            log,
            secrets,
            file,
            id,
            memory,
        })
    }

    /// Which trustee this is.
    #[must_use]
    pub fn id(&self) -> TrusteeId {
        self.id
    }

    /// What is remembered.
    #[must_use]
    pub fn memory(&self) -> &TrusteeState {
        &self.memory
    }

    /// First round: commits to a polynomial.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn round_one(&mut self, rng: &mut impl CryptoRng) -> Result<Taken, StepError> {
        self.demand(Stage::Ceremony)?;
        let ceremony = self.state().ceremony();
        let in_log = has(ceremony.round_one(), self.id);
        if let Some(step) = self.of_attempt(&self.memory.dealt) {
            return Ok(self.taken("round-1", &step.message, in_log));
        }
        if in_log {
            return Err(StepError::StateMissing("the first round"));
        }
        let (setup, secret) = (ceremony.setup(), &self.secrets.encryption);
        let (dealer, message) = Dealer::start(setup, self.id, secret, rng)?;
        let step = self.step(message, Some(dealer.to_secret_bytes()?));
        self.memory.dealt = Some(step.clone());
        self.file.write(&self.memory)?;
        Ok(self.taken("round-1", &step.message, false))
    }

    /// Second round: deals a share to every other trustee.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn round_two(&mut self, rng: &mut impl CryptoRng) -> Result<Taken, StepError> {
        self.demand(Stage::Ceremony)?;
        let ceremony = self.state().ceremony();
        let in_log = has(ceremony.round_two(), self.id);
        if let Some(step) = self.of_attempt(&self.memory.received) {
            return Ok(self.taken("round-2", &step.message, in_log));
        }
        let first = ceremony.first_round();
        let first = first.ok_or_else(|| not_yet("the first round is not complete"))?;
        let step = self.of_attempt(&self.memory.dealt);
        let secret = step.and_then(|step| step.secret.as_ref());
        let secret = secret.ok_or(StepError::StateMissing("the first round"))?;
        let dealer = Dealer::from_secret_bytes(secret.as_bytes())?;
        let (recipient, message) = dealer.deal(first, rng)?;
        let step = self.step(message, Some(recipient.to_secret_bytes()?));
        self.memory.received = Some(step.clone());
        self.file.write(&self.memory)?;
        Ok(self.taken("round-2", &step.message, in_log))
    }

    /// Third: opens what the others dealt, and confirms the election key or complains.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn confirm(&mut self, rng: &mut impl CryptoRng) -> Result<Taken, StepError> {
        self.demand(Stage::Ceremony)?;
        let ceremony = self.state().ceremony();
        let in_log = has(ceremony.confirmations(), self.id);
        if let Some(step) = self.of_attempt(&self.memory.confirmed) {
            let over = in_log || ceremony.verdict().is_some();
            return Ok(self.taken("confirmation", &step.message, over));
        }
        let second = ceremony.second_round();
        let second = second.ok_or_else(|| not_yet("the second round is not complete"))?;
        let step = self.of_attempt(&self.memory.received);
        let secret = step.and_then(|step| step.secret.as_ref());
        let secret = secret.ok_or(StepError::StateMissing("the second round"))?;
        let recipient = Recipient::from_secret_bytes(secret.as_bytes())?;
        let outcome = recipient.finish(second, &self.secrets.encryption, rng)?;
        let (step, accused) = match outcome {
            Outcome::Confirmed(share, confirmation) => {
                let secret = share.to_secret_bytes();
                (self.step(*confirmation, Some(secret)), None)
            }
            Outcome::Complaint(complaint) => {
                let accused = complaint.accused();
                (self.step(*complaint, None), Some(accused))
            }
        };
        self.memory.confirmed = Some(step.clone());
        self.file.write(&self.memory)?;
        let name = accused.map_or("confirmation", |_| "complaint");
        let taken = self.taken(name, &step.message, false);
        Ok(Taken { accused, ..taken })
    }

    /// After the close: this trustee's shares of every group's sums, of one ballot set, once.
    ///
    /// `now` is the time here. The log's own times are its word alone: whoever runs it, together
    /// with two of the staff, could write a close before the hour and have the ballots so far
    /// decrypted. `agreed` is the close's root as the other trustees and observers see it, and is
    /// demanded where no witnesses have cosigned what the close closes: otherwise two honest
    /// trustees could be shown two logs, and one that is not add a share to each.
    ///
    /// # Errors
    /// [`StepError`]; [`StepError::OtherBallotSet`] above all.
    pub fn share(
        &mut self,
        now: UnixMillis,
        agreed: Option<LogHash>,
        rng: &mut impl CryptoRng,
    ) -> Result<Taken, StepError> {
        let state = self.state();
        let closed = state.close().zip(state.shares());
        let closed = closed.ok_or_else(|| not_yet("the election has not closed"))?;
        let ((close, root), shares) = closed;
        if let Some(agreed) = agreed.filter(|agreed| *agreed != root) {
            return Err(StepError::OtherClose {
                close,
                root,
                agreed,
            });
        }
        if let Some(former) = &self.memory.decrypted {
            if (former.close, former.root) != (close, root) {
                return Err(StepError::OtherBallotSet {
                    close: former.close,
                    root: former.root,
                });
            }
            return Ok(self.shares_taken(&former.shares));
        }
        self.demand(Stage::Closed)?;
        let complete = state.check_offline_complete();
        complete.map_err(|missing| not_yet(&missing.detail))?;
        let ends = state.schedule().drained_at();
        if now < ends {
            return Err(StepError::BeforeTheClose { now, ends });
        }
        if agreed.is_none() && state.policy().quorum().n() == 0 {
            return Err(StepError::NotCompared { close, root });
        }
        let messages = self.prove(shares, rng)?;
        self.memory.decrypted = Some(Decrypted {
            close,
            root,
            shares: messages.clone(),
        });
        // From here on no other ballot set is decrypted, whether or not these go out.
        self.file.write(&self.memory)?;
        Ok(self.shares_taken(&messages))
    }

    fn prove(
        &self,
        shares: &Shares,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<SecretBytes>, StepError> {
        let state = self.state();
        let grouping = state.grouping();
        let grouping = grouping.ok_or_else(|| not_yet("the election has not closed"))?;
        if !grouping.refused.is_empty() {
            return Err(StepError::RefusedBySmallClass);
        }
        let keys = state.public_keys();
        let keys = keys.ok_or_else(|| not_yet("the election was never opened"))?;
        let key = self.key_share()?;
        let election = state.election();
        let share = |group: &Group| {
            let statement = shares.statement(election, keys, group.id)?;
            let share = prove(rng, &key, &statement)?;
            Ok(self.sign(share))
        };
        grouping.groups.iter().map(share).collect()
    }

    fn key_share(&self) -> Result<KeyShare, StepError> {
        let step = self.memory.confirmed.as_ref();
        let secret = step.and_then(|step| step.secret.as_ref());
        let secret = secret.ok_or(StepError::StateMissing("the key share"))?;
        Ok(KeyShare::from_secret_bytes(secret.as_bytes())?)
    }

    fn shares_taken(&self, messages: &[SecretBytes]) -> Taken {
        let groups = self.state().grouping().map_or(&[][..], |g| &g.groups);
        let message = |(group, message): (&Group, &SecretBytes)| Message {
            name: format!("trustee-{}-share-{}", self.id, group.id),
            bytes: message.as_bytes().to_vec(),
            in_log: self.has_share(group.id),
        };
        Taken {
            messages: groups.iter().zip(messages).map(message).collect(),
            accused: None,
        }
    }

    /// Whether the log needs no share of a group from us any more.
    fn has_share(&self, group: GroupId) -> bool {
        let shares = self.state().shares();
        let given = shares.is_some_and(|shares| shares.of_group(group).any(|id| id == self.id));
        given || self.state().stage() != Stage::Closed
    }

    fn state(&self) -> &'a State {
        &self.log.state
    }

    fn attempt(&self) -> u16 {
        self.state().ceremony().setup().attempt().get()
    }

    fn of_attempt<'b>(&self, step: &'b Option<Step>) -> Option<&'b Step> {
        step.as_ref().filter(|step| step.attempt == self.attempt())
    }

    fn step(&self, message: impl CeremonyMessage, secret: Option<Zeroizing<Vec<u8>>>) -> Step {
        Step {
            attempt: self.attempt(),
            secret: secret.map(SecretBytes::new),
            message: self.sign(message),
        }
    }

    fn sign(&self, message: impl TrusteeMessage) -> SecretBytes {
        let (election, key) = (self.state().election(), &self.secrets.signing);
        let bytes = Signed::sign(message, &election, key).to_bytes();
        SecretBytes::new(Zeroizing::new(bytes))
    }

    fn taken(&self, kind: &str, message: &SecretBytes, in_log: bool) -> Taken {
        let attempt = self.attempt();
        let message = Message {
            name: format!("trustee-{}-attempt-{attempt}-{kind}", self.id),
            bytes: message.as_bytes().to_vec(),
            in_log,
        };
        Taken {
            messages: vec![message],
            accused: None,
        }
    }

    fn demand(&self, needed: Stage) -> Result<(), StepError> {
        let stage = self.state().stage();
        if stage != needed {
            return Err(not_yet(&format!(
                "the election is {stage:?}, not {needed:?}"
            )));
        }
        match self.log.complaint {
            Some(complaint) if self.state().ceremony().verdict().is_some() => {
                Err(not_yet(&describe(self.log, complaint)))
            }
            _ => Ok(()),
        }
    }
}

/// A complaint in words, with the trustees' names.
#[must_use]
pub fn describe(log: &VerifiedLog, complaint: observer::Complaint) -> String {
    let name = |id| name(log, id);
    let founded = match complaint.verdict {
        Verdict::Founded => "is founded",
        Verdict::Unfounded => "is unfounded",
    };
    format!(
        "this attempt is over: the complaint of {} about the share from {} {founded}, so {} lied; \
         staff must restart the ceremony",
        name(complaint.accuser),
        name(complaint.accused),
        name(complaint.liar()),
    )
}

/// A trustee as the manifest names it.
#[must_use]
pub fn name(log: &VerifiedLog, id: TrusteeId) -> String {
    let trustee = log.state.manifest().trustee(id);
    trustee.map_or_else(
        || format!("trustee {id}"),
        |t| format!("trustee {id} ({})", t.name),
    )
}

fn not_yet(what: &str) -> StepError {
    StepError::NotNow(what.to_owned())
}

fn has<T: TrusteeMessage>(messages: &[Signed<T>], id: TrusteeId) -> bool {
    messages
        .iter()
        .any(|message| message.claimed_trustee() == id)
}

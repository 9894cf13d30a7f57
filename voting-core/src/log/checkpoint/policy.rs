//! Whose checkpoints are believed.

use super::{Checkpoint, Origin, ParseCheckpointError};
use crate::keys::VerifyKey;
use crate::log::note::{
    CosignatureTime, KeyName, Note, NoteError, ParseKeyError, SignatureType, VerifiedSignature,
    VerifierKey,
};
use thiserror::Error;

/// Why a quorum or a policy makes no sense.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// More witnesses are demanded than named.
    #[error("{n} of {witnesses} witnesses cannot be met")]
    TooFewWitnesses {
        /// How many must cosign.
        n: usize,
        /// How many there are.
        witnesses: usize,
    },
    /// A witness's key is not of type 0x04.
    #[error("the key of {0} is not a witness's")]
    NotAWitness(KeyName),
    /// Two witnesses share a name or a public key, or one has the log's: they would count twice.
    #[error("the name or public key of {0} is another's too")]
    Repeated(KeyName),
    /// The log's origin cannot be the name of a key.
    #[error(transparent)]
    Name(#[from] ParseKeyError),
}

/// How many of which witnesses must have cosigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quorum {
    n: usize,
    witnesses: Vec<VerifierKey>,
}

impl Quorum {
    /// At least `n` of `witnesses`.
    ///
    /// # Errors
    /// [`PolicyError`] where it cannot be met, or where one key would count twice.
    pub fn new(n: usize, witnesses: Vec<VerifierKey>) -> Result<Self, PolicyError> {
        if n > witnesses.len() {
            return Err(PolicyError::TooFewWitnesses {
                n,
                witnesses: witnesses.len(),
            });
        }
        for (i, witness) in witnesses.iter().enumerate() {
            let name = || witness.name().clone();
            if witness.kind() != SignatureType::CosignatureV1 {
                return Err(PolicyError::NotAWitness(name()));
            }
            if witnesses[..i].iter().any(|other| same(other, witness)) {
                return Err(PolicyError::Repeated(name()));
            }
        }
        Ok(Self { n, witnesses })
    }

    /// No witnesses.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// How many must have cosigned.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.n
    }

    /// The witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }
}

fn same(a: &VerifierKey, b: &VerifierKey) -> bool {
    a.name() == b.name() || a.key() == b.key()
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OpenCheckpointError {
    /// It is not a well-formed note, or a known key's signature on it does not verify.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The log has not signed it.
    #[error("the log has not signed the checkpoint")]
    NotSignedByLog,
    /// What is signed is not a checkpoint.
    #[error(transparent)]
    Parse(#[from] ParseCheckpointError),
    /// It is another log's.
    #[error("the checkpoint is of {0}")]
    OtherOrigin(Origin),
    /// Too few witnesses have cosigned it.
    #[error("{have} of {need} witnesses have cosigned the checkpoint")]
    NoQuorum {
        /// How many have.
        have: usize,
        /// How many must.
        need: usize,
    },
}

/// The log whose checkpoints are believed, and with which cosignatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPolicy {
    origin: Origin,
    quorum: Quorum,
    /// The log's key, then the witnesses'.
    known: Vec<VerifierKey>,
}

impl LogPolicy {
    /// Believes the log of this origin and key where the quorum has cosigned.
    ///
    /// # Errors
    /// [`PolicyError::Name`], [`PolicyError::Repeated`].
    pub fn new(origin: Origin, key: VerifyKey, quorum: Quorum) -> Result<Self, PolicyError> {
        let log = VerifierKey::new(origin.key_name()?, SignatureType::Ed25519, key);
        if let Some(witness) = quorum.witnesses.iter().find(|witness| same(witness, &log)) {
            return Err(PolicyError::Repeated(witness.name().clone()));
        }
        let known = [&[log], quorum.witnesses()].concat();
        Ok(Self {
            origin,
            quorum,
            known,
        })
    }

    /// The log's origin.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The quorum.
    #[must_use]
    pub const fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// The log's key as a verifier key: what a witness is told.
    #[must_use]
    pub fn log_key(&self) -> &VerifierKey {
        &self.known[0]
    }

    /// Opens a checkpoint that the log has signed and the quorum has cosigned.
    ///
    /// # Errors
    /// [`OpenCheckpointError`].
    pub fn open(&self, note: &Note) -> Result<OpenedCheckpoint, OpenCheckpointError> {
        let opened = self.open_without_quorum(note)?;
        self.demand_quorum(&opened)?;
        Ok(opened)
    }

    /// Opens a checkpoint that the log has signed, however few have cosigned: evidence against the
    /// log, but none that others see the same one.
    ///
    /// # Errors
    /// [`OpenCheckpointError`] except for [`OpenCheckpointError::NoQuorum`].
    pub fn open_without_quorum(
        &self,
        note: &Note,
    ) -> Result<OpenedCheckpoint, OpenCheckpointError> {
        let verified = match note.verify(&self.known) {
            Err(NoteError::Unverified) => Vec::new(),
            verified => verified?,
        };
        if !verified
            .iter()
            .any(|signature| signature.key() == self.log_key())
        {
            return Err(OpenCheckpointError::NotSignedByLog);
        }
        let checkpoint = Checkpoint::parse(note.text())?;
        if *checkpoint.origin() != self.origin {
            return Err(OpenCheckpointError::OtherOrigin(checkpoint.origin));
        }
        let cosignatures = cosignatures(self.quorum.witnesses(), &verified);
        Ok(OpenedCheckpoint {
            checkpoint,
            cosignatures,
        })
    }

    /// Whether enough witnesses have cosigned a checkpoint opened with this policy.
    ///
    /// # Errors
    /// [`OpenCheckpointError::NoQuorum`].
    pub fn demand_quorum(&self, opened: &OpenedCheckpoint) -> Result<(), OpenCheckpointError> {
        match (opened.cosignatures.len(), self.quorum.n) {
            (have, need) if have < need => Err(OpenCheckpointError::NoQuorum { have, need }),
            _ => Ok(()),
        }
    }
}

/// A witness's verified cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    witness: KeyName,
    time: CosignatureTime,
}

impl Cosignature {
    /// Who cosigned.
    #[must_use]
    pub const fn witness(&self) -> &KeyName {
        &self.witness
    }

    /// When: the latest time where there are several.
    #[must_use]
    pub const fn time(&self) -> CosignatureTime {
        self.time
    }
}

/// A verified checkpoint and who cosigned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedCheckpoint {
    checkpoint: Checkpoint,
    cosignatures: Vec<Cosignature>,
}

impl OpenedCheckpoint {
    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The policy's witnesses that cosigned, each once, in the policy's order.
    #[must_use]
    pub fn cosignatures(&self) -> &[Cosignature] {
        &self.cosignatures
    }
}

fn cosignatures(witnesses: &[VerifierKey], verified: &[VerifiedSignature]) -> Vec<Cosignature> {
    let of_witness = |witness: &VerifierKey| {
        let by_witness = verified
            .iter()
            .filter(|signature| signature.key() == witness);
        let time = by_witness.filter_map(VerifiedSignature::time).max()?;
        Some(Cosignature {
            witness: witness.name().clone(),
            time,
        })
    };
    witnesses.iter().filter_map(of_witness).collect()
}

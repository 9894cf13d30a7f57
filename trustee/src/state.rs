//! What a trustee must remember between the steps, and must not lose: without it its share is gone.

use crate::vault::{Vault, VaultError};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use voting_core::ids::{ElectionId, LeafIndex, LogHash};
use zeroize::{Zeroize, Zeroizing};

/// The form of a state file.
const FORMAT: &str = "hanpyo trustee state v1";

/// Bytes as hexadecimal text. Zeroized on drop, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Wraps the bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let digits = Zeroizing::new(HEXLOWER.encode(&self.0));
        s.serialize_str(&digits)
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut digits = String::deserialize(d)?;
        let bytes = HEXLOWER.decode(digits.as_bytes());
        digits.zeroize();
        let bytes = bytes.map_err(|_| serde::de::Error::custom("not hexadecimal digits"))?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

/// What a step of the ceremony left: a secret to go on with, and the message that was handed out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The attempt it is of.
    pub attempt: u16,
    /// The secret: the dealer, the recipient or the key share; none after a complaint.
    pub secret: Option<SecretBytes>,
    /// The signed message, the same bytes however often it is handed out.
    pub message: SecretBytes,
}

/// The one ballot set that was decrypted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decrypted {
    /// Index of the close entry.
    pub close: LeafIndex,
    /// Root of the tree that ends with it.
    pub root: LogHash,
    /// The signed shares, one a group.
    pub shares: Vec<SecretBytes>,
}

/// A trustee's memory of one election.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeState {
    format: String,
    /// The election.
    pub election: ElectionId,
    /// After the first round.
    pub dealt: Option<Step>,
    /// After the second round.
    pub received: Option<Step>,
    /// After the confirmation.
    pub confirmed: Option<Step>,
    /// After the shares.
    pub decrypted: Option<Decrypted>,
}

/// A state file.
pub struct StateFile {
    vault: Vault,
    file: PathBuf,
}

impl StateFile {
    /// The state file at this path, whether it exists or not.
    #[must_use]
    pub fn new(vault: Vault, file: &Path) -> Self {
        let file = file.to_owned();
        Self { vault, file }
    }

    /// Reads the state of this election, or begins one where there is no file.
    ///
    /// # Errors
    /// [`VaultError`]; also if the file is of another election.
    pub fn read(&self, election: ElectionId) -> Result<TrusteeState, VaultError> {
        if !self.file.exists() {
            return Ok(TrusteeState::new(election));
        }
        let bytes = self.vault.read(&self.file)?;
        let content = |what: String| VaultError::Content {
            file: self.file.clone(),
            what,
        };
        let state: TrusteeState = serde_json::from_slice(&bytes)
            .map_err(|_| content("this is not a trustee's state file".to_owned()))?;
        if state.format != FORMAT {
            return Err(content("this is not a trustee's state file".to_owned()));
        }
        if state.election != election {
            let what = format!("this is of election {}, not {election}", state.election);
            return Err(content(what));
        }
        Ok(state)
    }

    /// Stores a state durably.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn write(&self, state: &TrusteeState) -> Result<(), VaultError> {
        let bytes = serde_json::to_vec(state).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| VaultError::Encrypt(self.file.clone()))?;
        self.vault.replace(&self.file, &bytes)
    }
}

impl TrusteeState {
    /// Nothing done yet.
    #[must_use]
    pub fn new(election: ElectionId) -> Self {
        Self {
            format: FORMAT.to_owned(),
            election,
            dealt: None,
            received: None,
            confirmed: None,
            decrypted: None,
        }
    }
}

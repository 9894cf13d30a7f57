//! What a trustee must remember between the steps, and must not lose: without it its share is gone.

use crate::vault::{Vault, VaultError};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
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

/// A state file, held by one process at a time: two could decrypt two ballot sets.
pub struct StateFile {
    vault: Vault,
    file: PathBuf,
    /// Unlocked when it is closed, however the process ends.
    _lock: File,
}

impl StateFile {
    /// Takes hold of the state file at this path, whether it exists or not.
    ///
    /// # Errors
    /// [`VaultError::Io`]; also while another process holds it.
    pub fn open(vault: Vault, file: &Path) -> Result<Self, VaultError> {
        let lock = lock(file).map_err(|source| VaultError::Io {
            file: file.to_owned(),
            source,
        })?;
        Ok(Self {
            vault,
            file: file.to_owned(),
            _lock: lock,
        })
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

/// Locks the empty file beside the state file, which itself is replaced with every step.
fn lock(file: &Path) -> std::io::Result<File> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let lock = File::create(file.with_file_name(name))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => std::io::Error::other("another process is using it"),
        TryLockError::Error(error) => error,
    })?;
    Ok(lock)
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

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::SecretString;

    fn vault() -> Vault {
        Vault::new(SecretString::from("passphrase".to_owned())).with_work_factor(2)
    }

    #[test]
    fn a_state_is_of_one_election_and_held_by_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let file = StateFile::open(vault(), &path).unwrap();
        let (one, other) = (ElectionId::new([1; 32]), ElectionId::new([2; 32]));
        let mut state = file.read(one).unwrap();
        let share = SecretBytes::new(Zeroizing::new(vec![1, 2, 3]));
        state.decrypted = Some(Decrypted {
            close: LeafIndex::new(7),
            root: LogHash::new([9; 32]),
            shares: vec![share],
        });
        file.write(&state).unwrap();
        assert!(file.read(one).unwrap() == state);
        assert!(matches!(file.read(other), Err(VaultError::Content { .. })));
        assert!(matches!(
            StateFile::open(vault(), &path),
            Err(VaultError::Io { .. })
        ));
        drop(file);
        assert!(StateFile::open(vault(), &path).is_ok());
    }
}

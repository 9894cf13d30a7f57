//! A trustee's two keys, fresh for every election.

use crate::vault::{Vault, VaultError};
use data_encoding::HEXLOWER;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use std::path::Path;
use voting_core::ceremony::EncryptionSecret;
use voting_core::ids::TrusteeId;
use voting_core::keys::SecretKey;
use voting_core::manifest::{Manifest, Trustee};
use zeroize::{Zeroize, Zeroizing};

/// The form of a key file.
const FORMAT: &str = "hanpyo trustee key v1";

/// The secret halves. Zeroized on drop, never printed.
pub struct TrusteeSecrets {
    /// Signs the trustee's messages.
    pub signing: SecretKey,
    /// Opens the shares that other trustees send.
    pub encryption: EncryptionSecret,
}

/// The file's content under encryption.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    signing_seed: String,
    encryption_secret: String,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.signing_seed.zeroize();
        self.encryption_secret.zeroize();
    }
}

impl TrusteeSecrets {
    /// Draws fresh keys.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self {
            signing: SecretKey::generate(rng),
            encryption: EncryptionSecret::generate(rng),
        }
    }

    /// What the manifest's `trustees.members` needs.
    #[must_use]
    pub fn member(&self, name: String) -> Trustee {
        Trustee {
            name,
            signing_key: self.signing.verify_key(),
            encryption_key: self.encryption.public_key(),
        }
    }

    /// Which trustee of a manifest these keys are of.
    #[must_use]
    pub fn trustee_of(&self, manifest: &Manifest) -> Option<TrusteeId> {
        let own = self.member(String::new());
        let members = (1..).map(TrusteeId::new).zip(&manifest.trustees.members);
        let mut own = members.filter(|(_, member)| {
            member.signing_key == own.signing_key && member.encryption_key == own.encryption_key
        });
        own.next().map(|(id, _)| id)
    }

    /// Writes a new key file.
    ///
    /// # Errors
    /// [`VaultError`]; also if the file exists.
    pub fn create(&self, vault: &Vault, file: &Path) -> Result<(), VaultError> {
        let content = Content {
            format: FORMAT.to_owned(),
            signing_seed: HEXLOWER.encode(&*self.signing.to_seed()),
            encryption_secret: HEXLOWER.encode(&*self.encryption.to_bytes()),
        };
        let bytes = serde_json::to_vec(&content).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| VaultError::Encrypt(file.to_owned()))?;
        vault.create(file, &bytes)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn read(vault: &Vault, file: &Path) -> Result<Self, VaultError> {
        let bytes = vault.read(file)?;
        parse(&bytes).ok_or_else(|| VaultError::Content {
            file: file.to_owned(),
            what: "this is not a trustee's key file".to_owned(),
        })
    }
}

fn parse(bytes: &[u8]) -> Option<TrusteeSecrets> {
    let content: Content = serde_json::from_slice(bytes).ok()?;
    if content.format != FORMAT {
        return None;
    }
    let seed = secret(&content.signing_seed)?;
    let encryption = secret(&content.encryption_secret)?;
    Some(TrusteeSecrets {
        signing: SecretKey::from_seed(&seed),
        encryption: EncryptionSecret::from_bytes(&encryption).ok()?,
    })
}

fn secret(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(HEXLOWER.decode(digits.as_bytes()).ok()?);
    let mut secret = Zeroizing::new([0; 32]);
    (bytes.len() == secret.len()).then(|| secret.copy_from_slice(&bytes))?;
    Some(secret)
}

//! The gateway's keys in one folder.

use super::file::{KeyFileError, KeyRole, read_if_there, read_secret, read_signing_key, write_new};
use crate::config::Role;
use rand::rngs::SysRng;
use rand_core::{CryptoRng, Rng, UnwrapErr};
use serde::Serialize;
use std::path::Path;
use voting_core::keys::{SecretKey, VerifyKey};
use voting_core::manifest::{Keys, PseudonymKeyCommitment};
use zeroize::Zeroizing;

/// The roles of the folder, one file each.
const ROLES: [KeyRole; 6] = [
    KeyRole::Registrar,
    KeyRole::Log,
    KeyRole::BallotBox,
    KeyRole::Pseudonym,
    KeyRole::Session,
    KeyRole::Cluster,
];

/// Every secret of one gateway. Each module is given its own key and no other.
pub struct KeyFolder {
    /// The modules whose keys these are.
    pub roles: Vec<Role>,
    /// Signs credentials.
    pub registrar: SecretKey,
    /// Signs checkpoints and receipts.
    pub log: SecretKey,
    /// Signs refusals.
    pub ballot_box: SecretKey,
    /// Makes pseudonyms. Not there once it is destroyed, or where its file says so.
    pub pseudonym: Option<Zeroizing<[u8; 32]>>,
    /// Seals sessions.
    pub session: Zeroizing<[u8; 32]>,
    /// Seals what gateways on one database send each other; not needed by one alone.
    pub cluster: Option<Zeroizing<[u8; 32]>>,
}

/// What of the keys stands in the manifest, in the form it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicKeys {
    /// The registrar's.
    pub registrar: VerifyKey,
    /// The log's.
    pub log: VerifyKey,
    /// The ballot box's.
    pub ballot_box: VerifyKey,
    /// Commitment to the pseudonym key.
    pub pseudonym_commitment: Option<PseudonymKeyCommitment>,
}

impl KeyFolder {
    /// Draws fresh keys and writes them to new files in a folder that exists.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], also if there is a key already.
    pub fn generate(folder: &Path, rng: &mut impl CryptoRng) -> Result<Self, KeyFileError> {
        for role in ROLES {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut());
            write_new(&folder.join(file_name(role)), role, &secret)?;
        }
        Self::read(folder)
    }

    /// Reads every key of a folder. That of pseudonyms may be missing: only the log says whether it
    /// may.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(folder: &Path) -> Result<Self, KeyFileError> {
        Self::read_for(folder, &Role::ALL)
    }

    /// Reads the keys of some modules, whose folder need not hold any other. What is not read is
    /// drawn at random: nobody's key, which nothing accepts.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read_for(folder: &Path, roles: &[Role]) -> Result<Self, KeyFileError> {
        let file = |role| folder.join(file_name(role));
        let wanted = |role| roles.iter().any(|module| keys_of(*module).contains(&role));
        let signing = |role| match wanted(role) {
            true => read_signing_key(&file(role), role),
            false => Ok(SecretKey::generate(&mut UnwrapErr(SysRng))),
        };
        let secret = |role| read_if_there(&file(role), role);
        let session = match wanted(KeyRole::Session) {
            true => read_secret(&file(KeyRole::Session), KeyRole::Session)?,
            false => {
                let mut nobodys = Zeroizing::new([0; 32]);
                UnwrapErr(SysRng).fill_bytes(nobodys.as_mut());
                nobodys
            }
        };
        let pseudonym = match wanted(KeyRole::Pseudonym) {
            true => secret(KeyRole::Pseudonym)?,
            false => None,
        };
        Ok(Self {
            roles: roles.to_vec(),
            registrar: signing(KeyRole::Registrar)?,
            log: signing(KeyRole::Log)?,
            ballot_box: signing(KeyRole::BallotBox)?,
            pseudonym,
            session,
            cluster: secret(KeyRole::Cluster)?,
        })
    }

    /// What names in shared counters are hashed under: the same for every gateway on one database,
    /// whatever modules each runs. A session key is the registrar's alone.
    #[must_use]
    pub fn naming(&self) -> &Zeroizing<[u8; 32]> {
        self.cluster.as_ref().unwrap_or(&self.session)
    }

    /// What stands in the manifest.
    #[must_use]
    pub fn public(&self) -> PublicKeys {
        PublicKeys {
            registrar: self.registrar.verify_key(),
            log: self.log.verify_key(),
            ballot_box: self.ballot_box.verify_key(),
            pseudonym_commitment: self
                .pseudonym
                .as_ref()
                .map(|k| PseudonymKeyCommitment::of(k)),
        }
    }

    /// The first key of these modules that is not the manifest's or not there, by its role.
    #[must_use]
    pub fn differs_from(&self, manifest: &Keys) -> Option<KeyRole> {
        let own = self.public();
        [
            (own.registrar == manifest.registrar, KeyRole::Registrar),
            (own.log == manifest.log, KeyRole::Log),
            (own.ballot_box == manifest.ballot_box, KeyRole::BallotBox),
            (
                own.pseudonym_commitment == Some(manifest.pseudonym_commitment),
                KeyRole::Pseudonym,
            ),
        ]
        .into_iter()
        .filter(|(_, role)| {
            self.roles
                .iter()
                .any(|module| keys_of(*module).contains(role))
        })
        .find_map(|(same, role)| (!same).then_some(role))
    }
}

/// What a module cannot do without.
const fn keys_of(module: Role) -> &'static [KeyRole] {
    match module {
        Role::Registrar => &[KeyRole::Registrar, KeyRole::Pseudonym, KeyRole::Session],
        Role::BallotBox => &[KeyRole::BallotBox],
        Role::Log => &[KeyRole::Log],
        Role::Board => &[],
    }
}

fn file_name(role: KeyRole) -> String {
    format!("{role}.key")
}

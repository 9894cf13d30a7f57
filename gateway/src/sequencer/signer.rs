//! The log's key: checkpoints and receipts.

use crate::store::{StoreError, StoredCheckpoint};
use thiserror::Error;
use voting_core::ids::{ElectionId, LeafIndex, LogHash, Pseudonym, UnixMillis};
use voting_core::keys::{SecretKey, VerifyKey};
use voting_core::log::checkpoint::{Checkpoint, Origin};
use voting_core::log::note::{Note, SignatureType, VerifierKey};
use voting_core::log::tree::{Frontier, TreeSize};
use voting_core::receipt::Receipt;
use voting_core::tracking::TrackingCode;

/// An origin that cannot be a log's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0:?} cannot be the origin of a log")]
pub struct BadOrigin(String);

/// Signs for the log.
pub struct LogSigner {
    key: SecretKey,
    origin: Origin,
    verifier: VerifierKey,
}

impl LogSigner {
    /// A signer for the log of an origin.
    ///
    /// # Errors
    /// [`BadOrigin`] if it cannot name a key.
    pub fn new(key: SecretKey, origin: &str) -> Result<Self, BadOrigin> {
        let bad = || BadOrigin(origin.to_owned());
        let origin = Origin::new(origin).map_err(|_| bad())?;
        let name = origin.key_name().map_err(|_| bad())?;
        let verifier = VerifierKey::new(name, SignatureType::Ed25519, key.verify_key());
        Ok(Self {
            key,
            origin,
            verifier,
        })
    }

    /// The same, which knows the log's checkpoints by a key that may not be its own: that of a gateway
    /// which follows the log and never signs for it.
    ///
    /// # Errors
    /// [`BadOrigin`] if the origin cannot name a key.
    pub fn following(mut self, log: VerifyKey) -> Result<Self, BadOrigin> {
        let name = self.origin.key_name();
        let name = name.map_err(|_| BadOrigin(self.origin.to_string()))?;
        self.verifier = VerifierKey::new(name, SignatureType::Ed25519, log);
        Ok(self)
    }

    /// Signs the checkpoint of a tree.
    ///
    /// # Errors
    /// [`StoreError::Value`] if the origin cannot be a key's name, which [`Self::new`] excludes.
    pub fn checkpoint(&self, tree: &Frontier) -> Result<StoredCheckpoint, StoreError> {
        let (size, root) = (tree.size(), tree.root());
        let checkpoint = Checkpoint::new(self.origin.clone(), size, root);
        let note = checkpoint.sign(&self.key);
        let note = note.map_err(|_| StoreError::Value("origin"))?.to_string();
        Ok(StoredCheckpoint { size, root, note })
    }

    /// Whether a stored note is this log's checkpoint of this size and root.
    #[must_use]
    pub fn has_signed(&self, note: &str, size: TreeSize, root: LogHash) -> bool {
        let Ok(note) = Note::parse(note.as_bytes()) else {
            return false;
        };
        let expected = Checkpoint::new(self.origin.clone(), size, root).to_string();
        note.text() == expected && note.verify(std::slice::from_ref(&self.verifier)).is_ok()
    }

    /// Signs the receipt of a ballot that has its place.
    #[must_use]
    pub fn receipt(
        &self,
        election: ElectionId,
        who: (Pseudonym, TrackingCode),
        place: (LeafIndex, UnixMillis),
    ) -> Receipt {
        Receipt::sign(&self.key, election, self.origin.as_str(), who, place)
    }
}

//! Pseudonyms (PROTOCOL.md, "Pseudonyms").

use crate::identity::Ci;
use ring::hmac;
use voting_core::codec::Writer;
use voting_core::ids::{ElectionId, Pseudonym};
use voting_core::tags;

/// The key of one election's pseudonyms; destroyed after the objection period.
pub struct PseudonymKey(hmac::Key);

impl PseudonymKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// `HMAC-SHA-256(key, tag || election id || CI)`, each field after its length as `u32`.
    #[must_use]
    pub fn pseudonym(&self, election: &ElectionId, ci: &Ci) -> Pseudonym {
        let mut w = Writer::new();
        w.bytes(tags::PSEUDONYM.as_bytes());
        w.bytes(election.as_bytes());
        w.bytes(ci.reveal().as_bytes());
        let message = zeroize::Zeroizing::new(w.into_bytes());
        let tag = hmac::sign(&self.0, &message);
        let mut pseudonym = [0; 32];
        pseudonym.copy_from_slice(tag.as_ref());
        Pseudonym::new(pseudonym)
    }
}

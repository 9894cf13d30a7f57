//! A staff member's claim to a signing key, towards the console they enrol at.

use crate::codec::{Encode, Writer};
use crate::keys::{BadSignature, SecretKey, Signature, VerifyKey};
use crate::tags;

/// Whose key it is, and where that is said.
///
/// ```text
/// origin (u32 length + text), member [16], key [32]
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyClaim<'a> {
    /// The console's web origin, so that a claim cannot be carried to another console.
    pub origin: &'a str,
    /// What the console calls the member.
    pub member: &'a [u8; 16],
}

impl KeyClaim<'_> {
    /// Claims a key as one's own.
    #[must_use]
    pub fn sign(&self, key: &SecretKey) -> Signature {
        key.sign(tags::SIGN_STAFF_KEY, &self.message(&key.verify_key()))
    }

    /// Checks that whoever made the claim has the key.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &VerifyKey, signature: &Signature) -> Result<(), BadSignature> {
        key.verify(tags::SIGN_STAFF_KEY, &self.message(key), signature)
    }

    fn message(&self, key: &VerifyKey) -> Vec<u8> {
        let mut w = Writer::new();
        w.bytes(self.origin.as_bytes());
        w.fixed(self.member);
        key.encode(&mut w);
        w.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_for_its_key_member_and_console_alone() {
        let (key, other) = (
            SecretKey::from_seed(&[1; 32]),
            SecretKey::from_seed(&[2; 32]),
        );
        let claim = KeyClaim {
            origin: "https://staff.example",
            member: &[7; 16],
        };
        let signature = claim.sign(&key);
        assert!(claim.verify(&key.verify_key(), &signature).is_ok());
        assert!(claim.verify(&other.verify_key(), &signature).is_err());
        let elsewhere = KeyClaim {
            origin: "https://other.example",
            ..claim
        };
        assert!(elsewhere.verify(&key.verify_key(), &signature).is_err());
        let somebody = KeyClaim {
            member: &[8; 16],
            ..claim
        };
        assert!(somebody.verify(&key.verify_key(), &signature).is_err());
    }
}

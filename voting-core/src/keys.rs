//! Ed25519 keys and the one verification rule (PROTOCOL.md, "Signatures").
//!
//! The rule, so that no two verifiers disagree: RFC 8032 without cofactor multiplication
//! (`sB = R + kA` compared as bytes of `R`), `s < l`, and public keys that are canonically encoded
//! and not of small order. This is `verify_strict` of ed25519-dalek plus the canonical-key check.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use curve25519_dalek::edwards::CompressedEdwardsY;
use data_encoding::HEXLOWER;
use ed25519_dalek::Signer;
use rand_core::CryptoRng;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// A signature that does not verify. Says nothing about why: that would be an oracle.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// An Ed25519 public key: canonical, not of small order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyKey([u8; 32]);

impl VerifyKey {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// A key from its 32 bytes.
    ///
    /// # Errors
    /// [`DecodeError::NotCanonical`] on an encoding that is not a point's canonical one or is of
    /// small order.
    pub fn new(bytes: [u8; 32]) -> Result<Self, DecodeError> {
        let error = DecodeError::NotCanonical("Ed25519 public key");
        let point = CompressedEdwardsY(bytes)
            .decompress()
            .ok_or_else(|| error.clone())?;
        if point.compress().to_bytes() != bytes || point.is_small_order() {
            return Err(error);
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Verifies a signature over `tag` (length-prefixed) and `message`.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(
        &self,
        tag: &'static str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        self.verify_raw(&framed(tag, message), signature)
    }

    /// Verifies a signature over bare bytes, as C2SP signed notes need it.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify_raw(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        ed25519_dalek::VerifyingKey::from_bytes(&self.0)
            .and_then(|key| key.verify_strict(message, &signature.0.into()))
            .map_err(|_| BadSignature)
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyKey({self})")
    }
}

impl std::str::FromStr for VerifyKey {
    type Err = DecodeError;

    fn from_str(s: &str) -> Result<Self, DecodeError> {
        let bytes = HEXLOWER
            .decode(s.as_bytes())
            .ok()
            .and_then(|b| b.try_into().ok());
        Self::new(bytes.ok_or(DecodeError::NotCanonical("Ed25519 public key"))?)
    }
}

impl serde::Serialize for VerifyKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for VerifyKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Encode for VerifyKey {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.0);
    }
}

impl Decode for VerifyKey {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::new(r.array("Ed25519 public key")?)
    }
}

/// An Ed25519 signature's 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Wraps the 64 bytes; they are judged when verified.
    #[must_use]
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", HEXLOWER.encode(&self.0))
    }
}

impl Encode for Signature {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.0);
    }
}

impl Decode for Signature {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(r.array("signature")?))
    }
}

/// An Ed25519 secret key. Zeroized on drop, never printed.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    /// Draws a fresh key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// The key of a 32-byte RFC 8032 seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The 32-byte seed, for storing under encryption.
    #[must_use]
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `tag` (length-prefixed) and `message`.
    #[must_use]
    pub fn sign(&self, tag: &'static str, message: &[u8]) -> Signature {
        self.sign_raw(&framed(tag, message))
    }

    /// Signs bare bytes, as C2SP signed notes need it.
    #[must_use]
    pub fn sign_raw(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.verify_key())
    }
}

fn framed(tag: &'static str, message: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.bytes(tag.as_bytes());
    w.fixed(message);
    w.into_bytes()
}

//! The group (PROTOCOL.md, "Group and hashes"): ristretto255, RFC 9496.
//!
//! Scalars are 32 bytes little-endian and points 32 bytes compressed; only canonical forms decode.
//! The identity is refused wherever a key, a ciphertext's first component or a commitment stands.

use crate::codec::DecodeError;
use crate::tags;
pub use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint as Point};
pub use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;

/// A scalar from its canonical 32 bytes.
///
/// # Errors
/// [`DecodeError::NotCanonical`] naming `field` if the bytes are `l` or more.
pub fn decode_scalar(bytes: &[u8; 32], field: &'static str) -> Result<Scalar, DecodeError> {
    Option::from(Scalar::from_canonical_bytes(*bytes)).ok_or(DecodeError::NotCanonical(field))
}

/// A point from its canonical 32 bytes; the identity is allowed.
///
/// # Errors
/// [`DecodeError::NotCanonical`] naming `field`.
pub fn decode_point(bytes: &[u8; 32], field: &'static str) -> Result<Point, DecodeError> {
    CompressedRistretto(*bytes)
        .decompress()
        .ok_or(DecodeError::NotCanonical(field))
}

/// A point from its canonical 32 bytes; the identity is refused.
///
/// # Errors
/// [`DecodeError::NotCanonical`] or [`DecodeError::Identity`] naming `field`.
pub fn decode_nonidentity(bytes: &[u8; 32], field: &'static str) -> Result<Point, DecodeError> {
    let point = decode_point(bytes, field)?;
    if point.is_identity() {
        Err(DecodeError::Identity(field))
    } else {
        Ok(point)
    }
}

/// The nothing-up-my-sleeve generator number `index`: 0 is `U`, `1 + j` is `V_j`.
///
/// The 64 XOF bytes of BLAKE3 in derive-key mode over the index (u32, big-endian), mapped to the
/// group by RFC 9496's one-way map.
#[must_use]
pub fn generator(index: u32) -> Point {
    let mut wide = [0; 64];
    blake3::Hasher::new_derive_key(tags::GENERATOR)
        .update(&index.to_be_bytes())
        .finalize_xof()
        .fill(&mut wide);
    Point::from_uniform_bytes(&wide)
}

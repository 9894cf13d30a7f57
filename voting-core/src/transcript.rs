//! Fiat-Shamir and key derivation over BLAKE3 (PROTOCOL.md, "Transcripts").
//!
//! A transcript is BLAKE3 in derive-key mode under one domain tag. Every appended message is
//! preceded by its length (u32, big-endian), so that no two sequences of messages collide.
//! Challenges are 64 XOF bytes reduced mod `l`.

use crate::codec::Encode;
use crate::group::Scalar;
use zeroize::Zeroize;

/// A transcript under one domain tag. Zeroized on drop: nonces and keys pass through it.
#[derive(Clone)]
pub struct Transcript(blake3::Hasher);

impl Drop for Transcript {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Transcript {
    /// An empty transcript under `tag`, one of [`crate::tags`].
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self(blake3::Hasher::new_derive_key(tag))
    }

    /// Appends a message, length first.
    ///
    /// # Panics
    /// On 4 GiB or more, which no message of the protocol reaches.
    #[allow(
        clippy::expect_used,
        reason = "a length over 4 GiB is a bug of ours, not an input"
    )]
    pub fn append(&mut self, message: &[u8]) {
        let length = u32::try_from(message.len()).expect("every message is far below 4 GiB");
        self.0.update(&length.to_be_bytes());
        self.0.update(message);
    }

    /// Appends the canonical bytes of `value`, length first.
    pub fn append_value(&mut self, value: &impl Encode) {
        self.append(&value.to_bytes());
    }

    /// The 32-byte digest of everything appended.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The stream of scalars this transcript determines.
    #[must_use]
    pub fn scalars(&self) -> ScalarStream {
        ScalarStream(self.0.finalize_xof())
    }

    /// The first scalar of [`Self::scalars`].
    #[must_use]
    pub fn challenge(&self) -> Scalar {
        self.scalars().next_scalar()
    }
}

/// Scalars from consecutive 64-byte blocks of an XOF, each reduced mod `l`. Zeroized on drop.
pub struct ScalarStream(blake3::OutputReader);

impl Drop for ScalarStream {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ScalarStream {
    /// The next scalar.
    pub fn next_scalar(&mut self) -> Scalar {
        let mut wide = [0; 64];
        self.0.fill(&mut wide);
        let scalar = Scalar::from_bytes_mod_order_wide(&wide);
        wide.zeroize();
        scalar
    }

    /// The next 16 bytes as a scalar below 2^128 (a batch weight).
    pub fn next_weight(&mut self) -> Scalar {
        let mut narrow = [0; 16];
        self.0.fill(&mut narrow);
        Scalar::from(u128::from_le_bytes(narrow))
    }
}

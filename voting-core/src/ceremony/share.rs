//! One secret share, encrypted to its recipient (PROTOCOL.md, "Encrypted shares").
//!
//! ```text
//! e, E = e G                 a fresh key pair
//! S = e PK = sk E            what sender and recipient share, PK the recipient's key
//! context                    election id, attempt, from, to, hash of round one, PK, E
//! key = BLAKE3(context, S)   in derive-key mode, lengths first
//! c = ChaCha20-Poly1305(key, nonce 0, aad context, share)
//! pi                         proof that the sender knows e, over the context and c
//! ```
//!
//! The zero nonce is safe: every key encrypts once. The proof is there because a complaint opens
//! `S`: without it a dealer could copy the `E` of an honest dealer, in this election or another
//! one with the same key, and have the recipient open an honest share.

use super::round_one::{RoundOne, RoundOneSet};
use super::{CeremonyError, EncryptionKey};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::dleq::{BadProof, Proof};
use crate::group::{Point, Scalar, decode_nonidentity, decode_scalar};
use crate::ids::TrusteeId;
use crate::tags;
use crate::transcript::Transcript;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce};
use zeroize::Zeroizing;

/// An encrypted share: `E 32 | pi 64 | ciphertext 32 | tag 16`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedShare {
    pub(super) ephemeral: Point,
    pub(super) proof: Proof,
    pub(super) ciphertext: [u8; 32],
    pub(super) tag: [u8; 16],
}

impl EncryptedShare {
    /// Verifies that the sender knows the ephemeral key.
    pub(super) fn check(&self, route: &Route<'_>) -> Result<(), BadProof> {
        let context = route.context(&self.ephemeral);
        let statement = statement(&context, &self.ciphertext, &self.tag);
        self.proof.verify(statement, &self.ephemeral, &[])
    }

    /// Decrypts with the shared point `S`; nothing unless the share is what its sender committed
    /// to. The recipient and the judge of a complaint decide by this one function.
    pub(super) fn open(
        &self,
        route: &Route<'_>,
        shared: &Point,
        sender: &RoundOne,
    ) -> Option<Zeroizing<Scalar>> {
        let context = route.context(&self.ephemeral);
        let mut bytes = Zeroizing::new(self.ciphertext);
        cipher(&context, shared)
            .decrypt_inout_detached(
                &NONCE,
                &context,
                bytes.as_mut_slice().into(),
                &self.tag.into(),
            )
            .ok()?;
        let share = Zeroizing::new(decode_scalar(&bytes, "share").ok()?);
        (Point::mul_base(&share) == sender.commitment_at(route.to)).then_some(share)
    }
}

impl Encode for EncryptedShare {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.ephemeral.compress().as_bytes());
        self.proof.encode(w);
        w.fixed(&self.ciphertext);
        w.fixed(&self.tag);
    }
}

impl Decode for EncryptedShare {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            ephemeral: decode_nonidentity(&r.array("ephemeral key")?, "ephemeral key")?,
            proof: Proof::decode(r)?,
            ciphertext: r.array("encrypted share")?,
            tag: r.array("encrypted share")?,
        })
    }
}

/// From whom to whom a share goes, in which round one.
pub(super) struct Route<'a> {
    round_one: &'a RoundOneSet,
    pub(super) from: TrusteeId,
    pub(super) to: TrusteeId,
    pub(super) recipient: &'a EncryptionKey,
}

impl<'a> Route<'a> {
    pub(super) fn new(
        round_one: &'a RoundOneSet,
        from: TrusteeId,
        to: TrusteeId,
    ) -> Result<Self, CeremonyError> {
        Ok(Self {
            round_one,
            from,
            to,
            recipient: &round_one.setup.keys(to)?.encryption,
        })
    }

    /// Every field has a fixed size, so they stand side by side.
    pub(super) fn context(&self, ephemeral: &Point) -> Vec<u8> {
        let mut w = Writer::new();
        self.round_one.setup.election.encode(&mut w);
        self.round_one.setup.attempt.encode(&mut w);
        self.from.encode(&mut w);
        self.to.encode(&mut w);
        self.round_one.hash.encode(&mut w);
        self.recipient.encode(&mut w);
        w.fixed(ephemeral.compress().as_bytes());
        w.into_bytes()
    }
}

/// The nonce, for a key that encrypts once.
pub(super) const NONCE: Nonce = chacha20poly1305::aead::array::Array([0; 12]);

/// The cipher under the key that sender and recipient share.
pub(super) fn cipher(context: &[u8], shared: &Point) -> ChaCha20Poly1305 {
    let shared = Zeroizing::new(shared.compress().to_bytes());
    let mut transcript = Transcript::new(tags::CEREMONY_SHARE_KEY);
    transcript.append(context);
    transcript.append(shared.as_ref());
    let key = Zeroizing::new(transcript.digest());
    ChaCha20Poly1305::new((&*key).into())
}

/// What the sender's proof is about.
pub(super) fn statement(context: &[u8], ciphertext: &[u8; 32], tag: &[u8; 16]) -> Transcript {
    let mut transcript = Transcript::new(tags::CEREMONY_SHARE_PROOF);
    transcript.append(context);
    transcript.append(ciphertext);
    transcript.append(tag);
    transcript
}

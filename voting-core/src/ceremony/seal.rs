//! The dealer's side of an encrypted share: see `share.rs` for the scheme.

use super::EncryptedShare;
use super::encryption::random_scalar;
use super::share::{NONCE, Route, cipher, statement};
use crate::dleq::Proof;
use crate::group::Point;
use chacha20poly1305::AeadInOut;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

impl EncryptedShare {
    /// Encrypts a share (canonical scalar bytes).
    pub(super) fn seal(
        rng: &mut impl CryptoRng,
        route: &Route<'_>,
        share: &Zeroizing<[u8; 32]>,
    ) -> Self {
        let e = random_scalar(rng);
        let ephemeral = Point::mul_base(&e);
        let context = route.context(&ephemeral);
        let shared = Zeroizing::new(*e * route.recipient.point());
        let cipher = cipher(&context, &shared);
        let mut ciphertext = **share;
        #[allow(clippy::expect_used, reason = "32 bytes are far below the limit")]
        let tag = cipher
            .encrypt_inout_detached(&NONCE, &context, ciphertext.as_mut_slice().into())
            .expect("ChaCha20-Poly1305 takes up to 256 GiB")
            .into();
        Self {
            ephemeral,
            proof: Proof::prove(rng, statement(&context, &ciphertext, &tag), &e, &[]),
            ciphertext,
            tag,
        }
    }
}

//! Tokens without a table: what their holder brings back, sealed under the session key.
//!
//! ```text
//! base64url( nonce 12 || AES-256-GCM( bytes ) ), bound to a purpose
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

/// The most characters of a token; ours have fewer.
const MAX_TOKEN: usize = 1200;

/// Seals and opens tokens of one purpose; those of another purpose do not open.
pub struct Seal {
    key: LessSafeKey,
    random: SystemRandom,
    purpose: &'static [u8],
}

impl Seal {
    /// A seal under a key; `None` only if the cipher does not take the key.
    #[must_use]
    pub fn new(key: &[u8; 32], purpose: &'static [u8]) -> Option<Self> {
        Some(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?),
            random: SystemRandom::new(),
            purpose,
        })
    }

    /// Seals bytes into a token; `None` if the operating system gives no randomness.
    #[must_use]
    pub fn seal(&self, bytes: &[u8]) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).ok()?;
        let mut sealed = bytes.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(unique, Aad::from(self.purpose), &mut sealed)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce, sealed.as_slice()].concat()))
    }

    /// The bytes of a token; `None` if it was not sealed here for this purpose.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<Vec<u8>> {
        let bytes = (token.len() <= MAX_TOKEN).then(|| URL_SAFE_NO_PAD.decode(token).ok());
        let bytes = bytes.flatten()?;
        let (nonce, sealed) = bytes.split_first_chunk()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(self.purpose), &mut sealed)
            .ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_for_its_purpose_and_key_alone() {
        let seal = Seal::new(&[1; 32], b"one").unwrap();
        let token = seal.seal(b"bytes").unwrap();
        assert_eq!(seal.open(&token).unwrap(), b"bytes");
        assert_eq!(Seal::new(&[1; 32], b"two").unwrap().open(&token), None);
        assert_eq!(Seal::new(&[2; 32], b"one").unwrap().open(&token), None);
        for wrong in ["", "!", &token[1..], &"A".repeat(MAX_TOKEN + 1)] {
            assert_eq!(seal.open(wrong), None, "{wrong}");
        }
    }
}

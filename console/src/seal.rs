//! What the browser keeps for the console, and cannot read, change or make.
//!
//! ```text
//! base64url( nonce 12 || AES-256-GCM( bytes ) ), under a key of this process
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::CryptoRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// What is sealed is bound to this.
const PURPOSE: &[u8] = b"hanpyo v1 console ceremony";
/// The most characters that are opened; ours have fewer.
const MAX_SEALED: usize = 16 << 10;

/// Seals and opens under a key that nobody else has and that ends with the process.
pub struct Seal(LessSafeKey);

impl Seal {
    /// A seal with a fresh key; `None` only if the cipher does not take it.
    pub fn draw(rng: &mut impl CryptoRng) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut());
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).ok()?;
        Some(Self(LessSafeKey::new(key)))
    }

    /// Seals bytes; `None` only if they are too many for the cipher.
    pub fn seal(&self, mut bytes: Vec<u8>, rng: &mut impl CryptoRng) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let unique = Nonce::assume_unique_for_key(nonce);
        let sealed = self
            .0
            .seal_in_place_append_tag(unique, Aad::from(PURPOSE), &mut bytes);
        sealed.ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce, bytes.as_slice()].concat()))
    }

    /// The bytes; `None` if they were not sealed here.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        let bytes = (sealed.len() <= MAX_SEALED).then(|| URL_SAFE_NO_PAD.decode(sealed).ok());
        let bytes = bytes.flatten()?;
        let (nonce, sealed) = bytes.split_first_chunk()?;
        let (nonce, mut sealed) = (Nonce::assume_unique_for_key(*nonce), sealed.to_vec());
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(PURPOSE), &mut sealed)
            .ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::SysRng;
    use rand_core::UnwrapErr;

    #[test]
    fn what_is_sealed_opens_here_and_unchanged_alone() {
        let rng = &mut UnwrapErr(SysRng);
        let seal = Seal::draw(rng).unwrap();
        let sealed = seal.seal(b"bytes".to_vec(), rng).unwrap();
        assert_eq!(seal.open(&sealed).unwrap(), b"bytes");
        assert_ne!(seal.seal(b"bytes".to_vec(), rng).unwrap(), sealed);
        assert_eq!(Seal::draw(rng).unwrap().open(&sealed), None);
        let changed = sealed.replace(
            &sealed[20..21],
            if &sealed[20..21] == "A" { "B" } else { "A" },
        );
        for wrong in ["", "!", &sealed[4..], &changed, &"A".repeat(MAX_SEALED + 1)] {
            assert_eq!(seal.open(wrong), None);
        }
    }
}

//! The seal of one transaction: HMAC-SHA-256 over AES-128-CBC.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use ring::{digest, hmac};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The most characters of a sealed answer.
const MAX_DATA: usize = 8192;
/// Bytes of a block.
const BLOCK: usize = 16;

/// What both sides seal and open with: 32 bytes from which the keys are made.
pub(in crate::identity) struct Material(Zeroizing<[u8; 32]>);

/// A sealed text on its way through the browser.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct Sealed {
    pub(in crate::identity) token_version_id: String,
    pub(in crate::identity) enc_data: String,
    pub(in crate::identity) integrity_value: String,
}

impl Material {
    pub(in crate::identity) fn new(hash: [u8; 32]) -> Self {
        Self(Zeroizing::new(hash))
    }

    /// From what both sides know of a transaction.
    pub(in crate::identity) fn agreed(time: &str, number: &str, token: &str) -> Self {
        let text = Zeroizing::new([time.trim(), number.trim(), token.trim()].concat());
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self::new(hash)
    }

    pub(in crate::identity) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(in crate::identity) fn seal(&self, version: &str, plain: &[u8]) -> Sealed {
        let characters = self.characters();
        let mut buffer = Zeroizing::new(plain.to_vec());
        buffer.resize(plain.len() + BLOCK, 0);
        let (key, iv) = aes_keys(&characters);
        let cipher = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into());
        let sealed = cipher.encrypt_padded::<Pkcs7>(&mut buffer, plain.len());
        // The buffer has room for a whole block of padding.
        let enc_data = BASE64.encode(sealed.unwrap_or_default());
        let integrity = hmac::sign(&hmac_key(&characters), enc_data.as_bytes());
        Sealed {
            token_version_id: version.to_owned(),
            integrity_value: BASE64.encode(integrity),
            enc_data,
        }
    }

    /// The text, if it is whole and sealed by whom shares the material. The HMAC is compared in
    /// constant time and before anything is decrypted.
    pub(in crate::identity) fn open(&self, sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let characters = self.characters();
        if sealed.enc_data.len() > MAX_DATA {
            return None;
        }
        let integrity = BASE64.decode(&sealed.integrity_value).ok()?;
        let data = sealed.enc_data.as_bytes();
        hmac::verify(&hmac_key(&characters), data, &integrity).ok()?;
        let mut buffer = Zeroizing::new(BASE64.decode(data).ok()?);
        let (key, iv) = aes_keys(&characters);
        let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
        let plain = cipher.decrypt_padded::<Pkcs7>(&mut buffer).ok()?;
        Some(Zeroizing::new(plain.to_vec()))
    }

    fn characters(&self) -> Zeroizing<[u8; 44]> {
        let mut characters = Zeroizing::new([0; 44]);
        // 32 bytes are always 44 characters.
        let _ = BASE64.encode_slice(self.0.as_slice(), characters.as_mut());
        characters
    }
}

fn hmac_key(characters: &[u8; 44]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &characters[..32])
}

fn aes_keys(characters: &[u8; 44]) -> ([u8; BLOCK], [u8; BLOCK]) {
    let (mut key, mut iv) = ([0; BLOCK], [0; BLOCK]);
    key.copy_from_slice(&characters[..BLOCK]);
    iv.copy_from_slice(&characters[44 - BLOCK..]);
    (key, iv)
}

//! Names, ids and text form of the keys that sign notes.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::keys::VerifyKey;
use crate::log::lines::parse_base64;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest text of a verifier key that is read, in bytes.
const MAX_KEY_BYTES: usize = 512;

/// Why a name or a verifier key was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseKeyError {
    /// The name is empty, holds a space, a plus or a control character.
    #[error("a key's name must have characters, none of them a space, a plus or a control")]
    Name,
    /// The text is not `name+hash+base64`, or is over 512 bytes.
    #[error("this is not a verifier key of the form name+hash+base64")]
    Form,
    /// The signature type is neither 0x01 nor 0x04.
    #[error("signature type {0:#04x} is not supported")]
    Type(u8),
    /// The bytes are no Ed25519 public key that this protocol accepts.
    #[error("this is not an acceptable Ed25519 public key")]
    Key,
    /// The hash is not that of the name and the key.
    #[error("the hash is not that of the name and the key")]
    Hash,
}

/// A key's name: not empty, without Unicode spaces, `+` and control characters. By custom a URL
/// without scheme, as `example.com/log`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// A name.
    ///
    /// # Errors
    /// [`ParseKeyError::Name`].
    pub fn new(name: impl Into<String>) -> Result<Self, ParseKeyError> {
        let name = name.into();
        let refused = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if name.is_empty() || name.contains(refused) {
            Err(ParseKeyError::Name)
        } else {
            Ok(Self(name))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = ParseKeyError;

    fn from_str(name: &str) -> Result<Self, ParseKeyError> {
        Self::new(name)
    }
}

/// What a signature covers and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the text.
    Ed25519,
    /// 0x04: a witness's Ed25519 cosignature with its time.
    CosignatureV1,
}

impl SignatureType {
    /// The identifier byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    const fn of(byte: u8) -> Result<Self, ParseKeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::CosignatureV1),
            other => Err(ParseKeyError::Type(other)),
        }
    }
}

/// `SHA-256(name || 0x0A || signature type || public key)[:4]`: with the name it says which key a
/// signature claims to be by. Not a strong hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The id of the key of this name, type and public key.
    #[must_use]
    pub fn of(name: &KeyName, kind: SignatureType, key: &VerifyKey) -> Self {
        let mut hasher = Sha256::new_with_prefix(name.0.as_bytes());
        hasher.update([b'\n', kind.byte()]);
        hasher.update(key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
        Self([a, b, c, d])
    }

    pub(super) const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A key that verifies notes. Its text is `name+hash+base64`: the key id in 8 lower-case
/// hexadecimal digits, and the type byte with the public key in base64.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    kind: SignatureType,
    key: VerifyKey,
}

impl VerifierKey {
    /// The key of this name for signatures of this type.
    #[must_use]
    pub const fn new(name: KeyName, kind: SignatureType, key: VerifyKey) -> Self {
        Self { name, kind, key }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The type of signature it verifies.
    #[must_use]
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The public key.
    #[must_use]
    pub const fn key(&self) -> &VerifyKey {
        &self.key
    }

    /// The key id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.name, self.kind, &self.key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id(), BASE64.encode(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        if text.len() > MAX_KEY_BYTES {
            return Err(ParseKeyError::Form);
        }
        let (name, rest) = text.split_once('+').ok_or(ParseKeyError::Form)?;
        let (hash, key) = rest.split_once('+').ok_or(ParseKeyError::Form)?;
        let key = parse_base64(key).ok_or(ParseKeyError::Form)?;
        let (kind, key) = key.split_first().ok_or(ParseKeyError::Form)?;
        let kind = SignatureType::of(*kind)?;
        let key = key.try_into().map_err(|_| ParseKeyError::Form)?;
        let key = VerifyKey::new(key).map_err(|_| ParseKeyError::Key)?;
        let parsed = Self::new(KeyName::new(name)?, kind, key);
        if parsed.id().to_string() == hash {
            Ok(parsed)
        } else {
            Err(ParseKeyError::Hash)
        }
    }
}

macro_rules! as_text {
    ($name:ident, $what:literal, $max:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl Encode for $name {
            fn encode(&self, w: &mut Writer) {
                w.bytes(self.to_string().as_bytes());
            }
        }

        impl Decode for $name {
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let text = r.text($max, $what)?;
                text.parse().map_err(|_| DecodeError::NotCanonical($what))
            }
        }
    };
}
pub(in crate::log) use as_text;

as_text!(KeyName, "key name", MAX_KEY_BYTES);
as_text!(VerifierKey, "verifier key", MAX_KEY_BYTES);

//! Signature lines.

use super::{KeyId, KeyName, MAX_SIGNATURES, NoteError, SignatureType, VerifierKey};
use crate::ids::UnixMillis;
use crate::keys::{SecretKey, Signature};
use crate::log::lines::{parse_base64, split_line};
use data_encoding::BASE64;
use std::fmt;

/// When a witness cosigned: seconds since 1970-01-01T00:00:00Z, at most 2^63 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CosignatureTime(u64);

impl CosignatureTime {
    /// A time, `None` above 2^63 - 1.
    #[must_use]
    pub const fn new(seconds: u64) -> Option<Self> {
        if seconds <= i64::MAX as u64 {
            Some(Self(seconds))
        } else {
            None
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

/// The second begun.
impl From<UnixMillis> for CosignatureTime {
    fn from(time: UnixMillis) -> Self {
        Self(time.get() / 1000)
    }
}

/// One signature line, `— name base64(key id || signature)`, verified or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    /// What follows the key id: 64 bytes for type 0x01, an 8-byte time more for 0x04, anything for
    /// other types.
    bytes: Vec<u8>,
}

/// A signature that has been verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    key: VerifierKey,
    time: Option<CosignatureTime>,
}

impl VerifiedSignature {
    /// The key that signed.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// When, if it is a cosignature.
    #[must_use]
    pub const fn time(&self) -> Option<CosignatureTime> {
        self.time
    }
}

impl NoteSignature {
    /// Reads signature lines alone, each with its newline, as a witness answers.
    ///
    /// # Errors
    /// [`NoteError::NoSignatures`], [`NoteError::SignatureLine`],
    /// [`NoteError::TooManySignatures`].
    pub fn parse_lines(mut lines: &str) -> Result<Vec<Self>, NoteError> {
        let mut signatures = Vec::new();
        while !lines.is_empty() {
            let at = signatures.len();
            if at == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let (line, rest) = split_line(lines).ok_or(NoteError::SignatureLine(at))?;
            signatures.push(Self::parse_line(line).ok_or(NoteError::SignatureLine(at))?);
            lines = rest;
        }
        if signatures.is_empty() {
            Err(NoteError::NoSignatures)
        } else {
            Ok(signatures)
        }
    }

    /// The name of the key it claims to be by.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key it claims to be by.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn sign(text: &str, name: KeyName, key: &SecretKey) -> Self {
        let id = KeyId::of(&name, SignatureType::Ed25519, &key.verify_key());
        let bytes = key.sign_raw(text.as_bytes()).as_bytes().to_vec();
        Self { name, id, bytes }
    }

    pub(super) fn cosign(
        text: &str,
        name: KeyName,
        key: &SecretKey,
        time: CosignatureTime,
    ) -> Self {
        let id = KeyId::of(&name, SignatureType::CosignatureV1, &key.verify_key());
        let signature = key.sign_raw(cosigned(text, time).as_bytes());
        let bytes = [&time.0.to_be_bytes()[..], signature.as_bytes()].concat();
        Self { name, id, bytes }
    }

    pub(super) fn is_by_key_of(&self, other: &Self) -> bool {
        (&self.name, self.id) == (&other.name, other.id)
    }

    /// Verifies it if it is by one of `known`; `None` if by none.
    pub(super) fn verify(
        &self,
        text: &str,
        known: &[VerifierKey],
    ) -> Result<Option<VerifiedSignature>, NoteError> {
        let is_by = |key: &&VerifierKey| key.name() == &self.name && key.id() == self.id;
        let mut keys = known.iter().filter(is_by);
        let Some(key) = keys.next() else {
            return Ok(None);
        };
        let name = || self.name.clone();
        if keys.any(|other| other != key) {
            return Err(NoteError::AmbiguousKey { name: name() });
        }
        let time = self
            .verify_by(text, key)
            .ok_or_else(|| NoteError::BadSignature { name: name() })?;
        Ok(Some(VerifiedSignature {
            key: key.clone(),
            time,
        }))
    }

    /// The time of a signature that verifies, `None` inside for a type that has none.
    fn verify_by(&self, text: &str, key: &VerifierKey) -> Option<Option<CosignatureTime>> {
        let verify = |message: &str, bytes: &[u8]| {
            let signature = Signature::new(bytes.try_into().ok()?);
            key.key().verify_raw(message.as_bytes(), &signature).ok()
        };
        match key.kind() {
            SignatureType::Ed25519 => verify(text, &self.bytes).map(|()| None),
            SignatureType::CosignatureV1 => {
                let (time, bytes) = self.bytes.split_first_chunk()?;
                let time = CosignatureTime::new(u64::from_be_bytes(*time))?;
                verify(&cosigned(text, time), bytes).map(|()| Some(time))
            }
        }
    }

    fn parse_line(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
        let decoded = parse_base64(base64)?;
        let (id, bytes) = decoded.split_first_chunk()?;
        let name = KeyName::new(name).ok()?;
        let signature = Self {
            name,
            id: KeyId::new(*id),
            bytes: bytes.to_vec(),
        };
        (!bytes.is_empty()).then_some(signature)
    }
}

/// The line with its newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_bytes(), self.bytes.as_slice()].concat();
        writeln!(f, "— {} {}", self.name, BASE64.encode(&bytes))
    }
}

/// What a cosignature covers.
fn cosigned(text: &str, time: CosignatureTime) -> String {
    format!("cosignature/v1\ntime {}\n{text}", time.0)
}

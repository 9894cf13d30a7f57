//! Signed notes, <https://c2sp.org/signed-note>, and the timestamped cosignatures of witnesses,
//! <https://c2sp.org/tlog-cosignature> (PROTOCOL.md, "Notes").
//!
//! ```text
//! If you think cryptography is the answer to your problem,
//! then you don't know what your problem is.
//!
//! — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
//! ```
//!
//! Parsing is strict and loses nothing: a note prints as it was read. Base64 has its padding and no
//! other bits. Signatures by unknown keys are ignored; one by a known key that does not verify
//! fails the whole note.

mod key;
mod signature;
#[cfg(test)]
mod tests;

pub(in crate::log) use key::as_text;
pub use key::{KeyId, KeyName, ParseKeyError, SignatureType, VerifierKey};
pub use signature::{CosignatureTime, NoteSignature, VerifiedSignature};

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::keys::SecretKey;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The largest note that is read, in bytes. 16 post-quantum signatures, which the specification
/// wants accepted, take about 110,000.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The most signatures a note can have here; the specification demands at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// Why a note was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoteError {
    /// More than [`MAX_NOTE_BYTES`].
    #[error("the note has {0} bytes, at most {MAX_NOTE_BYTES} are read")]
    TooLong(usize),
    /// The text is empty, does not end in a newline, is not UTF-8 or holds control characters.
    #[error("the note's text is not well-formed")]
    Text,
    /// There is no blank line with signature lines behind it.
    #[error("the note has no signatures")]
    NoSignatures,
    /// A signature line, counted from 0, is not well-formed.
    #[error("signature line {0} of the note is not well-formed")]
    SignatureLine(usize),
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A signature by a known key does not verify.
    #[error("the note's signature by {name} does not verify")]
    BadSignature {
        /// The key's name.
        name: KeyName,
    },
    /// Two different known keys share the name and the key id of a signature.
    #[error("two known keys have the name and key id of the signature by {name}")]
    AmbiguousKey {
        /// The keys' name.
        name: KeyName,
    },
    /// No known key has signed the note.
    #[error("no known key has signed the note")]
    Unverified,
}

/// A text with one or more signature lines. Nothing in it is to be believed before
/// [`Self::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Signs a text as type 0x01, Ed25519 over the text.
    ///
    /// # Errors
    /// [`NoteError::Text`], [`NoteError::TooLong`].
    pub fn sign(text: String, name: KeyName, key: &SecretKey) -> Result<Self, NoteError> {
        check_text(&text)?;
        let signature = NoteSignature::sign(&text, name, key);
        bounded(Self {
            text,
            signatures: vec![signature],
        })
    }

    /// A witness's cosignature, type 0x04, on this note's text. The note must be a checkpoint whose
    /// consistency with what the witness saw before has been verified.
    #[must_use]
    pub fn cosign(&self, name: KeyName, key: &SecretKey, time: CosignatureTime) -> NoteSignature {
        NoteSignature::cosign(&self.text, name, key, time)
    }

    /// Adds a signature line, in the place of those by the same key. It is not verified.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`], [`NoteError::TooLong`].
    pub fn with_signature(&self, signature: NoteSignature) -> Result<Self, NoteError> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|other| !other.is_by_key_of(&signature));
        signatures.push(signature);
        bounded(Self {
            text: self.text.clone(),
            signatures,
        })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// Anything that is not well-formed or within the bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        let blank_line = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&note[..=blank_line], &note[blank_line + 2..]);
        check_text(text)?;
        let signatures = NoteSignature::parse_lines(lines)?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The signed text, with its final newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, verified or not, in their order.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Verifies every signature by one of `known`, at least one, and gives them in their order.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`], [`NoteError::AmbiguousKey`], [`NoteError::Unverified`].
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<VerifiedSignature>, NoteError> {
        let verified = self
            .signatures
            .iter()
            .map(|signature| signature.verify(&self.text, known));
        let verified: Vec<_> = verified
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        if verified.is_empty() {
            Err(NoteError::Unverified)
        } else {
            Ok(verified)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| write!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        Self::parse(text.as_bytes())
    }
}

/// The note's own bytes after their length as `u32`.
impl Encode for Note {
    fn encode(&self, w: &mut Writer) {
        w.bytes(self.to_string().as_bytes());
    }
}

impl Decode for Note {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let bytes = r.bytes(MAX_NOTE_BYTES, "signed note")?;
        Self::parse(bytes).map_err(|_| DecodeError::NotCanonical("signed note"))
    }
}

/// Nothing printed is longer than what is read.
fn bounded(note: Note) -> Result<Note, NoteError> {
    match (note.to_string().len(), note.signatures.len()) {
        (_, n) if n > MAX_SIGNATURES => Err(NoteError::TooManySignatures),
        (n, _) if n > MAX_NOTE_BYTES => Err(NoteError::TooLong(n)),
        _ => Ok(note),
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let control = |c: char| c < ' ' && c != '\n';
    if text.ends_with('\n') && !text.contains(control) {
        Ok(())
    } else {
        Err(NoteError::Text)
    }
}

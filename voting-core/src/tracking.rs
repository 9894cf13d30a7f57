//! Tracking codes: how a voter finds a ballot again (PROTOCOL.md, "Tracking codes").
//!
//! The code is the hash of the ballot's bytes. Files and QR codes hold all of it, in hexadecimal.
//! People read and type its first 80 bits in Crockford's base32 with a checksum of 20 bits:
//!
//! ```text
//! 9EN7-6038-CNSX-7CET-XMYJ
//! \_________________/ \__/
//!  80 bits of the code  checksum
//! ```
//!
//! A look-up by that [`TrackingPrefix`] lists every match, never silently the first.

#[cfg(test)]
mod tests;

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ParseIdError, bytes_id};
use crate::tags;
use data_encoding::HEXLOWER;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

bytes_id! {
    /// `BLAKE3(ballot bytes)` under [`crate::tags::TRACKING_CODE`].
    TrackingCode, "tracking code"
}

impl TrackingCode {
    /// The tracking code of a ballot's canonical bytes.
    #[must_use]
    pub fn of(ballot: &[u8]) -> Self {
        Self(blake3::derive_key(tags::TRACKING_CODE, ballot))
    }

    /// What people read and type of it.
    #[must_use]
    pub fn prefix(&self) -> TrackingPrefix {
        let mut prefix = [0; TrackingPrefix::LEN];
        prefix.copy_from_slice(&self.0[..TrackingPrefix::LEN]);
        TrackingPrefix(prefix)
    }
}

/// Crockford's base32 symbols.
const SYMBOLS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many symbols stand for the 80 bits.
const PREFIX_SYMBOLS: usize = 16;
/// How many stand for the checksum.
const CHECKSUM_SYMBOLS: usize = 4;
/// How many there are in all.
const ALL_SYMBOLS: usize = PREFIX_SYMBOLS + CHECKSUM_SYMBOLS;
/// How many stand between two hyphens.
const GROUP: usize = 4;
/// The longest text that is read, in characters: every symbol with spaces or hyphens around it.
const MAX_CHARS: usize = 64;

/// Why a typed tracking code was refused. Positions are counted from 1, without spaces and hyphens.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseTrackingError {
    /// The text is longer than 64 characters.
    #[error("the tracking code is too long")]
    TooLong,
    /// A character is none of the symbols.
    #[error("character {position} of the tracking code, {found:?}, does not occur in one")]
    Symbol {
        /// The character's position.
        position: usize,
        /// The character.
        found: char,
    },
    /// There are not 20 symbols.
    #[error("a tracking code has {ALL_SYMBOLS} characters, this has {0}")]
    Length(usize),
    /// The checksum does not fit: something was mistyped.
    #[error("the tracking code has been mistyped")]
    Checksum,
}

/// The first 80 bits of a tracking code, as people read it. Several ballots may share them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackingPrefix([u8; Self::LEN]);

impl TrackingPrefix {
    /// Length in bytes.
    pub const LEN: usize = 10;

    /// Wraps the 10 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// The 10 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// Whether `code` begins with it.
    #[must_use]
    pub fn matches(&self, code: &TrackingCode) -> bool {
        code.prefix() == *self
    }

    /// The 100 bits that are written, in the low bits.
    fn with_checksum(&self) -> u128 {
        let mut bytes = [0; 16];
        bytes[6..].copy_from_slice(&self.0);
        let [a, b, c, ..] = blake3::derive_key(tags::TRACKING_CHECKSUM, &self.0);
        let checksum = u32::from_be_bytes([0, a, b, c]) >> 4;
        u128::from_be_bytes(bytes) << 20 | u128::from(checksum)
    }
}

impl fmt::Display for TrackingPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.with_checksum();
        for i in 0..ALL_SYMBOLS {
            let separator = if i > 0 && i % GROUP == 0 { "-" } else { "" };
            let symbol = bits >> (5 * (ALL_SYMBOLS - 1 - i)) & 31;
            write!(f, "{separator}{}", char::from(SYMBOLS[symbol as usize]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for TrackingPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrackingPrefix({self})")
    }
}

/// Forgives what Crockford's base32 forgives: lower case, `I` and `L` for `1`, `O` for `0`, spaces
/// and hyphens anywhere.
impl FromStr for TrackingPrefix {
    type Err = ParseTrackingError;

    fn from_str(text: &str) -> Result<Self, ParseTrackingError> {
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(ParseTrackingError::TooLong);
        }
        let mut bits: u128 = 0;
        let mut count = 0;
        for found in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
            count += 1;
            let value = value_of(found);
            let value = value.ok_or(ParseTrackingError::Symbol {
                position: count,
                found,
            })?;
            bits = bits << 5 | u128::from(value);
        }
        if count != ALL_SYMBOLS {
            return Err(ParseTrackingError::Length(count));
        }
        let [_, _, _, _, _, _, prefix @ ..] = (bits >> (5 * CHECKSUM_SYMBOLS)).to_be_bytes();
        let prefix = Self(prefix);
        if prefix.with_checksum() == bits {
            Ok(prefix)
        } else {
            Err(ParseTrackingError::Checksum)
        }
    }
}

impl serde::Serialize for TrackingPrefix {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TrackingPrefix {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn value_of(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let byte = u8::try_from(symbol).ok()?;
    let position = SYMBOLS.iter().position(|known| *known == byte)?;
    u8::try_from(position).ok()
}

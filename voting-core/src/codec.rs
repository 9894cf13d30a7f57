//! Canonical bytes (PROTOCOL.md, "Encoding").
//!
//! Integers are big-endian; fixed-size fields stand bare; a field of variable size is preceded by
//! its length as `u32`. A decoder states the most it accepts before it looks, refuses trailing
//! bytes, and accepts exactly the one encoding that the encoder writes.

use thiserror::Error;

/// Why bytes from outside were refused. Carries positions and names, never the bytes themselves.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The input ended inside a field.
    #[error("input ends inside {0}")]
    Truncated(&'static str),
    /// Bytes are left after the last field.
    #[error("{0} bytes follow the last field")]
    Trailing(usize),
    /// A length prefix exceeds the field's bound, in bytes or items.
    #[error("{field} has length {length}, at most {max} is allowed")]
    TooLong {
        /// The field.
        field: &'static str,
        /// The length it claims.
        length: u64,
        /// The most that is allowed.
        max: u64,
    },
    /// The bytes are not the canonical encoding of any value of the field.
    #[error("{0} is not canonically encoded")]
    NotCanonical(&'static str),
    /// The identity element stands where it is not allowed.
    #[error("{0} is the identity element")]
    Identity(&'static str),
    /// A version, kind or choice that this version of the protocol does not know.
    #[error("unknown {field} {value}")]
    Unknown {
        /// The field.
        field: &'static str,
        /// The value read.
        value: u64,
    },
}

/// A type with one canonical binary encoding.
pub trait Encode {
    /// Appends the canonical bytes to `w`.
    fn encode(&self, w: &mut Writer);

    /// The canonical bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.encode(&mut w);
        w.into_bytes()
    }
}

/// The strict inverse of [`Encode`].
pub trait Decode: Sized {
    /// Reads one value and leaves the reader behind it.
    ///
    /// # Errors
    /// Anything but the canonical encoding.
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Reads a value that fills `bytes` exactly.
    ///
    /// # Errors
    /// Anything but the canonical encoding, and trailing bytes.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(bytes);
        let value = Self::decode(&mut r)?;
        r.finish()?;
        Ok(value)
    }
}

/// Appends fields to a byte string.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// One byte.
    pub fn u8(&mut self, v: u8) {
        self.0.push(v);
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self, v: u16) {
        self.0.extend_from_slice(&v.to_be_bytes());
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self, v: u32) {
        self.0.extend_from_slice(&v.to_be_bytes());
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self, v: u64) {
        self.0.extend_from_slice(&v.to_be_bytes());
    }

    /// A field of fixed size, bare.
    pub fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A field of variable size: its length as `u32`, then its bytes.
    ///
    /// # Panics
    /// On 4 GiB or more, which no structure of the protocol reaches.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.u32(length32(bytes.len()));
        self.fixed(bytes);
    }

    /// An optional value: 0, or 1 and the value.
    pub fn option(&mut self, value: Option<&impl Encode>) {
        self.u8(value.is_some().into());
        if let Some(value) = value {
            value.encode(self);
        }
    }

    /// The number of items of a list that follows, as `u32`.
    ///
    /// # Panics
    /// On 2^32 items or more, which no structure of the protocol reaches.
    pub fn count(&mut self, items: usize) {
        self.u32(length32(items));
    }
}

#[allow(
    clippy::expect_used,
    reason = "a length over 4 GiB is a bug of ours, not an input"
)]
fn length32(n: usize) -> u32 {
    u32::try_from(n).expect("every structure is far below 4 GiB")
}

/// Reads fields from a byte string, never past its end.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn take(&mut self, n: usize, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self
            .rest
            .split_at_checked(n)
            .ok_or(DecodeError::Truncated(field))?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(DecodeError::Truncated(field))?;
        self.rest = rest;
        Ok(*head)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        Ok(u8::from_be_bytes(self.array(field)?))
    }

    /// Two bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array(field)?))
    }

    /// Four bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(field)?))
    }

    /// Eight bytes, big-endian.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] naming `field`.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        Ok(u64::from_be_bytes(self.array(field)?))
    }

    /// A field of variable size, at most `max` bytes.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] or [`DecodeError::Truncated`] naming `field`.
    pub fn bytes(&mut self, max: usize, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let n = self.count(max, field)?;
        self.take(n, field)
    }

    /// A UTF-8 field of at most `max` bytes.
    ///
    /// # Errors
    /// As [`Self::bytes`], and [`DecodeError::NotCanonical`] on anything but UTF-8.
    pub fn text(&mut self, max: usize, field: &'static str) -> Result<&'a str, DecodeError> {
        let bytes = self.bytes(max, field)?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::NotCanonical(field))
    }

    /// The number of items of a list, at most `max`.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] or [`DecodeError::Truncated`] naming `field`.
    pub fn count(&mut self, max: usize, field: &'static str) -> Result<usize, DecodeError> {
        let n = self.u32(field)?;
        match usize::try_from(n) {
            Ok(length) if length <= max => Ok(length),
            _ => Err(DecodeError::TooLong {
                field,
                length: n.into(),
                max: max as u64,
            }),
        }
    }

    /// An optional value: 0, or 1 and the value.
    ///
    /// # Errors
    /// [`DecodeError::Unknown`] on another flag, and those of the value.
    pub fn option<T: Decode>(&mut self, field: &'static str) -> Result<Option<T>, DecodeError> {
        match self.u8(field)? {
            0 => Ok(None),
            1 => T::decode(self).map(Some),
            flag => Err(DecodeError::Unknown {
                field,
                value: flag.into(),
            }),
        }
    }

    /// The version byte, first in every top-level structure.
    ///
    /// # Errors
    /// [`DecodeError::Unknown`] on another version than this crate's.
    pub fn version(&mut self) -> Result<(), DecodeError> {
        match self.u8("version")? {
            crate::tags::VERSION => Ok(()),
            value => Err(DecodeError::Unknown {
                field: "version",
                value: value.into(),
            }),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`DecodeError::Trailing`] if bytes are left.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            n => Err(DecodeError::Trailing(n)),
        }
    }
}

//! Identifiers: no bare bytes or integers in the public interface.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use data_encoding::HEXLOWER;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A text that is not the lower-case hexadecimal form of an identifier.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} is not {chars} lower-case hexadecimal digits")]
pub struct ParseIdError {
    /// The kind of identifier.
    pub what: &'static str,
    /// How many digits it has.
    pub chars: usize,
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = 32;

            /// Wraps the 32 bytes.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(s: &str) -> Result<Self, ParseIdError> {
                let error = ParseIdError { what: $what, chars: 64 };
                let bytes = HEXLOWER.decode(s.as_bytes()).map_err(|_| error.clone())?;
                Ok(Self(bytes.try_into().map_err(|_| error)?))
            }
        }

        impl Encode for $name {
            fn encode(&self, w: &mut Writer) {
                w.fixed(&self.0);
            }
        }

        impl Decode for $name {
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self(r.array($what)?))
            }
        }

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
    };
}

pub(crate) use bytes_id;

bytes_id! {
    /// `BLAKE3(canonical manifest)` under [`crate::tags::ELECTION_ID`].
    ElectionId, "election id"
}
bytes_id! {
    /// A person within one election: an HMAC of the CI (연계정보), never the CI.
    Pseudonym, "pseudonym"
}
bytes_id! {
    /// Content address of a document kept beside the log.
    DocumentHash, "document hash"
}
bytes_id! {
    /// A SHA-256 hash of the log's Merkle tree (RFC 6962).
    LogHash, "log hash"
}

impl DocumentHash {
    /// The content address of `document`.
    #[must_use]
    pub fn of(document: &[u8]) -> Self {
        Self(blake3::derive_key(crate::tags::DOCUMENT, document))
    }
}

impl ElectionId {
    /// The election id of a canonical manifest (RFC 8785 bytes).
    #[must_use]
    pub fn of(canonical_manifest: &[u8]) -> Self {
        Self(blake3::derive_key(
            crate::tags::ELECTION_ID,
            canonical_manifest,
        ))
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($int:ty), $method:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name($int);

        impl $name {
            /// Wraps the number.
            #[must_use]
            pub const fn new(n: $int) -> Self {
                Self(n)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $int {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Encode for $name {
            fn encode(&self, w: &mut Writer) {
                w.$method(self.0);
            }
        }

        impl Decode for $name {
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self(r.$method($what)?))
            }
        }
    };
}

pub(crate) use number_id;

number_id! {
    /// Position of an entry in the log, from 0.
    LeafIndex(u64), u64, "leaf index"
}
number_id! {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    UnixMillis(u64), u64, "time"
}
number_id! {
    /// Position of a voter class in the manifest, from 0.
    ClassIndex(u16), u16, "class"
}
number_id! {
    /// Which issue of a person's credential this is, from 0.
    Serial(u32), u32, "serial"
}
number_id! {
    /// Which of a person's ballots this is, from 0; above 0 only where voting again is allowed.
    Sequence(u32), u32, "sequence number"
}
number_id! {
    /// A trustee's identifier, 1..=n in manifest order.
    TrusteeId(u16), u16, "trustee"
}

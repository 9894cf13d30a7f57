//! Log entries (PROTOCOL.md, "Log entries"): everything that happens, in one order.
//!
//! ```text
//! version u8, kind u8, index u64, time u64, previous leaf hash 32, body
//! kind 1  staff action      (crate::staff::StaffEntry)
//! kind 2  trustee's message (u32 length, then crate::trustee::Signed bytes)
//! kind 3  credential        (crate::credential::Credential)
//! kind 4  ballot            (crate::cast::CastBallot)
//! kind 5  spoiled code      (32)
//! ```

use crate::cast::CastBallot;
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::credential::Credential;
use crate::ids::{LeafIndex, LogHash, UnixMillis};
use crate::staff::StaffEntry;
use crate::tracking::TrackingCode;

/// The most bytes of an entry (C2SP tlog-tiles).
pub const MAX_ENTRY: usize = 65_535;
/// The most bytes of a trustee's message.
pub const MAX_TRUSTEE_MESSAGE: usize = 65_400;

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub index: LeafIndex,
    /// When it was given its place; never before its predecessor's.
    pub time: UnixMillis,
    /// RFC 6962 leaf hash of the entry before; zeros for entry 0.
    pub previous: LogHash,
    /// What happened.
    pub body: Body,
}

/// What an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A staff action.
    Staff(Box<StaffEntry>),
    /// A trustee's signed message: a ceremony round or a decryption share.
    Trustee(Vec<u8>),
    /// A credential was issued.
    Credential(Box<Credential>),
    /// A ballot was cast.
    Ballot(Box<CastBallot>),
    /// A sealed ballot was spoiled instead of cast.
    Spoiled(TrackingCode),
}

impl Body {
    /// The kind's name, as messages show it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Staff(entry) => entry.proposal.action.name(),
            Self::Trustee(_) => "trustee",
            Self::Credential(_) => "credential",
            Self::Ballot(_) => "ballot",
            Self::Spoiled(_) => "spoiled",
        }
    }
}

impl Encode for Entry {
    fn encode(&self, w: &mut Writer) {
        w.u8(crate::tags::VERSION);
        w.u8(match &self.body {
            Body::Staff(_) => 1,
            Body::Trustee(_) => 2,
            Body::Credential(_) => 3,
            Body::Ballot(_) => 4,
            Body::Spoiled(_) => 5,
        });
        self.index.encode(w);
        self.time.encode(w);
        self.previous.encode(w);
        match &self.body {
            Body::Staff(entry) => entry.encode(w),
            Body::Trustee(message) => w.bytes(message),
            Body::Credential(credential) => credential.encode(w),
            Body::Ballot(cast) => cast.encode(w),
            Body::Spoiled(code) => code.encode(w),
        }
    }
}

impl Decode for Entry {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.version()?;
        let kind = r.u8("entry kind")?;
        let index = LeafIndex::decode(r)?;
        let time = UnixMillis::decode(r)?;
        let previous = LogHash::decode(r)?;
        let body = match kind {
            1 => Body::Staff(Box::new(StaffEntry::decode(r)?)),
            2 => Body::Trustee(r.bytes(MAX_TRUSTEE_MESSAGE, "trustee's message")?.to_vec()),
            3 => Body::Credential(Box::new(Credential::decode(r)?)),
            4 => Body::Ballot(Box::new(CastBallot::decode(r)?)),
            5 => Body::Spoiled(TrackingCode::decode(r)?),
            value => {
                return Err(DecodeError::Unknown {
                    field: "entry kind",
                    value: value.into(),
                });
            }
        };
        Ok(Self {
            index,
            time,
            previous,
            body,
        })
    }
}

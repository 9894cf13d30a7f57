//! Tracking codes (stand-in until the log branch is merged).
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};

/// BLAKE3 of a ballot's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackingCode([u8; 32]);
impl TrackingCode {
    /// The code of a ballot.
    #[must_use]
    pub fn of(ballot: &[u8]) -> Self {
        Self(blake3::derive_key(crate::tags::TRACKING_CODE, ballot))
    }
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
impl Encode for TrackingCode {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.0);
    }
}
impl Decode for TrackingCode {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(r.array("tracking code")?))
    }
}

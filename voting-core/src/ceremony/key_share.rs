//! A trustee's share of the election's secret key.

use crate::codec::{DecodeError, Encode, Reader, Writer};
use crate::group::{Point, Scalar, decode_scalar};
use crate::ids::{ElectionId, TrusteeId};
use crate::tags;
use crate::trustee::expect;
use zeroize::{Zeroize, Zeroizing};

const KIND: u8 = 0x13;

/// `x_j` of one trustee in one election. Zeroized on drop, never printed.
pub struct KeyShare {
    election: ElectionId,
    trustee: TrusteeId,
    secret: Scalar,
}

impl KeyShare {
    pub(crate) const fn new(election: ElectionId, trustee: TrusteeId, secret: Scalar) -> Self {
        Self {
            election,
            trustee,
            secret,
        }
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> &ElectionId {
        &self.election
    }

    /// Whose share this is.
    #[must_use]
    pub const fn trustee(&self) -> TrusteeId {
        self.trustee
    }

    /// `Y_j = x_j G`.
    #[must_use]
    pub fn verifying_share(&self) -> Point {
        Point::mul_base(&self.secret)
    }

    pub(crate) const fn secret(&self) -> &Scalar {
        &self.secret
    }

    /// The bytes to store under encryption: `version | 0x13 | election id | trustee u16 | x_j`.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::new();
        w.u8(tags::VERSION);
        w.u8(KIND);
        self.election.encode(&mut w);
        self.trustee.encode(&mut w);
        append_secret(w, self.secret.as_bytes())
    }

    /// The inverse of [`Self::to_secret_bytes`].
    ///
    /// # Errors
    /// [`DecodeError`] on anything else.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        use crate::codec::Decode;
        let mut r = Reader::new(bytes);
        expect(r.u8("version")?, tags::VERSION, "version")?;
        expect(r.u8("kind of state")?, KIND, "kind of state")?;
        let (election, trustee) = (ElectionId::decode(&mut r)?, TrusteeId::decode(&mut r)?);
        let secret = Zeroizing::new(r.array("key share")?);
        r.finish()?;
        Ok(Self::new(
            election,
            trustee,
            decode_scalar(&secret, "key share")?,
        ))
    }
}

impl Drop for KeyShare {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

/// Public fields, then a secret to the end, in one allocation: growing would leave copies behind.
pub(super) fn append_secret(public: Writer, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let public = public.into_bytes();
    let mut bytes = Zeroizing::new(Vec::with_capacity(public.len() + secret.len()));
    bytes.extend_from_slice(&public);
    bytes.extend_from_slice(secret);
    bytes
}

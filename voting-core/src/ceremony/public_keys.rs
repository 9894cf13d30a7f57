//! The election key and the trustees' verifying shares, recomputed by everyone from round one.

use super::round_one::{RoundOne, evaluate};
use super::{CeremonyError, Threshold};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{Point, decode_nonidentity};
use crate::ids::TrusteeId;
use curve25519_dalek::traits::IsIdentity;

/// `H` and every `Y_j = x_j G`: `t u16 | n u16 | H | Y_1 ... Y_n`. None is the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    threshold: Threshold,
    election_key: Point,
    verifying_shares: Vec<Point>,
}

impl PublicKeys {
    /// The keys of verified commitments, one message for each trustee, in their order.
    pub(super) fn derive(
        threshold: Threshold,
        messages: &[RoundOne],
    ) -> Result<Self, CeremonyError> {
        // The joint polynomial's commitments: its value at 0 is x, at j it is x_j.
        let joint: Vec<Point> = (0..usize::from(threshold.needed()))
            .map(|k| messages.iter().map(|m| m.commitments[k]).sum())
            .collect();
        let shares: Vec<Point> = threshold.ids().map(|id| evaluate(&joint, id)).collect();
        if joint.iter().chain(&shares).any(IsIdentity::is_identity) {
            return Err(CeremonyError::DegenerateKey);
        }
        Ok(Self {
            threshold,
            election_key: joint[0],
            verifying_shares: shares,
        })
    }

    /// t of n.
    #[must_use]
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// `H = x G`, that ballots are encrypted to.
    #[must_use]
    pub const fn election_key(&self) -> &Point {
        &self.election_key
    }

    /// `Y_j = x_j G` of one trustee.
    ///
    /// # Errors
    /// [`CeremonyError::UnknownTrustee`].
    pub fn verifying_share(&self, id: TrusteeId) -> Result<&Point, CeremonyError> {
        Ok(&self.verifying_shares[self.threshold.position(id)?])
    }

    /// All verifying shares, in the trustees' order.
    #[must_use]
    pub fn verifying_shares(&self) -> &[Point] {
        &self.verifying_shares
    }

    /// The keys of a polynomial that a test knows.
    #[cfg(test)]
    pub(crate) fn of_polynomial(
        threshold: Threshold,
        at: impl Fn(u16) -> crate::group::Scalar,
    ) -> Self {
        let ids = threshold.ids();
        Self {
            threshold,
            election_key: Point::mul_base(&at(0)),
            verifying_shares: ids.map(|id| Point::mul_base(&at(id.get()))).collect(),
        }
    }
}

impl Encode for PublicKeys {
    fn encode(&self, w: &mut Writer) {
        self.threshold.encode(w);
        w.fixed(self.election_key.compress().as_bytes());
        for share in &self.verifying_shares {
            w.fixed(share.compress().as_bytes());
        }
    }
}

impl Decode for PublicKeys {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        const SHARE: &str = "verifying share";
        let threshold = Threshold::decode(r)?;
        let election_key = decode_nonidentity(&r.array("election key")?, "election key")?;
        let verifying_shares = threshold
            .ids()
            .map(|_| decode_nonidentity(&r.array(SHARE)?, SHARE))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            threshold,
            election_key,
            verifying_shares,
        })
    }
}

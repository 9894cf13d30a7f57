//! Exponential ElGamal (PROTOCOL.md, "The ballot"): `(A, B) = (r G, r H + m G)`.
//!
//! Adding two ciphertexts adds their plaintexts. A ciphertext is 64 bytes: `A`, then `B`.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{self, Point, Scalar};
use curve25519_dalek::traits::Identity;
use std::ops::{AddAssign, SubAssign};

/// A ciphertext under the election key, or a sum of such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    /// `A = r G`.
    pub a: Point,
    /// `B = r H + m G`.
    pub b: Point,
}

impl Ciphertext {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// The empty sum: both components the identity. Not a ballot's ciphertext; see [`Decode`].
    #[must_use]
    pub fn zero() -> Self {
        Self {
            a: Point::identity(),
            b: Point::identity(),
        }
    }

    /// Encrypts the plaintext `m` to the key `h` with randomness `r`, in constant time.
    #[must_use]
    pub fn encrypt(h: &Point, m: &Scalar, r: &Scalar) -> Self {
        Self {
            a: Point::mul_base(r),
            b: r * h + Point::mul_base(m),
        }
    }

    /// Reads a *sum*, whose first component may be the identity (nobody voted).
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] or [`DecodeError::NotCanonical`].
    pub fn decode_sum(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            a: group::decode_point(&r.array("sum's A")?, "sum's A")?,
            b: group::decode_point(&r.array("sum's B")?, "sum's B")?,
        })
    }
}

impl AddAssign<&Self> for Ciphertext {
    fn add_assign(&mut self, other: &Self) {
        self.a += other.a;
        self.b += other.b;
    }
}

impl SubAssign<&Self> for Ciphertext {
    fn sub_assign(&mut self, other: &Self) {
        self.a -= other.a;
        self.b -= other.b;
    }
}

impl Encode for Ciphertext {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.a.compress().as_bytes());
        w.fixed(self.b.compress().as_bytes());
    }
}

/// Reads a ballot's ciphertext: `A` must not be the identity.
impl Decode for Ciphertext {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            a: group::decode_nonidentity(&r.array("ciphertext's A")?, "ciphertext's A")?,
            b: group::decode_point(&r.array("ciphertext's B")?, "ciphertext's B")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ciphertext(m: u64, r: u64) -> Ciphertext {
        let h = Point::mul_base(&Scalar::from(7_u64));
        Ciphertext::encrypt(&h, &m.into(), &r.into())
    }

    #[test]
    fn adding_adds_plaintexts_and_randomness() {
        let mut sum = ciphertext(1, 5);
        sum += &ciphertext(2, 6);
        assert_eq!(sum, ciphertext(3, 11));
        assert_ne!(sum, ciphertext(4, 11));
    }

    #[test]
    fn bytes_round_trip() {
        let bytes = ciphertext(1, 5).to_bytes();
        assert_eq!(bytes.len(), Ciphertext::LEN);
        assert_eq!(Ciphertext::from_bytes(&bytes), Ok(ciphertext(1, 5)));
    }

    #[test]
    fn a_ballot_refuses_the_identity_where_a_sum_does_not() {
        let zero = Ciphertext::zero().to_bytes();
        let identity = Err(DecodeError::Identity("ciphertext's A"));
        assert_eq!(Ciphertext::from_bytes(&zero), identity);
        let sum = Ciphertext::decode_sum(&mut Reader::new(&zero));
        assert_eq!(sum, Ok(Ciphertext::zero()));
    }

    #[test]
    fn every_wrong_length_is_refused() {
        let mut bytes = ciphertext(1, 5).to_bytes();
        bytes.push(0);
        assert_eq!(
            Ciphertext::from_bytes(&bytes),
            Err(DecodeError::Trailing(1))
        );
        assert!(Ciphertext::from_bytes(&bytes[..63]).is_err());
    }
}

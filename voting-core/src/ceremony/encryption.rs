//! The trustees' encryption keys: ristretto255 points that secret shares are encrypted to.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{Point, Scalar, decode_nonidentity, decode_scalar};
use data_encoding::HEXLOWER;
use rand_core::CryptoRng;
use std::fmt;
use std::str::FromStr;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const NAME: &str = "encryption key";

/// A trustee's public encryption key: canonical, not the identity. Text form: 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncryptionKey(Point);

impl EncryptionKey {
    /// A key from its 32 bytes.
    ///
    /// # Errors
    /// [`DecodeError::NotCanonical`] or [`DecodeError::Identity`].
    pub fn new(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        Ok(Self(decode_nonidentity(bytes, NAME)?))
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> [u8; 32] {
        self.0.compress().to_bytes()
    }

    pub(super) const fn point(&self) -> &Point {
        &self.0
    }
}

impl fmt::Display for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.as_bytes()))
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKey({self})")
    }
}

impl FromStr for EncryptionKey {
    type Err = DecodeError;

    fn from_str(s: &str) -> Result<Self, DecodeError> {
        let bytes = HEXLOWER.decode(s.as_bytes()).ok();
        let bytes = bytes.and_then(|b| b.try_into().ok());
        Self::new(&bytes.ok_or(DecodeError::NotCanonical(NAME))?)
    }
}

impl serde::Serialize for EncryptionKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for EncryptionKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Encode for EncryptionKey {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.as_bytes());
    }
}

impl Decode for EncryptionKey {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::new(&r.array(NAME)?)
    }
}

/// A trustee's secret encryption key. Zeroized on drop, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct EncryptionSecret(Scalar);

impl EncryptionSecret {
    /// Draws a fresh key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(*random_scalar(rng))
    }

    /// A key from its stored 32 bytes.
    ///
    /// # Errors
    /// [`DecodeError::NotCanonical`], also for zero.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        const FIELD: &str = "encryption secret";
        if *bytes == [0; 32] {
            return Err(DecodeError::NotCanonical(FIELD));
        }
        Ok(Self(decode_scalar(bytes, FIELD)?))
    }

    /// The 32 bytes, for storing under encryption.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> EncryptionKey {
        EncryptionKey(Point::mul_base(&self.0))
    }

    #[cfg(feature = "ceremony")]
    pub(super) const fn scalar(&self) -> &Scalar {
        &self.0
    }
}

/// A uniform scalar from 64 random bytes; zero has probability 2^-252.
pub(super) fn random_scalar(rng: &mut impl CryptoRng) -> Zeroizing<Scalar> {
    let mut wide = Zeroizing::new([0; 64]);
    rng.fill_bytes(wide.as_mut());
    Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide))
}

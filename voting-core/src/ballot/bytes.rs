//! A ballot's bytes, decoded strictly.

use super::shape::BallotShape;
use crate::codec::{Decode, DecodeError, Reader, Writer};
use crate::elgamal::Ciphertext;
use crate::group::{CompressedRistretto, Point, Scalar, decode_nonidentity, decode_scalar};
use crate::tags::VERSION;
use crate::tracking::TrackingCode;

/// The proof's commitments, in both forms so that hashing needs no second compression.
#[derive(Clone)]
pub(super) struct Commitment {
    pub(super) bytes: CompressedRistretto,
    pub(super) point: Point,
}

impl Commitment {
    fn read(r: &mut Reader<'_>, field: &'static str) -> Result<Self, DecodeError> {
        let bytes = r.array(field)?;
        Ok(Self {
            point: decode_nonidentity(&bytes, field)?,
            bytes: CompressedRistretto(bytes),
        })
    }
}

/// A well-formed ballot: right length, canonical scalars and points, no identity where none may
/// stand. Its proof is another matter ([`super::BallotVerifier`]).
#[derive(Clone)]
pub struct Ballot {
    pub(super) code: TrackingCode,
    /// `N x 64` bytes as they stand in the ballot.
    pub(super) ciphertext_bytes: Vec<u8>,
    /// `(A_i, B_i)`.
    pub(super) ciphertexts: Vec<Ciphertext>,
    pub(super) b: Commitment,
    pub(super) a: Commitment,
    pub(super) c: Commitment,
    pub(super) d: Commitment,
    pub(super) e: (Commitment, Commitment),
    pub(super) sigma: Vec<Scalar>,
    pub(super) f: Vec<Scalar>,
    pub(super) z_ab: Scalar,
    pub(super) z_cd: Scalar,
    pub(super) z_e: Scalar,
}

impl Ballot {
    /// Decodes a ballot of an election's shape.
    ///
    /// # Errors
    /// [`DecodeError`] on another length, version, or any non-canonical or identity element.
    pub fn decode(shape: &BallotShape, bytes: &[u8]) -> Result<Self, DecodeError> {
        check_len(shape, bytes)?;
        let mut r = Reader::new(bytes);
        match r.u8("ballot version")? {
            VERSION => {}
            v => {
                return Err(DecodeError::Unknown {
                    field: "ballot version",
                    value: v.into(),
                });
            }
        }
        let ciphertext_bytes = r.take(64 * shape.options(), "ciphertexts")?.to_vec();
        let b = Commitment::read(&mut r, "B")?;
        let a = Commitment::read(&mut r, "A")?;
        let c = Commitment::read(&mut r, "C")?;
        let d = Commitment::read(&mut r, "D")?;
        let e = (
            Commitment::read(&mut r, "E")?,
            Commitment::read(&mut r, "E")?,
        );
        let sigma = scalars(&mut r, shape.limits().len(), "sigma")?;
        let f = scalars(&mut r, shape.bits(), "f")?;
        let z_ab = scalar(&mut r, "z_AB")?;
        let z_cd = scalar(&mut r, "z_CD")?;
        let z_e = scalar(&mut r, "z_E")?;
        r.finish()?;
        // Last, because decompressing dominates: a malformed scalar costs its sender more than us.
        let ciphertexts = decode_ciphertexts(&ciphertext_bytes)?;
        let code = TrackingCode::of(bytes);
        Ok(Self {
            code,
            ciphertext_bytes,
            ciphertexts,
            b,
            a,
            c,
            d,
            e,
            sigma,
            f,
            z_ab,
            z_cd,
            z_e,
        })
    }

    /// The tracking code: the hash of these bytes.
    #[must_use]
    pub fn tracking_code(&self) -> TrackingCode {
        self.code
    }

    /// The ciphertexts `(A_i, B_i)`, one a project in manifest order.
    #[must_use]
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }

    /// The first components `A_i` as bytes, from a ballot's bytes without decoding it.
    ///
    /// # Errors
    /// [`DecodeError`] if the length is not the shape's.
    pub fn first_components<'a>(
        shape: &BallotShape,
        bytes: &'a [u8],
    ) -> Result<impl Iterator<Item = &'a [u8]> + use<'a>, DecodeError> {
        check_len(shape, bytes)?;
        Ok(bytes[1..=64 * shape.options()]
            .chunks_exact(64)
            .map(|pair| &pair[..32]))
    }
}

fn check_len(shape: &BallotShape, bytes: &[u8]) -> Result<(), DecodeError> {
    match bytes.len().cmp(&shape.ballot_len()) {
        std::cmp::Ordering::Less => Err(DecodeError::Truncated("ballot")),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(DecodeError::Trailing(bytes.len() - shape.ballot_len())),
    }
}

fn decode_ciphertexts(bytes: &[u8]) -> Result<Vec<Ciphertext>, DecodeError> {
    let mut r = Reader::new(bytes);
    (0..bytes.len() / Ciphertext::LEN)
        .map(|_| Ciphertext::decode(&mut r))
        .collect()
}

fn scalar(r: &mut Reader<'_>, field: &'static str) -> Result<Scalar, DecodeError> {
    decode_scalar(&r.array(field)?, field)
}

fn scalars(r: &mut Reader<'_>, n: usize, field: &'static str) -> Result<Vec<Scalar>, DecodeError> {
    (0..n).map(|_| scalar(r, field)).collect()
}

/// What a ballot consists of, for writing.
pub(super) struct BallotParts<'a> {
    pub(super) ciphertext_bytes: &'a [u8],
    /// `B, A, C, D, E_A, E_B`.
    pub(super) commitments: [CompressedRistretto; 6],
    pub(super) sigma: &'a [Scalar],
    pub(super) f: &'a [Scalar],
    /// `z_AB, z_CD, z_E`.
    pub(super) z: [Scalar; 3],
}

impl BallotParts<'_> {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.u8(VERSION);
        w.fixed(self.ciphertext_bytes);
        self.commitments.iter().for_each(|c| w.fixed(c.as_bytes()));
        (self.sigma.iter().chain(self.f).chain(&self.z)).for_each(|s| w.fixed(s.as_bytes()));
        w.into_bytes()
    }
}

//! Proof of equal discrete logarithms (PROTOCOL.md, "Proofs of one secret"), Chaum-Pedersen 1992.
//!
//! The prover knows one `x` with `Y = x G` and `D_i = x A_i` for some further bases `A_i`: with no
//! further base this is Schnorr's proof of knowledge, with one it is Chaum and Pedersen's.
//!
//! ```text
//! k            hedged: from the secret, 32 fresh random bytes and the statement
//! K = k G, K_i = k A_i
//! c = H(statement, K, K_1, ...)
//! z = k + c x
//! ```
//!
//! A proof is `c` and `z`, 64 bytes; the verifier recomputes `K = z G - c Y`, `K_i = z A_i - c D_i`.
//! The caller's transcript must hold the whole statement: every base, `Y`, every `D_i`.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{Point, Scalar, decode_scalar};
use crate::tags;
use crate::transcript::Transcript;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

/// A proof that does not verify. Says nothing about why.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the proof does not verify")]
pub struct BadProof;

/// A compact proof: the challenge `c` and the response `z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    c: Scalar,
    z: Scalar,
}

impl Proof {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Proves knowledge of `x` for `Y = x G` and `D_i = x bases[i]`, in constant time.
    pub fn prove(
        rng: &mut impl CryptoRng,
        statement: Transcript,
        x: &Scalar,
        bases: &[Point],
    ) -> Self {
        let k = nonce(rng, &statement, x);
        let commitments = std::iter::once(Point::mul_base(&k)).chain(bases.iter().map(|a| *k * a));
        let c = challenge(statement, commitments);
        Self { c, z: *k + c * x }
    }

    /// Verifies against `y = Y` and the pairs `(A_i, D_i)`.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(
        &self,
        statement: Transcript,
        y: &Point,
        pairs: &[(Point, Point)],
    ) -> Result<(), BadProof> {
        let minus_c = -self.c;
        let first = Point::vartime_double_scalar_mul_basepoint(&minus_c, y, &self.z);
        let others = pairs
            .iter()
            .map(|(a, d)| Point::vartime_multiscalar_mul([self.z, minus_c], [a, d]));
        if challenge(statement, std::iter::once(first).chain(others)) == self.c {
            Ok(())
        } else {
            Err(BadProof)
        }
    }
}

impl Encode for Proof {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.c.as_bytes());
        w.fixed(self.z.as_bytes());
    }
}

impl Decode for Proof {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            c: decode_scalar(&r.array("challenge c")?, "challenge c")?,
            z: decode_scalar(&r.array("response z")?, "response z")?,
        })
    }
}

/// A nonce that stays secret if the generator is weak or the statement repeats, but not both.
fn nonce(rng: &mut impl CryptoRng, statement: &Transcript, x: &Scalar) -> Zeroizing<Scalar> {
    let mut fresh = Zeroizing::new([0; 32]);
    rng.fill_bytes(fresh.as_mut());
    let mut transcript = Transcript::new(tags::DLEQ_NONCE);
    transcript.append(x.as_bytes());
    transcript.append(fresh.as_ref());
    transcript.append(&statement.digest());
    Zeroizing::new(transcript.challenge())
}

fn challenge(mut statement: Transcript, commitments: impl Iterator<Item = Point>) -> Scalar {
    for commitment in commitments {
        statement.append(commitment.compress().as_bytes());
    }
    statement.challenge()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    const TAG: &str = "hanpyo test dleq";

    struct Case {
        x: Scalar,
        y: Point,
        pairs: Vec<(Point, Point)>,
    }

    fn case(bases: u64) -> Case {
        let x = Scalar::from(123_456_789_u64);
        let base = |i: u64| Point::mul_base(&Scalar::from(i + 2));
        Case {
            x,
            y: Point::mul_base(&x),
            pairs: (0..bases).map(|i| (base(i), base(i) * x)).collect(),
        }
    }

    fn prove(case: &Case, seed: u64) -> Proof {
        let bases: Vec<Point> = case.pairs.iter().map(|p| p.0).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        Proof::prove(&mut rng, Transcript::new(TAG), &case.x, &bases)
    }

    #[test]
    fn honest_proofs_verify_for_any_number_of_bases() {
        for bases in 0..4 {
            let case = case(bases);
            let proof = Proof::from_bytes(&prove(&case, 1).to_bytes()).unwrap();
            let verdict = proof.verify(Transcript::new(TAG), &case.y, &case.pairs);
            assert_eq!(verdict, Ok(()));
        }
    }

    #[test]
    fn a_wrong_image_key_base_or_statement_is_refused() {
        let mut case = case(1);
        let proof = prove(&case, 1);
        let mut other = Transcript::new(TAG);
        other.append(b"");
        assert_eq!(proof.verify(other, &case.y, &case.pairs), Err(BadProof));
        let wrong_key = case.y + case.y;
        let verdict = proof.verify(Transcript::new(TAG), &wrong_key, &case.pairs);
        assert_eq!(verdict, Err(BadProof));
        case.pairs[0].1 += case.y;
        let verdict = proof.verify(Transcript::new(TAG), &case.y, &case.pairs);
        assert_eq!(verdict, Err(BadProof));
        let verdict = proof.verify(Transcript::new(TAG), &case.y, &[]);
        assert_eq!(verdict, Err(BadProof));
    }

    #[test]
    fn an_unequal_logarithm_cannot_be_proven_honestly() {
        let mut case = case(1);
        case.pairs[0].1 = case.pairs[0].0 * (case.x + Scalar::ONE);
        let verdict = prove(&case, 1).verify(Transcript::new(TAG), &case.y, &case.pairs);
        assert_eq!(verdict, Err(BadProof));
    }

    #[test]
    fn a_stuck_generator_does_not_repeat_a_nonce_across_statements() {
        let case = case(0);
        let nonce_of = |label: &[u8]| {
            let mut statement = Transcript::new(TAG);
            statement.append(label);
            *nonce(&mut ChaCha20Rng::seed_from_u64(3), &statement, &case.x)
        };
        assert_ne!(nonce_of(b"one"), nonce_of(b"two"));
        assert_ne!(prove(&case, 1), prove(&case, 2));
    }

    #[test]
    fn non_canonical_scalars_are_refused() {
        let mut bytes = prove(&case(0), 1).to_bytes();
        bytes[63] = 0xff;
        assert_eq!(
            Proof::from_bytes(&bytes),
            Err(DecodeError::NotCanonical("response z"))
        );
    }
}

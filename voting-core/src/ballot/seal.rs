//! Sealing: encrypting choices and proving that they keep the limits. Constant time in the choices.

use super::bytes::BallotParts;
use super::shape::BallotShape;
use super::statement::{BallotParameters, FirstTranscript, VoterIdentity};
use crate::group::{CompressedRistretto, Point, Scalar};
use crate::tags;
use crate::tracking::TrackingCode;
use crate::transcript::Transcript;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoBasepointTable;
use curve25519_dalek::traits::{Identity, MultiscalarMul};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeGreater};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Why choices were not sealed. Shown to the voter who made them and to nobody else.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SealError {
    /// A position that is no project's, or named twice.
    #[error("choice {0} is not a project or is chosen twice")]
    Choice(u32),
    /// More picks than a limit allows.
    #[error("more than {max} chosen under limit {limit}")]
    TooMany {
        /// Position of the limit.
        limit: usize,
        /// Its maximum.
        max: u32,
    },
    /// Fewer picks than a limit demands.
    #[error("fewer than {min} chosen under limit {limit}")]
    TooFew {
        /// Position of the limit.
        limit: usize,
        /// Its minimum.
        min: u32,
    },
}

/// A voter's choices: one bit a project. Zeroized on drop, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Choices(Vec<u8>);

impl Choices {
    /// Choices from the positions of the chosen projects.
    ///
    /// # Errors
    /// [`SealError`] on a position out of range or repeated, and on any limit broken.
    pub fn new(shape: &BallotShape, chosen: &[u32]) -> Result<Self, SealError> {
        let mut choices = Self(vec![0; shape.options()]);
        for &i in chosen {
            match choices.0.get_mut(i as usize) {
                Some(bit) if *bit == 0 => *bit = 1,
                _ => return Err(SealError::Choice(i)),
            }
        }
        choices.check_limits(shape)?;
        Ok(choices)
    }

    fn check_limits(&self, shape: &BallotShape) -> Result<(), SealError> {
        for (limit, l) in shape.limits().iter().enumerate() {
            let count = self.count(&l.members);
            if count > l.max {
                return Err(SealError::TooMany { limit, max: l.max });
            }
            if count < l.min {
                return Err(SealError::TooFew { limit, min: l.min });
            }
        }
        Ok(())
    }

    fn count(&self, members: &[u32]) -> u32 {
        members.iter().map(|&i| u32::from(self.0[i as usize])).sum()
    }

    /// The whole bit vector `b`: the choices, then every limit's slack.
    fn bit_vector(&self, shape: &BallotShape) -> Zeroizing<Vec<u8>> {
        let mut bits = Zeroizing::new(Vec::with_capacity(shape.bits()));
        bits.extend_from_slice(&self.0);
        bits.resize(shape.bits(), 0);
        for (k, limit) in shape.limits().iter().enumerate() {
            let mut left = limit.max - self.count(&limit.members);
            // Largest position first: once the trimmed last weight is decided, the powers of two
            // below it reach every remainder.
            for (s, bit) in shape
                .slack()
                .iter()
                .enumerate()
                .rev()
                .filter(|(_, b)| b.limit == k)
            {
                let take = !bit.weight.ct_gt(&left);
                left = u32::conditional_select(&left, &left.wrapping_sub(bit.weight), take);
                bits[shape.options() + s] = take.unwrap_u8();
            }
            left.zeroize();
        }
        bits
    }
}

/// The two seeds of one sealing. Fresh for every sealing; zeroized on drop, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SealSeeds {
    /// Determines every `r_i`; shown to the voter's second device when a ballot is checked.
    pub(super) randomness: [u8; 32],
    /// Determines the proof's nonces; leaves the device only in the opening of a spoiled ballot.
    pub(super) nonces: [u8; 32],
}

impl SealSeeds {
    /// Draws both seeds.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seeds = Self {
            randomness: [0; 32],
            nonces: [0; 32],
        };
        rng.fill_bytes(&mut seeds.randomness);
        rng.fill_bytes(&mut seeds.nonces);
        seeds
    }

    /// Seeds from bytes drawn elsewhere: by the browser, or read back from its store.
    #[must_use]
    pub fn from_bytes(randomness: [u8; 32], nonces: [u8; 32]) -> Self {
        Self { randomness, nonces }
    }
}

/// A sealed ballot on the voter's device: its bytes, and the seed that opens it.
pub struct SealedBallot {
    bytes: Vec<u8>,
    seed: Zeroizing<[u8; 32]>,
}

impl SealedBallot {
    /// The ballot's bytes: what is sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The tracking code, committed to before "cast" or "check" is chosen.
    #[must_use]
    pub fn tracking_code(&self) -> TrackingCode {
        TrackingCode::of(&self.bytes)
    }

    /// The seed for the second device. A ballot whose seed was shown must be spoiled, not cast.
    #[must_use]
    pub fn reveal_seed(&self) -> &[u8; 32] {
        &self.seed
    }
}

/// Seals `choices` for `voter`: encryption and proof (PROTOCOL.md, "Sealing", steps 1 to 5).
#[must_use]
pub fn seal(
    params: &BallotParameters,
    voter: &VoterIdentity,
    choices: &Choices,
    seeds: &SealSeeds,
) -> SealedBallot {
    let bits = choices.bit_vector(&params.shape);
    let r = randomness(&seeds.randomness, params.shape.options());
    let ciphertext_bytes = encrypt(params, &bits, &r);
    let bytes = Prover::new(params, &bits, &r, seeds).prove(voter, &ciphertext_bytes);
    SealedBallot {
        bytes,
        seed: Zeroizing::new(seeds.randomness),
    }
}

/// `r_i` for every ciphertext, from the ballot's seed.
pub(super) fn randomness(seed: &[u8; 32], n: usize) -> Zeroizing<Vec<Scalar>> {
    let mut t = Transcript::new(tags::BALLOT_RANDOMNESS);
    t.append(seed);
    let mut stream = t.scalars();
    Zeroizing::new((0..n).map(|_| stream.next_scalar()).collect())
}

/// `(r_i G, r_i H + b_i G)`, compressed.
fn encrypt(params: &BallotParameters, bits: &[u8], r: &[Scalar]) -> Vec<u8> {
    // Batch compression doubles its points first, so everything is computed at half its size.
    let half = Scalar::from(2u8).invert();
    let half_g = RISTRETTO_BASEPOINT_TABLE * &half;
    let table = RistrettoBasepointTable::create(&params.election_key);
    let mut points = Zeroizing::new(Vec::with_capacity(2 * r.len()));
    for (r, bit) in r.iter().zip(bits) {
        let half_r = Zeroizing::new(r * half);
        points.push(RISTRETTO_BASEPOINT_TABLE * &*half_r);
        points.push(&table * &*half_r + select(*bit, &half_g));
    }
    let compressed = Point::double_and_compress_batch(points.iter());
    compressed
        .iter()
        .flat_map(|point| *point.as_bytes())
        .collect()
}

fn select(bit: u8, point: &Point) -> Point {
    Point::conditional_select(&Point::identity(), point, Choice::from(bit))
}

/// The proof's secrets.
struct Prover<'a> {
    params: &'a BallotParameters,
    seeds: &'a SealSeeds,
    b: Zeroizing<Vec<Scalar>>,
    bits: &'a [u8],
    r: &'a [Scalar],
}

/// `a_j, t_A, t_C, t_D, s`.
struct Nonces {
    a: Zeroizing<Vec<Scalar>>,
    t_a: Zeroizing<Scalar>,
    t_c: Zeroizing<Scalar>,
    t_d: Zeroizing<Scalar>,
    s: Zeroizing<Scalar>,
}

impl Nonces {
    /// Bound to the first transcript too, so that a seed used twice by mistake gives other nonces.
    fn new(seed: &[u8; 32], first: &FirstTranscript, m: usize) -> Self {
        let mut t = Transcript::new(tags::BALLOT_NONCES);
        t.append(seed);
        t.append(&first.0);
        let mut stream = t.scalars();
        let mut next = || Zeroizing::new(stream.next_scalar());
        let [t_a, t_c, t_d, s] = [next(), next(), next(), next()];
        Self {
            a: Zeroizing::new((0..m).map(|_| *next()).collect()),
            t_a,
            t_c,
            t_d,
            s,
        }
    }
}

impl<'a> Prover<'a> {
    fn new(
        params: &'a BallotParameters,
        bits: &'a [u8],
        r: &'a [Scalar],
        seeds: &'a SealSeeds,
    ) -> Self {
        let b = Zeroizing::new(bits.iter().map(|&bit| Scalar::from(bit)).collect());
        Self {
            params,
            seeds,
            b,
            bits,
            r,
        }
    }

    fn prove(&self, voter: &VoterIdentity, ciphertext_bytes: &[u8]) -> Vec<u8> {
        let t_b = self.blinding();
        let commit_b = self.commit_bits(&t_b).compress();
        let first = self
            .params
            .first_transcript(voter, ciphertext_bytes, &commit_b);
        let rho = first.rho(self.r.len());
        let nonces = Nonces::new(&self.seeds.nonces, &first, self.bits.len());
        let [a, c, d, e_a, e_b] = self.first_message(&nonces, &rho);
        let sigma = self.sigma(&nonces.a);
        let x = first.challenge([&a, &c, &d, &e_a, &e_b], &sigma);

        let f: Vec<Scalar> = self
            .b
            .iter()
            .zip(nonces.a.iter())
            .map(|(b, a)| b * x + a)
            .collect();
        let rho_r = Zeroizing::new(
            rho.iter()
                .zip(self.r)
                .map(|(rho, r)| rho * r)
                .sum::<Scalar>(),
        );
        let z = [
            *t_b * x + *nonces.t_a,
            x * *nonces.t_c + *nonces.t_d,
            x * *rho_r + *nonces.s,
        ];
        let commitments = [commit_b, a, c, d, e_a, e_b];
        BallotParts {
            ciphertext_bytes,
            commitments,
            sigma: &sigma,
            f: &f,
            z,
        }
        .write()
    }

    /// `t_B`.
    fn blinding(&self) -> Zeroizing<Scalar> {
        let mut t = Transcript::new(tags::BALLOT_BLINDING);
        t.append(&self.seeds.nonces);
        t.append(&self.seeds.randomness);
        Zeroizing::new(t.challenge())
    }

    /// `Com(b; t_B)`, with selections instead of multiplications.
    fn commit_bits(&self, t_b: &Scalar) -> Point {
        let chosen = self
            .bits
            .iter()
            .zip(&self.params.v)
            .map(|(bit, v)| select(*bit, v));
        self.params.u * t_b + chosen.sum::<Point>()
    }

    /// `Com(v; t)`.
    fn commit(&self, v: &[Scalar], t: &Scalar) -> CompressedRistretto {
        let scalars = std::iter::once(t).chain(v);
        let points = std::iter::once(&self.params.u).chain(&self.params.v);
        Point::multiscalar_mul(scalars, points).compress()
    }

    /// `A, C, D, E`.
    fn first_message(&self, nonces: &Nonces, rho: &[Scalar]) -> [CompressedRistretto; 5] {
        let one_minus_2b = self.b.iter().map(|b| Scalar::ONE - b - b);
        let c_vector: Zeroizing<Vec<Scalar>> = Zeroizing::new(
            nonces
                .a
                .iter()
                .zip(one_minus_2b)
                .map(|(a, k)| a * k)
                .collect(),
        );
        let d_vector: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(nonces.a.iter().map(|a| -(a * a)).collect());
        let rho_a = rho
            .iter()
            .zip(nonces.a.iter())
            .map(|(rho, a)| rho * a)
            .sum::<Scalar>();
        let rho_a = Zeroizing::new(rho_a);
        let e_a = RISTRETTO_BASEPOINT_TABLE * &*nonces.s;
        let e_b = self.params.election_key * *nonces.s + RISTRETTO_BASEPOINT_TABLE * &*rho_a;
        [
            self.commit(&nonces.a, &nonces.t_a),
            self.commit(&c_vector, &nonces.t_c),
            self.commit(&d_vector, &nonces.t_d),
            e_a.compress(),
            e_b.compress(),
        ]
    }

    /// `sigma_k` for every limit.
    fn sigma(&self, a: &[Scalar]) -> Vec<Scalar> {
        let shape = &self.params.shape;
        (0..shape.limits().len())
            .map(|k| {
                shape
                    .terms(k)
                    .map(|(j, weight)| a[j] * Scalar::from(weight))
                    .sum()
            })
            .collect()
    }
}

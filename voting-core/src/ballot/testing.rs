//! A second, plain prover that can cheat: what an attacker's program would send.
//!
//! It takes any scalars as the bit vector and can break each rule of the protocol by name. Used by
//! the negative tests and by the command that writes the test vectors; never part of a product.

mod equations;

pub use equations::broken_equations;

use super::bytes::{Ballot, BallotParts};
use super::shape::BallotShape;
use super::statement::{BallotParameters, VoterIdentity};
use crate::group::{Point, Scalar};
use crate::transcript::Transcript;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;

/// The challenges of a well-formed ballot, for the test vectors: the first transcript's digest,
/// every `rho_i`, and `x`, in hexadecimal.
///
/// # Panics
/// If the bytes are no ballot.
#[must_use]
#[allow(
    clippy::expect_used,
    reason = "for tests and the vectors command alone"
)]
pub fn transcript_values(
    params: &BallotParameters,
    voter: &VoterIdentity,
    ballot: &[u8],
) -> serde_json::Value {
    let hex = |bytes: &[u8; 32]| data_encoding::HEXLOWER.encode(bytes);
    let ballot = Ballot::decode(&params.shape, ballot).expect("a well-formed ballot");
    let first = params.first_transcript(voter, &ballot.ciphertext_bytes, &ballot.b.bytes);
    let rho = first.rho(params.shape.options());
    let (e_a, e_b) = &ballot.e;
    let commitments = [&ballot.a, &ballot.c, &ballot.d, e_a, e_b].map(|c| &c.bytes);
    let x = first.challenge(commitments, &ballot.sigma);
    serde_json::json!({
        "first": hex(&first.0),
        "rho": rho.iter().map(|rho| hex(rho.as_bytes())).collect::<Vec<_>>(),
        "x": hex(x.as_bytes()),
    })
}

/// One way of cheating beyond the choice of the bit vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cheat {
    /// None: a plain prover.
    None,
    /// Leaves every `sigma_k` out of the challenge and solves for it afterwards.
    LateSigma,
    /// Leaves `E` out of the challenge and solves for it afterwards, for ciphertexts that hold
    /// `plain` instead of the committed bits.
    LateE,
    /// Encrypts other values than the ones committed to.
    OtherPlaintexts,
    /// Sends `A_0 + G`: its ciphertext decrypts to no bit, and only equation (3) sees it.
    ShiftedCiphertext,
    /// Sends `A + U`, which only equation (1) sees.
    ShiftedA,
    /// Sends `D + U`, which only equation (2) sees.
    ShiftedD,
    /// Sends `E_A + G`, which only equation (3) sees.
    ShiftedEa,
    /// Sends `E_B + G`, which only equation (4) sees.
    ShiftedEb,
}

/// What a cheating sealing starts from.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// The committed vector `b`, all `m` entries.
    pub committed: Vec<Scalar>,
    /// The encrypted values, `N` entries.
    pub encrypted: Vec<Scalar>,
    /// The way of cheating.
    pub cheat: Cheat,
    /// Determines all randomness.
    pub seed: u8,
}

impl Forgery {
    /// Encrypts and commits to `values` for the projects, with slack bits that solve every limit
    /// exactly where bits can, and put the whole remainder into the first slack bit otherwise.
    #[must_use]
    pub fn of(shape: &BallotShape, values: &[i64], seed: u8) -> Self {
        let mut committed: Vec<Scalar> = values.iter().map(|v| scalar(*v)).collect();
        committed.resize(shape.bits(), Scalar::ZERO);
        for k in 0..shape.limits().len() {
            solve_slack(shape, k, values, &mut committed);
        }
        let encrypted = committed[..shape.options()].to_vec();
        Self {
            committed,
            encrypted,
            cheat: Cheat::None,
            seed,
        }
    }

    /// The same with slack that is bits alone, so that a limit that `values` break stays unsolved:
    /// only its equation (5) sees it.
    #[must_use]
    pub fn of_bits(shape: &BallotShape, values: &[i64], seed: u8) -> Self {
        let mut forgery = Self::of(shape, values, seed);
        for slack in &mut forgery.committed[shape.options()..] {
            if *slack != Scalar::ONE {
                *slack = Scalar::ZERO;
            }
        }
        forgery
    }

    /// The ballot's bytes.
    #[must_use]
    pub fn seal(&self, params: &BallotParameters, voter: &VoterIdentity) -> Vec<u8> {
        Attack {
            params,
            forgery: self,
        }
        .seal(voter)
    }
}

fn scalar(v: i64) -> Scalar {
    if v < 0 {
        -Scalar::from(v.unsigned_abs())
    } else {
        Scalar::from(v.unsigned_abs())
    }
}

fn solve_slack(shape: &BallotShape, k: usize, values: &[i64], committed: &mut [Scalar]) {
    let limit = &shape.limits()[k];
    let count: i64 = limit.members.iter().map(|&i| values[i as usize]).sum();
    let mut left = i64::from(limit.max) - count;
    let own: Vec<_> = shape
        .slack()
        .iter()
        .enumerate()
        .filter(|(_, bit)| bit.limit == k)
        .collect();
    for (s, bit) in own.iter().rev() {
        if left >= i64::from(bit.weight) {
            committed[shape.options() + s] = Scalar::ONE;
            left -= i64::from(bit.weight);
        }
    }
    if let (Some((s, _)), true) = (own.first(), left != 0) {
        committed[shape.options() + s] += scalar(left);
    }
}

struct Attack<'a> {
    params: &'a BallotParameters,
    forgery: &'a Forgery,
}

impl Attack<'_> {
    fn commit(&self, v: &[Scalar], t: Scalar) -> Point {
        let terms = v.iter().zip(&self.params.v).map(|(v, point)| point * v);
        self.params.u * t + terms.sum::<Point>()
    }

    /// `by` if this is how it cheats, nothing otherwise.
    fn shift(&self, cheat: Cheat, by: Point) -> Point {
        by * Scalar::from(u8::from(self.forgery.cheat == cheat))
    }

    fn seal(&self, voter: &VoterIdentity) -> Vec<u8> {
        let (h, shape) = (self.params.election_key, &self.params.shape);
        let (n, m) = (shape.options(), shape.bits());
        let mut t = Transcript::new("hanpyo test forgery");
        t.append(&[self.forgery.seed]);
        let mut stream = t.scalars();
        let mut draw = |n: usize| (0..n).map(|_| stream.next_scalar()).collect::<Vec<_>>();
        let (r, a_vec, t) = (draw(n), draw(m), draw(5));
        let [t_b, t_a, t_c, t_d, s] = [t[0], t[1], t[2], t[3], t[4]];

        let b_vec = &self.forgery.committed;
        let pairs = r
            .iter()
            .zip(&self.forgery.encrypted)
            .map(|(r, b)| [G * r, h * r + G * b]);
        let mut ciphertexts: Vec<Point> = pairs.flatten().collect();
        ciphertexts[0] += self.shift(Cheat::ShiftedCiphertext, G);
        let ciphertext_bytes: Vec<u8> = ciphertexts
            .iter()
            .flat_map(|point| point.compress().to_bytes())
            .collect();
        let b = self.commit(b_vec, t_b).compress();
        let first = self.params.first_transcript(voter, &ciphertext_bytes, &b);
        let rho = first.rho(n);

        let u = self.params.u;
        let a = (self.commit(&a_vec, t_a) + self.shift(Cheat::ShiftedA, u)).compress();
        let c_vec: Vec<_> = a_vec
            .iter()
            .zip(b_vec)
            .map(|(a, b)| a * (Scalar::ONE - b - b))
            .collect();
        let d_vec: Vec<_> = a_vec.iter().map(|a| -(a * a)).collect();
        let (c, d) = (
            self.commit(&c_vec, t_c).compress(),
            (self.commit(&d_vec, t_d) + self.shift(Cheat::ShiftedD, u)).compress(),
        );
        let dot = |v: &[Scalar]| rho.iter().zip(v).map(|(rho, v)| rho * v).sum::<Scalar>();
        let e_a = (G * s + self.shift(Cheat::ShiftedEa, G)).compress();
        let e_b = h * s + G * dot(&a_vec) + self.shift(Cheat::ShiftedEb, G);
        let mut e_b = e_b.compress();
        let mut sigma: Vec<Scalar> = (0..shape.limits().len())
            .map(|k| {
                shape
                    .terms(k)
                    .map(|(j, w)| a_vec[j] * Scalar::from(w))
                    .sum()
            })
            .collect();

        let late = self.forgery.cheat;
        let hashed_sigma: &[Scalar] = if late == Cheat::LateSigma {
            &[]
        } else {
            &sigma
        };
        let x = first.challenge([&a, &c, &d, &e_a, &e_b], hashed_sigma);
        let f: Vec<_> = b_vec.iter().zip(&a_vec).map(|(b, a)| b * x + a).collect();
        if late == Cheat::LateSigma {
            for (k, sigma) in sigma.iter_mut().enumerate() {
                let sum: Scalar = shape.terms(k).map(|(j, w)| f[j] * Scalar::from(w)).sum();
                *sigma = sum - x * Scalar::from(shape.limits()[k].max);
            }
        }
        if late == Cheat::LateE {
            let plain = dot(&self.forgery.encrypted);
            e_b = (h * s + G * (dot(&f) - x * plain)).compress();
        }
        let z = [t_b * x + t_a, x * t_c + t_d, x * dot(&r) + s];
        let commitments = [b, a, c, d, e_a, e_b];
        let ciphertext_bytes = &ciphertext_bytes;
        BallotParts {
            ciphertext_bytes,
            commitments,
            sigma: &sigma,
            f: &f,
            z,
        }
        .write()
    }
}

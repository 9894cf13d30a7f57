//! Verifying ballots, many at once (PROTOCOL.md, "Verifying").
//!
//! Every point equation of every waiting ballot enters one multiscalar multiplication under its own
//! 128-bit weight. A batch that fails is split until the bad ballots stand alone.

use super::bytes::Ballot;
use super::statement::{BallotParameters, VoterIdentity};
use crate::codec::Encode;
use crate::group::{Point, Scalar};
use crate::tags;
use crate::transcript::{ScalarStream, Transcript};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use rand_core::CryptoRng;
use thiserror::Error;

/// How many ballots' points are multiplied at a time: their tables then fit a core's cache.
const CHUNK: usize = 32;

/// Into how many parts a batch that fails is split. Halving costs more with two bad ballots in 64
/// already: small parts cost more a ballot, so there should be few sizes of them.
const PARTS: usize = 8;

/// A ballot whose proof does not hold. Says nothing more: that would be an oracle.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the ballot's proof does not hold")]
pub struct BadProof;

/// Verifies ballots of one election.
pub struct BallotVerifier<'a> {
    params: &'a BallotParameters,
}

impl<'a> BallotVerifier<'a> {
    /// A verifier for an opened election.
    #[must_use]
    pub fn new(params: &'a BallotParameters) -> Self {
        Self { params }
    }

    /// Verifies every ballot for its voter; the answers are in the same order.
    ///
    /// `rng` must be unpredictable to whoever made the ballots: the operating system's generator.
    /// The weights are drawn from it *and* from a hash of every byte of the batch, so that neither
    /// a weak generator nor a clever batch alone breaks the check.
    pub fn verify(
        &self,
        items: &[(VoterIdentity, &Ballot)],
        rng: &mut impl CryptoRng,
    ) -> Vec<Result<(), BadProof>> {
        let mut weights = self.weights(items, rng);
        let mut results = vec![Ok(()); items.len()];
        let mut terms = Vec::with_capacity(items.len());
        for (i, (voter, ballot)) in items.iter().enumerate() {
            match self.terms(voter, ballot, &mut weights) {
                Ok(t) => terms.push((i, t)),
                Err(bad) => results[i] = Err(bad),
            }
        }
        self.settle(&terms, &mut results);
        results
    }

    /// Verifies one ballot.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify_one(
        &self,
        voter: &VoterIdentity,
        ballot: &Ballot,
        rng: &mut impl CryptoRng,
    ) -> Result<(), BadProof> {
        self.verify(&[(*voter, ballot)], rng)
            .pop()
            .unwrap_or(Err(BadProof))
    }

    /// The tracking codes cover every byte of every ballot and proof; the rest is the statement.
    fn weights(
        &self,
        items: &[(VoterIdentity, &Ballot)],
        rng: &mut impl CryptoRng,
    ) -> ScalarStream {
        let mut fresh = [0; 32];
        rng.fill_bytes(&mut fresh);
        let mut t = Transcript::new(tags::BATCH_WEIGHTS);
        t.append(&fresh);
        t.append(self.params.election.as_bytes());
        t.append(self.params.election_key_bytes.as_bytes());
        for (voter, ballot) in items {
            t.append(&voter.to_bytes());
            t.append(ballot.code.as_bytes());
        }
        t.scalars()
    }

    /// Checks the limits and turns the four point equations into weighted terms.
    fn terms(
        &self,
        voter: &VoterIdentity,
        ballot: &Ballot,
        weights: &mut ScalarStream,
    ) -> Result<Terms, BadProof> {
        let first = self
            .params
            .first_transcript(voter, &ballot.ciphertext_bytes, &ballot.b.bytes);
        let rho = first.rho(ballot.ciphertexts.len());
        let (e_a, e_b) = &ballot.e;
        let commitments = [
            &ballot.a.bytes,
            &ballot.c.bytes,
            &ballot.d.bytes,
            &e_a.bytes,
            &e_b.bytes,
        ];
        let x = first.challenge(commitments, &ballot.sigma);
        self.check_limits(ballot, &x)?;
        let w = [(); 4].map(|()| weights.next_weight());
        Ok(Terms::new(ballot, &rho, &x, &w))
    }

    /// `sum of weight x f_j = x max_k + sigma_k` for every limit.
    fn check_limits(&self, ballot: &Ballot, x: &Scalar) -> Result<(), BadProof> {
        let shape = &self.params.shape;
        let holds = shape
            .limits()
            .iter()
            .zip(&ballot.sigma)
            .enumerate()
            .all(|(k, (l, sigma))| {
                let sum: Scalar = shape
                    .terms(k)
                    .map(|(j, w)| {
                        if w == 1 {
                            ballot.f[j]
                        } else {
                            ballot.f[j] * Scalar::from(w)
                        }
                    })
                    .sum();
                sum == x * Scalar::from(l.max) + sigma
            });
        if holds { Ok(()) } else { Err(BadProof) }
    }

    /// Settles `terms`: all good at once, or part by part.
    fn settle(&self, terms: &[(usize, Terms)], results: &mut [Result<(), BadProof>]) {
        if terms.is_empty() || self.holds(terms) {
            return;
        }
        if let [(i, _)] = terms {
            results[*i] = Err(BadProof);
            return;
        }
        let part = terms.len().div_ceil(PARTS);
        terms
            .chunks(part)
            .for_each(|part| self.settle(part, results));
    }

    /// Whether all equations of `terms` add up to nothing under their weights: one multiscalar
    /// multiplication, in parts that stay in the processor's cache.
    fn holds(&self, terms: &[(usize, Terms)]) -> bool {
        let own = terms.chunks(CHUNK).map(|chunk| {
            let points: Vec<&Point> = chunk.iter().flat_map(|(_, t)| &t.points).collect();
            let scalars: Vec<&Scalar> = chunk.iter().flat_map(|(_, t)| &t.scalars).collect();
            Point::vartime_multiscalar_mul(scalars, points)
        });
        (own.sum::<Point>() + self.shared(terms)).is_identity()
    }

    /// The generators' part, once for all of `terms`.
    fn shared(&self, terms: &[(usize, Terms)]) -> Point {
        let mut shared = Shared::new(self.params.shape.bits());
        terms.iter().for_each(|(_, t)| shared.add(t));
        let points = [
            &self.params.u,
            &RISTRETTO_BASEPOINT_POINT,
            &self.params.election_key,
        ];
        let points: Vec<&Point> = points.into_iter().chain(&self.params.v).collect();
        let scalars = [&shared.u, &shared.g, &shared.h]
            .into_iter()
            .chain(&shared.v);
        Point::vartime_multiscalar_mul(scalars.collect::<Vec<_>>(), points)
    }
}

/// The weighted equations of one ballot: its own points, and its part in the shared generators'
/// coefficients.
struct Terms {
    points: Vec<Point>,
    scalars: Vec<Scalar>,
    shared: Shared,
}

/// Coefficients of `U, G, H, V_j`.
struct Shared {
    u: Scalar,
    g: Scalar,
    h: Scalar,
    v: Vec<Scalar>,
}

impl Shared {
    fn new(m: usize) -> Self {
        Self {
            u: Scalar::ZERO,
            g: Scalar::ZERO,
            h: Scalar::ZERO,
            v: vec![Scalar::ZERO; m],
        }
    }

    fn add(&mut self, other: &Terms) {
        let other = &other.shared;
        self.u += other.u;
        self.g += other.g;
        self.h += other.h;
        self.v
            .iter_mut()
            .zip(&other.v)
            .for_each(|(sum, v)| *sum += v);
    }
}

impl Terms {
    /// With weights `w`, the sum of
    /// `w_0 (x B + A - Com(f; z_AB))`, `w_1 (x C + D - Com(f_j (x - f_j); z_CD))`,
    /// `w_2 (x sum rho_i A_i + E_A - z_E G)` and
    /// `w_3 (x sum rho_i B_i + E_B - z_E H - (sum rho_i f_i) G)`.
    fn new(ballot: &Ballot, rho: &[Scalar], x: &Scalar, w: &[Scalar; 4]) -> Self {
        let (x_2, x_3) = (x * w[2], x * w[3]);
        let mut points = Vec::with_capacity(2 * rho.len() + 6);
        let mut scalars = Vec::with_capacity(points.capacity());
        for (rho, pair) in rho.iter().zip(&ballot.ciphertexts) {
            points.extend([pair.a, pair.b]);
            scalars.extend([x_2 * rho, x_3 * rho]);
        }
        let (e_a, e_b) = &ballot.e;
        points.extend([&ballot.b, &ballot.a, &ballot.c, &ballot.d, e_a, e_b].map(|c| c.point));
        scalars.extend([w[0] * x, w[0], w[1] * x, w[1], w[2], w[3]]);

        let rho_f: Scalar = rho.iter().zip(&ballot.f).map(|(rho, f)| rho * f).sum();
        let v = ballot
            .f
            .iter()
            .map(|f| -(f * (w[0] + w[1] * (x - f))))
            .collect();
        let shared = Shared {
            u: -(w[0] * ballot.z_ab + w[1] * ballot.z_cd),
            g: -(w[2] * ballot.z_e + w[3] * rho_f),
            h: -(w[3] * ballot.z_e),
            v,
        };
        Self {
            points,
            scalars,
            shared,
        }
    }
}

//! The verifier's equations one by one, as PROTOCOL.md ("Verifying") writes them.

use crate::ballot::{Ballot, BallotParameters, VoterIdentity};
use crate::group::{Point, Scalar};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as G;

/// Which of the equations (1) to (5) a well-formed ballot breaks, ascending. A vector that breaks
/// one alone is what finds a verifier that forgets it.
#[must_use]
pub fn broken_equations(
    params: &BallotParameters,
    voter: &VoterIdentity,
    ballot: &Ballot,
) -> Vec<u8> {
    let checks = Equations::new(params, voter, ballot);
    let holds = [
        checks.opening(),
        checks.bits(),
        checks.link_a(),
        checks.link_b(),
        checks.limits(),
    ];
    let numbered = (1u8..).zip(holds);
    numbered
        .filter(|(_, holds)| !holds)
        .map(|(n, _)| n)
        .collect()
}

struct Equations<'a> {
    params: &'a BallotParameters,
    ballot: &'a Ballot,
    rho: Vec<Scalar>,
    x: Scalar,
}

impl<'a> Equations<'a> {
    fn new(params: &'a BallotParameters, voter: &VoterIdentity, ballot: &'a Ballot) -> Self {
        let (e_a, e_b) = &ballot.e;
        let first = params.first_transcript(voter, &ballot.ciphertext_bytes, &ballot.b.bytes);
        let commitments = [&ballot.a, &ballot.c, &ballot.d, e_a, e_b].map(|c| &c.bytes);
        Self {
            params,
            ballot,
            rho: first.rho(params.shape.options()),
            x: first.challenge(commitments, &ballot.sigma),
        }
    }

    fn commit(&self, v: &[Scalar], t: Scalar) -> Point {
        let terms = v.iter().zip(&self.params.v).map(|(v, point)| point * v);
        self.params.u * t + terms.sum::<Point>()
    }

    /// (1) `x B + A = Com(f; z_AB)`.
    fn opening(&self) -> bool {
        let Ballot { a, b, f, z_ab, .. } = self.ballot;
        b.point * self.x + a.point == self.commit(f, *z_ab)
    }

    /// (2) `x C + D = Com(f_j (x - f_j); z_CD)`.
    fn bits(&self) -> bool {
        let Ballot { c, d, f, z_cd, .. } = self.ballot;
        let products: Vec<_> = f.iter().map(|f| f * (self.x - f)).collect();
        c.point * self.x + d.point == self.commit(&products, *z_cd)
    }

    /// (3) `x sum rho_i A_i + E_A = z_E G`.
    fn link_a(&self) -> bool {
        let pairs = self.rho.iter().zip(self.ballot.ciphertexts());
        let sum: Point = pairs.map(|(rho, pair)| pair.a * rho).sum();
        sum * self.x + self.ballot.e.0.point == G * self.ballot.z_e
    }

    /// (4) `x sum rho_i B_i + E_B = z_E H + (sum rho_i f_i) G`.
    fn link_b(&self) -> bool {
        let Ballot { e, f, z_e, .. } = self.ballot;
        let pairs = self.rho.iter().zip(self.ballot.ciphertexts());
        let sum: Point = pairs.map(|(rho, pair)| pair.b * rho).sum();
        let f: Scalar = self.rho.iter().zip(f).map(|(rho, f)| rho * f).sum();
        sum * self.x + e.1.point == self.params.election_key * z_e + G * f
    }

    /// (5) `sum w_j f_j = x max_k + sigma_k` for every limit `k`.
    fn limits(&self) -> bool {
        let (shape, f) = (&self.params.shape, &self.ballot.f);
        let sum = |k| -> Scalar { shape.terms(k).map(|(j, w)| f[j] * Scalar::from(w)).sum() };
        let limits = shape.limits().iter().zip(&self.ballot.sigma).enumerate();
        let mut holds =
            limits.map(|(k, (l, sigma))| sum(k) == self.x * Scalar::from(l.max) + sigma);
        holds.all(|holds| holds)
    }
}

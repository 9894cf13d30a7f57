//! What a ballot's proof is about, and its two challenges.

use super::shape::BallotShape;
use crate::codec::{Encode, Writer};
use crate::group::{CompressedRistretto, Point, Scalar, generator};
use crate::ids::{ClassIndex, ElectionId, Pseudonym};
use crate::keys::VerifyKey;
use crate::tags;
use crate::transcript::Transcript;

/// The parts of a credential that a ballot's proof binds, so that nobody can copy a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoterIdentity {
    /// The person within this election.
    pub pseudonym: Pseudonym,
    /// The voter class.
    pub class: ClassIndex,
    /// The voter's key.
    pub key: VerifyKey,
}

impl Encode for VoterIdentity {
    fn encode(&self, w: &mut Writer) {
        self.pseudonym.encode(w);
        self.class.encode(w);
        self.key.encode(w);
    }
}

/// An opened election as far as ballots are concerned.
#[derive(Clone)]
pub struct BallotParameters {
    /// The election.
    pub election: ElectionId,
    /// `H`, the trustees' joint key.
    pub election_key: Point,
    /// The bit vector and its limits.
    pub shape: BallotShape,
    pub(super) election_key_bytes: CompressedRistretto,
    /// `U`.
    pub(super) u: Point,
    /// `V_0 .. V_{m-1}`.
    pub(super) v: Vec<Point>,
}

impl BallotParameters {
    /// Prepares the generators an election's ballots need.
    #[must_use]
    pub fn new(election: ElectionId, election_key: Point, shape: BallotShape) -> Self {
        let v = (1u32..).take(shape.bits()).map(generator).collect();
        Self {
            election,
            election_key,
            election_key_bytes: election_key.compress(),
            u: generator(0),
            v,
            shape,
        }
    }

    /// The first transcript: version, election, `H`, voter, all ciphertexts, `B`.
    pub(super) fn first_transcript(
        &self,
        voter: &VoterIdentity,
        ciphertext_bytes: &[u8],
        b: &CompressedRistretto,
    ) -> FirstTranscript {
        let mut t = Transcript::new(tags::BALLOT_STATEMENT);
        t.append(&[tags::VERSION]);
        t.append(self.election.as_bytes());
        t.append(self.election_key_bytes.as_bytes());
        t.append_value(voter);
        t.append(ciphertext_bytes);
        t.append(b.as_bytes());
        FirstTranscript(t.digest())
    }
}

/// The digest of the whole statement and `B`.
#[derive(Clone, Copy)]
pub(super) struct FirstTranscript(pub(super) [u8; 32]);

impl FirstTranscript {
    /// `rho_i` for every ciphertext.
    pub(super) fn rho(&self, n: usize) -> Vec<Scalar> {
        let mut t = Transcript::new(tags::BALLOT_LINK);
        t.append(&self.0);
        let mut stream = t.scalars();
        (0..n).map(|_| stream.next_scalar()).collect()
    }

    /// `x`, from the first transcript, `A, C, D, E` and every `sigma_k`.
    pub(super) fn challenge(&self, acd_e: [&CompressedRistretto; 5], sigma: &[Scalar]) -> Scalar {
        let mut t = Transcript::new(tags::BALLOT_CHALLENGE);
        t.append(&self.0);
        acd_e.iter().for_each(|point| t.append(point.as_bytes()));
        sigma.iter().for_each(|s| t.append(s.as_bytes()));
        t.challenge()
    }
}

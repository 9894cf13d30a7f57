//! Cast as intended (PROTOCOL.md, "Challenge"): a second device opens a sealed ballot with its seed.

use super::bytes::Ballot;
use super::seal::randomness;
use super::statement::{BallotParameters, VoterIdentity};
use super::verify::{BadProof, BallotVerifier};
use crate::codec::DecodeError;
use crate::group::Point;
use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT, RISTRETTO_BASEPOINT_TABLE};
use curve25519_dalek::traits::IsIdentity;
use rand_core::CryptoRng;
use thiserror::Error;

/// Why a ballot does not open: the device that sealed it did not do what it said.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// The bytes are no ballot of this election.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// A ciphertext was not made from this seed.
    #[error("ciphertext {0} was not made from this seed")]
    WrongSeed(u32),
    /// A ciphertext made from this seed holds neither 0 nor 1.
    #[error("ciphertext {0} holds neither 0 nor 1")]
    NotABit(u32),
    /// The ciphertexts are the seed's, but the ballot would be refused at casting: a device that
    /// may hand out such ballots when it is checked has found out that it is checked.
    #[error("the ballot's proof does not hold for this voter")]
    BadProof(#[from] BadProof),
}

/// Reads the chosen positions back from a ballot and the seed its sealer showed, recomputing every
/// ciphertext, and verifies its proof for `voter`. Runs on the voter's second device, which takes
/// `params` from the verified log and never from the sealing device; nothing of it is ever sent.
///
/// # Errors
/// [`OpenError`] naming the first ciphertext that is not what the seed makes, or the proof.
pub fn open_with_seed(
    params: &BallotParameters,
    voter: &VoterIdentity,
    ballot: &[u8],
    seed: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u32>, OpenError> {
    let ballot = Ballot::decode(&params.shape, ballot)?;
    let r = randomness(seed, params.shape.options());
    let mut chosen = Vec::new();
    for ((i, pair), r) in (0u32..).zip(ballot.ciphertexts()).zip(r.iter()) {
        if RISTRETTO_BASEPOINT_TABLE * r != pair.a {
            return Err(OpenError::WrongSeed(i));
        }
        let message: Point = pair.b - params.election_key * r;
        if message == RISTRETTO_BASEPOINT_POINT {
            chosen.push(i);
        } else if !message.is_identity() {
            return Err(OpenError::NotABit(i));
        }
    }
    BallotVerifier::new(params).verify_one(voter, &ballot, rng)?;
    Ok(chosen)
}

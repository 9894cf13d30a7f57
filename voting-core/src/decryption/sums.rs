//! Homomorphic sums of the counting ballots of one group.

use super::DecryptionError;
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::elgamal::Ciphertext;

/// The sum of each project's ciphertexts, and how many ballots are in it.
///
/// Bytes: `ballots u64 | count u32 | (A 32 | B 32) for each project`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiphertextSums {
    ballots: u64,
    sums: Vec<Ciphertext>,
}

impl CiphertextSums {
    /// The empty sum for so many projects.
    ///
    /// # Errors
    /// [`DecryptionError::TooManyProjects`].
    pub fn new(projects: usize) -> Result<Self, DecryptionError> {
        if projects > super::MAX_PROJECTS {
            return Err(DecryptionError::TooManyProjects(projects));
        }
        Ok(Self {
            ballots: 0,
            sums: vec![Ciphertext::zero(); projects],
        })
    }

    /// Adds one ballot, one ciphertext for each project.
    ///
    /// # Errors
    /// [`DecryptionError::CiphertextCount`].
    pub fn add(&mut self, ballot: &[Ciphertext]) -> Result<(), DecryptionError> {
        self.add_sums(1, ballot)
    }

    /// Adds the sums of other ballots of the same group, for summing in parallel.
    ///
    /// # Errors
    /// [`DecryptionError::CiphertextCount`].
    pub fn merge(&mut self, other: &Self) -> Result<(), DecryptionError> {
        self.add_sums(other.ballots, &other.sums)
    }

    /// Takes one added ballot out again: another one of the same person superseded it.
    ///
    /// # Errors
    /// [`DecryptionError::CiphertextCount`], also if there is no ballot to take out.
    pub fn subtract(&mut self, ballot: &[Ciphertext]) -> Result<(), DecryptionError> {
        let (found, expected) = (ballot.len(), self.sums.len());
        let left = self.ballots.checked_sub(1).filter(|_| found == expected);
        self.ballots = left.ok_or(DecryptionError::CiphertextCount { found, expected })?;
        self.sums
            .iter_mut()
            .zip(ballot)
            .for_each(|(sum, ciphertext)| *sum -= ciphertext);
        Ok(())
    }

    /// How many ballots were added: the most any total can be.
    #[must_use]
    pub const fn ballots(&self) -> u64 {
        self.ballots
    }

    /// One sum for each project.
    #[must_use]
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.sums
    }

    fn add_sums(&mut self, ballots: u64, sums: &[Ciphertext]) -> Result<(), DecryptionError> {
        let (found, expected) = (sums.len(), self.sums.len());
        if found != expected {
            return Err(DecryptionError::CiphertextCount { found, expected });
        }
        for (sum, ciphertext) in self.sums.iter_mut().zip(sums) {
            *sum += ciphertext;
        }
        self.ballots = self.ballots.saturating_add(ballots);
        Ok(())
    }
}

impl Encode for CiphertextSums {
    fn encode(&self, w: &mut Writer) {
        w.u64(self.ballots);
        w.count(self.sums.len());
        for sum in &self.sums {
            sum.encode(w);
        }
    }
}

impl Decode for CiphertextSums {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let ballots = r.u64("ballots")?;
        let count = r.count(super::MAX_PROJECTS, "sums")?;
        let sums = (0..count).map(|_| Ciphertext::decode_sum(r));
        Ok(Self {
            ballots,
            sums: sums.collect::<Result<_, _>>()?,
        })
    }
}

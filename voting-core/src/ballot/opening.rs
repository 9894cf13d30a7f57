//! What a checked ballot is made again from (PROTOCOL.md, "Challenge"): small enough for a QR code.
//!
//! ```text
//! version u8, pseudonym 32, class u16, voter key 32,
//! randomness seed 32, nonce seed 32, count u16, that many positions u16, ascending
//! ```
//!
//! Sealing is a function of these. A ballot made again that has the tracking code noted before the
//! choice *is* the ballot that was committed to, so it encrypts the choices shown. Both seeds open
//! it: an opening is for a spoiled ballot alone, and is never sent to a server.

use super::seal::{Choices, SealError, SealSeeds, SealedBallot, seal};
use super::shape::BallotShape;
use super::statement::{BallotParameters, VoterIdentity};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ClassIndex, Pseudonym};
use crate::keys::VerifyKey;
use crate::tags;
use zeroize::Zeroize;

/// An opened ballot's ingredients. The choices are zeroized on drop; never printed.
pub struct Opening {
    voter: VoterIdentity,
    chosen: Vec<u32>,
    seeds: SealSeeds,
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.chosen.zeroize();
    }
}

impl Opening {
    /// Whom the ballot was sealed for.
    #[must_use]
    pub fn voter(&self) -> &VoterIdentity {
        &self.voter
    }

    /// The opening of what [`seal`] made of these.
    #[must_use]
    pub fn new(voter: VoterIdentity, mut chosen: Vec<u32>, seeds: SealSeeds) -> Self {
        chosen.sort_unstable();
        Self {
            voter,
            chosen,
            seeds,
        }
    }

    /// Makes the ballot again, byte for byte.
    ///
    /// # Errors
    /// [`SealError`] if these choices cannot be sealed in this election.
    pub fn seal_again(&self, params: &BallotParameters) -> Result<SealedBallot, SealError> {
        let choices = Choices::new(&params.shape, &self.chosen)?;
        Ok(seal(params, &self.voter, &choices, &self.seeds))
    }
}

impl Encode for Opening {
    fn encode(&self, w: &mut Writer) {
        w.u8(tags::VERSION);
        self.voter.encode(w);
        w.fixed(&self.seeds.randomness);
        w.fixed(&self.seeds.nonces);
        // Positions are below `MAX_OPTIONS`; one that u16 does not hold seals nothing either.
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        w.u16(short(self.chosen.len()));
        for &position in &self.chosen {
            w.u16(u16::try_from(position).unwrap_or(u16::MAX));
        }
    }
}

impl Decode for Opening {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.version()?;
        let pseudonym = Pseudonym::decode(r)?;
        let class = ClassIndex::decode(r)?;
        let key = VerifyKey::decode(r)?;
        let seeds = SealSeeds {
            randomness: r.array("randomness seed")?,
            nonces: r.array("nonce seed")?,
        };
        let count = usize::from(r.u16("count")?);
        if count > BallotShape::MAX_OPTIONS {
            return Err(DecodeError::NotCanonical("count"));
        }
        let mut chosen = Vec::with_capacity(count);
        for _ in 0..count {
            chosen.push(u32::from(r.u16("position")?));
        }
        if !chosen.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(DecodeError::NotCanonical("positions"));
        }
        let voter = VoterIdentity {
            pseudonym,
            class,
            key,
        };
        Ok(Self {
            voter,
            chosen,
            seeds,
        })
    }
}

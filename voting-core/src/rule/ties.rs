//! Ties at the line, and lots.

use super::{ContestId, ProjectId};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ParseIdError, bytes_id};
use crate::tags;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which of two projects with equal scores ranks first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TieOrder {
    /// The one of lower cost.
    CostAsc,
    /// The one of higher cost.
    CostDesc,
    /// The one proposed earlier: the manifest's `proposal_order`.
    EarlierProposal,
    /// The one earlier in a lot drawn before the vote.
    Lot {
        /// Every project of the contest once, first drawn first.
        order: Vec<ProjectId>,
    },
    /// The one earlier in the lot of a seed that was committed to before the vote and is published
    /// with the result: [`LotSeed::order`].
    VerifiableLot {
        /// The commitment to the seed.
        commitment: SeedCommitment,
    },
}

impl TieOrder {
    /// Whether it tells any two projects apart.
    #[must_use]
    pub const fn is_total(&self) -> bool {
        !matches!(self, Self::CostAsc | Self::CostDesc)
    }
}

bytes_id! {
    /// The commitment to a lot's seed: `BLAKE3(seed)` under [`tags::LOT_COMMITMENT`].
    SeedCommitment, "lot commitment"
}

/// The seed of a verifiable lot: 32 random bytes, secret until the result is published.
#[derive(Clone, PartialEq, Eq)]
pub struct LotSeed([u8; 32]);

impl LotSeed {
    /// Wraps 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The seed's 64 hexadecimal digits, for the published result.
    #[must_use]
    pub fn reveal(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The commitment that a manifest states.
    #[must_use]
    pub fn commitment(&self) -> SeedCommitment {
        SeedCommitment(blake3::derive_key(tags::LOT_COMMITMENT, &self.0))
    }

    /// The lot of one project: the smallest is drawn first.
    ///
    /// `BLAKE3(seed || contest id || project id)` under [`tags::LOT_TICKET`], both ids preceded by
    /// their length in bytes as u32. No contest's lot says anything about another's, and a
    /// project's does not depend on which others stand.
    #[must_use]
    pub fn ticket(&self, contest: &ContestId, project: &ProjectId) -> [u8; 32] {
        let mut w = Writer::new();
        w.fixed(&self.0);
        w.bytes(contest.as_str().as_bytes());
        w.bytes(project.as_str().as_bytes());
        blake3::derive_key(tags::LOT_TICKET, &w.into_bytes())
    }

    /// The projects, first drawn first: in ascending order of [`Self::ticket`].
    #[must_use]
    pub fn order<'a>(
        &self,
        contest: &ContestId,
        projects: impl IntoIterator<Item = &'a ProjectId>,
    ) -> Vec<&'a ProjectId> {
        let mut drawn: Vec<_> = projects.into_iter().collect();
        drawn.sort_by_cached_key(|project| self.ticket(contest, project));
        drawn
    }
}

impl fmt::Debug for LotSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LotSeed(of {})", self.commitment())
    }
}

impl FromStr for LotSeed {
    type Err = ParseIdError;

    fn from_str(s: &str) -> Result<Self, ParseIdError> {
        let bytes = HEXLOWER.decode(s.as_bytes()).ok();
        let bytes = bytes.and_then(|b| b.try_into().ok());
        bytes.map(Self).ok_or(ParseIdError {
            what: "lot seed",
            chars: 64,
        })
    }
}

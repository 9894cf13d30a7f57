//! Why a project is in or out.

use serde::{Deserialize, Serialize};

/// What became of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Chosen, in full.
    In,
    /// Funded in part.
    Partial,
    /// Not chosen.
    Out,
}

/// Why. Candidates are named by their position in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Not judged yet; never in a result.
    Waiting,
    /// Funded in full.
    Funded,
    /// Funded in full from the citywide rest.
    FundedFromRest,
    /// Gets what is left, which is enough of its cost.
    FundedInPart,
    /// Above the bottom cut.
    AboveCut,
    /// Not subject to the cut.
    OutsideCut,
    /// Among the first so many.
    InPlaces,
    /// The poll's agreement, with its majority.
    Majority,
    /// The poll's most frequent opinion.
    MostFrequent,
    /// Dropped by the bottom cut.
    DroppedByCut,
    /// Costs more than what is left.
    NotEnoughLeft,
    /// What is left is too small a part of its cost.
    PartTooSmall,
    /// Behind the first project that did not fit.
    AfterStop,
    /// Below the minimum score.
    BelowMinimum,
    /// Conflicts with a chosen project.
    ConflictsWith(u32),
    /// Behind the last place.
    BelowPlaces,
    /// The poll has too few participants.
    TooFewParticipants,
    /// Not a majority of the poll.
    NoMajority,
    /// Not the most frequent opinion.
    NotMostFrequent,
    /// Not in any ranking that is filled or given places.
    OutsideScope,
    /// Excluded before ranking.
    Excluded,
}

impl Reason {
    /// The outcome it gives.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Funded
            | Self::FundedFromRest
            | Self::AboveCut
            | Self::OutsideCut
            | Self::InPlaces
            | Self::Majority
            | Self::MostFrequent => Outcome::In,
            Self::FundedInPart => Outcome::Partial,
            _ => Outcome::Out,
        }
    }

    /// The code that results carry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Funded => "funded",
            Self::FundedFromRest => "funded_from_rest",
            Self::FundedInPart => "funded_in_part",
            Self::AboveCut => "above_cut",
            Self::OutsideCut => "outside_cut",
            Self::InPlaces => "in_places",
            Self::Majority => "majority",
            Self::MostFrequent => "most_frequent",
            Self::DroppedByCut => "dropped_by_cut",
            Self::NotEnoughLeft => "not_enough_left",
            Self::PartTooSmall => "part_too_small",
            Self::AfterStop => "after_stop",
            Self::BelowMinimum => "below_minimum",
            Self::ConflictsWith(_) => "conflict",
            Self::BelowPlaces => "below_places",
            Self::TooFewParticipants => "too_few_participants",
            Self::NoMajority => "no_majority",
            Self::NotMostFrequent => "not_most_frequent",
            Self::OutsideScope => "outside_scope",
            Self::Excluded => "excluded",
        }
    }

    /// Whether it is out only because money ran out where it was judged.
    #[must_use]
    pub(super) const fn is_short_of_money(self) -> bool {
        matches!(
            self,
            Self::NotEnoughLeft | Self::PartTooSmall | Self::AfterStop
        )
    }
}

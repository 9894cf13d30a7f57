//! Tally rules (PROTOCOL.md, "Tally rule"): how a contest's totals become its outcome.
//!
//! These are the types a manifest states a rule in; the `tally` crate computes with them. Every
//! boundary case is a setting with no default, because on real elections each of them changes the
//! outcome. Numbers are exact: whole won, whole votes, and fractions written as text.
//!
//! ```text
//! {"conflicts":[{"projects":["p1","p2"]}],
//!  "selection":{"bottom_cut":{"bound":"at_most","percent":"15","scope":"each_list"}},
//!  "ties":["cost_asc","earlier_proposal"],
//!  "weighting":{"share":{"base":"marks","empty":"spread","shares":[
//!    {"class":"citizen","share":"50"},{"class":"committee","share":"50"}]}}}
//! ```
//!
//! Choices are externally tagged: a bare word where nothing more is to be said, an object with one
//! member otherwise. Unlike the other taggings of serde this one refuses unknown members in every
//! variant and lets an error name the path inside it.

mod names;
mod ratio;
mod selection;
#[cfg(test)]
mod tests;
mod ties;
mod weighting;
mod won;

pub use names::{ClassId, ContestId, FieldId, ListId, MAX_NAME_BYTES, NameError, ProjectId};
pub use ratio::{MAX_TERM, ParseRatioError, Percent, Ratio};
pub use selection::{
    Allocations, BottomCut, Bound, FieldAllocation, Fill, FillPolicy, FillScope, Leftovers,
    ListAllocation, Majority, MajorityBase, Poll, PollTest, Scope, TopN,
};
pub use ties::{LotSeed, SeedCommitment, TieOrder};
pub use weighting::{ClassFactor, ClassShare, EmptyClass, ShareBase, SmallClass, Weighting};
pub use won::{TooMuch, Won};

use serde::{Deserialize, Serialize};

/// The whole rule of one contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How the totals of the voter classes become one score for each project.
    pub weighting: Weighting,
    /// How the ranking becomes a set of chosen projects.
    pub selection: Selection,
    /// What a project must reach to be chosen at all, whatever money is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<MinimumScore>,
    /// Which of two projects with equal scores ranks first: the first of these that tells them
    /// apart. The last must tell any two apart.
    pub ties: Vec<TieOrder>,
    /// Sets of projects of which at most one is chosen: the highest ranked that would be in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictSet>,
}

/// How a ranking becomes a set of chosen projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Selection {
    /// Drop the lowest-ranked projects worth a part of the money (제안형).
    BottomCut(BottomCut),
    /// Fund from the top until the money is used (숙의형 and district votes).
    Fill(Fill),
    /// The first so many (우수사업 awards, preference surveys).
    TopN(TopN),
    /// A poll that must reach so many participants and a majority (민주주의서울).
    Poll(Poll),
}

/// What a project must reach to be chosen. Equal is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MinimumScore {
    /// Marks of all counted classes together, unweighted.
    Votes(u64),
    /// Marks of all counted classes, unweighted, over the counted ballots: a part of 1.
    ShareOfVoters(Ratio),
    /// The weighted score.
    Score(Ratio),
}

/// Projects of which at most one can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictSet {
    /// Two or more projects of the contest.
    pub projects: Vec<ProjectId>,
}

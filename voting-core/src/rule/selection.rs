//! The ways a ranking becomes a set of chosen projects.

use super::{FieldId, ListId, Percent, ProjectId, Ratio, Won};
use serde::{Deserialize, Serialize};

/// Drops the lowest-ranked projects worth a part of the candidates' money
/// (득표수 하위 사업 5~30 %, 예산금액 기준).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BottomCut {
    /// The part of the candidates' total cost to drop, within each ranking of the scope.
    pub percent: Percent,
    /// Whether the dropped cost stays below the part or reaches it.
    pub bound: Bound,
    /// Which rankings are cut. Projects outside a one-list scope stay in.
    pub scope: Scope,
}

/// Which side of the line the cut ends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Stop before the dropped cost exceeds the part.
    AtMost,
    /// Stop once the dropped cost has reached the part.
    AtLeast,
}

/// Which rankings a selection works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One ranking of all projects of the contest.
    Overall,
    /// The ranking of one list alone.
    List(ListId),
    /// One ranking for each list.
    EachList,
    /// One ranking for each field.
    EachField,
}

/// Funds projects from the top of a ranking until the money is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// What happens at a project that costs more than what is left.
    pub policy: FillPolicy,
    /// Which rankings are filled, each with its own money.
    pub scope: FillScope,
}

/// What happens at a project that costs more than what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FillPolicy {
    /// Nothing after it is funded.
    Stop,
    /// It is passed over and the next one tried.
    Skip,
    /// It gets what is left if that is at least a part of its cost, and nothing after it is funded
    /// either way.
    Partial {
        /// The least part of its cost, above 0 and at most 1.
        from: Ratio,
    },
}

/// Which rankings are filled, each with its own money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FillScope {
    /// All projects of the contest from one budget.
    Overall {
        /// The budget.
        budget: Won,
    },
    /// Each list from its own allocation.
    EachList {
        /// One for each list.
        allocations: Vec<ListAllocation>,
    },
    /// Each field from its own allocation.
    EachField {
        /// The fields' money.
        allocations: Allocations,
    },
    /// Each field first, then what is not funded yet from a citywide rest.
    FieldsThenRest {
        /// The fields' money.
        allocations: Allocations,
        /// The citywide money.
        rest: Won,
        /// What becomes of money a field does not use.
        leftovers: Leftovers,
    },
}

/// What becomes of money a field does not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftovers {
    /// It joins the citywide rest.
    JoinRest,
    /// It lapses.
    Lapse,
}

/// The fields' money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocations {
    /// An amount for each field.
    Amounts(Vec<FieldAllocation>),
    /// For each field this part of its candidates' cost, exactly: 10/13 where deliberation left
    /// projects worth 130 %.
    PartOfCandidates(Ratio),
}

/// The money of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldAllocation {
    /// The field.
    pub field: FieldId,
    /// Its money.
    pub amount: Won,
}

/// The money of one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListAllocation {
    /// The list.
    pub list: ListId,
    /// Its money.
    pub amount: Won,
}

/// Chooses the first so many of each ranking of the scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopN {
    /// How many, at least 1.
    pub places: u32,
    /// Which rankings. Projects outside a one-list scope are not chosen.
    pub scope: Scope,
}

/// A poll that must reach so many participants. Each participant chooses one option, so that the
/// marks of all options together are the participants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The least number of participants, at least 1. Equal is enough.
    pub participants: u64,
    /// What decides once they are reached.
    pub test: PollTest,
}

/// What decides a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollTest {
    /// One option needs a majority.
    ForOrAgainst(Majority),
    /// The most frequent opinion is reported; equal ones by the tie order.
    MostFrequent,
}

/// A majority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Majority {
    /// The option that means agreement.
    pub agree: ProjectId,
    /// The option that means disagreement.
    pub disagree: ProjectId,
    /// Agreement needs strictly more than this part: `"1/2"` for a simple majority.
    pub more_than: Ratio,
    /// Of what.
    pub of: MajorityBase,
}

/// What a majority is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MajorityBase {
    /// The score of all options.
    Participants,
    /// The scores of agreement and disagreement.
    AgreeAndDisagree,
}

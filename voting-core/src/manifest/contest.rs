//! What is voted on.

use super::Bilingual;
use crate::rule::{ContestId, FieldId, ListId, ProjectId, Rule, Won};
use serde::{Deserialize, Serialize};

/// One question of the ballot: projects, how many may be chosen, and the tally rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Unique in the election.
    pub id: ContestId,
    /// As voters read it.
    pub title: Bilingual,
    /// The lists (유형). Where there are any, every project is in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<List>,
    /// The fields (분야). Where there are any, every project is in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// How many projects of the contest may be chosen.
    pub picks: Picks,
    /// What a project may cost.
    #[serde(default, skip_serializing_if = "CostCaps::is_empty")]
    pub cost_caps: CostCaps,
    /// The projects, in the order of the ballot.
    pub projects: Vec<Project>,
    /// How the totals become the outcome.
    pub rule: Rule,
}

/// A list (유형) of a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Unique in the contest.
    pub id: ListId,
    /// As voters read it.
    pub title: Bilingual,
    /// How many projects of the list may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picks: Option<Picks>,
}

/// A field (분야) of a contest. Its allocation, where it has one, stands in the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique in the contest.
    pub id: FieldId,
    /// As voters read it.
    pub title: Bilingual,
    /// How many projects of the field may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picks: Option<Picks>,
}

/// How many may be chosen: enforced at sealing and proven by the ballot, so that no ballot is void
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picks {
    /// At least; 0 allows a blank choice.
    pub min: u32,
    /// At most; at least 1.
    pub max: u32,
}

/// What a project may cost, by kind: less than the amount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostCaps {
    /// A general project (일반) costs less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub general_below: Option<Won>,
    /// An event (행사성) costs less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_below: Option<Won>,
}

impl CostCaps {
    /// Whether nothing is capped.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.general_below.is_none() && self.event_below.is_none()
    }

    /// The cap of a kind.
    #[must_use]
    pub const fn below(&self, kind: Kind) -> Option<Won> {
        match kind {
            Kind::General => self.general_below,
            Kind::Event => self.event_below,
        }
    }
}

/// A project, or an option of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Unique in the election.
    pub id: ProjectId,
    /// As voters read it.
    pub title: Bilingual,
    /// Its field (분야).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// Its list (유형).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    /// Its district (자치구); none for a citywide one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<Bilingual>,
    /// What it costs; 0 for an option of a poll or a preference survey.
    pub cost: Won,
    /// General or event.
    pub kind: Kind,
    /// Where it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Bilingual>,
    /// What it is, in some sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Bilingual>,
    /// When it was proposed: lower is earlier, unique in the contest.
    pub proposal_order: u64,
}

/// The kinds of projects, which have different caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 일반.
    General,
    /// 행사성.
    Event,
}

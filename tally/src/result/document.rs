//! The types of the result document.

use super::totals::{ClassTotal, ClassTotals, Standing, TotalsError, Withdrawal, seed_text};
use crate::engine::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use voting_core::ids::{DocumentHash, ElectionId};
use voting_core::manifest::Bilingual;
use voting_core::rule::{ClassId, ContestId, LotSeed, ProjectId, Rule, Won};

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// This one.
    #[serde(rename = "hanpyo result v1")]
    V1,
}

/// What the citizens decided. JSON, published in its RFC 8785 form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultDocument {
    /// The form of this document.
    pub format: Format,
    /// The hash of the manifest that fixed the election.
    pub election_id: ElectionId,
    /// The election's title.
    pub title: Bilingual,
    /// Whether nothing is decided by this election.
    pub demonstration: bool,
    /// Ballots by class, in the manifest's order, offline groups last.
    pub turnout: Vec<Turnout>,
    /// Projects withdrawn during the vote, in the manifest's order.
    pub withdrawn: Vec<Withdrawal>,
    /// Revealed seeds of verifiable lots, ascending.
    #[serde(with = "seed_text")]
    pub lot_seeds: Vec<LotSeed>,
    /// The contests, in the manifest's order.
    pub contests: Vec<ContestResult>,
}

/// Ballots of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turnout {
    /// The class or offline group.
    pub class: ClassId,
    /// As people read it.
    pub title: Bilingual,
    /// Whether it voted outside this system.
    pub offline: bool,
    /// Whether its totals are known.
    pub standing: Standing,
    /// Credentials issued and not revoked; 0 for an offline group.
    pub issued: u64,
    /// Counted ballots.
    pub ballots: u64,
    /// Ballots of 100 credentials, rounded to 2 decimals; none without credentials.
    pub percent: Option<String>,
}

/// The outcome of one contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContestResult {
    /// The contest.
    pub id: ContestId,
    /// As people read it.
    pub title: Bilingual,
    /// The rule it was computed by.
    pub rule: Rule,
    /// Content address of that rule's canonical JSON.
    pub rule_hash: DocumentHash,
    /// What the classes' marks counted, in the rule's order.
    pub weights: Vec<WeightReport>,
    /// The class that leverage and margins are stated in.
    pub reference_class: Option<ClassId>,
    /// The projects, in the manifest's order.
    pub projects: Vec<ProjectResult>,
    /// Ids of the ranked projects, best first.
    pub ranking: Vec<ProjectId>,
    /// Money and rankings.
    pub pots: Vec<Pot>,
    /// Projects with equal scores, best first.
    pub ties: Vec<Tie>,
    /// What other settings would have done.
    pub sensitivity: Vec<Sensitivity>,
}

/// What a class's marks counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightReport {
    /// The class.
    pub class: ClassId,
    /// What its marks were divided by; none under multipliers.
    pub base: Option<u64>,
    /// Its part of 1 after empty classes' shares were spread, or its factor: a fraction.
    pub weight: String,
    /// What one mark adds to a score: a fraction.
    pub mark_value: String,
    /// Marks of the reference class that one of its marks equals: a fraction.
    pub leverage: String,
    /// The same, rounded to 2 decimals.
    pub leverage_decimal: String,
}

/// Marks by class.
pub type ClassMarks = BTreeMap<ClassId, u64>;

/// What became of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectResult {
    /// The project.
    pub id: ProjectId,
    /// As people read it.
    pub title: Bilingual,
    /// Its field's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Bilingual>,
    /// Its list's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Bilingual>,
    /// What it costs.
    pub cost: Won,
    /// Its marks by counted class.
    pub marks: ClassMarks,
    /// Its weighted score, exactly: a fraction.
    pub score: String,
    /// The same, rounded to 8 decimals for reading.
    pub score_decimal: String,
    /// Its place among all ranked projects of the contest, from 1; none if it was withdrawn.
    pub rank: Option<u32>,
    /// In, out or in part.
    pub outcome: Outcome,
    /// What it gets, in won.
    pub funded: u64,
    /// The cost funded from its pot up to and with it, or dropped up to and with it by a cut.
    pub running_cost: u64,
    /// Position in [`ContestResult::pots`] of what judged it.
    pub pot: Option<usize>,
    /// Why.
    pub reason: Reason,
    /// How far it is from the line.
    pub margin: Option<Margin>,
}

/// Why a project is in or out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The code: [`crate::engine::Reason::code`].
    pub code: String,
    /// The chosen project that it conflicts with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflicts_with: Option<ProjectId>,
    /// One sentence.
    pub sentence: Bilingual,
}

/// How far a project is from the line, all other totals standing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Margin {
    /// The fewest marks of the reference class that would change its outcome: lost by a chosen
    /// project, gained by another. Stated at the base of this count.
    pub marks: u64,
    /// The project it has to stay or get ahead of; none where only the minimum counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<ProjectId>,
    /// One sentence.
    pub sentence: Bilingual,
}

/// Money, or a ranking that was cut or given places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pot {
    /// The list or field; the contest, or the citywide rest, otherwise.
    pub title: Bilingual,
    /// Cost of the candidates, in won.
    pub candidates_cost: u64,
    /// What there was to spend, in won: a fraction.
    pub allocation: Option<String>,
    /// What was funded, in won.
    pub spent: u64,
    /// Cost of what a cut dropped, in won.
    pub dropped: u64,
}

/// Projects with equal scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tie {
    /// The projects as the tie orders ranked them.
    pub projects: Vec<ProjectId>,
    /// Whether another order of them would have changed any outcome.
    pub decided: bool,
}

/// What another setting would have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensitivity {
    /// The setting, as a path in the rule.
    pub setting: String,
    /// The value that was not used.
    pub value: String,
    /// Projects whose outcome would differ; none where the setting did not matter.
    pub changes: Vec<ChangedProject>,
}

/// What another setting would have done with a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedProject {
    /// The project.
    pub id: ProjectId,
    /// Its outcome then.
    pub outcome: Outcome,
}

impl ResultDocument {
    /// The RFC 8785 bytes that are published, hashed and signed.
    ///
    /// # Errors
    /// [`TotalsError::Write`]; a document that [`super::compute`] made can always be written.
    pub fn to_canonical(&self) -> Result<Vec<u8>, TotalsError> {
        canonical(self)
    }

    /// The content address of the canonical bytes.
    ///
    /// # Errors
    /// As [`Self::to_canonical`].
    pub fn hash(&self) -> Result<DocumentHash, TotalsError> {
        Ok(DocumentHash::of(&self.to_canonical()?))
    }

    /// The totals it states: what to compute it from again.
    #[must_use]
    pub fn totals(&self) -> ClassTotals {
        let projects = || self.contests.iter().flat_map(|contest| &contest.projects);
        let marks = |class: &ClassId| {
            projects()
                .map(|project| project.marks.get(class).copied().unwrap_or(0))
                .collect()
        };
        let class = |turnout: &Turnout| ClassTotal {
            class: turnout.class.clone(),
            standing: turnout.standing.clone(),
            ballots: turnout.ballots,
            issued: turnout.issued,
            marks: match turnout.standing {
                Standing::Counted => marks(&turnout.class),
                _ => Vec::new(),
            },
        };
        ClassTotals {
            classes: self.turnout.iter().map(class).collect(),
            withdrawn: self.withdrawn.clone(),
            seeds: self.lot_seeds.clone(),
        }
    }
}

pub(super) fn canonical(value: &impl Serialize) -> Result<Vec<u8>, TotalsError> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| TotalsError::Write(error.to_string()))
}

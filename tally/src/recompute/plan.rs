//! What to compute, and computing it.

use super::classes::{ClassShares, weighted};
use super::outcome::Recomputed;
use crate::engine::{
    self, Candidate, Cut, Fill, Input, Minimum, Pool, Pots, Scope, Settings, Then, Tie,
    parts_of_fields, recorded_lot,
};
use crate::exact::whole;
use crate::pb::{Count, Decimal, PbError, PbFile, Problem, Project};
use crate::weights::WeightError;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;
use std::collections::BTreeMap;
use thiserror::Error;
use voting_core::rule::{Bound, FillPolicy, Percent, Ratio};

/// How winners are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// From the ranking by score.
    #[default]
    Ranking,
    /// The Method of Equal Shares.
    EqualShares {
        /// Whether it is completed by Add1.
        add1: bool,
        /// Whether the ranking's outcome stands where more voters prefer it.
        comparison: bool,
    },
    /// Sequential Phragmen.
    Phragmen,
}

/// How equal scores are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TieChoice {
    /// The file's order.
    #[default]
    File,
    /// Lower cost, then natural id.
    CostAsc,
    /// Higher cost, then natural id.
    CostDesc,
    /// A recorded lot: every project once, first drawn first.
    Lot(Vec<String>),
}

/// What to compute from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// How winners are found.
    pub method: Method,
    /// Filling; without it and with a bottom cut, what the cut leaves is chosen.
    pub fill: Option<FillPolicy>,
    /// The least score.
    pub min_score: Option<BigRational>,
    /// The part of the money dropped from the bottom.
    pub drop_bottom: Option<(Percent, Bound)>,
    /// Each field's part of its candidates' cost.
    pub by_field: Option<Ratio>,
    /// Weighting by classes.
    pub classes: Option<ClassShares>,
    /// Ties.
    pub tie: TieChoice,
    /// Projects left out.
    pub exclude: Vec<String>,
}

/// A plan that cannot be computed from this file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// META has no rule.
    #[error("META states no rule: --as-declared has nothing to go by")]
    NoRule,
    /// The class column is absent.
    #[error("VOTES has no column `{0}`")]
    NoColumn(String),
    /// Shares do not sum.
    #[error("the shares add up to {0}, not to 100")]
    Shares(String),
    /// A class's name cannot be an id.
    #[error("`{0}` cannot be the name of a class, or stands twice")]
    ClassName(String),
    /// An excluded id is no project.
    #[error("`{0}` is not a project of this file")]
    UnknownProject(String),
    /// A lot misses a project.
    #[error("the lot order misses project `{0}`")]
    LotMisses(String),
    /// A class cannot be weighed.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// The ballots cannot be shared among.
    #[error(transparent)]
    Profile(#[from] crate::proportional::ProfileError),
    /// A proportional method is asked for with settings that only a ranking has.
    #[error("{0} goes with a ranking, not with a proportional method")]
    NotProportional(&'static str),
}

impl Plan {
    /// The plan that META's rule declares, keeping what this one sets explicitly; and what of the
    /// declaration could not be followed as it stands.
    ///
    /// # Errors
    /// [`PlanError::NoRule`].
    pub fn declared(mut self, file: &PbFile<'_>) -> Result<(Self, Vec<PbError>), PlanError> {
        let entry = file.meta.entry("rule").ok_or(PlanError::NoRule)?;
        let rule = entry.value.to_ascii_lowercase();
        let mut notes = Vec::new();
        let mut note = |column, line, problem| notes.push(file.findings.at(line, column, problem));
        if let Some(method) = rule.strip_prefix("equalshares") {
            let (completion, comparison) = match method.strip_suffix("-comparison") {
                Some(completion) => (completion, true),
                None => (method, false),
            };
            if !["", "/add1"].contains(&completion) {
                let read_as = Problem::RuleReadAs(rule.clone(), "equalshares");
                note("rule", entry.line, read_as);
            } else if !file.meta.vote_type.is_approval() {
                let read_as =
                    Problem::RuleReadAs(rule.clone(), "equalshares over unweighted marks");
                note("rule", entry.line, read_as);
            }
            self.method = Method::EqualShares {
                add1: completion == "/add1",
                comparison,
            };
            return Ok((self, notes));
        }
        let (fill, minimum) = match rule.as_str() {
            "greedy" | "greedy-exclusive" => (FillPolicy::Skip, false),
            "greedy-no-skip" => (FillPolicy::Stop, true),
            "greedy-custom" if may_be_poznan(file) => (poznan(), true),
            "greedy-threshold" => (FillPolicy::Skip, true),
            _ => {
                note(
                    "rule",
                    entry.line,
                    Problem::RuleReadAs(rule.clone(), "greedy-threshold"),
                );
                (FillPolicy::Skip, true)
            }
        };
        if rule == "greedy-threshold" && file.meta.threshold.is_none() {
            note(
                "min_project_score_threshold",
                entry.line,
                Problem::MissingKey,
            );
        }
        if fill != FillPolicy::Skip {
            for project in file
                .projects
                .iter()
                .filter(|project| is_withdrawn(file, project))
            {
                note("cost", project.line, Problem::ReadAsWithdrawn);
                self.exclude.push(project.id.to_string());
            }
        }
        self.fill = self.fill.or(Some(fill));
        if self.min_score.is_none() && minimum {
            self.min_score = file.meta.threshold.map(Decimal::to_rational);
        }
        Ok((self, notes))
    }

    fn settings(&self, input: &Input, budget: BigRational) -> Result<Settings, PlanError> {
        let pool = Pool { amount: budget };
        let pots = match self.by_field {
            None => Pots::Overall(pool),
            Some(part) => Pots::EachField(parts_of_fields(input, &part.to_big())),
        };
        let keeps = self.drop_bottom.is_some() && self.fill.is_none() && self.by_field.is_none();
        let policy = self.fill.unwrap_or(FillPolicy::Skip);
        Ok(Settings {
            ties: self.ties(input)?,
            minimum: self.min_score.clone().map(Minimum::Score),
            cut: self.drop_bottom.map(|(percent, bound)| Cut {
                part: percent.to_big(),
                bound,
                scope: Scope::Overall,
            }),
            then: if keeps {
                Then::Keep
            } else {
                Then::Fill(Fill { policy, pots })
            },
            conflicts: Vec::new(),
        })
    }

    fn ties(&self, input: &Input) -> Result<Vec<Tie>, PlanError> {
        Ok(match &self.tie {
            TieChoice::File => vec![Tie::Position],
            TieChoice::CostAsc => vec![Tie::CostAsc, Tie::Natural],
            TieChoice::CostDesc => vec![Tie::CostDesc, Tie::Natural],
            TieChoice::Lot(order) => {
                vec![recorded_lot(&input.candidates, order).map_err(PlanError::LotMisses)?]
            }
        })
    }
}

/// Whether a project's cost is the one by which the files mark what was withdrawn. A rule that stops
/// at the first project that does not fit does not stop at such a one.
fn is_withdrawn(file: &PbFile<'_>, project: &Project<'_>) -> bool {
    let mark = Decimal::whole(999_999_999);
    project.cost == Some(mark) && mark > file.meta.budget
}

/// Whether a custom rule is Poznan's, the one that is known: unless the file is of another city.
fn may_be_poznan(file: &PbFile<'_>) -> bool {
    let unit = file.meta.get("unit").unwrap_or("");
    unit.is_empty() || unit.to_lowercase().starts_with("pozna")
}

/// "If the remaining budget is enough to fund at least 80 % of that project, we fund it as well."
fn poznan() -> FillPolicy {
    match Ratio::new(4, 5) {
        Ok(from) => FillPolicy::Partial { from },
        Err(_) => FillPolicy::Stop,
    }
}

/// Computes a plan from a file.
///
/// # Errors
/// [`PlanError`] where the plan does not fit the file.
pub fn recompute(file: &PbFile<'_>, plan: &Plan) -> Result<Recomputed, PlanError> {
    let known = |id: &String| {
        file.projects
            .iter()
            .any(|project| project.id == id.as_str())
    };
    if let Some(unknown) = plan.exclude.iter().find(|id| !known(id)) {
        return Err(PlanError::UnknownProject(unknown.clone()));
    }
    let count = file.count();
    let (scores, one_mark, classes) = match &plan.classes {
        None => (count.scores(), BigRational::one(), None),
        Some(shares) => {
            let (scores, one_mark, report) = weighted(file, shares)?;
            (scores, one_mark, Some(report))
        }
    };
    let scale = money_scale(file);
    let input = input(file, plan, &count, scores, one_mark, scale);
    let budget = file.meta.budget.to_rational() * whole(BigInt::from(10).pow(scale.into()));
    let settings = plan.settings(&input, budget)?;
    if plan.method != Method::Ranking {
        return super::outcome::proportional(file, plan, &input, &settings, scale);
    }
    let evaluation = engine::evaluate(&input, &settings);
    Ok(super::outcome::ranked(
        file,
        &input,
        &evaluation,
        classes,
        scale,
    ))
}

/// Decimal places that hold every cost and the budget.
fn money_scale(file: &PbFile<'_>) -> u8 {
    let costs = file.projects.iter().filter_map(|project| project.cost);
    costs
        .chain([file.meta.budget])
        .map(|cost| cost.scale())
        .max()
        .unwrap_or(0)
}

fn input(
    file: &PbFile<'_>,
    plan: &Plan,
    count: &Count,
    scores: Vec<BigRational>,
    one_mark: BigRational,
    scale: u8,
) -> Input {
    let mut fields = BTreeMap::new();
    for project in 0..file.projects.len() {
        fields.entry(file.field(project)).or_insert(0);
    }
    for (position, at) in fields.values_mut().enumerate() {
        *at = position;
    }
    let candidate = |(at, score): (usize, BigRational)| {
        let project = &file.projects[at];
        let units = project.cost.and_then(|cost| cost.units(scale));
        let excluded = if plan.exclude.iter().any(|id| *id == project.id) {
            Some("excluded")
        } else {
            units.is_none().then_some("no usable cost")
        };
        Candidate {
            id: project.id.to_string(),
            cost: units
                .and_then(|units| u128::try_from(units).ok())
                .unwrap_or(0),
            list: None,
            field: fields.get(file.field(at)).copied(),
            proposal_order: at as u64,
            score,
            marks: count.marks[at],
            excluded: excluded.map(str::to_owned),
        }
    };
    Input {
        candidates: scores.into_iter().enumerate().map(candidate).collect(),
        lists: Vec::new(),
        fields: fields.keys().map(|&field| field.to_owned()).collect(),
        voters: count.ballots,
        one_mark,
    }
}

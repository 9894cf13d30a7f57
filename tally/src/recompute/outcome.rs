//! What a file gives under a plan, as JSON states it.

use super::plan::{Method, Plan, PlanError};
use crate::engine::{Evaluation, Input, Outcome, Reason, Settings};
use crate::pb::{PbFile, format_units};
use crate::proportional::{Profile, equal_shares, phragmen};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a file gives under a plan. Money is in the file's unit, as exact text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recomputed {
    /// Counted ballots.
    pub ballots: u64,
    /// The budget.
    pub budget: String,
    /// Cost of all projects that are not excluded.
    pub total_cost: String,
    /// Exact scores by project id, excluded ones included.
    pub scores: BTreeMap<String, String>,
    /// Projects that are not excluded, best first.
    pub ranking: Vec<String>,
    /// Projects funded in full, best first.
    pub selected: Vec<String>,
    /// Projects funded in part, best first.
    pub partial: Vec<String>,
    /// Projects dropped by the bottom cut, from the bottom.
    pub dropped: Vec<String>,
    /// Their cost.
    pub dropped_cost: String,
    /// Projects below the minimum score, best first.
    pub below_minimum: Vec<String>,
    /// Projects that were left out.
    pub excluded: Vec<String>,
    /// What was spent.
    pub spent: String,
    /// The fields, where each has money of its own.
    pub fields: BTreeMap<String, FieldReport>,
    /// Projects with equal scores, best first.
    pub ties: Vec<TieReport>,
    /// Ballots by class, where classes are weighted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<ClassReport>,
    /// Why each project is in or out.
    pub reasons: BTreeMap<String, String>,
    /// The fewest votes that would change each project's outcome.
    pub margins: BTreeMap<String, String>,
    /// What other settings would have done, where that differs: setting and value, then project
    /// and outcome.
    pub sensitivity: BTreeMap<String, BTreeMap<String, Outcome>>,
}

/// A field's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldReport {
    /// Cost of its projects.
    pub candidates_cost: String,
    /// Its money, as a fraction.
    pub allocation: String,
    /// Projects funded in full, best first.
    pub selected: Vec<String>,
    /// Projects funded in part.
    pub partial: Vec<String>,
    /// What was spent.
    pub spent: String,
}

/// Projects with equal scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TieReport {
    /// The projects as they were ranked.
    pub projects: Vec<String>,
    /// Whether another order of them would have changed any outcome.
    pub decided: bool,
}

/// Ballots by the value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassReport {
    /// The column.
    pub column: String,
    /// Ballots of the classes that count.
    pub voters: BTreeMap<String, u64>,
    /// Ballots of other values, which count nothing.
    pub ignored: BTreeMap<String, u64>,
}

struct Names<'a> {
    input: &'a Input,
    scale: u8,
}

impl Names<'_> {
    fn id(&self, at: usize) -> String {
        self.input.candidates[at].id.clone()
    }

    fn ids(&self, positions: &[usize]) -> Vec<String> {
        positions.iter().map(|&at| self.id(at)).collect()
    }

    fn money(&self, units: u128) -> String {
        format_units(i128::try_from(units).unwrap_or(i128::MAX), self.scale)
    }

    fn cost(&self, positions: &[usize]) -> u128 {
        positions
            .iter()
            .map(|&at| self.input.candidates[at].cost)
            .sum()
    }
}

/// The outcome of a ranking.
pub(super) fn ranked(
    file: &PbFile<'_>,
    input: &Input,
    evaluation: &Evaluation,
    classes: Option<ClassReport>,
    scale: u8,
) -> Recomputed {
    let names = Names { input, scale };
    let dropped = evaluation.dropped();
    let with = |reason: Reason| -> Vec<usize> {
        let all = evaluation.verdicts.iter().enumerate();
        all.filter(|(_, verdict)| verdict.reason == reason)
            .map(|(at, _)| at)
            .collect()
    };
    let mut below = with(Reason::BelowMinimum);
    below.sort_by_key(|&at| evaluation.verdicts[at].rank);
    let excluded = with(Reason::Excluded);
    let tie = |tie: &crate::engine::TieGroup| TieReport {
        projects: names.ids(&tie.members),
        decided: tie.decided,
    };
    let verdicts = || evaluation.verdicts.iter().enumerate();
    Recomputed {
        ballots: input.voters,
        budget: file.meta.budget.to_string(),
        total_cost: names.money(names.cost(&evaluation.ranking)),
        scores: scores(input),
        ranking: names.ids(&evaluation.ranking),
        selected: names.ids(&evaluation.of(Outcome::In)),
        partial: names.ids(&evaluation.of(Outcome::Partial)),
        dropped_cost: names.money(names.cost(&dropped)),
        dropped: names.ids(&dropped),
        below_minimum: names.ids(&below),
        excluded: names.ids(&excluded),
        spent: names.money(
            evaluation
                .verdicts
                .iter()
                .map(|verdict| verdict.funded)
                .sum(),
        ),
        fields: fields(&names, evaluation),
        ties: evaluation.ties.iter().map(tie).collect(),
        classes,
        reasons: verdicts()
            .map(|(at, v)| (names.id(at), v.reason.code().to_owned()))
            .collect(),
        margins: verdicts()
            .filter_map(|(at, v)| Some((names.id(at), v.margin.as_ref()?.marks.to_string())))
            .collect(),
        sensitivity: sensitivity(&names, evaluation),
    }
}

fn scores(input: &Input) -> BTreeMap<String, String> {
    input
        .candidates
        .iter()
        .map(|c| (c.id.clone(), c.score.to_string()))
        .collect()
}

fn fields(names: &Names<'_>, evaluation: &Evaluation) -> BTreeMap<String, FieldReport> {
    let mut fields = BTreeMap::new();
    for (at, pot) in evaluation.pots.iter().enumerate() {
        let (Some(name), Some(allocation)) = (&pot.name, &pot.allocation) else {
            continue;
        };
        let of = |outcome| {
            let mut all = evaluation.of(outcome);
            all.retain(|&c| evaluation.verdicts[c].pot == Some(at));
            names.ids(&all)
        };
        let one = BigRational::from(BigInt::from(10).pow(u32::from(names.scale)));
        let report = FieldReport {
            candidates_cost: names.money(pot.candidates_cost),
            allocation: (allocation / one).to_string(),
            selected: of(Outcome::In),
            partial: of(Outcome::Partial),
            spent: names.money(pot.spent),
        };
        fields.insert(name.clone(), report);
    }
    fields
}

fn sensitivity(
    names: &Names<'_>,
    evaluation: &Evaluation,
) -> BTreeMap<String, BTreeMap<String, Outcome>> {
    let mattered = evaluation
        .alternatives
        .iter()
        .filter(|other| !other.changes.is_empty());
    let entry = |other: &crate::engine::Alternative| {
        let changes = other
            .changes
            .iter()
            .map(|&(at, outcome)| (names.id(at), outcome));
        (
            format!("{}={}", other.setting, other.value),
            changes.collect(),
        )
    };
    mattered.map(entry).collect()
}

/// Why a project is in under a proportional method.
pub(crate) const BOUGHT: &str = "bought";

/// The outcome of a proportional method: the ranking is still by votes, the winners stand in the
/// order in which they were bought.
pub(super) fn proportional(
    file: &PbFile<'_>,
    plan: &Plan,
    input: &Input,
    settings: &Settings,
    scale: u8,
) -> Result<Recomputed, PlanError> {
    let only_ranking = [
        (plan.drop_bottom.is_some(), "--drop-bottom"),
        (plan.by_field.is_some(), "--by-field"),
        (plan.classes.is_some(), "--class-column"),
        (plan.fill.is_some(), "--fill"),
        (plan.min_score.is_some(), "--min-score"),
    ];
    if let Some((_, setting)) = only_ranking.iter().find(|(set, _)| *set) {
        return Err(PlanError::NotProportional(setting));
    }
    let evaluation = crate::engine::evaluate(input, settings);
    let mut order = vec![u32::MAX; input.candidates.len()];
    for (place, &candidate) in (0..).zip(&evaluation.ranking) {
        order[candidate] = place;
    }
    let costs: Vec<Option<u128>> = input
        .candidates
        .iter()
        .map(|c| c.excluded.is_none().then_some(c.cost))
        .collect();
    let unit = 10_u128.pow(scale.into());
    let budget = file
        .meta
        .budget
        .units(scale)
        .and_then(|b| u128::try_from(b).ok())
        .unwrap_or(0);
    let ranked_winners = positions(&evaluation.of(Outcome::In));
    let bought = |order: Vec<u32>| -> Result<(Vec<u32>, bool), PlanError> {
        let profile = Profile::of_file(file, &costs, order)?;
        let (winners, compared) = match plan.method {
            Method::EqualShares { add1, comparison } => {
                let winners = if add1 {
                    crate::proportional::add1(&profile, budget, unit).winners
                } else {
                    equal_shares(&profile, &profile.share(budget))
                };
                (winners, comparison)
            }
            Method::Phragmen | Method::Ranking => (phragmen(&profile, budget), false),
        };
        let ranking_stands = compared && profile.prefers(&ranked_winners, &winners);
        let winners = if ranking_stands {
            ranked_winners.clone()
        } else {
            winners
        };
        Ok((winners, ranking_stands))
    };
    let (winners, ranking_stands) = bought(order.clone())?;
    if ranking_stands {
        return Ok(ranked(file, input, &evaluation, None, scale));
    }
    let decided = decided(&evaluation.ties, &order, &winners, &|order| {
        bought(order).map(|(winners, _)| winners)
    })?;
    let names = Names { input, scale };
    let winners: Vec<usize> = winners.into_iter().map(|w| w as usize).collect();
    let mut all = ranked(file, input, &evaluation, None, scale);
    for (tie, decided) in all.ties.iter_mut().zip(decided) {
        tie.decided = decided;
    }
    let is_in = |at: &usize| winners.contains(at);
    all.reasons = evaluation
        .ranking
        .iter()
        .map(|at| {
            (
                names.id(*at),
                if is_in(at) { BOUGHT } else { "not_bought" }.to_owned(),
            )
        })
        .collect();
    all.spent = names.money(names.cost(&winners));
    all.selected = names.ids(&winners);
    all.partial.clear();
    all.margins.clear();
    all.sensitivity.clear();
    Ok(all)
}

fn positions(candidates: &[usize]) -> Vec<u32> {
    let position = |&at: &usize| u32::try_from(at).unwrap_or(u32::MAX);
    candidates.iter().map(position).collect()
}

/// Which ties of the ranking decided who is bought: those whose members, turned around, would have
/// given other winners.
fn decided(
    ties: &[crate::engine::TieGroup],
    order: &[u32],
    winners: &[u32],
    bought: &dyn Fn(Vec<u32>) -> Result<Vec<u32>, PlanError>,
) -> Result<Vec<bool>, PlanError> {
    let set = |winners: &[u32]| winners.iter().copied().collect::<BTreeSet<u32>>();
    let differs = |turned: &[crate::engine::TieGroup]| -> Result<bool, PlanError> {
        let mut other = order.to_vec();
        for tie in turned {
            for (&member, &with) in tie.members.iter().zip(tie.members.iter().rev()) {
                other[member] = order[with];
            }
        }
        Ok(set(&bought(other)?) != set(winners))
    };
    if ties.is_empty() || !differs(ties)? {
        return Ok(vec![false; ties.len()]);
    }
    ties.iter()
        .map(|tie| differs(std::slice::from_ref(tie)))
        .collect()
}

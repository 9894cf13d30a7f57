//! What other rules would have given, for staff choosing next year's.

use crate::engine::Outcome;
use crate::result::{ClassTotals, ResultDocument, TotalsError, compute};
use thiserror::Error;
use voting_core::manifest::{Document, Manifest, ManifestError};
use voting_core::rule::{
    Bound, ClassFactor, FillPolicy, Ratio, Rule, Selection, ShareBase, TieOrder, Weighting,
};

/// One rule, and what it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What is different.
    pub name: String,
    /// The result, or why there is none.
    pub outcome: Result<ResultDocument, SimulationError>,
}

impl Scenario {
    /// The outcome of a project, if there is a result.
    #[must_use]
    pub fn project(&self, contest: usize, project: usize) -> Option<Outcome> {
        let result = self.outcome.as_ref().ok()?;
        Some(result.contests.get(contest)?.projects.get(project)?.outcome)
    }
}

/// A scenario without a result.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SimulationError {
    /// The changed manifest is not valid.
    #[error("the rule does not fit this election: {0}")]
    Manifest(#[from] ManifestError),
    /// The changed rule cannot decide.
    #[error(transparent)]
    Totals(#[from] TotalsError),
}

/// The rule as it is, then each scenario with one setting changed in every contest that has it.
#[must_use]
pub fn simulate(manifest: &Manifest, totals: &ClassTotals) -> Vec<Scenario> {
    let mut scenarios = vec![Scenario {
        name: "as it is".to_owned(),
        outcome: compute(manifest, totals).map_err(SimulationError::from),
    }];
    for (name, change) in changes() {
        let mut document: Document = (**manifest).clone();
        let mut changed = false;
        for contest in &mut document.contests {
            let before = contest.rule.clone();
            change(&mut contest.rule);
            changed |= contest.rule != before;
        }
        if changed {
            scenarios.push(Scenario {
                name: name.to_owned(),
                outcome: run(document, totals),
            });
        }
    }
    scenarios
}

fn run(document: Document, totals: &ClassTotals) -> Result<ResultDocument, SimulationError> {
    Ok(compute(&Manifest::new(document)?, totals)?)
}

type Change = fn(&mut Rule);

fn changes() -> [(&'static str, Change); 13] {
    [
        ("shares per mark", |rule| base(rule, ShareBase::Marks)),
        ("shares per voter", |rule| base(rule, ShareBase::Voters)),
        ("every mark counts 1", every_mark_counts_one),
        ("cut at most", |rule| bound(rule, Bound::AtMost)),
        ("cut at least", |rule| bound(rule, Bound::AtLeast)),
        ("cut 5 % less", |rule| percent(rule, |p| p.checked_sub(5))),
        ("cut 5 % more", |rule| percent(rule, |p| p.checked_add(5))),
        ("fill: stop", |rule| policy(rule, FillPolicy::Stop)),
        ("fill: skip", |rule| policy(rule, FillPolicy::Skip)),
        ("fill: partial from 80 %", partial),
        ("ties: lower cost", |rule| ties(rule, TieOrder::CostAsc)),
        ("ties: higher cost", |rule| ties(rule, TieOrder::CostDesc)),
        ("no minimum", |rule| rule.minimum = None),
    ]
}

fn base(rule: &mut Rule, other: ShareBase) {
    if let Weighting::Share { base, .. } = &mut rule.weighting {
        *base = other;
    }
}

fn every_mark_counts_one(rule: &mut Rule) {
    let classes = match &rule.weighting {
        Weighting::Multiplier { factors } => factors.iter().map(|f| f.class.clone()).collect(),
        Weighting::Share { shares, .. } => {
            shares.iter().map(|s| s.class.clone()).collect::<Vec<_>>()
        }
    };
    let Ok(one) = Ratio::new(1, 1) else { return };
    let factors = classes
        .into_iter()
        .map(|class| ClassFactor { class, factor: one });
    rule.weighting = Weighting::Multiplier {
        factors: factors.collect(),
    };
}

fn bound(rule: &mut Rule, other: Bound) {
    if let Selection::BottomCut(cut) = &mut rule.selection {
        cut.bound = other;
    }
}

fn percent(rule: &mut Rule, change: fn(u64) -> Option<u64>) {
    let Selection::BottomCut(cut) = &mut rule.selection else {
        return;
    };
    let old = cut.percent.hundredths();
    if old.denominator() != 1 {
        return;
    }
    let new = change(old.numerator()).and_then(|p| p.to_string().parse().ok());
    if let Some(new) = new {
        cut.percent = new;
    }
}

fn policy(rule: &mut Rule, other: FillPolicy) {
    if let Selection::Fill(fill) = &mut rule.selection {
        fill.policy = other;
    }
}

fn partial(rule: &mut Rule) {
    if let Ok(from) = Ratio::new(4, 5) {
        policy(rule, FillPolicy::Partial { from });
    }
}

fn ties(rule: &mut Rule, first: TieOrder) {
    if rule.ties.first() != Some(&first) {
        let by_cost = |tie: &TieOrder| matches!(tie, TieOrder::CostAsc | TieOrder::CostDesc);
        rule.ties.retain(|tie| !by_cost(tie));
        rule.ties.insert(0, first);
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, simulate};
    use crate::result::{ClassTotal, ClassTotals, Standing};
    use voting_core::manifest::testing::{manifest, name};

    #[test]
    fn scenarios_stand_side_by_side() {
        let class = |class: &str, ballots, marks: &[u64]| ClassTotal {
            class: name(class),
            standing: Standing::Counted,
            ballots,
            issued: ballots,
            marks: marks.to_vec(),
        };
        // 1,000 million hold nine of twelve projects of 100 million.
        let mut citizens: Vec<u64> = (0..12).map(|n| 30 - n).collect();
        citizens[11] = 5;
        let mut committee = vec![1; 12];
        committee[11] = 9;
        let totals = ClassTotals {
            classes: vec![
                class("committee", 10, &committee),
                class("citizen", 100, &citizens),
            ],
            withdrawn: Vec::new(),
            seeds: Vec::new(),
        };
        let scenarios = simulate(&manifest(12, 3), &totals);
        let names: Vec<_> = scenarios.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "as it is",
                "shares per voter",
                "every mark counts 1",
                "fill: stop",
                "fill: partial from 80 %",
                "ties: higher cost",
            ]
        );
        assert!(scenarios.iter().all(|s| s.outcome.is_ok()));
        assert_eq!(scenarios[0].project(0, 11), Some(Outcome::In));
        assert_eq!(scenarios[2].project(0, 11), Some(Outcome::Out));
        assert_eq!(scenarios[0].project(1, 0), None);
    }
}

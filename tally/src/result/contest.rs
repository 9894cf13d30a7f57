//! One contest: from its part of the totals to its part of the document.

use super::document::{
    ChangedProject, ClassMarks, ContestResult, Margin, Pot, ProjectResult, Reason, Sensitivity,
    Tie, WeightReport, canonical,
};
use super::sentence;
use super::totals::{ClassTotals, MAX_SAFE, Standing, TotalsError};
use crate::engine::{
    self, Candidate, Evaluation, Input, Outcome, PotReport, RuleContext, Settings, Verdict,
};
use crate::exact::rounded;
use crate::weights::{ClassCount, ClassWeight, Weighted, weigh};
use num_rational::BigRational;
use num_traits::ToPrimitive;
use voting_core::ids::DocumentHash;
use voting_core::manifest::{Bilingual, Contest, Manifest, Project};
use voting_core::rule::{ClassId, ProjectId, ShareBase, Weighting};

/// Decimals of a score for reading.
const SCORE_DECIMALS: u32 = 8;

/// One contest's part of the totals.
pub(super) struct ContestTotals<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) contest: &'a Contest,
    pub(super) totals: &'a ClassTotals,
    /// Position of the contest's first project in the manifest.
    pub(super) first: usize,
}

impl ContestTotals<'_> {
    pub(super) fn result(&self) -> Result<ContestResult, TotalsError> {
        let rule = &self.contest.rule;
        let counts = self.counts();
        let weighted = self.weigh(&rule.weighting, &counts)?;
        let input = self.input(&counts, &weighted);
        let settings = self.settings(&input)?;
        let evaluation = engine::evaluate(&input, &settings);
        let mut sensitivity = self.sensitivity(&evaluation);
        sensitivity.extend(self.other_base(&counts, &evaluation)?);
        let reference = weighted.reference.map(|at| &weighted.classes[at].class);
        let projects = (0..input.candidates.len())
            .map(|at| self.project(at, &input, &evaluation, reference))
            .collect();
        let ids = |positions: &[usize]| positions.iter().map(|&at| self.id(at)).collect();
        Ok(ContestResult {
            id: self.contest.id.clone(),
            title: self.contest.title.clone(),
            rule: rule.clone(),
            rule_hash: DocumentHash::of(&canonical(rule)?),
            weights: weighted.classes.iter().map(weight_report).collect(),
            reference_class: reference.cloned(),
            projects,
            ranking: ids(&evaluation.ranking),
            pots: evaluation.pots.iter().map(|pot| self.pot(pot)).collect(),
            ties: evaluation
                .ties
                .iter()
                .map(|tie| Tie {
                    projects: ids(&tie.members),
                    decided: tie.decided,
                })
                .collect(),
            sensitivity,
        })
    }

    fn id(&self, at: usize) -> ProjectId {
        self.contest.projects[at].id.clone()
    }

    fn name(&self) -> String {
        self.contest.id.to_string()
    }

    /// What each class cast in this contest; a class that is not counted cast nothing.
    fn counts(&self) -> Vec<ClassCount> {
        let projects = self.contest.projects.len();
        let count = |total: &super::ClassTotal| {
            let counted = total.standing == Standing::Counted;
            let marks = total.marks.get(self.first..self.first + projects);
            ClassCount {
                class: total.class.clone(),
                ballots: if counted {
                    self.totals.ballots_behind(total)
                } else {
                    0
                },
                marks: marks.map_or_else(|| vec![0; projects], <[u64]>::to_vec),
                offline: self.manifest.class_index(&total.class).is_none(),
            }
        };
        self.totals.classes.iter().map(count).collect()
    }

    fn weigh(&self, rule: &Weighting, counts: &[ClassCount]) -> Result<Weighted, TotalsError> {
        let weighted = weigh(rule, counts, self.contest.projects.len());
        weighted.map_err(|error| TotalsError::Weights(self.name(), error))
    }

    fn input(&self, counts: &[ClassCount], weighted: &Weighted) -> Input {
        let counted: Vec<&ClassCount> = counts
            .iter()
            .filter(|count| {
                weighted
                    .classes
                    .iter()
                    .any(|class| class.class == count.class)
            })
            .collect();
        let candidate = |(at, project): (usize, &Project)| Candidate {
            id: project.id.to_string(),
            cost: project.cost.get().into(),
            list: self
                .contest
                .lists
                .iter()
                .position(|list| Some(&list.id) == project.list.as_ref()),
            field: self
                .contest
                .fields
                .iter()
                .position(|f| Some(&f.id) == project.field.as_ref()),
            proposal_order: project.proposal_order,
            score: weighted.scores[at].clone(),
            marks: counted.iter().map(|count| count.marks[at]).sum(),
            excluded: self
                .totals
                .withdrawal(&project.id)
                .map(|w| w.reason.ko.clone()),
        };
        Input {
            candidates: self
                .contest
                .projects
                .iter()
                .enumerate()
                .map(candidate)
                .collect(),
            lists: self
                .contest
                .lists
                .iter()
                .map(|list| list.id.to_string())
                .collect(),
            fields: self
                .contest
                .fields
                .iter()
                .map(|field| field.id.to_string())
                .collect(),
            voters: counted.iter().map(|count| count.ballots).sum(),
            one_mark: weighted.one_mark(),
        }
    }

    fn settings(&self, input: &Input) -> Result<Settings, TotalsError> {
        let context = RuleContext {
            input,
            contest: &self.contest.id,
            seeds: &self.totals.seeds,
        };
        let settings = Settings::of_rule(&self.contest.rule, context);
        settings.map_err(|error| TotalsError::Rule(self.name(), error))
    }

    fn sensitivity(&self, evaluation: &Evaluation) -> Vec<Sensitivity> {
        let report = |alternative: &engine::Alternative| Sensitivity {
            setting: alternative.setting.to_owned(),
            value: alternative.value.clone(),
            changes: self.changes(alternative.changes.iter().copied()),
        };
        evaluation.alternatives.iter().map(report).collect()
    }

    fn changes(&self, changes: impl Iterator<Item = (usize, Outcome)>) -> Vec<ChangedProject> {
        changes
            .map(|(at, outcome)| ChangedProject {
                id: self.id(at),
                outcome,
            })
            .collect()
    }

    /// What the other base of shares would have done.
    fn other_base(
        &self,
        counts: &[ClassCount],
        evaluation: &Evaluation,
    ) -> Result<Option<Sensitivity>, TotalsError> {
        let mut other = self.contest.rule.weighting.clone();
        let Weighting::Share { base, empty, .. } = &mut other else {
            return Ok(None);
        };
        *empty = voting_core::rule::EmptyClass::Spread;
        let value = match base {
            ShareBase::Marks => "voters",
            ShareBase::Voters => "marks",
        };
        *base = match base {
            ShareBase::Marks => ShareBase::Voters,
            ShareBase::Voters => ShareBase::Marks,
        };
        let input = self.input(counts, &self.weigh(&other, counts)?);
        let outcomes = engine::outcomes(&input, &self.settings(&input)?);
        let used = evaluation
            .verdicts
            .iter()
            .map(|verdict| verdict.reason.outcome());
        let differing = outcomes.into_iter().zip(used).enumerate();
        let changes = differing
            .filter(|(_, (o, u))| o != u)
            .map(|(at, (o, _))| (at, o));
        Ok(Some(Sensitivity {
            setting: "weighting.share.base".to_owned(),
            value: value.to_owned(),
            changes: self.changes(changes),
        }))
    }

    fn project(
        &self,
        at: usize,
        input: &Input,
        evaluation: &Evaluation,
        reference: Option<&ClassId>,
    ) -> ProjectResult {
        let (project, verdict) = (&self.contest.projects[at], &evaluation.verdicts[at]);
        let score = &input.candidates[at].score;
        let field = self
            .contest
            .fields
            .iter()
            .find(|f| Some(&f.id) == project.field.as_ref());
        let list = self
            .contest
            .lists
            .iter()
            .find(|l| Some(&l.id) == project.list.as_ref());
        ProjectResult {
            id: project.id.clone(),
            title: project.title.clone(),
            field: field.map(|field| field.title.clone()),
            list: list.map(|list| list.title.clone()),
            cost: project.cost,
            marks: self.marks(at),
            score: score.to_string(),
            score_decimal: rounded(score, SCORE_DECIMALS),
            rank: verdict.rank,
            outcome: verdict.reason.outcome(),
            funded: safe(verdict.funded),
            running_cost: safe(verdict.running),
            pot: verdict.pot,
            reason: self.reason(at, verdict, evaluation),
            margin: reference.and_then(|class| self.margin(verdict, class)),
        }
    }

    fn marks(&self, at: usize) -> ClassMarks {
        let counted = self
            .totals
            .classes
            .iter()
            .filter(|t| t.standing == Standing::Counted);
        counted
            .map(|total| (total.class.clone(), total.marks[self.first + at]))
            .collect()
    }

    fn reason(&self, at: usize, verdict: &Verdict, evaluation: &Evaluation) -> Reason {
        let project = &self.contest.projects[at];
        let other = match verdict.reason {
            engine::Reason::ConflictsWith(other) => Some(&self.contest.projects[other as usize]),
            _ => None,
        };
        let pot = verdict.pot.and_then(|pot| evaluation.pots.get(pot));
        let facts = sentence::Facts {
            cost: project.cost.get().into(),
            running: verdict.running,
            funded: verdict.funded,
            allocation: pot.and_then(|pot| pot.allocation.as_ref()),
            other: other.map(|other| &other.title),
            withdrawal: self.totals.withdrawal(&project.id).map(|w| &w.reason),
        };
        Reason {
            code: verdict.reason.code().to_owned(),
            conflicts_with: other.map(|other| other.id.clone()),
            sentence: sentence::reason(verdict.reason, &facts),
        }
    }

    fn margin(&self, verdict: &Verdict, class: &ClassId) -> Option<Margin> {
        let margin = verdict.margin.as_ref()?;
        let marks = margin.marks.to_u64().filter(|&marks| marks <= MAX_SAFE)?;
        let against = margin.against.map(|at| &self.contest.projects[at]);
        let chosen = verdict.reason.outcome() != Outcome::Out;
        let title = self.class_title(class);
        Some(Margin {
            marks,
            against: against.map(|project| project.id.clone()),
            sentence: sentence::margin(chosen, marks, &title, against.map(|p| &p.title)),
        })
    }

    fn class_title(&self, class: &ClassId) -> Bilingual {
        let voters = self.manifest.classes.iter().map(|c| (&c.id, &c.title));
        let offline = self
            .manifest
            .offline_groups
            .iter()
            .map(|g| (&g.id, &g.title));
        let found = voters.chain(offline).find(|(id, _)| *id == class);
        found.map_or_else(
            || Bilingual {
                ko: class.to_string(),
                en: class.to_string(),
            },
            |(_, title)| title.clone(),
        )
    }

    fn pot(&self, pot: &PotReport) -> Pot {
        let lists = self.contest.lists.iter().map(|l| (l.id.as_str(), &l.title));
        let fields = self
            .contest
            .fields
            .iter()
            .map(|f| (f.id.as_str(), &f.title));
        let named = |name: &String| {
            lists
                .chain(fields)
                .find(|(id, _)| id == name)
                .map(|(_, t)| t)
        };
        let title = match pot.name.as_ref().and_then(named) {
            Some(title) => title.clone(),
            None if pot.is_rest => Bilingual {
                ko: "전체 잔여".to_owned(),
                en: "Citywide rest".to_owned(),
            },
            None => self.contest.title.clone(),
        };
        Pot {
            title,
            candidates_cost: safe(pot.candidates_cost),
            allocation: pot.allocation.as_ref().map(BigRational::to_string),
            spent: safe(pot.spent),
            dropped: safe(pot.dropped),
        }
    }
}

fn weight_report(class: &ClassWeight) -> WeightReport {
    WeightReport {
        class: class.class.clone(),
        base: class.base,
        weight: class.weight.to_string(),
        mark_value: class.mark_value.to_string(),
        leverage: class.leverage.to_string(),
        leverage_decimal: rounded(&class.leverage, 2),
    }
}

/// A sum of won, which the manifest bounds far below what JSON holds.
fn safe(won: u128) -> u64 {
    u64::try_from(won).unwrap_or(MAX_SAFE).min(MAX_SAFE)
}

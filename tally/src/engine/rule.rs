//! From a manifest's rule to the engine's settings.

use super::groups::Groups;
use super::input::{Cut, Fill, Input, Minimum, Pool, Pots, Scope, Settings, Then, Tie, Top};
use super::rank::recorded_lot;
use num_bigint::BigInt;
use num_rational::BigRational;
use thiserror::Error;
use voting_core::rule::{
    self, Allocations, ContestId, FieldId, FillScope, ListId, LotSeed, MinimumScore, PollTest,
    ProjectId, Rule, Selection, TieOrder, Won,
};

/// A rule that cannot decide this input. A checked manifest never gives one, except for the lot's
/// seed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RuleError {
    /// The rule names a project that is no candidate.
    #[error("the rule names project {0}, which is not in the contest")]
    UnknownProject(String),
    /// The rule names a list that the contest does not have.
    #[error("the rule names list {0}, which is not in the contest")]
    UnknownList(String),
    /// A list or field has no money of its own.
    #[error("{0} has no allocation")]
    NoAllocation(String),
    /// A recorded lot misses a project.
    #[error("the lot order misses project {0}")]
    LotMisses(String),
    /// The rule draws a verifiable lot and its seed is not revealed.
    #[error("the seed of the verifiable lot is needed")]
    SeedNeeded,
    /// The seed is not the one that was committed to.
    #[error("the seed is not the one that the manifest commits to")]
    WrongSeed,
}

/// What a rule refers to beside the candidates.
#[derive(Clone, Copy, Debug)]
pub struct RuleContext<'a> {
    /// The candidates.
    pub input: &'a Input,
    /// The contest, which a verifiable lot hashes.
    pub contest: &'a ContestId,
    /// The seeds revealed so far.
    pub seeds: &'a [LotSeed],
}

impl Settings {
    /// The settings that a manifest's rule states.
    ///
    /// # Errors
    /// [`RuleError`] where the rule cannot decide this input.
    pub fn of_rule(rule: &Rule, context: RuleContext<'_>) -> Result<Self, RuleError> {
        let ties = rule
            .ties
            .iter()
            .map(|tie| context.tie(tie))
            .collect::<Result<_, _>>()?;
        let minimum = rule.minimum.as_ref().map(|minimum| match minimum {
            MinimumScore::Votes(votes) => Minimum::Marks(*votes),
            MinimumScore::ShareOfVoters(part) => Minimum::ShareOfVoters(part.to_big()),
            MinimumScore::Score(score) => Minimum::Score(score.to_big()),
        });
        let set =
            |set: &rule::ConflictSet| set.projects.iter().map(|p| context.project(p)).collect();
        let conflicts = rule.conflicts.iter().map(set).collect::<Result<_, _>>()?;
        let mut cut = None;
        let then = match &rule.selection {
            Selection::BottomCut(bottom) => {
                let scope = context.scope(&bottom.scope)?;
                cut = Some(Cut {
                    part: bottom.percent.to_big(),
                    bound: bottom.bound,
                    scope,
                });
                Then::Keep
            }
            Selection::Fill(fill) => Then::Fill(Fill {
                policy: fill.policy,
                pots: context.pots(&fill.scope)?,
            }),
            Selection::TopN(top) => Then::Top(Top {
                places: top.places,
                scope: context.scope(&top.scope)?,
            }),
            Selection::Poll(poll) => Then::Poll(poll.clone(), context.sides(&poll.test)?),
        };
        Ok(Self {
            ties,
            minimum,
            cut,
            then,
            conflicts,
        })
    }
}

impl RuleContext<'_> {
    fn project(&self, id: &ProjectId) -> Result<usize, RuleError> {
        let at = self
            .input
            .candidates
            .iter()
            .position(|c| c.id == id.as_str());
        at.ok_or_else(|| RuleError::UnknownProject(id.to_string()))
    }

    fn sides(&self, test: &PollTest) -> Result<Option<(usize, usize)>, RuleError> {
        match test {
            PollTest::ForOrAgainst(m) => {
                Ok(Some((self.project(&m.agree)?, self.project(&m.disagree)?)))
            }
            PollTest::MostFrequent => Ok(None),
        }
    }

    fn scope(&self, scope: &rule::Scope) -> Result<Scope, RuleError> {
        Ok(match scope {
            rule::Scope::Overall => Scope::Overall,
            rule::Scope::List(list) => Scope::List(self.list(list)?),
            rule::Scope::EachList => Scope::EachList,
            rule::Scope::EachField => Scope::EachField,
        })
    }

    fn list(&self, id: &ListId) -> Result<usize, RuleError> {
        let at = self.input.lists.iter().position(|list| list == id.as_str());
        at.ok_or_else(|| RuleError::UnknownList(id.to_string()))
    }

    fn tie(&self, tie: &TieOrder) -> Result<Tie, RuleError> {
        Ok(match tie {
            TieOrder::CostAsc => Tie::CostAsc,
            TieOrder::CostDesc => Tie::CostDesc,
            TieOrder::EarlierProposal => Tie::EarlierProposal,
            TieOrder::Lot { order } => self.lot(order.iter())?,
            TieOrder::VerifiableLot { commitment } => {
                let opens = |seed: &&LotSeed| seed.commitment() == *commitment;
                let missing = if self.seeds.is_empty() {
                    RuleError::SeedNeeded
                } else {
                    RuleError::WrongSeed
                };
                let seed = self.seeds.iter().find(opens).ok_or(missing)?;
                let ids = self.input.candidates.iter().map(|c| c.id.parse());
                let ids: Vec<ProjectId> = ids.filter_map(Result::ok).collect();
                self.lot(seed.order(self.contest, &ids).into_iter())?
            }
        })
    }

    fn lot<'p>(&self, order: impl Iterator<Item = &'p ProjectId>) -> Result<Tie, RuleError> {
        let order: Vec<String> = order.map(ToString::to_string).collect();
        recorded_lot(&self.input.candidates, &order).map_err(RuleError::LotMisses)
    }

    fn pots(&self, scope: &FillScope) -> Result<Pots, RuleError> {
        Ok(match scope {
            FillScope::Overall { budget } => Pots::Overall(pool(*budget)),
            FillScope::EachList { allocations } => {
                let amount = |name: &str| {
                    allocations
                        .iter()
                        .find(|a| a.list.as_str() == name)
                        .map(|a| a.amount)
                };
                Pots::EachList(named_pools(&self.input.lists, amount)?)
            }
            FillScope::EachField { allocations } => Pots::EachField(self.field_pools(allocations)?),
            FillScope::FieldsThenRest {
                allocations,
                rest,
                leftovers,
            } => Pots::FieldsThenRest {
                fields: self.field_pools(allocations)?,
                rest: pool(*rest),
                leftovers: *leftovers,
            },
        })
    }

    fn field_pools(&self, allocations: &Allocations) -> Result<Vec<Pool>, RuleError> {
        match allocations {
            Allocations::Amounts(amounts) => {
                let is = |field: &FieldId, name: &str| field.as_str() == name;
                let amount = |name: &str| {
                    amounts
                        .iter()
                        .find(|a| is(&a.field, name))
                        .map(|a| a.amount)
                };
                named_pools(&self.input.fields, amount)
            }
            Allocations::PartOfCandidates(part) => Ok(parts_of_fields(self.input, &part.to_big())),
        }
    }
}

/// For each field this part of its candidates' cost, exactly.
#[must_use]
pub(crate) fn parts_of_fields(input: &Input, part: &BigRational) -> Vec<Pool> {
    let costs = Groups::new(input, Scope::EachField).costs(input);
    let pool = |cost| Pool {
        amount: part * BigRational::from(BigInt::from(cost)),
    };
    costs.into_iter().map(pool).collect()
}

fn pool(amount: Won) -> Pool {
    Pool {
        amount: BigRational::from(BigInt::from(amount.get())),
    }
}

fn named_pools(
    names: &[String],
    amount: impl Fn(&str) -> Option<Won>,
) -> Result<Vec<Pool>, RuleError> {
    let pool_of = |name: &String| {
        amount(name)
            .map(pool)
            .ok_or_else(|| RuleError::NoAllocation(name.clone()))
    };
    names.iter().map(pool_of).collect()
}

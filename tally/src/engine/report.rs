//! The whole outcome of one input under one rule.

use super::groups::Groups;
use super::input::{Input, Pots, Scope, Settings, Then, Tie};
use super::margin::{Margin, Margins};
use super::rank::{Ranking, Scores};
use super::reason::{Outcome, Reason};
use super::select::Selector;
use super::steps::Step;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use std::ops::Range;
use voting_core::rule::{Bound, FillPolicy, Leftovers, Ratio};

/// What became of one candidate, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its place in the ranking of all, from 1; none if excluded.
    pub rank: Option<u32>,
    /// Why it is in or out.
    pub reason: Reason,
    /// Money it gets.
    pub funded: u128,
    /// The cost funded from its pot up to and with it; or dropped up to and with it by the cut.
    pub running: u128,
    /// Position in [`Evaluation::pots`] of what judged it.
    pub pot: Option<usize>,
    /// How far it is from the line.
    pub margin: Option<Margin>,
}

/// Money, or a ranking that was cut or given places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PotReport {
    /// The list or field; none for all candidates together or the citywide rest.
    pub name: Option<String>,
    /// Whether it is the citywide rest behind the fields.
    pub is_rest: bool,
    /// Cost of the candidates that are not excluded.
    pub candidates_cost: u128,
    /// The exact amount to spend, where there is money.
    pub allocation: Option<BigRational>,
    /// Cost of what was funded.
    pub spent: u128,
    /// Cost of what the cut dropped.
    pub dropped: u128,
}

/// Candidates with equal scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TieGroup {
    /// The candidates as they were ranked.
    pub members: Vec<usize>,
    /// Whether another order of them would have changed any outcome.
    pub decided: bool,
}

/// What another setting would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The setting.
    pub setting: &'static str,
    /// The value that was not used.
    pub value: String,
    /// Candidates whose outcome would differ, and what it would be.
    pub changes: Vec<(usize, Outcome)>,
}

/// The outcome of one input under one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Candidates that are not excluded, best first.
    pub ranking: Vec<usize>,
    /// One verdict for each candidate, in input order.
    pub verdicts: Vec<Verdict>,
    /// What judged them.
    pub pots: Vec<PotReport>,
    /// Candidates with equal scores, best first.
    pub ties: Vec<TieGroup>,
    /// What other settings would have done.
    pub alternatives: Vec<Alternative>,
}

impl Evaluation {
    /// Candidates of that outcome, best first.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> Vec<usize> {
        let is = |&c: &usize| self.verdicts[c].reason.outcome() == outcome;
        self.ranking.iter().copied().filter(is).collect()
    }

    /// Candidates that the cut dropped, in the order of dropping: from the bottom.
    #[must_use]
    pub fn dropped(&self) -> Vec<usize> {
        let is = |&c: &usize| self.verdicts[c].reason == Reason::DroppedByCut;
        self.ranking.iter().rev().copied().filter(is).collect()
    }
}

/// Most members of a tie of which every order is tried.
const EVERY_ORDER_OF: usize = 3;

/// Computes the outcome, with reasons, margins, ties and what other settings would have done.
#[must_use]
pub fn evaluate(input: &Input, settings: &Settings) -> Evaluation {
    let scores = Scores::new(input);
    let ranking = Ranking::new(input, &scores, settings);
    let selector = Selector::new(input, settings);
    let mut steps = Vec::new();
    selector.run(&ranking.order, &mut steps);
    let margins = Margins {
        input,
        settings,
        ranking: &ranking,
        selector: &selector,
    };
    let groups = selector.judging_groups();
    let verdict = |(candidate, step): (u32, &Step)| Verdict {
        rank: None,
        reason: step.reason,
        funded: step.funded,
        running: step.running,
        pot: match step.reason {
            Reason::Excluded | Reason::OutsideScope => None,
            // These came to no pot; theirs is the one that would have judged them.
            Reason::BelowMinimum | Reason::DroppedByCut => groups.get(candidate),
            _ => Some(step.pot as usize),
        },
        margin: None,
    };
    let mut verdicts: Vec<Verdict> = (0..).zip(&steps).map(verdict).collect();
    for (at, &candidate) in ranking.order.iter().enumerate() {
        let verdict = &mut verdicts[candidate as usize];
        verdict.rank = u32::try_from(at + 1).ok();
        verdict.margin = margins.of(at, &steps[candidate as usize]);
    }
    Evaluation {
        ranking: ranking.order.iter().map(|&c| c as usize).collect(),
        pots: pots(input, settings, &selector, &steps),
        ties: ties(&ranking, &selector, &steps),
        alternatives: alternatives(input, &scores, settings, &steps),
        verdicts,
    }
}

/// The outcome of each candidate alone.
#[must_use]
pub fn outcomes(input: &Input, settings: &Settings) -> Vec<Outcome> {
    outcomes_with(input, &Scores::new(input), settings)
}

fn outcomes_with(input: &Input, scores: &Scores, settings: &Settings) -> Vec<Outcome> {
    let ranking = Ranking::new(input, scores, settings);
    let mut steps = Vec::new();
    Selector::new(input, settings).run(&ranking.order, &mut steps);
    steps.iter().map(|step| step.reason.outcome()).collect()
}

fn pots(
    input: &Input,
    settings: &Settings,
    selector: &Selector<'_>,
    steps: &[Step],
) -> Vec<PotReport> {
    let groups = selector.judging_groups();
    let mut pots = empty_pots(input, settings, groups);
    for (pot, money) in pots.iter_mut().zip(selector.pots()) {
        pot.allocation = Some(money.exact.clone());
    }
    for (candidate, step) in steps.iter().enumerate() {
        let cost = input.candidates[candidate].cost;
        if step.reason == Reason::DroppedByCut {
            // The cut may work on other rankings than the money.
            if let Some(pot) = groups.of[candidate].and_then(|g| pots.get_mut(g as usize)) {
                pot.dropped += cost;
            }
        } else if let Some(pot) = pots.get_mut(step.pot as usize) {
            pot.spent += if step.reason == Reason::OutsideCut {
                0
            } else {
                step.funded
            };
        }
    }
    joined_rest(settings, &mut pots);
    pots
}

fn empty_pots(input: &Input, settings: &Settings, groups: &Groups) -> Vec<PotReport> {
    let scope = match (&settings.then, &settings.cut) {
        (Then::Keep, Some(cut)) => cut.scope,
        (Then::Top(top), _) => top.scope,
        (Then::Fill(fill), _) => match fill.pots {
            Pots::Overall(_) => Scope::Overall,
            Pots::EachList(_) => Scope::EachList,
            Pots::EachField(_) | Pots::FieldsThenRest { .. } => Scope::EachField,
        },
        _ => Scope::Overall,
    };
    let name = |group: usize| match scope {
        Scope::Overall => None,
        Scope::List(list) => input.lists.get(list).cloned(),
        Scope::EachList => input.lists.get(group).cloned(),
        Scope::EachField => input.fields.get(group).cloned(),
    };
    let pot = |(group, candidates_cost)| PotReport {
        name: name(group),
        is_rest: false,
        candidates_cost,
        allocation: None,
        spent: 0,
        dropped: 0,
    };
    let mut pots: Vec<PotReport> = groups
        .costs(input)
        .into_iter()
        .enumerate()
        .map(pot)
        .collect();
    if matches!(&settings.then, Then::Fill(fill) if matches!(fill.pots, Pots::FieldsThenRest { .. }))
    {
        let all = pots.iter().map(|pot| pot.candidates_cost).sum();
        pots.push(PotReport {
            name: None,
            is_rest: true,
            ..pot((pots.len(), all))
        });
    }
    pots
}

/// Adds what the fields left to the rest, where it joins.
fn joined_rest(settings: &Settings, pots: &mut [PotReport]) {
    let Then::Fill(fill) = &settings.then else {
        return;
    };
    let Pots::FieldsThenRest {
        leftovers: Leftovers::JoinRest,
        ..
    } = fill.pots
    else {
        return;
    };
    let Some((rest, fields)) = pots.split_last_mut() else {
        return;
    };
    for field in fields {
        if let (Some(rest), Some(own)) = (&mut rest.allocation, &field.allocation) {
            let left = own - BigRational::from(BigInt::from(field.spent));
            *rest += left.max(BigRational::zero());
        }
    }
}

fn ties(ranking: &Ranking<'_>, selector: &Selector<'_>, steps: &[Step]) -> Vec<TieGroup> {
    let group = |tie: Range<usize>| TieGroup {
        members: ranking.order[tie.clone()]
            .iter()
            .map(|&c| c as usize)
            .collect(),
        decided: decides(ranking, selector, steps, tie),
    };
    ranking.ties().into_iter().map(group).collect()
}

/// Whether another order of a tie changes an outcome. Every order is tried of up to
/// [`EVERY_ORDER_OF`] members; of more, each member first and each member last.
fn decides(
    ranking: &Ranking<'_>,
    selector: &Selector<'_>,
    steps: &[Step],
    tie: Range<usize>,
) -> bool {
    let mut trial = ranking.order.clone();
    let mut found = Vec::new();
    orders(&ranking.order[tie.clone()])
        .into_iter()
        .any(|order| {
            trial[tie.clone()].copy_from_slice(&order);
            selector.run(&trial, &mut found);
            let outcome = |step: &Step| (step.reason.outcome(), step.funded);
            found.iter().map(outcome).ne(steps.iter().map(outcome))
        })
}

fn orders(members: &[u32]) -> Vec<Vec<u32>> {
    if members.len() <= EVERY_ORDER_OF {
        return permutations(members);
    }
    let mut orders = Vec::new();
    for at in 0..members.len() {
        let (mut first, mut last) = (members.to_vec(), members.to_vec());
        first[..=at].rotate_right(1);
        last[at..].rotate_left(1);
        orders.extend([first, last]);
    }
    orders
}

fn permutations(members: &[u32]) -> Vec<Vec<u32>> {
    if members.len() <= 1 {
        return vec![members.to_vec()];
    }
    let mut all = Vec::new();
    for at in 0..members.len() {
        let mut others = members.to_vec();
        let head = others.remove(at);
        all.extend(permutations(&others).into_iter().map(|mut tail| {
            tail.insert(0, head);
            tail
        }));
    }
    all
}

fn alternatives(
    input: &Input,
    scores: &Scores,
    settings: &Settings,
    steps: &[Step],
) -> Vec<Alternative> {
    let mut all = Vec::new();
    for (setting, value, other) in variants(settings) {
        let found = outcomes_with(input, scores, &other);
        let differs = |(i, outcome): (usize, Outcome)| {
            (outcome != steps[i].reason.outcome()).then_some((i, outcome))
        };
        let changes = found.into_iter().enumerate().filter_map(differs).collect();
        all.push(Alternative {
            setting,
            value,
            changes,
        });
    }
    all
}

/// The rule with one setting changed, for each setting that has another value.
fn variants(settings: &Settings) -> Vec<(&'static str, String, Settings)> {
    let mut all = Vec::new();
    let mut add = |setting, value: &str, change: &dyn Fn(&mut Settings)| {
        let mut other = settings.clone();
        change(&mut other);
        if other != *settings {
            all.push((setting, value.to_owned(), other));
        }
    };
    for (value, bound) in [("at_most", Bound::AtMost), ("at_least", Bound::AtLeast)] {
        add("bottom_cut.bound", value, &|s| {
            if let Some(cut) = &mut s.cut {
                cut.bound = bound;
            }
        });
    }
    let mut policies = vec![("stop", FillPolicy::Stop), ("skip", FillPolicy::Skip)];
    if let Ok(from) = Ratio::new(4, 5) {
        policies.push(("partial:4/5", FillPolicy::Partial { from }));
    }
    for (value, policy) in policies {
        add("fill.policy", value, &|s| {
            if let Then::Fill(fill) = &mut s.then {
                fill.policy = policy;
            }
        });
    }
    for (value, other) in [
        ("join_rest", Leftovers::JoinRest),
        ("lapse", Leftovers::Lapse),
    ] {
        add("fill.leftovers", value, &|s| {
            if let Then::Fill(fill) = &mut s.then
                && let Pots::FieldsThenRest { leftovers, .. } = &mut fill.pots
            {
                *leftovers = other;
            }
        });
    }
    for (value, tie) in [
        ("cost_asc", Tie::CostAsc),
        ("cost_desc", Tie::CostDesc),
        ("earlier_proposal", Tie::EarlierProposal),
    ] {
        add("ties", value, &|s| {
            if s.ties.first() != Some(&tie) {
                s.ties.insert(0, tie.clone());
            }
        });
    }
    add("minimum", "none", &|s| s.minimum = None);
    add("conflicts", "none", &|s| s.conflicts.clear());
    all
}

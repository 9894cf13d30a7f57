//! How far a project is from the line.

use super::input::{Candidate, Input, Minimum, Settings};
use super::rank::{Ranking, tie_order};
use super::reason::{Outcome, Reason};
use super::select::Selector;
use super::steps::Step;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::cmp::Ordering;

/// How far a project is from the line, all other scores standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margin {
    /// The fewest marks, of the class that margins are stated in, that would change its outcome:
    /// lost by a chosen project, gained by another.
    pub marks: BigInt,
    /// The project it has to stay ahead of, or get ahead of; none where only the minimum counts.
    pub against: Option<usize>,
}

/// Works margins out by moving one candidate through the ranking of the others.
///
/// Where one pass over the others tells the outcome at every place, the nearest place at which it
/// changes is taken. Under chained money, and filling behind a cut, it is found by bisection: there
/// may be several such places then, and the one found need not be the nearest.
pub(super) struct Margins<'a> {
    pub(super) input: &'a Input,
    pub(super) settings: &'a Settings,
    pub(super) ranking: &'a Ranking<'a>,
    pub(super) selector: &'a Selector<'a>,
}

impl Margins<'_> {
    /// The margin of the candidate ranked at `at`; none where no number of marks changes anything.
    pub(super) fn of(&self, at: usize, step: &Step) -> Option<Margin> {
        let candidate = self.ranking.order[at];
        if matches!(step.reason, Reason::OutsideCut | Reason::OutsideScope) {
            return None;
        }
        let mut others = self.ranking.order.clone();
        others.remove(at);
        let chosen = step.reason.outcome() != Outcome::Out;
        let line = self.line(candidate, at, chosen, &others);
        let margin = if chosen {
            self.to_lose(candidate, line)
        } else {
            self.to_gain(candidate, line?)
        }?;
        let held = &self.input.candidates[candidate as usize];
        (!chosen || margin.marks <= BigInt::from(held.marks)).then_some(margin)
    }

    /// The first place behind which a chosen candidate is out, or the last place at which another
    /// is chosen, among `others`; none where there is no such place.
    fn line(&self, candidate: u32, at: usize, chosen: bool, others: &[u32]) -> Option<usize> {
        if let Some(places) = self.selector.probe(candidate, others) {
            return if chosen {
                (at + 1..=others.len()).find(|&place| !places[place])
            } else {
                (0..=at).rev().find(|&place| places[place])
            };
        }
        let mut trial = Vec::with_capacity(others.len() + 1);
        let mut steps = Vec::new();
        let mut is_in = |place: usize| {
            trial.clear();
            trial.extend_from_slice(&others[..place]);
            trial.push(candidate);
            trial.extend_from_slice(&others[place..]);
            self.selector.run_if(&trial, Some(candidate), &mut steps);
            steps[candidate as usize].reason.outcome() != Outcome::Out
        };
        let (mut inside, mut outside) = if chosen {
            if is_in(others.len()) {
                return None;
            }
            (at, others.len())
        } else {
            if !is_in(0) {
                return None;
            }
            if is_in(at) {
                // Only the minimum keeps it out.
                return Some(at);
            }
            (0, at)
        };
        while outside - inside > 1 {
            let middle = usize::midpoint(inside, outside);
            if is_in(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        Some(if chosen { outside } else { inside })
    }

    /// Marks whose loss puts a chosen candidate behind the line or below the minimum.
    fn to_lose(&self, candidate: u32, line: Option<usize>) -> Option<Margin> {
        let own = &self.input.candidates[candidate as usize];
        let others = self.others(candidate);
        let by_rank = line.map(|place| {
            let other = others[place - 1];
            let slack = &own.score - &self.input.candidates[other as usize].score;
            let marks = if self.wins_tie(candidate, other) {
                beyond(&slack, &self.input.one_mark)
            } else {
                reaching(&slack, &self.input.one_mark).max(BigInt::one())
            };
            Margin {
                marks,
                against: Some(other as usize),
            }
        });
        let by_minimum = self.minimum_slack(own).map(|marks| Margin {
            marks,
            against: None,
        });
        match (by_rank, by_minimum) {
            (Some(a), Some(b)) => Some(if b.marks < a.marks { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    /// Marks that bring a candidate ahead of the line and up to the minimum.
    fn to_gain(&self, candidate: u32, line: usize) -> Option<Margin> {
        let own = &self.input.candidates[candidate as usize];
        let by_rank = self.others(candidate).get(line).map(|&other| {
            let gap = &self.input.candidates[other as usize].score - &own.score;
            let marks = if gap.is_negative() {
                BigInt::zero()
            } else if self.wins_tie(candidate, other) {
                reaching(&gap, &self.input.one_mark)
            } else {
                beyond(&gap, &self.input.one_mark)
            };
            Margin {
                marks,
                against: Some(other as usize),
            }
        });
        let by_minimum = if self.selector.reaches(candidate) {
            None
        } else {
            self.minimum_gap(own).map(|marks| Margin {
                marks,
                against: None,
            })
        };
        match (by_rank, by_minimum) {
            (Some(a), Some(b)) => Some(if b.marks >= a.marks { b } else { a }),
            (a, b) => a.or(b),
        }
        .filter(|margin| margin.marks.is_positive())
    }

    fn others(&self, candidate: u32) -> Vec<u32> {
        self.ranking
            .order
            .iter()
            .copied()
            .filter(|&c| c != candidate)
            .collect()
    }

    fn wins_tie(&self, a: u32, b: u32) -> bool {
        let order = tie_order(self.input, &self.settings.ties, a as usize, b as usize);
        order.0 == Ordering::Less
    }

    /// Marks whose loss puts a candidate below the minimum.
    fn minimum_slack(&self, own: &Candidate) -> Option<BigInt> {
        let (held, needed, unit) = self.minimum(own)?;
        Some(beyond(&(held - needed), &unit))
    }

    /// Marks that bring a candidate up to the minimum.
    fn minimum_gap(&self, own: &Candidate) -> Option<BigInt> {
        let (held, needed, unit) = self.minimum(own)?;
        Some(reaching(&(needed - held), &unit))
    }

    /// What a candidate has, what it needs, and what a mark adds to it.
    fn minimum(&self, own: &Candidate) -> Option<(BigRational, BigRational, BigRational)> {
        let whole = |n: u64| BigRational::from(BigInt::from(n));
        Some(match self.settings.minimum.as_ref()? {
            Minimum::Marks(marks) => (whole(own.marks), whole(*marks), BigRational::one()),
            Minimum::Score(score) => (
                own.score.clone(),
                score.clone(),
                self.input.one_mark.clone(),
            ),
            Minimum::ShareOfVoters(part) => {
                let needed = part * whole(self.input.voters);
                (whole(own.marks), needed, BigRational::one())
            }
        })
    }
}

/// The fewest units that reach `distance`.
fn reaching(distance: &BigRational, unit: &BigRational) -> BigInt {
    (distance / unit).ceil().to_integer()
}

/// The fewest units that go beyond `distance`.
fn beyond(distance: &BigRational, unit: &BigRational) -> BigInt {
    (distance / unit).floor().to_integer() + 1
}

//! Ranking by score, and ties.

use super::input::{Candidate, Input, Settings, Tie};
use crate::natural;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::One;
use std::cmp::Ordering;

/// Every candidate's score over one denominator.
#[derive(Clone, Debug)]
pub(super) struct Scores(Vec<BigInt>);

impl Scores {
    pub(super) fn new(input: &Input) -> Self {
        let denominators = input.candidates.iter().map(|c| c.score.denom());
        let common = denominators.fold(BigInt::one(), |lcm, d| {
            if (&lcm % d) == BigInt::ZERO {
                lcm
            } else {
                lcm.lcm(d)
            }
        });
        let over = |c: &Candidate| c.score.numer() * (&common / c.score.denom());
        Self(input.candidates.iter().map(over).collect())
    }
}

/// Candidates in order, best first.
#[derive(Clone, Debug)]
pub(super) struct Ranking<'s> {
    /// Positions of the candidates that are not excluded, best first.
    pub(super) order: Vec<u32>,
    scores: &'s [BigInt],
}

impl<'s> Ranking<'s> {
    pub(super) fn new(input: &Input, scores: &'s Scores, settings: &Settings) -> Self {
        let scores = scores.0.as_slice();
        let mut order: Vec<u32> = (0..)
            .zip(&input.candidates)
            .filter(|(_, candidate)| candidate.excluded.is_none())
            .map(|(position, _)| position)
            .collect();
        order.sort_by(|&a, &b| {
            let by_score = scores[b as usize].cmp(&scores[a as usize]);
            by_score.then_with(|| tie_order(input, &settings.ties, a as usize, b as usize).0)
        });
        Self { order, scores }
    }

    /// Runs of two or more equal scores, as ranges of [`Self::order`].
    pub(super) fn ties(&self) -> Vec<std::ops::Range<usize>> {
        let mut ties = Vec::new();
        let mut start = 0;
        for end in 1..=self.order.len() {
            let same = |at: usize| &self.scores[self.order[at] as usize];
            if end < self.order.len() && same(end) == same(start) {
                continue;
            }
            if end - start > 1 {
                ties.push(start..end);
            }
            start = end;
        }
        ties
    }
}

/// How two candidates with equal scores compare, and which tie order told them apart;
/// `ties.len()` where only the position in the input does.
pub(super) fn tie_order(input: &Input, ties: &[Tie], a: usize, b: usize) -> (Ordering, usize) {
    for (step, tie) in ties.iter().enumerate() {
        let order = compare(input, tie, a, b);
        if order != Ordering::Equal {
            return (order, step);
        }
    }
    (a.cmp(&b), ties.len())
}

fn compare(input: &Input, tie: &Tie, a: usize, b: usize) -> Ordering {
    let (x, y) = (&input.candidates[a], &input.candidates[b]);
    match tie {
        Tie::Position => a.cmp(&b),
        Tie::Natural => natural::compare(&x.id, &y.id),
        Tie::CostAsc => x.cost.cmp(&y.cost),
        Tie::CostDesc => y.cost.cmp(&x.cost),
        Tie::EarlierProposal => x.proposal_order.cmp(&y.proposal_order),
        Tie::Lot(drawn) => drawn.get(a).cmp(&drawn.get(b)),
    }
}

/// The lot numbers of an order of ids: the position of each candidate's id in `order`.
///
/// # Errors
/// The id of a candidate that `order` misses.
pub fn recorded_lot(candidates: &[Candidate], order: &[String]) -> Result<Tie, String> {
    let number = |candidate: &Candidate| {
        let at = order.iter().position(|id| *id == candidate.id);
        at.and_then(|at| u32::try_from(at).ok())
            .ok_or_else(|| candidate.id.clone())
    };
    candidates
        .iter()
        .map(number)
        .collect::<Result<_, _>>()
        .map(Tie::Lot)
}

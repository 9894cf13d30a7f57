//! What a selection does candidate by candidate: cutting, paying, keeping to conflict sets.

use super::reason::Reason;
use num_bigint::BigUint;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use voting_core::rule::{Bound, FillPolicy};

/// What became of one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) reason: Reason,
    /// Money it gets.
    pub(super) funded: u128,
    /// Cost of what was funded before and with it from its pot, or dropped up to it by the cut.
    pub(super) running: u128,
    /// The pot that judged it, or its ranking.
    pub(super) pot: u32,
}

impl Step {
    pub(super) const fn new(reason: Reason) -> Self {
        Self {
            reason,
            funded: 0,
            running: 0,
            pot: 0,
        }
    }
}

/// A pot's money.
#[derive(Clone, Debug)]
pub(super) struct Pot {
    pub(super) exact: BigRational,
    pub(super) floor: u128,
}

impl Pot {
    pub(super) fn new(exact: BigRational) -> Self {
        let floor = exact.floor().to_integer().to_u128();
        let floor = floor.unwrap_or(if exact.is_negative() { 0 } else { u128::MAX });
        Self { exact, floor }
    }
}

/// A cut being made, from the bottom up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Knife {
    dropped: u128,
    done: bool,
}

impl Knife {
    /// Drops the next candidate; gives what is dropped with it, or nothing where the cut has ended.
    pub(super) fn drops(&mut self, cost: u128, line: u128, bound: Bound) -> Option<u128> {
        let with = self.dropped + cost;
        self.done |= match bound {
            Bound::AtMost => with > line,
            Bound::AtLeast => self.dropped >= line,
        };
        if self.done {
            return None;
        }
        self.dropped = with;
        Some(with)
    }
}

/// Money being paid out of a pot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Till {
    left: u128,
    pub(super) spent: u128,
    stopped: bool,
}

impl Till {
    pub(super) const fn new(pot: &Pot) -> Self {
        Self {
            left: pot.floor,
            spent: 0,
            stopped: false,
        }
    }
}

/// Funds a candidate from a till, or says why not; whether it is funded, at least in part.
pub(super) fn pay(
    till: &mut Till,
    policy: FillPolicy,
    cost: u128,
    candidate: u32,
    chosen: &Chosen<'_>,
    step: &mut Step,
) -> bool {
    step.running = till.spent;
    if till.stopped {
        step.reason = Reason::AfterStop;
        return false;
    }
    if chosen.refuses(candidate, step) {
        return false;
    }
    let granted = if cost <= till.left {
        step.reason = Reason::Funded;
        cost
    } else {
        till.stopped = !matches!(policy, FillPolicy::Skip);
        step.reason = Reason::NotEnoughLeft;
        let FillPolicy::Partial { from } = policy else {
            return false;
        };
        let needed = BigUint::from(cost) * from.numerator();
        if BigUint::from(till.left) * from.denominator() < needed {
            step.reason = Reason::PartTooSmall;
            return false;
        }
        step.reason = Reason::FundedInPart;
        till.left
    };
    till.left -= granted;
    till.spent += granted;
    (step.funded, step.running) = (granted, till.spent);
    true
}

/// Which conflict sets have a chosen member.
pub(super) struct Chosen<'s> {
    sets: &'s [Vec<u32>],
    by: Vec<Option<u32>>,
}

impl<'s> Chosen<'s> {
    pub(super) fn new(sets: &'s [Vec<u32>], count: usize) -> Self {
        Self {
            sets,
            by: vec![None; count],
        }
    }

    /// Puts the candidate out where it conflicts with a chosen one.
    pub(super) fn refuses(&self, candidate: u32, step: &mut Step) -> bool {
        let mut taken = self.sets[candidate as usize]
            .iter()
            .filter_map(|&set| self.by[set as usize]);
        match taken.next() {
            Some(other) => {
                step.reason = Reason::ConflictsWith(other);
                true
            }
            None => false,
        }
    }

    pub(super) fn take(&mut self, candidate: u32) {
        for &set in &self.sets[candidate as usize] {
            self.by[set as usize] = Some(candidate);
        }
    }
}

//! The Method of Equal Shares.

use super::bounds::Bounds;
use super::profile::Profile;
use crate::exact::whole;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::cmp::Ordering;

/// Runs the method once, each voter holding `share`; winners in the order they are bought.
#[must_use]
pub fn equal_shares(profile: &Profile, share: &BigRational) -> Vec<u32> {
    Trace::of(profile, share).winners
}

/// One run of the method: its winners and every decision on the way to them.
///
/// Which purses are poorer, who pays, what can be afforded and which offer is better are each the
/// sign of a number that is linear in the share, as long as the decisions before it are the same.
/// Two shares with the same decisions therefore have every share between them decide alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) winners: Vec<u32>,
    decisions: Vec<u32>,
}

impl Trace {
    pub(super) fn of(profile: &Profile, share: &BigRational) -> Self {
        Run::new(profile, share).finish()
    }
}

/// Stands in a trace for a project that its supporters cannot afford.
const SHORT: u32 = u32::MAX;

/// Voters who paid for the same projects and so hold the same.
#[derive(Clone, Copy, Debug)]
struct Purse {
    held: Bounds,
    /// Which purse it was before the last payment, and for which round; none at first.
    from: Option<(u32, u32)>,
    empty: bool,
}

/// A project as judged in some round.
#[derive(Debug)]
struct Offer {
    project: u32,
    /// The most that a supporter pays.
    payment: Bounds,
    /// Purses that cannot pay that much, and how many voters hold them.
    poor: Vec<(u32, u64)>,
    /// Voters who pay it.
    payers: u64,
}

/// Every payment so far, exactly: whole numbers over one denominator, the product of all numbers
/// of payers.
#[derive(Debug)]
struct Ledger {
    denominator: BigInt,
    /// What each voter held at first.
    share: BigInt,
    payments: Vec<BigInt>,
}

impl Ledger {
    /// Enters what `payers` voters pay: `numerator` over the denominator times their number.
    fn enter(&mut self, numerator: BigInt, payers: u64) {
        self.denominator *= payers;
        self.share *= payers;
        for payment in &mut self.payments {
            *payment *= payers;
        }
        self.payments.push(numerator);
    }
}

struct Run<'p> {
    profile: &'p Profile,
    ledger: Ledger,
    purses: Vec<Purse>,
    /// The purse of each kind of ballot.
    purse_of: Vec<u32>,
    /// What was bought, round by round.
    bought: Vec<u32>,
    decisions: Vec<u32>,
    /// Voters by purse, for one project at a time.
    histogram: Vec<u64>,
    touched: Vec<u32>,
}

impl<'p> Run<'p> {
    fn new(profile: &'p Profile, share: &BigRational) -> Self {
        // Nobody can spend more than all projects cost.
        let all = whole(profile.total_cost());
        let share = share.min(&all);
        let ledger = Ledger {
            denominator: share.denom().clone(),
            share: share.numer().clone(),
            payments: Vec::new(),
        };
        let held = profile.scale.fraction(&ledger.share, &ledger.denominator);
        let first = Purse {
            held,
            from: None,
            empty: share.is_zero(),
        };
        Self {
            profile,
            ledger,
            purses: vec![first],
            purse_of: vec![0; profile.counts.len()],
            bought: Vec::new(),
            decisions: Vec::new(),
            histogram: vec![0],
            touched: Vec::new(),
        }
    }

    fn finish(mut self) -> Trace {
        // What a supporter pays never falls from round to round, so an earlier payment bounds it.
        let bound = |project: u32| {
            let cost = self
                .profile
                .scale
                .whole(self.profile.costs[project as usize]);
            (project, cost.over(self.profile.votes[project as usize]).lo)
        };
        let mut open: Vec<(u32, i128)> = self.profile.buyable().into_iter().map(bound).collect();
        while let Some(best) = self.best(&mut open) {
            open.retain(|&(project, _)| project != best.project);
            self.buy(&best);
        }
        Trace {
            winners: self.bought,
            decisions: self.decisions,
        }
    }

    /// The project with the highest effective vote count; those that cannot be afforded leave.
    fn best(&mut self, open: &mut Vec<(u32, i128)>) -> Option<Offer> {
        let cost = |project: u32| self.profile.signed_cost(project);
        open.sort_by(|&(a, x), &(b, y)| (x * cost(b)).cmp(&(y * cost(a))).then(a.cmp(&b)));
        let mut best: Option<Offer> = None;
        let mut gone = Vec::new();
        for (project, bound) in open.iter_mut() {
            if let Some(best) = &best
                && *bound * self.profile.signed_cost(best.project)
                    > best.payment.hi * self.profile.signed_cost(*project)
            {
                break;
            }
            self.decisions.push(*project);
            let Some(offer) = self.offer(*project) else {
                self.decisions.push(SHORT);
                gone.push(*project);
                continue;
            };
            *bound = offer.payment.lo;
            let better = best
                .as_ref()
                .is_none_or(|best| self.is_better(&offer, best));
            self.decisions.push(better.into());
            if better {
                best = Some(offer);
            }
        }
        open.retain(|(project, _)| !gone.contains(project));
        best
    }

    /// Whether one offer's effective vote count is higher, or equal and the tie goes to it.
    fn is_better(&self, offer: &Offer, best: &Offer) -> bool {
        let cost = |offer: &Offer| self.profile.signed_cost(offer.project);
        let (a, b) = (cost(offer), cost(best));
        if offer.payment.hi * b < best.payment.lo * a {
            return true;
        }
        if offer.payment.lo * b > best.payment.hi * a {
            return false;
        }
        let x = self.left(offer.project, &offer.poor) * best.payers * b;
        let y = self.left(best.project, &best.poor) * offer.payers * a;
        x < y || (x == y && self.profile.comes_first(offer.project, best.project))
    }

    /// What the project's supporters would pay now; none if they cannot.
    fn offer(&mut self, project: u32) -> Option<Offer> {
        let purses = self.supporting_purses(project);
        let cost = self
            .profile
            .scale
            .whole(self.profile.costs[project as usize]);
        let held = purses.iter().fold(Bounds::ZERO, |sum, &(purse, voters)| {
            sum.plus(self.purses[purse as usize].held.times(voters))
        });
        let short = held
            .below(cost)
            .unwrap_or_else(|| self.left(project, &purses).is_positive());
        if short {
            return None;
        }
        let mut payers: u64 = purses.iter().map(|(_, voters)| voters).sum();
        let mut left = cost;
        let mut poor = 0;
        for &(purse, voters) in &purses {
            let held = self.purses[purse as usize].held;
            // Whether the purse cannot pay its part.
            let below = held
                .below(left.over(payers))
                .unwrap_or_else(|| self.held(purse) * payers < self.left(project, &purses[..poor]));
            if !below {
                break;
            }
            left = left.minus(held.times(voters));
            payers -= voters;
            poor += 1;
        }
        let payment = left.over(payers);
        self.decisions.push(u32::try_from(poor).unwrap_or(SHORT));
        let poor = purses[..poor].to_vec();
        Some(Offer {
            project,
            payment,
            poor,
            payers,
        })
    }

    /// The purses of a project's supporters that are not empty, poorest first, and how many voters
    /// hold each.
    fn supporting_purses(&mut self, project: u32) -> Vec<(u32, u64)> {
        for &kind in &self.profile.supporters[project as usize] {
            let purse = self.purse_of[kind as usize];
            let voters = &mut self.histogram[purse as usize];
            if *voters == 0 {
                self.touched.push(purse);
            }
            *voters += self.profile.counts[kind as usize];
        }
        let mut purses = Vec::with_capacity(self.touched.len());
        for purse in self.touched.drain(..) {
            let voters = std::mem::take(&mut self.histogram[purse as usize]);
            if !self.purses[purse as usize].empty {
                purses.push((purse, voters));
            }
        }
        purses.sort_by(|&(a, _), &(b, _)| self.compare(a, b));
        self.decisions.extend(purses.iter().map(|(purse, _)| purse));
        purses
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (x, y) = (self.purses[a as usize].held, self.purses[b as usize].held);
        if a == b {
            Ordering::Equal
        } else if x.hi < y.lo {
            Ordering::Less
        } else if y.hi < x.lo {
            Ordering::Greater
        } else {
            self.held(a).cmp(&self.held(b))
        }
    }

    /// Takes an offer: its supporters pay.
    fn buy(&mut self, offer: &Offer) {
        let round = u32::try_from(self.bought.len()).unwrap_or(u32::MAX);
        let left = self.left(offer.project, &offer.poor);
        let denominator = &self.ledger.denominator * offer.payers;
        let payment = self.profile.scale.fraction(&left, &denominator);
        self.ledger.enter(left, offer.payers);
        let mut becomes: Vec<Option<u32>> = vec![None; self.purses.len()];
        for &(purse, _) in &offer.poor {
            let empty = Purse {
                held: Bounds::ZERO,
                from: None,
                empty: true,
            };
            becomes[purse as usize] = Some(self.add(empty));
        }
        let profile = self.profile;
        for &kind in &profile.supporters[offer.project as usize] {
            let old = self.purse_of[kind as usize];
            let before = self.purses[old as usize];
            if before.empty {
                continue;
            }
            let new = becomes[old as usize].unwrap_or_else(|| {
                let held = before.held.minus(payment);
                let held = Bounds {
                    lo: held.lo.max(0),
                    hi: held.hi.max(0),
                };
                self.add(Purse {
                    held,
                    from: Some((old, round)),
                    empty: false,
                })
            });
            becomes[old as usize] = Some(new);
            self.purse_of[kind as usize] = new;
        }
        self.bought.push(offer.project);
    }

    fn add(&mut self, purse: Purse) -> u32 {
        self.purses.push(purse);
        self.histogram.push(0);
        u32::try_from(self.purses.len() - 1).unwrap_or(u32::MAX)
    }

    /// The rounds that a purse paid for.
    fn paid(&self, purse: u32) -> impl Iterator<Item = u32> {
        let mut at = purse;
        std::iter::from_fn(move || {
            let (before, round) = self.purses[at as usize].from?;
            at = before;
            Some(round)
        })
    }

    /// Exactly what is in a purse, over the ledger's denominator.
    fn held(&self, purse: u32) -> BigInt {
        if self.purses[purse as usize].empty {
            return BigInt::ZERO;
        }
        let payments = self
            .paid(purse)
            .map(|round| &self.ledger.payments[round as usize]);
        payments.fold(self.ledger.share.clone(), |held, payment| held - payment)
    }

    /// Exactly what a project's cost leaves once some purses gave all, over the ledger's
    /// denominator.
    fn left(&self, project: u32, purses: &[(u32, u64)]) -> BigInt {
        let mut voters_of = vec![0_u64; self.ledger.payments.len()];
        let mut all = 0_u64;
        for &(purse, voters) in purses {
            if self.purses[purse as usize].empty {
                continue;
            }
            all += voters;
            for round in self.paid(purse) {
                voters_of[round as usize] += voters;
            }
        }
        let cost = &self.ledger.denominator * self.profile.costs[project as usize];
        let paid = self
            .ledger
            .payments
            .iter()
            .zip(voters_of)
            .filter(|(_, voters)| *voters > 0);
        paid.fold(
            cost - &self.ledger.share * all,
            |left, (payment, voters)| left + payment * voters,
        )
    }
}

//! Sequential Phragmen.

use super::bounds::Bounds;
use super::profile::Profile;
use crate::exact::whole;
use num_rational::BigRational;
use std::cell::OnceCell;

/// A purchase: when it happened, and what that follows from.
struct Purchase {
    at: Bounds,
    project: u32,
    /// Supporters by the round of their last purchase; the last entry counts those without one.
    loads: Vec<u64>,
    exact: OnceCell<BigRational>,
}

/// Runs sequential Phragmen; winners in the order they are bought.
#[must_use]
pub fn phragmen(profile: &Profile, budget: u128) -> Vec<u32> {
    let mut run = Run {
        profile,
        bought: Vec::new(),
        last: vec![None; profile.counts.len()],
    };
    let mut open = profile.buyable();
    let mut left = budget;
    while let Some(next) = run.next(&open) {
        let cost = profile.costs[next.project as usize];
        if cost > left {
            break;
        }
        left -= cost;
        open.retain(|&project| project != next.project);
        run.buy(next);
    }
    run.bought.iter().map(|purchase| purchase.project).collect()
}

struct Run<'p> {
    profile: &'p Profile,
    bought: Vec<Purchase>,
    /// The round of each kind of ballot's last purchase.
    last: Vec<Option<u32>>,
}

impl Run<'_> {
    /// The project that is bought first from now on.
    fn next(&self, open: &[u32]) -> Option<Purchase> {
        let mut best: Option<Purchase> = None;
        for &project in open {
            let purchase = self.purchase(project);
            if best
                .as_ref()
                .is_none_or(|best| self.is_sooner(&purchase, best))
            {
                best = Some(purchase);
            }
        }
        best
    }

    fn is_sooner(&self, a: &Purchase, b: &Purchase) -> bool {
        if a.at.hi < b.at.lo {
            return true;
        }
        if a.at.lo > b.at.hi {
            return false;
        }
        let (x, y) = (self.time(a), self.time(b));
        x < y || (x == y && self.profile.comes_first(a.project, b.project))
    }

    /// When a project's supporters would hold its cost: `(cost + sum of their last purchases'
    /// times) / supporters`.
    fn purchase(&self, project: u32) -> Purchase {
        let mut loads = vec![0; self.bought.len() + 1];
        for &kind in &self.profile.supporters[project as usize] {
            let round = self.last[kind as usize].map_or(self.bought.len(), |round| round as usize);
            loads[round] += self.profile.counts[kind as usize];
        }
        let cost = self
            .profile
            .scale
            .whole(self.profile.costs[project as usize]);
        let times = self.bought.iter().zip(&loads);
        let sum = times.fold(cost, |sum, (earlier, &voters)| {
            sum.plus(earlier.at.times(voters))
        });
        let at = sum.over(self.profile.votes[project as usize]);
        Purchase {
            at,
            project,
            loads,
            exact: OnceCell::new(),
        }
    }

    fn buy(&mut self, purchase: Purchase) {
        let round = u32::try_from(self.bought.len()).ok();
        for &kind in &self.profile.supporters[purchase.project as usize] {
            self.last[kind as usize] = round;
        }
        self.bought.push(purchase);
    }

    /// Exactly when a purchase happens.
    fn time<'t>(&self, purchase: &'t Purchase) -> &'t BigRational {
        purchase.exact.get_or_init(|| {
            // The last entry counts those who had not bought anything: their time is 0.
            let earlier = purchase
                .loads
                .split_last()
                .map_or(&[][..], |(_, earlier)| earlier);
            let loads = earlier
                .iter()
                .zip(&self.bought)
                .filter(|(voters, _)| **voters > 0);
            let sum: BigRational = loads
                .map(|(&voters, at)| self.time(at) * whole(voters))
                .sum();
            let project = purchase.project as usize;
            (sum + whole(self.profile.costs[project])) / whole(self.profile.votes[project])
        })
    }
}

//! Spending what the Method of Equal Shares leaves.

use super::equal_shares::{Trace, equal_shares};
use super::profile::Profile;
use crate::exact::whole;
use num_rational::BigRational;

/// The outcome of the Add1 completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The winners, in the order they were bought.
    pub winners: Vec<u32>,
    /// What each voter held, in the smallest unit of money.
    pub share: BigRational,
    /// How often the shares were raised.
    pub steps: u64,
}

/// Completes the method: after a run with the budget shared exactly, shares begin at
/// `budget / voters` rounded down to a whole `unit` and rise by one `unit` a time, until no further
/// project fits or the next outcome would exceed the budget.
///
/// Shares between two that decide everything alike are passed over: a project that one voter alone
/// wants would otherwise take as many runs as it costs.
#[must_use]
pub fn add1(profile: &Profile, budget: u128, unit: u128) -> Completed {
    let unit = unit.max(1);
    let mut held = budget / u128::from(profile.voters).max(1) / unit * unit;
    let share = profile.share(budget);
    let mut completed = Completed {
        winners: equal_shares(profile, &share),
        share,
        steps: 0,
    };
    let (mut last, mut stride): (Option<Trace>, u64) = (None, 1);
    while is_open(profile, budget, &completed.winners) {
        let ahead = held + unit * u128::from(stride);
        let next = Trace::of(profile, &whole(ahead));
        let alike = last.as_ref() == Some(&next);
        if !alike && stride > 1 {
            stride /= 2;
            continue;
        }
        if !alike && cost(profile, &next.winners) > budget {
            break;
        }
        held = ahead;
        completed.share = whole(held);
        completed.steps += stride;
        stride = if alike { stride.saturating_mul(2) } else { 1 };
        completed.winners.clone_from(&next.winners);
        last = Some(next);
    }
    completed
}

/// Whether something else fits, and somebody could still buy it.
fn is_open(profile: &Profile, budget: u128, winners: &[u32]) -> bool {
    let spent = cost(profile, winners);
    let fits = |p: u32| spent + profile.costs[p as usize] <= budget;
    let mut others = profile.listed.iter().filter(|p| !winners.contains(p));
    others.any(|&p| fits(p)) && winners.len() < profile.buyable().len()
}

fn cost(profile: &Profile, projects: &[u32]) -> u128 {
    projects.iter().map(|&p| profile.costs[p as usize]).sum()
}

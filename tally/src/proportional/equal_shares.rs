//! The Method of Equal Shares.

use super::bounds::Bounds;
use super::profile::Profile;
use crate::exact::whole;
use num_rational::BigRational;
use num_traits::Zero;
use std::cell::OnceCell;
use std::cmp::Ordering;

/// The outcome of the Add1 completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The winners, in the order they were bought.
    pub winners: Vec<u32>,
    /// What each voter held at first, in the smallest unit.
    pub share: BigRational,
    /// How often the shares were raised.
    pub steps: u64,
}

/// Runs the method once, each voter holding `share`; winners in the order they are bought.
#[must_use]
pub fn equal_shares(profile: &Profile, share: &BigRational) -> Vec<u32> {
    Run::new(profile, share).winners()
}

/// Completes the method: shares begin at `budget / voters` rounded down to a whole `unit` and rise
/// by one `unit` a time, until no further project fits or the next outcome would exceed the budget.
#[must_use]
pub fn add1(profile: &Profile, budget: u128, unit: u128) -> Completed {
    let unit = unit.max(1);
    let mut share = budget / u128::from(profile.voters) / unit * unit;
    let buyable = profile.buyable().len();
    let mut winners = equal_shares(profile, &whole(share));
    let mut steps = 0;
    loop {
        let spent = cost(profile, &winners);
        let fits = |p: u32| spent + profile.costs[p as usize] <= budget;
        let mut others = profile.listed.iter().filter(|p| !winners.contains(p));
        let exhaustive = !others.any(|&p| fits(p));
        if exhaustive || winners.len() == buyable {
            break;
        }
        let next = equal_shares(profile, &whole(share + unit));
        if cost(profile, &next) > budget {
            break;
        }
        (share, winners, steps) = (share + unit, next, steps + 1);
    }
    Completed {
        winners,
        share: whole(share),
        steps,
    }
}

fn cost(profile: &Profile, projects: &[u32]) -> u128 {
    projects.iter().map(|&p| profile.costs[p as usize]).sum()
}

/// Voters who paid for the same projects and so hold the same.
#[derive(Debug)]
struct Purse {
    held: Bounds,
    /// Which purse it was before the last payment, and for which round; none at first.
    from: Option<(u32, u32)>,
    empty: bool,
    exact: OnceCell<BigRational>,
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
    exact: OnceCell<BigRational>,
}

struct Run<'p> {
    profile: &'p Profile,
    share: &'p BigRational,
    purses: Vec<Purse>,
    /// The purse of each kind of ballot.
    purse_of: Vec<u32>,
    /// What was bought, round by round.
    bought: Vec<Offer>,
    /// Voters by purse, for one project at a time.
    histogram: Vec<u64>,
    touched: Vec<u32>,
}

impl<'p> Run<'p> {
    fn new(profile: &'p Profile, share: &'p BigRational) -> Self {
        let scale = profile.scale;
        let floor = |value: BigRational| u128::try_from(value.to_integer()).unwrap_or(0);
        let (low, high) = (floor(share.floor()), floor(share.ceil()));
        let held = Bounds {
            lo: scale.whole(low).lo,
            hi: scale.whole(high).hi,
        };
        let first = Purse {
            held,
            from: None,
            empty: share.is_zero(),
            exact: OnceCell::new(),
        };
        Self {
            profile,
            share,
            purses: vec![first],
            purse_of: vec![0; profile.counts.len()],
            bought: Vec::new(),
            histogram: vec![0],
            touched: Vec::new(),
        }
    }

    fn winners(mut self) -> Vec<u32> {
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
            self.buy(best);
        }
        self.bought.iter().map(|offer| offer.project).collect()
    }

    /// The project with the highest effective vote count; those that cannot be afforded leave.
    fn best(&mut self, open: &mut Vec<(u32, i128)>) -> Option<Offer> {
        let costs = &self.profile.costs;
        let cost = |project: u32| i128::try_from(costs[project as usize]).unwrap_or(i128::MAX);
        open.sort_by(|&(a, x), &(b, y)| (x * cost(b)).cmp(&(y * cost(a))).then(a.cmp(&b)));
        let mut best: Option<Offer> = None;
        let mut gone = Vec::new();
        for (project, bound) in open.iter_mut() {
            if let Some(best) = &best
                && *bound * cost(best.project) > best.payment.hi * cost(*project)
            {
                break;
            }
            let Some(offer) = self.offer(*project) else {
                gone.push(*project);
                continue;
            };
            *bound = offer.payment.lo;
            if best
                .as_ref()
                .is_none_or(|best| self.is_better(&offer, best))
            {
                best = Some(offer);
            }
        }
        open.retain(|(project, _)| !gone.contains(project));
        best
    }

    /// Whether one offer's effective vote count is higher, or equal and the tie goes to it.
    fn is_better(&self, offer: &Offer, best: &Offer) -> bool {
        let costs = &self.profile.costs;
        let (a, b) = (costs[offer.project as usize], costs[best.project as usize]);
        let (a, b) = (
            i128::try_from(a).unwrap_or(0),
            i128::try_from(b).unwrap_or(0),
        );
        if offer.payment.hi * b < best.payment.lo * a {
            return true;
        }
        if offer.payment.lo * b > best.payment.hi * a {
            return false;
        }
        let (x, y) = (
            self.payment(offer) * whole(b),
            self.payment(best) * whole(a),
        );
        match x.cmp(&y) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => self.profile.comes_first(offer.project, best.project),
        }
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
        let short = held.below(cost).unwrap_or_else(|| {
            let exact = |&(purse, voters): &(u32, u64)| self.held(purse) * whole(voters);
            purses.iter().map(exact).sum::<BigRational>()
                < whole(self.profile.costs[project as usize])
        });
        if short {
            return None;
        }
        let mut payers: u64 = purses.iter().map(|(_, voters)| voters).sum();
        let mut left = cost;
        let mut poor = 0;
        for &(purse, voters) in &purses {
            let held = self.purses[purse as usize].held;
            let payment = left.over(payers);
            // `held` below `payment`: the purse cannot pay its part.
            let below = held.below(payment).unwrap_or_else(|| {
                *self.held(purse) < self.exact_payment(project, &purses[..poor], payers)
            });
            if !below {
                break;
            }
            left = left.minus(held.times(voters));
            payers -= voters;
            poor += 1;
        }
        let payment = left.over(payers);
        let poor = purses[..poor].to_vec();
        Some(Offer {
            project,
            payment,
            poor,
            payers,
            exact: OnceCell::new(),
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
        purses
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (x, y) = (self.purses[a as usize].held, self.purses[b as usize].held);
        if a == b || (x == y && x.lo == x.hi) {
            Ordering::Equal
        } else if x.hi < y.lo {
            Ordering::Less
        } else if y.hi < x.lo {
            Ordering::Greater
        } else {
            self.held(a).cmp(self.held(b))
        }
    }

    /// Takes an offer: its supporters pay.
    fn buy(&mut self, offer: Offer) {
        let round = u32::try_from(self.bought.len()).unwrap_or(u32::MAX);
        let mut becomes: Vec<Option<u32>> = vec![None; self.purses.len()];
        for &(purse, _) in &offer.poor {
            becomes[purse as usize] = Some(self.add(Purse {
                held: Bounds::ZERO,
                from: None,
                empty: true,
                exact: OnceCell::new(),
            }));
        }
        let supporters = &self.profile.supporters[offer.project as usize];
        for &kind in supporters {
            let old = self.purse_of[kind as usize];
            if self.purses[old as usize].empty {
                continue;
            }
            let new = becomes[old as usize].unwrap_or_else(|| {
                let held = self.purses[old as usize].held.minus(offer.payment);
                let held = Bounds {
                    lo: held.lo.max(0),
                    hi: held.hi.max(0),
                };
                let from = Some((old, round));
                let purse = Purse {
                    held,
                    from,
                    empty: false,
                    exact: OnceCell::new(),
                };
                self.purses.push(purse);
                self.histogram.push(0);
                u32::try_from(self.purses.len() - 1).unwrap_or(u32::MAX)
            });
            becomes[old as usize] = Some(new);
            self.purse_of[kind as usize] = new;
        }
        self.bought.push(offer);
    }

    fn add(&mut self, purse: Purse) -> u32 {
        self.purses.push(purse);
        self.histogram.push(0);
        u32::try_from(self.purses.len() - 1).unwrap_or(u32::MAX)
    }

    /// Exactly what is in a purse.
    fn held(&self, purse: u32) -> &BigRational {
        let purse = &self.purses[purse as usize];
        purse.exact.get_or_init(|| match purse.from {
            _ if purse.empty => BigRational::zero(),
            None => self.share.clone(),
            Some((before, round)) => self.held(before) - self.payment(&self.bought[round as usize]),
        })
    }

    /// Exactly what a supporter pays at most.
    fn payment<'o>(&self, offer: &'o Offer) -> &'o BigRational {
        offer
            .exact
            .get_or_init(|| self.exact_payment(offer.project, &offer.poor, offer.payers))
    }

    fn exact_payment(&self, project: u32, poor: &[(u32, u64)], payers: u64) -> BigRational {
        let paid = poor
            .iter()
            .map(|&(purse, voters)| self.held(purse) * whole(voters));
        let left = whole(self.profile.costs[project as usize]) - paid.sum::<BigRational>();
        left / whole(payers)
    }
}

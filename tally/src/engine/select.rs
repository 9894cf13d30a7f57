//! From a ranking to chosen candidates.

use super::groups::Groups;
use super::input::{Candidate, Cut, Fill, Input, Minimum, Pool, Pots, Scope, Settings, Then, Top};
use super::reason::Reason;
use super::steps::{Chosen, Knife, Pot, Step, Till, pay};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use voting_core::rule::{Bound, Leftovers, Majority, MajorityBase, Poll, PollTest};

/// The selection of one input under one rule, ready to run on any order of the candidates.
#[derive(Clone, Debug)]
pub(super) struct Selector<'a> {
    pub(super) input: &'a Input,
    pub(super) settings: &'a Settings,
    /// Whether each candidate reaches the minimum.
    reaches: Vec<bool>,
    /// For each candidate the sets it is in.
    pub(super) conflicts: Vec<Vec<u32>>,
    /// The rankings that are cut, and the line of each.
    pub(super) cut: Option<(Groups, Vec<u128>)>,
    /// The rankings that are filled or given places.
    pub(super) groups: Groups,
    /// The most each pot pays, and the exact amounts.
    pots: Vec<Pot>,
}

impl<'a> Selector<'a> {
    pub(super) fn new(input: &'a Input, settings: &'a Settings) -> Self {
        let reaches = |c: &Candidate| reaches(c, settings.minimum.as_ref(), input.voters);
        let mut conflicts = vec![Vec::new(); input.candidates.len()];
        for (set, members) in (0..).zip(&settings.conflicts) {
            for &member in members {
                conflicts[member].push(set);
            }
        }
        let cut = settings
            .cut
            .as_ref()
            .map(|cut| Self::cut_groups(input, cut));
        let (scope, pots) = pots(&settings.then);
        Self {
            input,
            settings,
            reaches: input.candidates.iter().map(reaches).collect(),
            conflicts,
            cut,
            groups: Groups::new(input, scope),
            pots: pots.into_iter().map(|pool| Pot::new(pool.amount)).collect(),
        }
    }

    /// The rankings of a cut and the most each may drop, or the least it must.
    fn cut_groups(input: &Input, cut: &Cut) -> (Groups, Vec<u128>) {
        let groups = Groups::new(input, cut.scope);
        let lines = groups.costs(input).into_iter().map(|cost| {
            let line = &cut.part * BigRational::from(BigInt::from(cost));
            let line = match cut.bound {
                Bound::AtMost => line.floor(),
                Bound::AtLeast => line.ceil(),
            };
            line.to_integer().to_u128().unwrap_or(0)
        });
        let lines = lines.collect();
        (groups, lines)
    }

    /// The pots as they stood before anything was funded.
    pub(super) fn pots(&self) -> &[Pot] {
        &self.pots
    }

    /// The rankings that are filled, or given places, or cut.
    pub(super) fn judging_groups(&self) -> &Groups {
        match (&self.settings.then, &self.cut) {
            (Then::Keep, Some((groups, _))) => groups,
            _ => &self.groups,
        }
    }

    /// Whether a candidate reaches the minimum.
    pub(super) fn reaches(&self, candidate: u32) -> bool {
        self.reaches[candidate as usize]
    }

    /// Judges the candidates of `order`, best first; excluded ones keep [`Reason::Excluded`].
    pub(super) fn run(&self, order: &[u32], steps: &mut Vec<Step>) {
        self.run_if(order, None, steps);
    }

    /// The same as if one candidate reached the minimum whatever its score.
    pub(super) fn run_if(&self, order: &[u32], reaching: Option<u32>, steps: &mut Vec<Step>) {
        steps.clear();
        steps.resize(self.input.candidates.len(), Step::new(Reason::Excluded));
        for &candidate in order {
            let below = !self.reaches[candidate as usize] && reaching != Some(candidate);
            let reason = if below {
                Reason::BelowMinimum
            } else {
                Reason::Waiting
            };
            steps[candidate as usize] = Step::new(reason);
        }
        if let (Some((groups, lines)), Some(cut)) = (&self.cut, &self.settings.cut) {
            self.drop_bottom(order, groups, lines, cut.bound, steps);
        }
        let mut chosen = Chosen::new(&self.conflicts, self.settings.conflicts.len());
        match &self.settings.then {
            Then::Keep => self.keep(order, &mut chosen, steps),
            Then::Fill(fill) => self.fill(order, fill, &mut chosen, steps),
            Then::Top(top) => self.places(order, top, &mut chosen, steps),
            Then::Poll(poll, sides) => self.poll(order, poll, *sides, steps),
        }
    }

    fn drop_bottom(
        &self,
        order: &[u32],
        groups: &Groups,
        lines: &[u128],
        bound: Bound,
        steps: &mut [Step],
    ) {
        let mut knives = vec![Knife::default(); groups.count];
        for &candidate in order.iter().rev() {
            let Some(group) = groups.get(candidate) else {
                continue;
            };
            let cost = self.input.candidates[candidate as usize].cost;
            let Some(with) = knives[group].drops(cost, lines[group], bound) else {
                continue;
            };
            let pot = u32::try_from(group).unwrap_or(0);
            steps[candidate as usize] = Step {
                reason: Reason::DroppedByCut,
                funded: 0,
                running: with,
                pot,
            };
        }
    }

    fn keep(&self, order: &[u32], chosen: &mut Chosen<'_>, steps: &mut [Step]) {
        let cut = self.cut.as_ref();
        let mut running = vec![0_u128; cut.map_or(1, |(groups, _)| groups.count)];
        for &candidate in order {
            let step = &mut steps[candidate as usize];
            if step.reason != Reason::Waiting || chosen.refuses(candidate, step) {
                continue;
            }
            let cost = self.input.candidates[candidate as usize].cost;
            let group = cut.map_or(Some(0), |(groups, _)| groups.get(candidate));
            step.reason = if group.is_some() {
                Reason::AboveCut
            } else {
                Reason::OutsideCut
            };
            step.funded = cost;
            if let Some(group) = group {
                running[group] += cost;
                (step.running, step.pot) = (running[group], u32::try_from(group).unwrap_or(0));
            }
            chosen.take(candidate);
        }
    }

    fn fill(&self, order: &[u32], fill: &Fill, chosen: &mut Chosen<'_>, steps: &mut [Step]) {
        let mut tills: Vec<Till> = self.pots.iter().map(Till::new).collect();
        let rest = matches!(fill.pots, Pots::FieldsThenRest { .. });
        for &candidate in order {
            let step = &mut steps[candidate as usize];
            if step.reason != Reason::Waiting {
                continue;
            }
            let group = self.groups.get(candidate);
            let Some((group, till)) = group.and_then(|g| Some((g, tills.get_mut(g)?))) else {
                step.reason = Reason::OutsideScope;
                continue;
            };
            let cost = self.input.candidates[candidate as usize].cost;
            if pay(till, fill.policy, cost, candidate, chosen, step) {
                chosen.take(candidate);
            }
            step.pot = u32::try_from(group).unwrap_or(0);
        }
        if rest {
            self.fill_rest(order, fill, &mut tills, chosen, steps);
        }
    }

    fn fill_rest(
        &self,
        order: &[u32],
        fill: &Fill,
        tills: &mut [Till],
        chosen: &mut Chosen<'_>,
        steps: &mut [Step],
    ) {
        let Some((till, fields)) = tills.split_last_mut() else {
            return;
        };
        let pot = u32::try_from(fields.len()).unwrap_or(0);
        let exact = self.rest_with(fill, fields);
        *till = Till::new(&Pot::new(exact));
        for &candidate in order {
            let step = &mut steps[candidate as usize];
            if !step.reason.is_short_of_money() {
                continue;
            }
            *step = Step::new(Reason::Waiting);
            let cost = self.input.candidates[candidate as usize].cost;
            if pay(till, fill.policy, cost, candidate, chosen, step) {
                chosen.take(candidate);
            }
            step.pot = pot;
            if step.reason == Reason::Funded {
                step.reason = Reason::FundedFromRest;
            }
        }
    }

    /// The citywide rest, with what the fields left where it joins.
    fn rest_with(&self, fill: &Fill, fields: &[Till]) -> BigRational {
        let rest = self
            .pots
            .last()
            .map_or_else(BigRational::zero, |pot| pot.exact.clone());
        let Pots::FieldsThenRest {
            leftovers: Leftovers::JoinRest,
            ..
        } = fill.pots
        else {
            return rest;
        };
        let left = self.pots.iter().zip(fields).map(|(pot, till)| {
            let spent = BigRational::from(BigInt::from(till.spent));
            (&pot.exact - spent).max(BigRational::zero())
        });
        left.fold(rest, |sum, left| sum + left)
    }

    fn places(&self, order: &[u32], top: &Top, chosen: &mut Chosen<'_>, steps: &mut [Step]) {
        let mut taken = vec![0_u32; self.groups.count];
        for &candidate in order {
            let step = &mut steps[candidate as usize];
            if step.reason != Reason::Waiting {
                continue;
            }
            let Some(group) = self.groups.get(candidate) else {
                step.reason = Reason::OutsideScope;
                continue;
            };
            step.pot = u32::try_from(group).unwrap_or(0);
            if taken[group] == top.places {
                step.reason = Reason::BelowPlaces;
            } else if !chosen.refuses(candidate, step) {
                taken[group] += 1;
                step.reason = Reason::InPlaces;
                step.funded = self.input.candidates[candidate as usize].cost;
                chosen.take(candidate);
            }
        }
    }

    fn poll(&self, order: &[u32], poll: &Poll, sides: Option<(usize, usize)>, steps: &mut [Step]) {
        let participants: u64 = self.input.candidates.iter().map(|c| c.marks).sum();
        let enough = participants >= poll.participants;
        let first = order.first().copied();
        for &candidate in order {
            let step = &mut steps[candidate as usize];
            step.reason = match (&poll.test, sides) {
                _ if !enough => Reason::TooFewParticipants,
                (PollTest::ForOrAgainst(majority), Some((agree, disagree)))
                    if candidate as usize == agree && self.majority(majority, agree, disagree) =>
                {
                    Reason::Majority
                }
                (PollTest::ForOrAgainst(_), _) => Reason::NoMajority,
                _ if Some(candidate) == first => Reason::MostFrequent,
                _ => Reason::NotMostFrequent,
            };
        }
    }

    fn majority(&self, majority: &Majority, agree: usize, disagree: usize) -> bool {
        let score = |i: usize| &self.input.candidates[i].score;
        let of = match majority.of {
            MajorityBase::AgreeAndDisagree => score(agree) + score(disagree),
            MajorityBase::Participants => {
                let all = self.input.candidates.iter().map(|c| &c.score);
                all.fold(BigRational::zero(), |sum, s| sum + s)
            }
        };
        *score(agree) > majority.more_than.to_big() * of
    }
}

/// The rankings that `then` works on, and their money.
fn pots(then: &Then) -> (Scope, Vec<Pool>) {
    match then {
        Then::Keep | Then::Poll(..) => (Scope::Overall, Vec::new()),
        Then::Top(top) => (top.scope, Vec::new()),
        Then::Fill(fill) => match &fill.pots {
            Pots::Overall(pool) => (Scope::Overall, vec![pool.clone()]),
            Pots::EachList(pools) => (Scope::EachList, pools.clone()),
            Pots::EachField(pools) => (Scope::EachField, pools.clone()),
            Pots::FieldsThenRest { fields, rest, .. } => {
                let pools = fields.iter().chain([rest]).cloned();
                (Scope::EachField, pools.collect())
            }
        },
    }
}

/// Whether a candidate reaches the minimum.
fn reaches(candidate: &Candidate, minimum: Option<&Minimum>, voters: u64) -> bool {
    match minimum {
        None => true,
        Some(Minimum::Marks(marks)) => candidate.marks >= *marks,
        Some(Minimum::Score(score)) => candidate.score >= *score,
        Some(Minimum::ShareOfVoters(part)) => {
            let needed = part * BigRational::from(BigInt::from(voters));
            BigRational::from(BigInt::from(candidate.marks)) >= needed
        }
    }
}

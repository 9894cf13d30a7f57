//! The outcome of one candidate at every place of the ranking, in one pass over the others.

use super::input::{Cut, Fill, Pots, Then, Top};
use super::reason::Reason;
use super::select::Selector;
use super::steps::{Chosen, Knife, Step, Till, pay};

impl Selector<'_> {
    /// Whether a candidate that reached the minimum would be chosen at each place among `others`,
    /// from before the first to behind the last; none where one pass does not tell.
    pub(super) fn probe(&self, candidate: u32, others: &[u32]) -> Option<Vec<bool>> {
        match (&self.settings.then, &self.settings.cut) {
            (Then::Fill(fill), None) if !matches!(fill.pots, Pots::FieldsThenRest { .. }) => {
                self.probe_fill(fill, candidate, others)
            }
            (Then::Top(top), None) => self.probe_places(top, candidate, others),
            (Then::Keep, Some(cut)) if self.settings.conflicts.is_empty() => {
                self.probe_cut(cut, candidate, others)
            }
            _ => None,
        }
    }

    fn probe_fill(&self, fill: &Fill, candidate: u32, others: &[u32]) -> Option<Vec<bool>> {
        let own = self.groups.get(candidate)?;
        let mut tills: Vec<Till> = self.pots().iter().map(Till::new).collect();
        let mut chosen = Chosen::new(&self.conflicts, self.settings.conflicts.len());
        let mut step = Step::new(Reason::Waiting);
        let mut places = Vec::with_capacity(others.len() + 1);
        let cost = |candidate: u32| self.input.candidates[candidate as usize].cost;
        for &other in others {
            let mut trial = *tills.get(own)?;
            places.push(pay(
                &mut trial,
                fill.policy,
                cost(candidate),
                candidate,
                &chosen,
                &mut step,
            ));
            let till = self
                .groups
                .get(other)
                .and_then(|group| tills.get_mut(group));
            if let Some(till) = till.filter(|_| self.reaches(other))
                && pay(till, fill.policy, cost(other), other, &chosen, &mut step)
            {
                chosen.take(other);
            }
        }
        let mut last = *tills.get(own)?;
        places.push(pay(
            &mut last,
            fill.policy,
            cost(candidate),
            candidate,
            &chosen,
            &mut step,
        ));
        Some(places)
    }

    fn probe_places(&self, top: &Top, candidate: u32, others: &[u32]) -> Option<Vec<bool>> {
        let own = self.groups.get(candidate)?;
        let mut taken = vec![0_u32; self.groups.count];
        let mut chosen = Chosen::new(&self.conflicts, self.settings.conflicts.len());
        let mut step = Step::new(Reason::Waiting);
        let mut places = Vec::with_capacity(others.len() + 1);
        for &other in others {
            places.push(taken[own] < top.places && !chosen.refuses(candidate, &mut step));
            let Some(group) = self.groups.get(other).filter(|_| self.reaches(other)) else {
                continue;
            };
            if taken[group] < top.places && !chosen.refuses(other, &mut step) {
                taken[group] += 1;
                chosen.take(other);
            }
        }
        places.push(taken[own] < top.places && !chosen.refuses(candidate, &mut step));
        Some(places)
    }

    fn probe_cut(&self, cut: &Cut, candidate: u32, others: &[u32]) -> Option<Vec<bool>> {
        let (groups, lines) = self.cut.as_ref()?;
        let own = groups.get(candidate)?;
        let cost = |candidate: u32| self.input.candidates[candidate as usize].cost;
        let stays = |knife: Knife| {
            let mut trial = knife;
            trial
                .drops(cost(candidate), lines[own], cut.bound)
                .is_none()
        };
        let mut knife = Knife::default();
        let mut places = vec![stays(knife)];
        for &other in others.iter().rev() {
            if groups.get(other) == Some(own) {
                let _ = knife.drops(cost(other), lines[own], cut.bound);
            }
            places.push(stays(knife));
        }
        places.reverse();
        Some(places)
    }
}

//! Rankings within a ranking.

use super::input::{Input, Scope};

/// The rankings of a scope: which candidate belongs to which.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// The group of each candidate.
    pub(super) of: Vec<Option<u32>>,
    /// How many groups there are.
    pub(super) count: usize,
}

impl Groups {
    pub(super) fn new(input: &Input, scope: Scope) -> Self {
        let index = |i: usize| u32::try_from(i).ok();
        let of = input.candidates.iter().map(|candidate| match scope {
            Scope::Overall => Some(0),
            Scope::List(list) => (candidate.list == Some(list)).then_some(0),
            Scope::EachList => candidate.list.and_then(index),
            Scope::EachField => candidate.field.and_then(index),
        });
        let count = match scope {
            Scope::Overall | Scope::List(_) => 1,
            Scope::EachList => input.lists.len(),
            Scope::EachField => input.fields.len(),
        };
        Self {
            of: of.collect(),
            count,
        }
    }

    /// The group of a candidate.
    pub(super) fn get(&self, candidate: u32) -> Option<usize> {
        self.of[candidate as usize].map(|g| g as usize)
    }

    /// The cost of each group's candidates that are not excluded.
    pub(super) fn costs(&self, input: &Input) -> Vec<u128> {
        let mut costs = vec![0; self.count];
        for (candidate, group) in input.candidates.iter().zip(&self.of) {
            if let Some(group) = group.filter(|_| candidate.excluded.is_none()) {
                costs[group as usize] += candidate.cost;
            }
        }
        costs
    }
}

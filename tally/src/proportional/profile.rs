//! Approval ballots, alike ones together.

use super::bounds::Scale;
use crate::exact::whole;
use crate::pb::PbFile;
use num_rational::BigRational;
use std::collections::HashMap;
use thiserror::Error;

/// Approval ballots and costs.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Ballots, blank ones included.
    pub(super) voters: u64,
    /// Projects that take part.
    pub(super) listed: Vec<u32>,
    /// Cost of each project, in the smallest unit.
    pub(super) costs: Vec<u128>,
    /// How many ballots of each kind there are.
    pub(super) counts: Vec<u64>,
    /// The kinds of ballots that mark each project.
    pub(super) supporters: Vec<Vec<u32>>,
    /// Ballots that mark each project.
    pub(super) votes: Vec<u64>,
    /// Which of two otherwise equal projects comes first: the lower number.
    pub(super) order: Vec<u32>,
    pub(super) scale: Scale,
}

/// Ballots that cannot be shared among.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProfileError {
    /// Amounts too large for the bounds.
    #[error("costs are too large to share exactly among so many voters")]
    TooLarge,
}

impl Profile {
    /// The approvals of a file. Projects of `costs` that are `None` take no part. `order` says
    /// which of two otherwise equal projects comes first.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn of_file(
        file: &PbFile<'_>,
        costs: &[Option<u128>],
        order: Vec<u32>,
    ) -> Result<Self, ProfileError> {
        let ballots = (0..file.ballot_count()).filter(|&ballot| !file.is_void(ballot));
        Self::new(ballots.map(|ballot| file.marks(ballot)), costs, order)
    }

    /// Ballots as the projects each marks, in any order.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn new<'b>(
        ballots: impl Iterator<Item = &'b [u32]>,
        costs: &[Option<u128>],
        order: Vec<u32>,
    ) -> Result<Self, ProfileError> {
        let mut kinds: HashMap<Vec<u32>, usize> = HashMap::new();
        let (mut counts, mut voters) = (Vec::new(), 0);
        let mut supporters = vec![Vec::new(); costs.len()];
        let mut sorted: Vec<u32> = Vec::new();
        for ballot in ballots {
            voters += 1;
            sorted.clear();
            sorted.extend(
                ballot
                    .iter()
                    .filter(|&&project| costs[project as usize].is_some()),
            );
            sorted.sort_unstable();
            sorted.dedup();
            if let Some(&kind) = kinds.get(&sorted) {
                counts[kind] += 1;
                continue;
            }
            let kind = u32::try_from(counts.len()).map_err(|_| ProfileError::TooLarge)?;
            for &project in &sorted {
                supporters[project as usize].push(kind);
            }
            kinds.insert(sorted.clone(), counts.len());
            counts.push(1);
        }
        let votes = supporters
            .iter()
            .map(|kinds: &Vec<u32>| kinds.iter().map(|&kind| counts[kind as usize]).sum());
        let votes = votes.collect();
        let scale = Scale::new(costs.iter().flatten(), voters).ok_or(ProfileError::TooLarge)?;
        let takes_part = |&project: &u32| costs[project as usize].is_some();
        let listed = (0..).take(costs.len()).filter(takes_part).collect();
        let costs = costs.iter().map(|cost| cost.unwrap_or(0)).collect();
        Ok(Self {
            voters,
            listed,
            costs,
            counts,
            supporters,
            votes,
            order,
            scale,
        })
    }

    /// What each voter gets of a budget: nothing where there are no voters.
    #[must_use]
    pub fn share(&self, budget: u128) -> BigRational {
        whole(budget) / whole(self.voters.max(1))
    }

    /// Whether more voters marked more of `these` projects than of `those` than the other way
    /// round.
    #[must_use]
    pub fn prefers(&self, these: &[u32], those: &[u32]) -> bool {
        let mut ahead = vec![0_i64; self.counts.len()];
        for (projects, one) in [(these, 1), (those, -1)] {
            for &project in projects {
                for &kind in &self.supporters[project as usize] {
                    ahead[kind as usize] += one;
                }
            }
        }
        let voters = |sign: i64| -> u64 {
            let kinds = ahead.iter().zip(&self.counts);
            kinds
                .filter(|(ahead, _)| ahead.signum() == sign)
                .map(|(_, count)| count)
                .sum()
        };
        voters(1) > voters(-1)
    }

    /// What all projects that take part cost.
    pub(super) fn total_cost(&self) -> u128 {
        self.listed.iter().map(|&p| self.costs[p as usize]).sum()
    }

    /// Projects that can be bought: they cost something and someone marked them.
    pub(super) fn buyable(&self) -> Vec<u32> {
        let buyable =
            |&project: &u32| self.costs[project as usize] > 0 && self.votes[project as usize] > 0;
        (0..).take(self.costs.len()).filter(buyable).collect()
    }

    /// A project's cost as a factor of bounds.
    pub(super) fn signed_cost(&self, project: u32) -> i128 {
        i128::try_from(self.costs[project as usize]).unwrap_or(i128::MAX)
    }

    /// Whether `a` comes before `b` where they are otherwise equal.
    pub(super) fn comes_first(&self, a: u32, b: u32) -> bool {
        let key = |p: u32| {
            let p = p as usize;
            (
                self.costs[p],
                std::cmp::Reverse(self.votes[p]),
                self.order.get(p).copied(),
                p,
            )
        };
        key(a) < key(b)
    }
}

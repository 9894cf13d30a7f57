//! Made-up voters of any election: choices drawn at random within its limits.

use crate::casting::Person;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_core::Rng;
use voting_core::ballot::BallotShape;

/// `count` people named after `name`, each with choices of their own.
///
/// Every list's and field's limits are kept: projects are tried in a random order, first until every
/// minimum is met, then as long as no maximum is broken and the person wants more.
pub fn people(name: &str, count: usize, shape: &BallotShape, rng: &mut impl Rng) -> Vec<Person> {
    let person = |n: usize, rng: &mut _| {
        let name = format!("{name}-{n}");
        Person {
            ci: format!("made-up-{name}"),
            name,
            chosen: choose(shape, rng),
        }
    };
    (1..=count).map(|n| person(n, rng)).collect()
}

fn choose(shape: &BallotShape, rng: &mut impl Rng) -> Vec<u32> {
    let mut order: Vec<u32> = (0..).take(shape.options()).collect();
    order.shuffle(rng);
    let mut chosen = Chosen {
        shape,
        counts: vec![0; shape.limits().len()],
        positions: Vec::new(),
    };
    for &project in &order {
        if chosen.is_missing(project) && chosen.allows(project) {
            chosen.take(project);
        }
    }
    let wanted = rng.random_range(1..=shape.options().min(10));
    for &project in &order {
        let more = chosen.positions.len() < wanted && !chosen.positions.contains(&project);
        if more && chosen.allows(project) {
            chosen.take(project);
        }
    }
    chosen.positions
}

struct Chosen<'a> {
    shape: &'a BallotShape,
    /// How many are chosen under each limit.
    counts: Vec<u32>,
    positions: Vec<u32>,
}

impl Chosen<'_> {
    /// The limits that a project is under.
    fn limits(&self, project: u32) -> impl Iterator<Item = usize> + '_ {
        let limits = self.shape.limits().iter().enumerate();
        limits
            .filter(move |(_, l)| l.members.contains(&project))
            .map(|(k, _)| k)
    }

    fn is_missing(&self, project: u32) -> bool {
        self.limits(project)
            .any(|k| self.counts[k] < self.shape.limits()[k].min)
    }

    fn allows(&self, project: u32) -> bool {
        self.limits(project)
            .all(|k| self.counts[k] < self.shape.limits()[k].max)
    }

    fn take(&mut self, project: u32) {
        let limits: Vec<usize> = self.limits(project).collect();
        limits.into_iter().for_each(|k| self.counts[k] += 1);
        self.positions.push(project);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voting_core::ballot::{Choices, Limit};

    #[test]
    fn choices_keep_every_limit_and_differ() {
        let limit = |members: std::ops::Range<u32>, min, max| Limit {
            members: members.collect(),
            min,
            max,
        };
        let limits = vec![limit(0..20, 2, 10), limit(0..12, 1, 7), limit(12..20, 1, 3)];
        let shape = BallotShape::new(20, limits).unwrap();
        let people = people("x", 200, &shape, &mut rand::rng());
        for person in &people {
            Choices::new(&shape, &person.chosen).unwrap();
        }
        assert!(
            people
                .windows(2)
                .any(|pair| pair[0].chosen != pair[1].chosen)
        );
    }
}

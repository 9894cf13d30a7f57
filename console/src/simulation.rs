//! A rule tried out on made-up totals: where would the line be?
//!
//! A sample's voters are drawn from its number alone, so the same sample shows the same totals to
//! everybody, and a change of the rule is the only difference between two looks.

#[cfg(test)]
mod tests;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tally::result::{ClassTotal, ClassTotals, ResultDocument, Standing, TotalsError, compute};
use voting_core::manifest::{Admission, Contest, Manifest, Picks};

/// The most voters whose choices are drawn; more are the same choices many times over.
const MAX_DRAWN: u64 = 2_000;
/// The most voters of a sample.
const MAX_VOTERS: u64 = 10_000_000;
/// Of a class with a roll, so many for each hundred of the others.
const ROLL_PER_HUNDRED: u64 = 1;

/// A sample of voters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Which sample: another number gives other totals.
    pub number: u32,
    /// How many vote in a class for everyone; a class with a roll has a hundredth of it.
    pub voters: u64,
}

/// Computes what the rule makes of a sample.
///
/// # Errors
/// [`TotalsError`] where the rule cannot decide on any totals.
pub fn simulate(manifest: &Manifest, sample: Sample) -> Result<ResultDocument, TotalsError> {
    compute(manifest, &totals(manifest, sample))
}

/// The sample's totals: possible ones, by construction of possible ballots.
#[must_use]
pub fn totals(manifest: &Manifest, sample: Sample) -> ClassTotals {
    let voters = sample.voters.clamp(1, MAX_VOTERS);
    let mut rng = ChaCha20Rng::seed_from_u64(sample.number.into());
    let popularity: Vec<u32> = manifest
        .projects()
        .map(|_| 1 + rng.next_u32() % 100)
        .collect();
    let mut classes = Vec::new();
    for class in &manifest.classes {
        let ballots = match class.admission {
            Admission::Everyone => voters,
            Admission::Roll => (voters / 100 * ROLL_PER_HUNDRED).max(1),
        };
        classes.push(total(
            manifest,
            class.id.clone(),
            ballots,
            &popularity,
            &mut rng,
        ));
    }
    for group in &manifest.offline_groups {
        let mut counted = total(
            manifest,
            group.id.clone(),
            (voters / 100).max(1),
            &popularity,
            &mut rng,
        );
        counted.issued = 0;
        classes.push(counted);
    }
    ClassTotals {
        classes,
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    }
}

fn total(
    manifest: &Manifest,
    class: voting_core::rule::ClassId,
    ballots: u64,
    popularity: &[u32],
    rng: &mut ChaCha20Rng,
) -> ClassTotal {
    let drawn = ballots.min(MAX_DRAWN);
    let times = ballots / drawn;
    let mut marks = vec![0; popularity.len()];
    for _ in 0..drawn {
        let mut first = 0;
        for contest in &manifest.contests {
            let liked = &popularity[first..first + contest.projects.len()];
            for chosen in choose(contest, liked, rng) {
                marks[first + chosen] += times;
            }
            first += contest.projects.len();
        }
    }
    ClassTotal {
        class,
        standing: Standing::Counted,
        ballots: drawn * times,
        issued: drawn * times,
        marks,
    }
}

/// One voter's choice: first what lists and fields demand, then the best liked until all is picked.
fn choose(contest: &Contest, popularity: &[u32], rng: &mut ChaCha20Rng) -> Vec<usize> {
    let mut liking: Vec<(u32, usize)> = (0..)
        .zip(popularity)
        .map(|(i, p)| (rng.next_u32() % p, i))
        .collect();
    liking.sort_unstable_by(|a, b| b.cmp(a));
    let mut choice = Choice {
        contest,
        chosen: Vec::new(),
        parts: BTreeMap::new(),
    };
    for needed in [true, false] {
        for (_, project) in &liking {
            choice.consider(*project, needed);
        }
    }
    choice.chosen
}

struct Choice<'a> {
    contest: &'a Contest,
    chosen: Vec<usize>,
    /// Picks by list and by field.
    parts: BTreeMap<(&'static str, &'a str), u32>,
}

impl<'a> Choice<'a> {
    /// Picks a project if every limit allows it; where only what is `needed` is looked for, if a
    /// part of it has fewer picks than it must.
    fn consider(&mut self, project: usize, needed: bool) {
        let (parts, count) = (self.parts_of(project), self.chosen.len());
        let taken = |part: &(&'static str, &'a str)| self.parts.get(part).copied().unwrap_or(0);
        let full = count >= usize::try_from(self.contest.picks.max).unwrap_or(usize::MAX)
            || parts.iter().any(|(part, picks)| taken(part) >= picks.max);
        let lacking = parts.iter().any(|(part, picks)| taken(part) < picks.min);
        if full || self.chosen.contains(&project) || (needed && !lacking) {
            return;
        }
        self.chosen.push(project);
        for (part, _) in parts {
            *self.parts.entry(part).or_insert(0) += 1;
        }
    }

    fn parts_of(&self, project: usize) -> Vec<((&'static str, &'a str), Picks)> {
        let (contest, project) = (self.contest, &self.contest.projects[project]);
        let list = contest
            .lists
            .iter()
            .find(|list| Some(&list.id) == project.list.as_ref());
        let field = contest
            .fields
            .iter()
            .find(|field| Some(&field.id) == project.field.as_ref());
        let list = list.and_then(|list| Some((("list", list.id.as_str()), list.picks?)));
        let field = field.and_then(|field| Some((("field", field.id.as_str()), field.picks?)));
        list.into_iter().chain(field).collect()
    }
}

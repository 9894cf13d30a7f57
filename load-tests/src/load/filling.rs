//! Filling a pool: credentials are issued and ballots sealed before anything is timed.

use super::fire::carriers;
use super::pool::{Pool, Purpose};
use crate::casting::Person;
use crate::election::Election;
use crate::made_up;
use crate::voter::{Voter, VoterError, draw_key};
use anyhow::Context;
use std::num::NonZero;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use voting_core::cast::CastBallot;

/// How many voters are made at once and then written down together.
const CHUNK: usize = 256;
/// How many of them ask for credentials at the same time.
const AT_ONCE: usize = 64;

/// Whom a pool must hold at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// Voters who vote.
    pub good: usize,
    /// Of them, voters who have other ballots,
    pub second: usize,
    /// and how many others each of these has.
    pub second_each: usize,
    /// People with a credential who send bad ballots.
    pub attackers: usize,
    /// How many bad ballots each of these has.
    pub bad_each: usize,
}

impl Recipe {
    /// The groups that are missing where there are `good`, `second` and `bad` ballots.
    fn lacking(&self, good: usize, second: usize, bad: usize) -> Vec<Vec<Purpose>> {
        let others = (self.second * self.second_each).saturating_sub(second);
        let pairs = others.div_ceil(self.second_each.max(1));
        let alone = self.good.saturating_sub(good + pairs);
        let bad_ones = (self.attackers * self.bad_each).saturating_sub(bad);
        let attackers = bad_ones.div_ceil(self.bad_each.max(1));
        let mut pair = vec![Purpose::Second; self.second_each];
        pair.insert(0, Purpose::Good);
        let mut groups = vec![pair; pairs];
        groups.extend(vec![vec![Purpose::Good]; alone]);
        groups.extend(vec![vec![Purpose::BadProof; self.bad_each]; attackers]);
        groups
    }

    fn lacking_in(&self, pool: &Pool) -> Vec<Vec<Purpose>> {
        let count = |purpose| pool.of(purpose).count();
        self.lacking(
            count(Purpose::Good),
            count(Purpose::Second),
            count(Purpose::BadProof),
        )
    }

    /// Whether a pool holds all of it.
    #[must_use]
    pub fn is_met(&self, pool: &Pool) -> bool {
        self.lacking_in(pool).is_empty()
    }
}

/// Adds the voters that a pool lacks. Whoever is in it already is left as they are.
///
/// # Errors
/// The first voter's who did not get a credential.
pub(super) async fn fill(
    pool: &mut Pool,
    recipe: &Recipe,
    election: &Arc<Election>,
    name: &str,
    say: impl Fn(usize),
) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let from = |carrier| Arc::new(Election::clone(election).forwarded_for(carrier));
    let makers = Arc::new(Makers {
        elections: carriers().map(from).collect(),
        asking: Semaphore::new(AT_ONCE),
        sealing: Semaphore::new(cores),
    });
    for chunk in recipe.lacking_in(pool).chunks(CHUNK) {
        let (first, count) = (pool.voters(), chunk.len());
        let shape = &election.parameters().shape;
        let people = made_up::people("load", count, shape, &mut rand::rng());
        let mut tasks = JoinSet::new();
        for ((voter, person), purposes) in (first..).zip(people).zip(chunk) {
            let (makers, purposes) = (makers.clone(), purposes.clone());
            let person = Person {
                ci: format!("made-up-{name}-{voter}"),
                ..person
            };
            tasks.spawn(async move { (voter, makers.group(voter, person, purposes).await) });
        }
        let mut groups = Vec::with_capacity(count);
        while let Some(made) = tasks.join_next().await {
            let (voter, group) = made?;
            groups.push((voter, group.with_context(|| format!("voter {voter}"))?));
        }
        groups.sort_by_key(|(voter, _)| *voter);
        let groups: Vec<_> = groups.into_iter().map(|(_, group)| group).collect();
        pool.add(&groups)?;
        say(pool.voters());
    }
    Ok(())
}

struct Makers {
    /// The same for every carrier that voters come through.
    elections: Vec<Arc<Election>>,
    asking: Semaphore,
    /// As many as there are cores: sealing is computation.
    sealing: Semaphore,
}

impl Makers {
    async fn group(
        &self,
        voter: usize,
        person: Person,
        purposes: Vec<Purpose>,
    ) -> Result<Vec<(Purpose, CastBallot)>, VoterError> {
        let stopped = |_| VoterError::Stopped;
        let asking = self.asking.acquire().await.map_err(stopped)?;
        let election = self.elections.get(voter % self.elections.len().max(1));
        let election = election.ok_or(VoterError::Stopped)?;
        let voter = Voter::identify(election, &person.ci, draw_key()).await?;
        drop(asking);
        let _turn = self.sealing.acquire().await.map_err(stopped)?;
        let seal = move || seal(&voter, &person.chosen, &purposes);
        tokio::task::spawn_blocking(seal)
            .await
            .map_err(|_| VoterError::Stopped)?
    }
}

/// Every bad ballot differs from the others, so that none is known before it comes.
fn seal(
    voter: &Voter,
    chosen: &[u32],
    purposes: &[Purpose],
) -> Result<Vec<(Purpose, CastBallot)>, VoterError> {
    let mut bad = 0;
    let mut sealed = None;
    let mut group = Vec::with_capacity(purposes.len());
    for &purpose in purposes {
        let bytes = match purpose {
            Purpose::Good | Purpose::Second => voter.seal(chosen)?.bytes().to_vec(),
            Purpose::BadProof => {
                bad += 1;
                let sealed = match &sealed {
                    Some(sealed) => sealed,
                    None => sealed.insert(voter.seal(chosen)?),
                };
                spoiled(sealed.bytes(), bad)
            }
        };
        group.push((purpose, voter.sign_bytes(bytes)));
    }
    Ok(group)
}

/// A ballot whose last scalar, `z_E`, is another: its bytes are canonical and every limit holds, so
/// that only the multiplication over the whole batch shows it.
fn spoiled(ballot: &[u8], by: u8) -> Vec<u8> {
    let mut bytes = ballot.to_vec();
    let lowest = bytes.len().saturating_sub(32);
    if let Some(byte) = bytes.get_mut(lowest) {
        *byte ^= by;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_asks_for_what_is_lacking() {
        let recipe = Recipe {
            good: 3,
            second: 1,
            second_each: 1,
            attackers: 1,
            bad_each: 2,
        };
        let (pair, alone) = (vec![Purpose::Good, Purpose::Second], vec![Purpose::Good]);
        let bad = vec![Purpose::BadProof; 2];
        let all = [pair, alone.clone(), alone.clone(), bad];
        assert_eq!(recipe.lacking(0, 0, 0), all);
        assert_eq!(recipe.lacking(2, 1, 2), [alone]);
        assert!(recipe.lacking(3, 1, 2).is_empty());
    }

    #[test]
    fn bad_ballots_differ_in_their_last_scalar_alone() {
        let ballot = vec![7; 100];
        let spoiled: Vec<_> = (1..=64).map(|by| spoiled(&ballot, by)).collect();
        for (n, bytes) in spoiled.iter().enumerate() {
            assert_eq!((&bytes[..68], &bytes[69..]), (&ballot[..68], &ballot[69..]));
            assert!(!spoiled[..n].contains(bytes) && *bytes != ballot);
        }
    }
}

//! What verifying one ballot in a batch costs here and now, by the very ballots that are sent.

use super::machine::thread_time;
use super::plan::micros;
use super::pool::{Pool, Purpose};
use anyhow::{Context, ensure};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use voting_core::ballot::{Ballot, BallotParameters, BallotVerifier};
use voting_core::cast::CastBallot;
use voting_core::codec::Decode;

/// As `benches ballot`: the least of so many rounds, over batches of 64.
const ROUNDS: usize = 7;
const BATCH: usize = 64;

/// Microseconds of processor time to decode and verify a ballot in a batch.
///
/// # Errors
/// If a good ballot of the pool does not verify.
pub(super) fn batch_us(pool: &Pool, parameters: &BallotParameters) -> anyhow::Result<u64> {
    let places: Vec<usize> = pool.of(Purpose::Good).take(BATCH).collect();
    let mut casts = Vec::with_capacity(places.len());
    for place in places {
        casts.push(CastBallot::from_bytes(&pool.bytes(place)?)?);
    }
    let mut least = u64::MAX;
    for _ in 0..ROUNDS {
        let before = thread_time();
        verify(&casts, parameters)?;
        let took = thread_time().saturating_sub(before);
        least = least.min(micros(took) / casts.len().max(1) as u64);
    }
    Ok(least)
}

fn verify(casts: &[CastBallot], parameters: &BallotParameters) -> anyhow::Result<()> {
    let decode = |cast: &CastBallot| Ballot::decode(&parameters.shape, cast.ballot());
    let ballots: Vec<Ballot> = casts.iter().map(decode).collect::<Result<_, _>>()?;
    let voters = casts.iter().map(|cast| cast.credential.voter);
    let items: Vec<_> = voters.zip(&ballots).collect();
    ensure!(!items.is_empty(), "the pool has no ballot");
    let results = BallotVerifier::new(parameters).verify(&items, &mut UnwrapErr(SysRng));
    let all: Result<(), _> = results.into_iter().collect();
    all.context("a good ballot of the pool")
}

//! The homomorphic sums of the counting ballots, which decryption shares are verified against.

use crate::store::{Store, StoreError, StoredEntry};
use std::num::NonZero;
use std::sync::Arc;
use voting_core::audit::{ClassSums, Stage, State, Violation};
use voting_core::ballot::{Ballot, BallotShape};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::manifest::Manifest;

/// How many ballots are in memory at once.
const CHUNK: u32 = 1024;

/// Gives a closed election's state its sums, if it has not got them.
pub(super) async fn provide_sums(
    store: &Store,
    state: &mut State,
) -> Result<Result<(), Violation>, StoreError> {
    let has = state
        .shares()
        .is_some_and(|shares| !shares.sums().is_empty());
    if has || state.stage() != Stage::Closed {
        return Ok(Ok(()));
    }
    let sums = class_sums(store, state).await?;
    Ok(state.provide_sums(&sums))
}

/// Adds up every counting ballot of a closed election, on every core.
async fn class_sums(store: &Store, state: &State) -> Result<ClassSums, StoreError> {
    let manifest = state.manifest().clone();
    let shape = Arc::new(state.shape().clone());
    let mut sums = empty(&manifest, &shape)?;
    let mut after = None;
    loop {
        let ballots = store.counted_ballots(after, CHUNK).await?;
        let Some(last) = ballots.last() else {
            return Ok(sums);
        };
        after = Some(last.index.get());
        let (manifest, shape) = (manifest.clone(), shape.clone());
        let chunk = tokio::task::spawn_blocking(move || add_all(&ballots, &manifest, &shape));
        let chunk = chunk.await.map_err(|_| StoreError::Value("sum"))??;
        sums.merge(&chunk).map_err(|_| StoreError::Value("sum"))?;
    }
}

fn empty(manifest: &Manifest, shape: &BallotShape) -> Result<ClassSums, StoreError> {
    let sums = ClassSums::new(manifest.classes.len(), shape.options());
    sums.map_err(|_| StoreError::Value("manifest"))
}

fn add_all(
    ballots: &[StoredEntry],
    manifest: &Manifest,
    shape: &BallotShape,
) -> Result<ClassSums, StoreError> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = ballots.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let part = |ballots| scope.spawn(move || add_some(ballots, manifest, shape));
        let parts: Vec<_> = ballots.chunks(share).map(part).collect();
        let mut sums = empty(manifest, shape)?;
        for part in parts {
            let part = part.join().map_err(|_| StoreError::Value("ballot"))??;
            sums.merge(&part).map_err(|_| StoreError::Value("sum"))?;
        }
        Ok(sums)
    })
}

fn add_some(
    ballots: &[StoredEntry],
    manifest: &Manifest,
    shape: &BallotShape,
) -> Result<ClassSums, StoreError> {
    let mut sums = empty(manifest, shape)?;
    for stored in ballots {
        let bad = || StoreError::Value("ballot");
        let entry = Entry::from_bytes(&stored.bytes).map_err(|_| bad())?;
        let Body::Ballot(cast) = entry.body else {
            return Err(bad());
        };
        let ballot = Ballot::decode(shape, cast.ballot()).map_err(|_| bad())?;
        let class = cast.credential.voter.class;
        sums.add(class, ballot.ciphertexts()).map_err(|_| bad())?;
    }
    Ok(sums)
}

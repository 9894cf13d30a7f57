//! Playing many voters at once against a running gateway.

use crate::election::Election;
use crate::evidence::check_receipt;
use crate::ledger::{Ledger, LedgerError};
use crate::voter::{Voter, VoterError, draw_key};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use voting_core::receipt::Receipt;

/// Someone to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name in the ledger.
    pub name: String,
    /// The made-up CI; the same one is the same person.
    pub ci: String,
    /// The projects chosen, by position on the ballot.
    pub chosen: Vec<u32>,
}

/// Why casting ended early.
#[derive(Debug, Error)]
pub enum CastingError {
    /// A voter did not get on.
    #[error("voter {0}")]
    Voter(String, #[source] VoterError),
    /// The ledger cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A task ended without an answer.
    #[error("a task ended without an answer")]
    Task(#[from] tokio::task::JoinError),
}

/// How many voters are done.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
}

impl Progress {
    /// Voters whose receipts are in the ledger, this run's and earlier ones'.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    /// Voters whose receipts an earlier run had written down.
    pub earlier: usize,
    /// Voters who cast in this run.
    pub now: usize,
    /// Voters whose ballot was in though no receipt was written down: an earlier run ended between
    /// the two. Their receipts were asked for again.
    pub found: usize,
}

/// Casts the ballots of everyone whose receipt is not in the ledger, `concurrency` people at once.
///
/// Nobody votes twice whatever happens: the gateway gives whoever has voted the receipt again.
///
/// # Errors
/// The first [`CastingError`]; what was cast until then is in the ledger.
pub async fn cast_all(
    election: &Arc<Election>,
    people: Arc<Vec<Person>>,
    ledger: Ledger,
    concurrency: usize,
    progress: &Arc<Progress>,
) -> Result<(Cast, Ledger), CastingError> {
    let known = |person: &Person| ledger.receipts().contains_key(&person.name);
    let waiting: Vec<usize> = (0..people.len()).filter(|&i| !known(&people[i])).collect();
    let earlier = people.len() - waiting.len();
    progress.done.store(earlier, Ordering::Relaxed);
    let run = Arc::new(Run {
        election: election.clone(),
        people,
        waiting,
        next: AtomicUsize::new(0),
        found: AtomicUsize::new(0),
        sealers: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
        ledger: Mutex::new(ledger),
        progress: progress.clone(),
    });
    let mut tasks = JoinSet::new();
    for _ in 0..concurrency.max(1) {
        let run = run.clone();
        tasks.spawn(async move { run.work().await });
    }
    // The others are dropped with the set when one fails.
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    drop(tasks);
    let found = run.found.load(Ordering::Relaxed);
    let cast = Cast {
        earlier,
        found,
        now: run.waiting.len() - found,
    };
    Ok((cast, Run::into_ledger(run)?))
}

/// What the tasks of a run share.
struct Run {
    election: Arc<Election>,
    people: Arc<Vec<Person>>,
    waiting: Vec<usize>,
    next: AtomicUsize,
    found: AtomicUsize,
    /// As many as there are cores: sealing is computation.
    sealers: Semaphore,
    ledger: Mutex<Ledger>,
    progress: Arc<Progress>,
}

impl Run {
    async fn work(&self) -> Result<(), CastingError> {
        while let Some(&i) = self.waiting.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let person = &self.people[i];
            let receipt = self.vote(person).await;
            let receipt = receipt.map_err(|e| CastingError::Voter(person.name.clone(), e))?;
            let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            ledger.add(&person.name, receipt)?;
            drop(ledger);
            self.progress.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn vote(&self, person: &Person) -> Result<Receipt, VoterError> {
        let voter = match Voter::identify(&self.election, &person.ci, draw_key()).await {
            Ok(voter) => Arc::new(voter),
            Err(error) => match error.earlier_receipt() {
                Some(bytes) => {
                    self.found.fetch_add(1, Ordering::Relaxed);
                    return Ok(check_receipt(bytes, self.election.manifest())?);
                }
                None => return Err(error),
            },
        };
        let cast = self.seal(voter.clone(), person.chosen.clone()).await?;
        voter.cast(&cast).await
    }

    async fn seal(
        &self,
        voter: Arc<Voter>,
        chosen: Vec<u32>,
    ) -> Result<voting_core::cast::CastBallot, VoterError> {
        let _turn = self
            .sealers
            .acquire()
            .await
            .map_err(|_| VoterError::Stopped)?;
        let sealing = move || Ok(voter.sign(&voter.seal(&chosen)?));
        tokio::task::spawn_blocking(sealing)
            .await
            .map_err(|_| VoterError::Stopped)?
    }

    /// The ledger, once no task has the run any more.
    fn into_ledger(run: Arc<Self>) -> Result<Ledger, CastingError> {
        let stopped = || CastingError::Voter(String::new(), VoterError::Stopped);
        let run = Arc::into_inner(run).ok_or_else(stopped)?;
        Ok(run
            .ledger
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }
}

//! The pool that verifies proofs: threads of its own, never the async runtime's.

use super::queue::JobQueue;
use crate::metrics;
use crate::problem::{Problem, ProblemKind};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::Instant;
use voting_core::ballot::{Ballot, BallotParameters, BallotVerifier, VoterIdentity};
use voting_core::codec::DecodeError;

/// The most ballots verified together; more bring little.
const MAX_BATCH: usize = 256;
/// How many ballots may wait; beyond it a sender is told at once.
const QUEUE: usize = 2048;
/// How long a worker waits for company, once the batch before had some.
const LINGER: Duration = Duration::from_millis(2);

/// Why a ballot's proof was not accepted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProofRejected {
    /// The ballot's bytes are not well-formed.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Proof,
    /// Too many ballots are waiting.
    #[error("too many ballots are waiting")]
    Full,
    /// The pool is stopping.
    #[error("the pool is stopping")]
    Stopped,
}

struct Job {
    parameters: Arc<BallotParameters>,
    voter: VoterIdentity,
    ballot: Vec<u8>,
    reply: oneshot::Sender<Result<(), ProofRejected>>,
}

/// Verifies waiting ballots together. One alone is not delayed: a worker waits for company only
/// while ballots come in company, and otherwise takes what came while it was busy.
pub struct ProofPool {
    queue: Arc<JobQueue<Job>>,
    workers: Vec<JoinHandle<()>>,
}

impl ProofPool {
    /// Starts this many threads.
    #[must_use]
    pub fn start(threads: usize) -> Self {
        let queue = Arc::new(JobQueue::new(QUEUE));
        let worker = |_| {
            let queue = queue.clone();
            std::thread::spawn(move || work(&queue))
        };
        let workers = (0..threads.max(1)).map(worker).collect();
        Self { queue, workers }
    }

    /// How many ballots wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Verifies a ballot for its voter.
    ///
    /// # Errors
    /// [`ProofRejected`].
    pub async fn verify(
        &self,
        parameters: Arc<BallotParameters>,
        voter: VoterIdentity,
        ballot: Vec<u8>,
    ) -> Result<(), ProofRejected> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            parameters,
            voter,
            ballot,
            reply,
        };
        self.queue.push(job).map_err(|_| ProofRejected::Full)?;
        answer.await.unwrap_or(Err(ProofRejected::Stopped))
    }
}

impl Drop for ProofPool {
    fn drop(&mut self) {
        self.queue.close();
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

impl From<ProofRejected> for Problem {
    fn from(rejected: ProofRejected) -> Self {
        match rejected {
            ProofRejected::Decode(error) => error.into(),
            ProofRejected::Proof => ProblemKind::ProofInvalid.into(),
            ProofRejected::Full => ProblemKind::Overloaded.into(),
            ProofRejected::Stopped => ProblemKind::Unavailable.into(),
        }
    }
}

fn work(queue: &JobQueue<Job>) {
    let mut linger = Duration::ZERO;
    while let Some(jobs) = queue.take(MAX_BATCH, linger) {
        linger = if jobs.len() > 1 {
            LINGER
        } else {
            Duration::ZERO
        };
        let (count, began) = (jobs.len(), Instant::now());
        verify_together(jobs);
        metrics::proofs_verified(count, began.elapsed());
    }
}

/// Answers every job; those that do not decode never enter the batch.
fn verify_together(jobs: Vec<Job>) {
    let Some(parameters) = jobs.first().map(|job| job.parameters.clone()) else {
        return;
    };
    let mut ballots = Vec::with_capacity(jobs.len());
    for job in jobs {
        match Ballot::decode(&parameters.shape, &job.ballot) {
            Ok(ballot) => ballots.push((job.voter, ballot, job.reply)),
            Err(error) => {
                let _ = job.reply.send(Err(error.into()));
            }
        }
    }
    let items: Vec<_> = ballots
        .iter()
        .map(|(voter, ballot, _)| (*voter, ballot))
        .collect();
    let verifier = BallotVerifier::new(&parameters);
    let results = verifier.verify(&items, &mut UnwrapErr(SysRng));
    for ((_, _, reply), result) in ballots.into_iter().zip(results) {
        let _ = reply.send(result.map_err(|_| ProofRejected::Proof));
    }
}

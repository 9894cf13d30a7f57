//! The pool that verifies proofs: threads of its own, never the async runtime's.

use super::queue::JobQueue;
use super::senders::{Join, Question, Senders};
use crate::metrics;
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::{ProofCheck, Refused};
use async_trait::async_trait;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use rustix::process::setpriority_process;
use rustix::thread::gettid;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::Instant;
use voting_core::audit::{Check, Violation};
use voting_core::ballot::{Ballot, BallotParameters, BallotVerifier, VoterIdentity};
use voting_core::cast::CastBallot;
use voting_core::codec::DecodeError;
use voting_core::tracking::TrackingCode;

/// The most ballots verified together. More bring nothing, and a bad one among them costs more.
const MAX_BATCH: usize = 64;
/// How many ballots may wait; beyond it a sender is told at once.
const QUEUE: usize = 2048;
/// How many of those may wait that are verified alone.
const ALONE: usize = 64;
/// By how much workers stand back behind whatever answers requests, as `nice` counts: somebody who
/// is refused while every core verifies is told so at once.
const NICENESS: i32 = 5;
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
    question: Question,
    ballot: Vec<u8>,
}

/// Verifies waiting ballots together. One alone is not delayed: a worker waits for company only
/// while ballots come in company, and otherwise takes what came while it was busy.
///
/// A bad ballot costs its sender, not its neighbours: see `Senders`.
pub struct ProofPool {
    desk: Arc<Desk>,
    workers: Vec<JoinHandle<()>>,
}

/// What requests and workers share.
struct Desk {
    queue: JobQueue<Job>,
    senders: Mutex<Senders>,
}

impl ProofPool {
    /// Starts this many threads.
    #[must_use]
    pub fn start(threads: usize) -> Self {
        let desk = Arc::new(Desk {
            queue: JobQueue::new(QUEUE, ALONE),
            senders: Mutex::default(),
        });
        let worker = |_| {
            let desk = desk.clone();
            std::thread::spawn(move || {
                stand_back();
                desk.work();
            })
        };
        let workers = (0..threads.max(1)).map(worker).collect();
        Self { desk, workers }
    }

    /// How many ballots wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.desk.queue.len()
    }

    /// Verifies a ballot for its voter, whose signature of it has been verified.
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
        let code = TrackingCode::of(&ballot);
        let job = Job {
            parameters,
            question: Question { voter, code },
            ballot,
        };
        self.desk.accept(job, reply)?;
        answer.await.unwrap_or(Err(ProofRejected::Stopped))
    }
}

#[async_trait]
impl ProofCheck for ProofPool {
    async fn check(
        &self,
        parameters: Arc<BallotParameters>,
        cast: &CastBallot,
    ) -> Result<(), Refused> {
        let (voter, ballot) = (cast.credential.voter, cast.ballot().to_vec());
        Ok(self.verify(parameters, voter, ballot).await?)
    }
}

impl From<ProofRejected> for Refused {
    fn from(rejected: ProofRejected) -> Self {
        match rejected {
            ProofRejected::Decode(_) | ProofRejected::Proof => {
                Violation::new(Check::BallotProof, rejected).into()
            }
            ProofRejected::Full => Self::Overloaded,
            ProofRejected::Stopped => Self::Unavailable,
        }
    }
}

impl Desk {
    fn accept(
        &self,
        job: Job,
        reply: oneshot::Sender<Result<(), ProofRejected>>,
    ) -> Result<(), ProofRejected> {
        let question = job.question;
        // Held until the job is queued: nobody joins a verification that then does not happen.
        let mut senders = self.senders();
        let pushed = match senders.join(question, reply) {
            Join::Waiting => Ok(()),
            Join::TooMany => return Err(ProofRejected::Full),
            Join::New(lane) => self.queue.push(lane, job),
        };
        pushed.map_err(|_| {
            senders.leave(&question);
            ProofRejected::Full
        })
    }

    fn work(&self) {
        let mut linger = Duration::ZERO;
        while let Some(batch) = self.queue.take(MAX_BATCH, linger) {
            linger = if batch.together.len() > 1 {
                LINGER
            } else {
                Duration::ZERO
            };
            self.verify(batch.together);
            self.verify(batch.alone.into_iter().collect());
        }
    }

    /// Answers every job; those that do not decode never enter the batch.
    fn verify(&self, jobs: Vec<Job>) {
        let Some(parameters) = jobs.first().map(|job| job.parameters.clone()) else {
            return;
        };
        let (count, began) = (jobs.len(), Instant::now());
        let mut ballots = Vec::with_capacity(jobs.len());
        for job in jobs {
            match Ballot::decode(&parameters.shape, &job.ballot) {
                Ok(ballot) => ballots.push((job.question, ballot)),
                Err(error) => self.answer(&job.question, &Err(error.into())),
            }
        }
        let items: Vec<_> = ballots
            .iter()
            .map(|(q, ballot)| (q.voter, ballot))
            .collect();
        let verifier = BallotVerifier::new(&parameters);
        let results = verifier.verify(&items, &mut UnwrapErr(SysRng));
        for ((question, _), result) in ballots.iter().zip(results) {
            self.answer(question, &result.map_err(|_| ProofRejected::Proof));
        }
        metrics::proofs_verified(count, began.elapsed());
    }

    fn answer(&self, question: &Question, verdict: &Result<(), ProofRejected>) {
        let mut senders = self.senders();
        if verdict.is_err() {
            senders.offend(question.voter.pseudonym);
        }
        let replies = senders.leave(question);
        drop(senders);
        for reply in replies {
            // Whoever has gone away is not missed.
            let _ = reply.send(verdict.clone());
        }
    }

    fn senders(&self) -> MutexGuard<'_, Senders> {
        // Every change of it is whole before its lock is let go.
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the calling thread less urgent, where the system lets it.
fn stand_back() {
    if let Err(error) = setpriority_process(Some(gettid()), NICENESS) {
        tracing::debug!(error = &error as &dyn std::error::Error, "priority");
    }
}

impl Drop for ProofPool {
    fn drop(&mut self) {
        self.desk.queue.close();
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

#[cfg(test)]
mod tests;

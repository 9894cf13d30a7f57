//! Ballots' proofs, verified in batches on every core while the entries are read on.

use crate::check::Failure;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use voting_core::audit::{Check, ClassSums};
use voting_core::ballot::{Ballot, BallotParameters, BallotVerifier, VoterIdentity};
use voting_core::ids::LeafIndex;

/// How many ballots one multiscalar multiplication is over.
const BATCH: usize = 256;

/// A ballot whose entry holds, its proof aside.
pub(crate) struct Waiting {
    pub(crate) index: LeafIndex,
    pub(crate) voter: VoterIdentity,
    pub(crate) ballot: Vec<u8>,
}

/// Verifies ballots and adds them up. No more than one batch a core, and one more, is in memory.
pub(crate) struct Batches {
    waiting: Vec<Waiting>,
    running: usize,
    at_once: usize,
    done: (Sender<Done>, Receiver<Done>),
    sums: ClassSums,
    failed: Option<Failure>,
    verified: u64,
}

/// What became of a batch: its sums, or the first ballot that does not hold.
struct Done {
    ballots: u64,
    outcome: Result<ClassSums, Failure>,
}

impl Batches {
    /// No ballots yet; `empty` is the sum to begin with.
    pub(crate) fn new(empty: ClassSums) -> Self {
        Self {
            waiting: Vec::with_capacity(BATCH),
            running: 0,
            at_once: std::thread::available_parallelism().map_or(1, NonZero::get) + 1,
            done: channel(),
            sums: empty,
            failed: None,
            verified: 0,
        }
    }

    /// Takes a ballot; waits where too many are being verified.
    ///
    /// # Errors
    /// The first failure known so far. Earlier ones may be found by [`Self::settle`].
    pub(crate) fn push(
        &mut self,
        ballot: Waiting,
        params: &Arc<BallotParameters>,
        empty: &ClassSums,
    ) -> Result<(), Failure> {
        self.waiting.push(ballot);
        if self.waiting.len() >= BATCH {
            self.dispatch(params, empty);
        }
        while self.running >= self.at_once {
            self.collect();
        }
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Waits for every ballot.
    ///
    /// # Errors
    /// The first failure by index.
    pub(crate) fn settle(
        &mut self,
        params: Option<&Arc<BallotParameters>>,
        empty: &ClassSums,
    ) -> Result<(), Failure> {
        if let Some(params) = params {
            self.dispatch(params, empty);
        }
        while self.running > 0 {
            self.collect();
        }
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// The sums so far; whole only after [`Self::settle`].
    pub(crate) fn sums_mut(&mut self) -> &mut ClassSums {
        &mut self.sums
    }

    /// How many ballots have been verified.
    pub(crate) fn verified(&self) -> u64 {
        self.verified
    }

    fn dispatch(&mut self, params: &Arc<BallotParameters>, empty: &ClassSums) {
        let batch = std::mem::replace(&mut self.waiting, Vec::with_capacity(BATCH));
        if batch.is_empty() {
            return;
        }
        let (params, mut sums, done) = (params.clone(), empty.clone(), self.done.0.clone());
        self.running += 1;
        rayon::spawn(move || {
            let outcome = verify(&params, &batch, &mut sums).map(|()| sums);
            let ballots = batch.len() as u64;
            // Fails only where nobody waits any more.
            let _ = done.send(Done { ballots, outcome });
        });
    }

    fn collect(&mut self) {
        // Never fails: this end holds a sender too.
        let Ok(done) = self.done.1.recv() else { return };
        self.running -= 1;
        self.verified += done.ballots;
        let added = done.outcome.and_then(|sums| {
            let added = self.sums.merge(&sums);
            added.map_err(|violation| Failure::new(violation.check, violation.detail))
        });
        if let Err(failure) = added {
            self.failed = Some(match self.failed.take() {
                Some(other) => other.earlier(failure),
                None => failure,
            });
        }
    }
}

fn verify(
    params: &BallotParameters,
    batch: &[Waiting],
    sums: &mut ClassSums,
) -> Result<(), Failure> {
    let bad = |index, error: &dyn std::fmt::Display| Failure::at(Check::BallotProof, index, error);
    let decoded: Vec<_> = batch
        .iter()
        .map(|waiting| Ballot::decode(&params.shape, &waiting.ballot))
        .collect();
    // What stands before the first that does not decode may hold a proof that fails.
    let good: Vec<(VoterIdentity, &Ballot)> = batch
        .iter()
        .zip(&decoded)
        .map_while(|(waiting, ballot)| Some((waiting.voter, ballot.as_ref().ok()?)))
        .collect();
    let verdicts = BallotVerifier::new(params).verify(&good, &mut UnwrapErr(SysRng));
    for (waiting, verdict) in batch.iter().zip(verdicts) {
        verdict.map_err(|error| bad(waiting.index, &error))?;
    }
    for (waiting, ballot) in batch.iter().zip(&decoded) {
        let ballot = ballot.as_ref().map_err(|error| bad(waiting.index, error))?;
        sums.add(waiting.voter.class, ballot.ciphertexts())
            .map_err(|violation| Failure::violation(waiting.index, violation))?;
    }
    Ok(())
}

//! What of the entries can be verified apart from all others - signatures, and ballots' proofs in
//! batches - on every core, while the entries are read on.

use crate::check::Failure;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use voting_core::audit::{Check, ClassSums, State};
use voting_core::ballot::{Ballot, BallotParameters, BallotVerifier, VoterIdentity};
use voting_core::cast::CastBallot;
use voting_core::credential::Credential;
use voting_core::entry::Body;
use voting_core::ids::LeafIndex;
use voting_core::keys::VerifyKey;

/// How many ballots one multiscalar multiplication is over.
const BATCH: usize = 256;
/// How many entries a batch holds at most; credentials are small and quickly verified.
const MAX_WAITING: usize = 4 * BATCH;

/// An entry of which all holds that other entries are needed for.
pub(crate) enum Waiting {
    Credential(LeafIndex, Box<Credential>),
    Ballot(LeafIndex, Box<CastBallot>),
}

impl Waiting {
    /// The part of an entry's body that is verified here, if there is one.
    pub(crate) fn of(index: LeafIndex, body: Body) -> Option<Self> {
        match body {
            Body::Credential(credential) => Some(Self::Credential(index, credential)),
            Body::Ballot(cast) => Some(Self::Ballot(index, cast)),
            Body::Staff(_) | Body::Trustee(_) | Body::Spoiled(_) => None,
        }
    }
}

/// An opened election, as far as single entries are concerned.
pub(crate) struct Verifier {
    params: Arc<BallotParameters>,
    registrar: VerifyKey,
    countersigner: Option<VerifyKey>,
    empty: ClassSums,
}

impl Verifier {
    /// The verifier of an election once it has opened.
    pub(crate) fn of(state: &State, empty: &ClassSums) -> Option<Arc<Self>> {
        let keys = &state.manifest().keys;
        Some(Arc::new(Self {
            params: state.ballot_parameters()?.clone(),
            registrar: keys.registrar,
            countersigner: keys.countersigner,
            empty: empty.clone(),
        }))
    }

    /// Verifies a batch, and adds its ballots up.
    fn verify(&self, batch: &[Waiting]) -> Result<ClassSums, Failure> {
        // What stands before the first bad signature may hold a proof that fails.
        let signed = batch.iter().map(|waiting| self.signature(waiting));
        let (good, bad) = until_error(signed);
        let ballots = batch.iter().take(good).filter_map(|waiting| match waiting {
            Waiting::Ballot(index, cast) => Some((*index, &**cast)),
            Waiting::Credential(..) => None,
        });
        let sums = self.ballots(&ballots.collect::<Vec<_>>())?;
        bad.map_or(Ok(sums), Err)
    }

    fn signature(&self, waiting: &Waiting) -> Result<(), Failure> {
        let election = &self.params.election;
        match waiting {
            Waiting::Credential(index, credential) => credential
                .verify(election, &self.registrar, self.countersigner.as_ref())
                .map_err(|e| Failure::at(Check::CredentialSignature, *index, e)),
            Waiting::Ballot(index, cast) => cast
                .verify_signature(election)
                .map_err(|e| Failure::at(Check::BallotSignature, *index, e)),
        }
    }

    fn ballots(&self, ballots: &[(LeafIndex, &CastBallot)]) -> Result<ClassSums, Failure> {
        let decoded = ballots.iter().map(|(index, cast)| {
            let ballot = Ballot::decode(&self.params.shape, cast.ballot());
            ballot.map_err(|e| Failure::at(Check::BallotProof, *index, e))
        });
        let (mut good, mut malformed) = (Vec::with_capacity(ballots.len()), None);
        for ballot in decoded {
            match ballot {
                Ok(ballot) => good.push(ballot),
                Err(failure) => {
                    malformed = Some(failure);
                    break;
                }
            }
        }
        let voters = ballots.iter().map(|(_, cast)| cast.credential.voter);
        let items: Vec<(VoterIdentity, &Ballot)> = voters.zip(&good).collect();
        let verdicts = BallotVerifier::new(&self.params).verify(&items, &mut UnwrapErr(SysRng));
        let mut sums = self.empty.clone();
        for (((index, _), (voter, ballot)), verdict) in ballots.iter().zip(&items).zip(verdicts) {
            verdict.map_err(|e| Failure::at(Check::BallotProof, *index, e))?;
            let added = sums.add(voter.class, ballot.ciphertexts());
            added.map_err(|violation| Failure::violation(*index, violation))?;
        }
        malformed.map_or(Ok(sums), Err)
    }
}

/// Verifies on another core.
#[cfg(not(target_family = "wasm"))]
fn spawn(verify: impl FnOnce() + Send + 'static) {
    rayon::spawn(verify);
}

/// Verifies here: there is one thread.
#[cfg(target_family = "wasm")]
fn spawn(verify: impl FnOnce()) {
    verify();
}

/// How many stand before the first error, and that error.
fn until_error(results: impl Iterator<Item = Result<(), Failure>>) -> (usize, Option<Failure>) {
    for (good, result) in results.enumerate() {
        if let Err(failure) = result {
            return (good, Some(failure));
        }
    }
    (usize::MAX, None)
}

/// Verifies entries and adds ballots up. No more than one batch a core, and one more, is in memory.
pub(crate) struct Batches {
    verifier: Option<Arc<Verifier>>,
    waiting: Vec<Waiting>,
    ballots: usize,
    running: usize,
    at_once: usize,
    done: (Sender<Done>, Receiver<Done>),
    sums: ClassSums,
    failed: Option<Failure>,
    verified: u64,
}

/// What became of a batch: its sums, or its first entry that does not hold.
struct Done {
    ballots: u64,
    outcome: Result<ClassSums, Failure>,
}

impl Batches {
    /// Nothing yet; `empty` is the sum to begin with.
    pub(crate) fn new(empty: ClassSums) -> Self {
        Self {
            verifier: None,
            waiting: Vec::new(),
            ballots: 0,
            running: 0,
            at_once: std::thread::available_parallelism().map_or(1, NonZero::get) + 1,
            done: channel(),
            sums: empty,
            failed: None,
            verified: 0,
        }
    }

    /// Takes an entry of the election that `state` is of; waits where too many are being verified.
    ///
    /// # Errors
    /// The first failure known so far. Earlier ones may be found by [`Self::settle`].
    pub(crate) fn push(
        &mut self,
        waiting: Waiting,
        state: &State,
        empty: &ClassSums,
    ) -> Result<(), Failure> {
        if self.verifier.is_none() {
            self.verifier = Verifier::of(state, empty);
        }
        self.ballots += usize::from(matches!(waiting, Waiting::Ballot(..)));
        self.waiting.push(waiting);
        if self.ballots >= BATCH || self.waiting.len() >= MAX_WAITING {
            self.dispatch();
        }
        while self.running >= self.at_once {
            self.collect();
        }
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Waits for every entry.
    ///
    /// # Errors
    /// The first failure by index.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        self.dispatch();
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

    fn dispatch(&mut self) {
        let Some(verifier) = self.verifier.clone() else {
            return;
        };
        let batch = std::mem::take(&mut self.waiting);
        let ballots = std::mem::take(&mut self.ballots) as u64;
        if batch.is_empty() {
            return;
        }
        let done = self.done.0.clone();
        self.running += 1;
        spawn(move || {
            let outcome = verifier.verify(&batch);
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

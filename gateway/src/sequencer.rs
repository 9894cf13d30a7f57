//! The log: one writer task that gives every entry its place.
//!
//! Requests come over a bounded queue and are answered over one-shot channels. The writer owns the
//! audit [`State`], the very checks that observers run, and appends
//! nothing that it refuses. Entries are committed in groups together with the checkpoint that
//! covers them and everything that answers are made from; nobody gets an answer before its commit
//! has returned.

mod append;
mod authors;
mod cluster;
mod command;
mod replay;
mod signer;
mod sums;
#[cfg(test)]
mod tests;
mod view;
mod wire;
mod writer;

pub use command::{Outcome, Refused};
pub use replay::{ReplayError, replay};
pub use signer::{BadOrigin, LogSigner};
pub use view::View;

use crate::clock::Clock;
use crate::metrics;
use crate::store::postgres::Lease;
use crate::store::{PostgresStore, Store};
use async_trait::async_trait;
use authors::Authors;
use cluster::{ClusterKey, Desk, Member, Reach};
use command::{Command, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use voting_core::audit::{Check, State, Violation};
use voting_core::ballot::BallotParameters;
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::credential::Credential;
use voting_core::ids::UnixMillis;
use voting_core::staff::StaffEntry;
use voting_core::submission::Submission;
use writer::Writer;
use zeroize::Zeroizing;

/// How many requests may wait; beyond it a caller is told at once that the gateway is overloaded.
const QUEUE: usize = 4096;

/// How long an answer waits for this gateway's own view to follow.
const SEEN: Duration = Duration::from_secs(2);

/// A gateway's place among those that share a database.
pub struct Membership {
    /// A name that no other process has.
    pub name: String,
    /// Where the others reach it, HOST:PORT.
    pub address: String,
    /// Where it takes what others want appended; without one it never sequences.
    pub listener: Option<TcpListener>,
    /// What the gateways of the election share; a member without it follows the log and sends
    /// nothing.
    pub key: Option<Zeroizing<[u8; 32]>>,
    /// How long a term lasts that is not renewed.
    pub term: Duration,
    /// Verifies the proofs of ballots that others want appended; without it their ballot box is
    /// believed.
    pub proofs: Option<Arc<dyn ProofCheck>>,
}

/// Verifies the proof of a ballot whose signatures have been verified.
#[async_trait]
pub trait ProofCheck: Send + Sync + 'static {
    /// # Errors
    /// A [`Violation`] of the proof, or that too many wait.
    async fn check(
        &self,
        parameters: Arc<BallotParameters>,
        cast: &CastBallot,
    ) -> Result<(), Refused>;
}

/// Hands requests to the writer task. Cheap to clone; the task ends when the last one is dropped.
#[derive(Clone)]
pub struct Sequencer {
    requests: mpsc::Sender<Request>,
    view: watch::Receiver<Arc<View>>,
    authors: Arc<Authors>,
    /// Whether what is asked gets to a writer.
    reaches: watch::Receiver<bool>,
}

impl Sequencer {
    /// Starts the writer task on a replayed state, the only one of its store: on SQLite in term 0.
    ///
    /// # Errors
    /// [`ReplayError`] if the store's checkpoint cannot be read.
    pub async fn start(
        store: Store,
        signer: LogSigner,
        state: State,
        clock: Arc<dyn Clock>,
        epoch: u64,
    ) -> Result<(Self, JoinHandle<()>), ReplayError> {
        let (requests, queue) = mpsc::channel(QUEUE);
        let (writer, view) = writer((store, signer), &state, clock).await?;
        let authors = Arc::new(Authors::of(state.manifest().clone()));
        let task = tokio::spawn(writer.run(state, epoch, queue));
        let (_, reaches) = watch::channel(true);
        let sequencer = Self {
            requests,
            view,
            authors,
            reaches,
        };
        Ok((sequencer, task))
    }

    /// Joins the gateways that share a database, with a replayed state.
    ///
    /// # Errors
    /// [`ReplayError`] if the store's checkpoint cannot be read.
    pub async fn join(
        store: PostgresStore,
        signer: LogSigner,
        state: State,
        clock: Arc<dyn Clock>,
        place: Membership,
    ) -> Result<(Self, JoinHandle<()>), ReplayError> {
        let (requests, queue) = mpsc::channel(QUEUE);
        let election = state.election();
        let (writer, view) = writer((Store::new(store.clone()), signer), &state, clock).await?;
        let authors = Arc::new(Authors::of(state.manifest().clone()));
        let key = place.key.map(|secret| ClusterKey { secret, election });
        let term = place.term;
        let member = Member {
            lease: Lease::new(store, place.name, place.address, term),
            candidate: place.listener.is_some(),
            key,
            writer,
            term,
        };
        let desk = Desk {
            requests: requests.downgrade(),
            authors: authors.clone(),
            proofs: place.proofs,
            view: view.clone(),
        };
        let (reach, reaches) = Reach::new(2 * term);
        let desk = place.listener.map(|listener| (listener, desk));
        let task = tokio::spawn(member.run(state, queue, desk, reach));
        let sequencer = Self {
            requests,
            view,
            authors,
            reaches,
        };
        Ok((sequencer, task))
    }

    /// What the log says, as of the last commit.
    #[must_use]
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// The same as it changes, without keeping the writer from ending.
    #[must_use]
    pub fn views(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Whether what is to be appended gets anywhere from here: this gateway sequences, is connected
    /// to the one that does, or was until a moment ago.
    #[must_use]
    pub fn reaches_the_log(&self) -> bool {
        *self.reaches.borrow()
    }

    /// Appends a credential that the registrar has just signed.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn issue(&self, credential: Credential) -> Result<Outcome, Refused> {
        self.request(Command::Credential(Box::new(credential)))
            .await
    }

    /// Appends a ballot whose signatures and proof the ballot box has just verified; gives its
    /// receipt, or the stored one if it is in the log already.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn cast(&self, cast: CastBallot, received: UnixMillis) -> Result<Outcome, Refused> {
        self.request(Command::Ballot(Box::new(cast), received))
            .await
    }

    /// Registers a tracking code as pending; the request's signature has been verified.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn register(
        &self,
        request: CodeRequest,
        received: UnixMillis,
    ) -> Result<Outcome, Refused> {
        self.request(Command::Pending(Box::new(request), received))
            .await
    }

    /// Spoils a pending tracking code; the request's signature has been verified.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn spoil(
        &self,
        request: CodeRequest,
        received: UnixMillis,
    ) -> Result<Outcome, Refused> {
        self.request(Command::Spoil(Box::new(request), received))
            .await
    }

    /// Appends a trustee's message. What no trustee signed does not wait for its place.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn trustee(&self, message: Vec<u8>) -> Result<Outcome, Refused> {
        self.authors.trustee(&message)?;
        let outcome = self.request(Command::Trustee(message)).await?;
        Ok(self.seen(outcome).await)
    }

    /// Refuses a staff action that the staff did not sign, or one whose number has been used: what
    /// stands in the log is signed, and anybody can send it again.
    ///
    /// # Errors
    /// A [`Violation`] of the staff's signatures.
    pub fn check_staff(&self, entry: &StaffEntry) -> Result<(), Refused> {
        // The view never runs ahead of the log, so a number below its own is used.
        let (number, next) = (entry.proposal.number, self.view.borrow().actions);
        if number < next {
            let detail = format_args!("the action says number {number}, {next} is next");
            return Err(Violation::new(Check::StaffSignatures, detail).into());
        }
        Ok(self.authors.staff(entry)?)
    }

    /// Appends a staff action, and keeps the document it names. What [`Self::check_staff`] refuses
    /// does not wait for its place.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn staff(
        &self,
        entry: StaffEntry,
        document: Option<Vec<u8>>,
    ) -> Result<Outcome, Refused> {
        self.check_staff(&entry)?;
        let submission = Submission { entry, document };
        let outcome = self.request(Command::Staff(Box::new(submission))).await?;
        Ok(self.seen(outcome).await)
    }

    /// Waits until this gateway's own view has an entry that another one appended: the next action
    /// is proposed from it.
    async fn seen(&self, outcome: Outcome) -> Outcome {
        if let Outcome::Entry(index) = &outcome {
            let mut view = self.view.clone();
            let shown = view.wait_for(|view| view.size > index.get());
            let _ = tokio::time::timeout(SEEN, shown).await;
        }
        outcome
    }

    /// How many requests wait for their place.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.requests.max_capacity() - self.requests.capacity()
    }

    async fn request(&self, command: Command) -> Result<Outcome, Refused> {
        let (reply, answer) = oneshot::channel();
        let relayed = false;
        let request = Request {
            command,
            reply,
            relayed,
        };
        self.requests
            .try_send(request)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Refused::Overloaded,
                mpsc::error::TrySendError::Closed(_) => Refused::Unavailable,
            })?;
        let handed = Instant::now();
        let answered = answer.await.unwrap_or(Err(Refused::Unavailable));
        metrics::logged(handed.elapsed());
        answered
    }
}

/// A writer, and the view that it publishes.
async fn writer(
    (store, signer): (Store, LogSigner),
    state: &State,
    clock: Arc<dyn Clock>,
) -> Result<(Writer, watch::Receiver<Arc<View>>), ReplayError> {
    let first = View::of(state, store.checkpoint().await?);
    let (publish, view) = watch::channel(Arc::new(first));
    let writer = Writer {
        manifest: state.manifest().clone(),
        signer: Arc::new(signer),
        view: publish,
        store,
        clock,
    };
    Ok((writer, view))
}

//! The log: one writer task that gives every entry its place.
//!
//! Requests come over a bounded queue and are answered over one-shot channels. The writer owns the
//! audit [`State`], the very checks that observers run, and appends
//! nothing that it refuses. Entries are committed in groups together with the checkpoint that
//! covers them and everything that answers are made from; nobody gets an answer before its commit
//! has returned.

mod append;
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
use cluster::{ClusterKey, Member};
use command::{Command, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use voting_core::audit::State;
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
    /// What the gateways of the election share.
    pub key: Zeroizing<[u8; 32]>,
    /// How long a term lasts that is not renewed.
    pub term: Duration,
}

/// Hands requests to the writer task. Cheap to clone; the task ends when the last one is dropped.
#[derive(Clone)]
pub struct Sequencer {
    requests: mpsc::Sender<Request>,
    view: watch::Receiver<Arc<View>>,
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
        let task = tokio::spawn(writer.run(state, epoch, queue));
        Ok((Self { requests, view }, task))
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
        let (secret, term) = (place.key, place.term);
        let member = Member {
            lease: Lease::new(store, place.name, place.address, term),
            key: ClusterKey { secret, election },
            candidate: place.listener.is_some(),
            writer,
            term,
        };
        let weak = requests.downgrade();
        let task = tokio::spawn(member.run(state, weak, queue, place.listener));
        Ok((Self { requests, view }, task))
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

    /// Appends a trustee's message.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn trustee(&self, message: Vec<u8>) -> Result<Outcome, Refused> {
        let outcome = self.request(Command::Trustee(message)).await?;
        Ok(self.seen(outcome).await)
    }

    /// Appends a staff action, and keeps the document it names.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn staff(
        &self,
        entry: StaffEntry,
        document: Option<Vec<u8>>,
    ) -> Result<Outcome, Refused> {
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

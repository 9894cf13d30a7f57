//! The log: one writer task that gives every entry its place.
//!
//! Requests come over a bounded queue and are answered over one-shot channels. The writer owns the
//! audit [`State`], the very checks that observers run, and appends
//! nothing that it refuses. Entries are committed in groups together with the checkpoint that
//! covers them and everything that answers are made from; nobody gets an answer before its commit
//! has returned.

mod append;
mod command;
mod replay;
mod signer;
mod sums;
#[cfg(test)]
mod tests;
mod view;
mod writer;

pub use command::{Outcome, Refused};
pub use replay::{ReplayError, replay};
pub use signer::{BadOrigin, LogSigner};
pub use view::View;

use crate::clock::Clock;
use crate::metrics;
use crate::store::Store;
use command::{Command, Request};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use voting_core::audit::State;
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::credential::Credential;
use voting_core::ids::UnixMillis;
use voting_core::staff::StaffEntry;
use writer::Writer;

/// How many requests may wait; beyond it a caller is told at once that the gateway is overloaded.
const QUEUE: usize = 4096;

/// Hands requests to the writer task. Cheap to clone; the task ends when the last one is dropped.
#[derive(Clone)]
pub struct Sequencer {
    requests: mpsc::Sender<Request>,
    view: watch::Receiver<Arc<View>>,
}

impl Sequencer {
    /// Starts the writer task on a replayed state.
    ///
    /// # Errors
    /// [`ReplayError`] if the store's checkpoint cannot be read.
    pub async fn start(
        store: Store,
        signer: LogSigner,
        state: State,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, JoinHandle<()>), ReplayError> {
        let (requests, queue) = mpsc::channel(QUEUE);
        let first = View::of(&state, store.checkpoint().await?);
        let (publish, view) = watch::channel(Arc::new(first));
        let writer = Writer::new(store, signer, state, clock, publish);
        let task = tokio::spawn(writer.run(queue));
        Ok((Self { requests, view }, task))
    }

    /// What the log says, as of the last commit.
    #[must_use]
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
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
        self.request(Command::Trustee(message)).await
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
        self.request(Command::Staff(Box::new(entry), document))
            .await
    }

    /// How many requests wait for their place.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.requests.max_capacity() - self.requests.capacity()
    }

    async fn request(&self, command: Command) -> Result<Outcome, Refused> {
        let (reply, answer) = oneshot::channel();
        let request = Request { command, reply };
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

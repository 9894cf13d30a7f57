//! The writer task: groups requests into commits.

use super::append::Batch;
use super::command::{Command, Outcome, Refused, Request};
use super::replay::replay;
use super::signer::LogSigner;
use super::view::View;
use crate::clock::Clock;
use crate::metrics;
use crate::store::{Group, Store, StoreError, StoredCheckpoint};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, Sleep, sleep};
use voting_core::audit::State;
use voting_core::manifest::Manifest;

/// A commit is made when it has this many requests,
const MAX_REQUESTS: usize = 64;
/// or this many bytes,
const MAX_BYTES: usize = 1 << 20;
/// or its first request has waited this long.
const MAX_AGE: Duration = Duration::from_millis(5);
/// How long to wait before a store that failed is read again.
const RETRY: Duration = Duration::from_secs(1);

type Answer = Result<Outcome, Refused>;

/// The one task that writes.
pub(super) struct Writer {
    store: Store,
    signer: LogSigner,
    manifest: Arc<Manifest>,
    /// `None` after a failed commit, until the store has been read again.
    state: Option<State>,
    clock: Arc<dyn Clock>,
    view: watch::Sender<Arc<View>>,
}

/// Who waits for the commit, and what each will be told.
#[derive(Default)]
struct Waiting(Vec<(oneshot::Sender<Answer>, Answer)>);

impl Writer {
    pub(super) fn new(
        store: Store,
        signer: LogSigner,
        state: State,
        clock: Arc<dyn Clock>,
        view: watch::Sender<Arc<View>>,
    ) -> Self {
        Self {
            manifest: state.manifest().clone(),
            store,
            signer,
            state: Some(state),
            clock,
            view,
        }
    }

    /// Serves until every [`super::Sequencer`] is gone and the queue is empty.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        while let Some(first) = queue.recv().await {
            let Some(mut state) = self.take_state().await else {
                let _ = first.reply.send(Err(Refused::Unavailable));
                continue;
            };
            let mut waiting = Waiting::default();
            match self
                .commit_group(&mut state, first, &mut queue, &mut waiting)
                .await
            {
                Ok(checkpoint) => {
                    self.publish(&state, checkpoint);
                    self.state = Some(state);
                    waiting.answer();
                }
                // The commit may or may not have happened: the state is read from the store again,
                // and whoever asks again with the same bytes gets what the store says.
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "commit failed");
                    waiting.fail();
                }
            }
        }
    }

    async fn take_state(&mut self) -> Option<State> {
        if let Some(state) = self.state.take() {
            return Some(state);
        }
        match replay(&self.store, self.manifest.clone(), &self.signer).await {
            Ok(state) => Some(state),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "replay failed");
                sleep(RETRY).await;
                None
            }
        }
    }

    /// Collects requests until the group is full or old enough, then commits them with the
    /// checkpoint of the new size.
    async fn commit_group(
        &self,
        state: &mut State,
        first: Request,
        queue: &mut mpsc::Receiver<Request>,
        waiting: &mut Waiting,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let mut age = std::pin::pin!(sleep(MAX_AGE));
        let mut bytes = 0;
        let mut next = Some(first);
        let mut group = Group::new(state.size(), 0);
        while let Some(Request { command, reply }) = next {
            bytes += command.weight();
            let answer = self.execute(state, &mut group, command).await;
            waiting.push(reply, answer)?;
            let full = waiting.0.len() >= MAX_REQUESTS || bytes >= MAX_BYTES;
            next = if full {
                None
            } else {
                receive(queue, &mut age).await
            };
        }
        if !group.entries.is_empty() {
            group.checkpoint = Some(self.signer.checkpoint(state.frontier())?);
        }
        // Nothing is durable before the commit: a crash up to there leaves the log as it was, and
        // nobody has been answered. After it, entries, nodes, receipts, documents and the checkpoint
        // over them are there, all or none; who has no answer yet sends the same bytes again and
        // gets the stored one.
        let began = Instant::now();
        self.store.commit(&group).await?;
        metrics::committed(waiting.0.len(), began.elapsed());
        Ok(group.checkpoint)
    }

    async fn execute(
        &self,
        state: &mut State,
        group: &mut Group,
        command: Command,
    ) -> Result<Answer, StoreError> {
        let mut batch = Batch {
            store: &self.store,
            signer: &self.signer,
            now: self.clock.now(),
            state,
            group,
        };
        batch.execute(command).await
    }

    fn publish(&self, state: &State, checkpoint: Option<StoredCheckpoint>) {
        let former = self.view.borrow().checkpoint.clone();
        let view = View::of(state, checkpoint.or(former));
        self.view.send_replace(Arc::new(view));
    }
}

impl Waiting {
    /// Notes an answer, to be given after the commit. A failed request still waits for its failure.
    fn push(
        &mut self,
        reply: oneshot::Sender<Answer>,
        answer: Result<Answer, StoreError>,
    ) -> Result<(), StoreError> {
        match answer {
            Ok(answer) => {
                self.0.push((reply, answer));
                Ok(())
            }
            Err(error) => {
                self.extend(Some(reply));
                Err(error)
            }
        }
    }

    fn extend(&mut self, reply: Option<oneshot::Sender<Answer>>) {
        self.0
            .extend(reply.map(|reply| (reply, Err(Refused::Unavailable))));
    }

    /// Whoever has gone away is not missed: the same bytes get the same answer later.
    fn answer(self) {
        for (reply, answer) in self.0 {
            let _ = reply.send(answer);
        }
    }

    fn fail(self) {
        for (reply, _) in self.0 {
            let _ = reply.send(Err(Refused::Unavailable));
        }
    }
}

/// The next request, unless the group is old enough or the queue has ended.
async fn receive(
    queue: &mut mpsc::Receiver<Request>,
    age: &mut std::pin::Pin<&mut Sleep>,
) -> Option<Request> {
    tokio::select! {
        biased;
        request = queue.recv() => request,
        () = age.as_mut() => None,
    }
}

//! The writer: groups requests into commits.

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

/// What a group is written with.
#[derive(Clone)]
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) signer: Arc<LogSigner>,
    pub(super) manifest: Arc<Manifest>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) view: watch::Sender<Arc<View>>,
}

/// A commit that failed: whether it happened is unknown, and the state may be ahead of the store.
pub(super) struct Failed {
    pub(super) state: State,
    pub(super) group: Group,
    pub(super) error: StoreError,
}

/// Who waits for the commit, and what each will be told.
#[derive(Default)]
struct Waiting(Vec<(oneshot::Sender<Answer>, Answer)>);

impl Writer {
    /// Serves alone, until every [`super::Sequencer`] is gone and the queue is empty.
    pub(super) async fn run(self, state: State, epoch: u64, mut queue: mpsc::Receiver<Request>) {
        let mut state = Some(state);
        while let Some(first) = queue.recv().await {
            let Some(current) = self.state_or_replay(state.take()).await else {
                let _ = first.reply.send(Err(Refused::Unavailable));
                continue;
            };
            // After a failure the state is read from the store again, and whoever asks again with
            // the same bytes gets what the store says.
            state = self
                .serve_group(current, epoch, first, &mut queue)
                .await
                .ok();
        }
    }

    async fn state_or_replay(&self, state: Option<State>) -> Option<State> {
        if state.is_some() {
            return state;
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

    /// Collects requests until the group is full or old enough, commits them with the checkpoint of
    /// the new size, and answers them.
    pub(super) async fn serve_group(
        &self,
        mut state: State,
        epoch: u64,
        first: Request,
        queue: &mut mpsc::Receiver<Request>,
    ) -> Result<State, Box<Failed>> {
        let mut group = Group::new(state.size(), epoch);
        let waiting = self.collect(&mut state, &mut group, first, queue).await;
        // Nothing is durable before the commit: a crash up to there leaves the log as it was, and
        // nobody has been answered. After it, entries, nodes, receipts, documents and the checkpoint
        // over them are there, all or none; who has no answer yet sends the same bytes again and
        // gets the stored one.
        let began = Instant::now();
        match self.commit(&state, &mut group).await {
            Ok(()) => {
                metrics::committed(waiting.0.len(), began.elapsed());
                self.publish(&state, group.checkpoint);
                waiting.answer();
                Ok(state)
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "commit failed");
                waiting.fail();
                Err(Box::new(Failed {
                    state,
                    group,
                    error,
                }))
            }
        }
    }

    /// Commits a group whose entries the state has taken in.
    pub(super) async fn commit(&self, state: &State, group: &mut Group) -> Result<(), StoreError> {
        if !group.entries.is_empty() {
            group.checkpoint = Some(self.signer.checkpoint(state.frontier())?);
        }
        self.store.commit(group).await
    }

    pub(super) fn publish(&self, state: &State, checkpoint: Option<StoredCheckpoint>) {
        let former = self.view.borrow().checkpoint.clone();
        let view = View::of(state, checkpoint.or(former));
        self.view.send_replace(Arc::new(view));
    }

    async fn collect(
        &self,
        state: &mut State,
        group: &mut Group,
        first: Request,
        queue: &mut mpsc::Receiver<Request>,
    ) -> Waiting {
        let mut age = std::pin::pin!(sleep(MAX_AGE));
        let mut waiting = Waiting::default();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(Request { command, reply, .. }) = next {
            bytes += command.weight();
            let answer = self.execute(state, group, command).await;
            let failed = answer.is_err();
            waiting.push(reply, answer);
            let full = waiting.0.len() >= MAX_REQUESTS || bytes >= MAX_BYTES;
            next = if full || failed {
                None
            } else {
                receive(queue, &mut age).await
            };
        }
        waiting
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
}

impl Waiting {
    /// Notes an answer, to be given after the commit. What could not be looked up has added nothing.
    fn push(&mut self, reply: oneshot::Sender<Answer>, answer: Result<Answer, StoreError>) {
        let answer = answer.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a look-up failed");
            Err(Refused::Unavailable)
        });
        self.0.push((reply, answer));
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

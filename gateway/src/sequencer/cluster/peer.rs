//! Sending commands to the gateway that sequences.

use super::super::command::{Outcome, Refused, Request};
use super::super::wire::Answered;
use super::channel::{ClusterKey, Receiver, call};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep;
use voting_core::codec::{Decode, Encode};

/// How many commands may wait to be sent.
const QUEUE: usize = 4096;
/// How long to leave a gateway alone that does not answer.
const BACK_OFF: Duration = Duration::from_millis(50);

type Reply = oneshot::Sender<Result<Outcome, Refused>>;

/// One connection to the sequencing gateway, made at once and again whenever it breaks: so it is
/// known before anybody asks whether there is one. Whoever still waits when this is dropped is told
/// at once that the outcome is unknown: the other side may be paused, and then neither answers nor
/// takes anything in.
pub(super) struct Peer {
    pub(super) address: String,
    requests: mpsc::Sender<Request>,
    connected: Arc<AtomicBool>,
    /// Ends with this.
    _task: JoinSet<()>,
}

impl Peer {
    pub(super) fn new(address: String, key: ClusterKey) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        let mut task = JoinSet::new();
        let connected = Arc::new(AtomicBool::new(false));
        task.spawn(run(address.clone(), key, queue, connected.clone()));
        Self {
            address,
            requests,
            connected,
            _task: task,
        }
    }

    /// Whether the other side has shown that it has the key, and the connection stands.
    pub(super) fn is_connected(&self) -> bool {
        self.connected.load(Ordering::SeqCst)
    }

    pub(super) fn send(&self, request: Request) {
        if let Err(error) = self.requests.try_send(request) {
            let (refused, request) = match error {
                mpsc::error::TrySendError::Full(request) => (Refused::Overloaded, request),
                mpsc::error::TrySendError::Closed(request) => (Refused::Unavailable, request),
            };
            let _ = request.reply.send(Err(refused));
        }
    }
}

async fn run(
    address: String,
    key: ClusterKey,
    mut queue: mpsc::Receiver<Request>,
    connected: Arc<AtomicBool>,
) {
    let mut silent = false;
    while let Err(error) = exchange(&address, &key, &mut queue, &connected).await {
        let broke = connected.swap(false, Ordering::SeqCst);
        // Once for each time that it goes, not for each try.
        if broke || !silent {
            tracing::warn!(address, error = &error as &dyn std::error::Error, "peer");
        }
        silent = !broke;
        // Whoever asked while nobody could be reached is told so; the others wait for the next try.
        while !broke && queue.try_recv().is_ok() {}
        sleep(BACK_OFF).await;
    }
}

/// Sends and receives until the connection breaks or nobody can ask any more. Dropping the waiting
/// replies tells their owners that the outcome is unknown.
async fn exchange(
    address: &str,
    key: &ClusterKey,
    queue: &mut mpsc::Receiver<Request>,
    connected: &AtomicBool,
) -> std::io::Result<()> {
    let (mut sender, receiver) = call(address, key).await?;
    connected.store(true, Ordering::SeqCst);
    let (deliver, mut answers) = mpsc::channel(QUEUE);
    let mut reading = JoinSet::new();
    reading.spawn(read(receiver, deliver));
    let mut waiting: HashMap<u64, Reply> = HashMap::new();
    let mut next: Option<Request> = None;
    let mut id = 0;
    loop {
        if let Some(Request { command, reply, .. }) = next.take() {
            id += 1;
            waiting.insert(id, reply);
            sender.send(id, &command.to_bytes()).await?;
        }
        tokio::select! {
            answer = answers.recv() => match answer {
                Some((id, Answered(answer))) => {
                    if let Some(reply) = waiting.remove(&id) {
                        let _ = reply.send(answer);
                    }
                }
                None => return Err(std::io::ErrorKind::ConnectionReset.into()),
            },
            request = queue.recv() => match request {
                Some(request) => next = Some(request),
                None => return Ok(()),
            },
        }
    }
}

async fn read(mut receiver: Receiver, deliver: mpsc::Sender<(u64, Answered)>) {
    while let Ok((id, content)) = receiver.receive().await {
        let Ok(answer) = Answered::from_bytes(&content) else {
            return;
        };
        if deliver.send((id, answer)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::channel::answer;
    use super::*;
    use crate::sequencer::command::Command;
    use tokio::net::TcpListener;
    use voting_core::ids::ElectionId;
    use zeroize::Zeroizing;

    #[tokio::test]
    async fn whoever_waits_for_a_paused_gateway_is_told_when_another_takes_over() {
        let key = ClusterKey {
            secret: Zeroizing::new([1; 32]),
            election: ElectionId::new([2; 32]),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Peer::new(listener.local_addr().unwrap().to_string(), key.clone());
        // More than the system takes in for it: the last ones cannot be sent.
        let ask = |_| {
            let (reply, answer) = oneshot::channel();
            peer.send(Request {
                command: Command::Trustee(vec![0; 60_000]),
                reply,
                relayed: false,
            });
            answer
        };
        let waiting: Vec<_> = (0..500).map(ask).collect();
        let (stream, _) = listener.accept().await.unwrap();
        let _paused = answer(stream, &key).await.unwrap();
        drop(peer);
        for answer in waiting {
            assert!(answer.await.is_err());
        }
    }
}

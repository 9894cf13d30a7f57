//! Taking commands from the other gateways.

use super::super::command::{Command, Refused, Request};
use super::super::wire::Answered;
use super::channel::{ClusterKey, Receiver, Sender, answer};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use voting_core::codec::{Decode, Encode};

/// How many connections at once; each of the other gateways has one.
const CONNECTIONS: usize = 128;
/// How many answers may wait to be sent over one connection.
const ANSWERS: usize = 4096;

/// Serves until the queue's receiver is gone. `requests` is weak: the queue ends with the gateway's
/// own callers, whoever is connected.
pub(super) async fn serve(
    listener: TcpListener,
    key: ClusterKey,
    requests: mpsc::WeakSender<Request>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, perhaps: whoever called tries again.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            continue;
        };
        let (key, requests) = (key.clone(), requests.clone());
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = converse(stream, &key, requests).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a peer has gone");
            }
        });
    }
}

async fn converse(
    stream: TcpStream,
    key: &ClusterKey,
    requests: mpsc::WeakSender<Request>,
) -> std::io::Result<()> {
    let (sender, receiver) = answer(stream, key).await?;
    let (answers, answered) = mpsc::channel(ANSWERS);
    let sending = tokio::spawn(send(sender, answered));
    let ended = receive(receiver, requests, answers).await;
    sending.abort();
    ended
}

async fn receive(
    mut receiver: Receiver,
    requests: mpsc::WeakSender<Request>,
    answers: mpsc::Sender<(u64, Answered)>,
) -> std::io::Result<()> {
    loop {
        let (id, content) = receiver.receive().await?;
        let command = Command::from_bytes(&content);
        let command = command.map_err(|_| std::io::ErrorKind::InvalidData)?;
        let (reply, answer) = oneshot::channel();
        let request = Request {
            command,
            reply,
            relayed: true,
        };
        if let Err(refused) = hand_over(&requests, request) {
            let _ = answers.send((id, Answered(Err(refused)))).await;
            continue;
        }
        let answers = answers.clone();
        tokio::spawn(async move {
            let answer = answer.await.unwrap_or(Err(Refused::Unavailable));
            let _ = answers.send((id, Answered(answer))).await;
        });
    }
}

fn hand_over(requests: &mpsc::WeakSender<Request>, request: Request) -> Result<(), Refused> {
    let requests = requests.upgrade().ok_or(Refused::Unavailable)?;
    requests.try_send(request).map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => Refused::Overloaded,
        mpsc::error::TrySendError::Closed(_) => Refused::Unavailable,
    })
}

async fn send(mut sender: Sender, mut answers: mpsc::Receiver<(u64, Answered)>) {
    while let Some((id, answer)) = answers.recv().await {
        if sender.send(id, &answer.to_bytes()).await.is_err() {
            return;
        }
    }
}

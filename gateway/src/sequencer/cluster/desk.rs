//! Taking commands from the other gateways.
//!
//! What a gateway sends of its own has passed its modules. What comes here has passed another
//! process, which may run one module alone and stand where the public reaches it: the cluster key
//! says that it belongs to the election, and every signature is verified again.

use super::super::ProofCheck;
use super::super::authors::Authors;
use super::super::command::{Command, Outcome, Refused, Request};
use super::super::view::View;
use super::super::wire::Answered;
use super::channel::{ClusterKey, Receiver, Sender, answer};
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use voting_core::codec::{Decode, Encode};

/// How many connections at once; each of the other gateways has one.
const CONNECTIONS: usize = 128;
/// How many commands of one connection may be in work, and how many answers may wait to be sent.
const ANSWERS: usize = 4096;

/// Where the other gateways' commands go, and what they pass before.
#[derive(Clone)]
pub(in crate::sequencer) struct Desk {
    /// Weak: the queue ends with the gateway's own callers, whoever is connected.
    pub(in crate::sequencer) requests: mpsc::WeakSender<Request>,
    pub(in crate::sequencer) authors: Arc<Authors>,
    /// Verifies the proofs of ballots as well, where that is wanted.
    pub(in crate::sequencer) proofs: Option<Arc<dyn ProofCheck>>,
    pub(in crate::sequencer) view: watch::Receiver<Arc<View>>,
}

/// Serves until it is stopped.
pub(super) async fn serve(listener: TcpListener, key: ClusterKey, desk: Desk) {
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
        let (key, desk) = (key.clone(), desk.clone());
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = desk.converse(stream, &key).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a peer has gone");
            }
        });
    }
}

impl Desk {
    async fn converse(&self, stream: TcpStream, key: &ClusterKey) -> std::io::Result<()> {
        let (sender, receiver) = answer(stream, key).await?;
        let (answers, answered) = mpsc::channel(ANSWERS);
        let sending = tokio::spawn(send(sender, answered));
        let ended = self.receive(receiver, answers).await;
        sending.abort();
        ended
    }

    async fn receive(
        &self,
        mut receiver: Receiver,
        answers: mpsc::Sender<(u64, Answered)>,
    ) -> std::io::Result<()> {
        let places = Arc::new(Semaphore::new(ANSWERS));
        loop {
            let (id, content) = receiver.receive().await?;
            let command = Command::from_bytes(&content);
            let command = command.map_err(|_| ErrorKind::InvalidData)?;
            // Whoever sends more than is answered waits here.
            let place = places.clone().acquire_owned().await;
            let place = place.map_err(|_| ErrorKind::BrokenPipe)?;
            let (desk, answers) = (self.clone(), answers.clone());
            tokio::spawn(async move {
                let _place = place;
                let answer = desk.ask(command).await;
                let _ = answers.send((id, Answered(answer))).await;
            });
        }
    }

    async fn ask(&self, command: Command) -> Result<Outcome, Refused> {
        self.check(&command).await?;
        let (reply, answer) = oneshot::channel();
        let request = Request {
            command,
            reply,
            relayed: true,
        };
        self.hand_over(request)?;
        answer.await.unwrap_or(Err(Refused::Unavailable))
    }

    async fn check(&self, command: &Command) -> Result<(), Refused> {
        self.authors.check(command).inspect_err(|violation| {
            tracing::warn!(check = %violation.check, "another gateway sent what nobody signed");
        })?;
        let (Some(proofs), Command::Ballot(cast, _)) = (&self.proofs, command) else {
            return Ok(());
        };
        let view = self.view.borrow().clone();
        let parameters = view.parameters.clone();
        let parameters = parameters.ok_or(Refused::NotVoting(view.stage))?;
        proofs.check(parameters, cast).await
    }

    fn hand_over(&self, request: Request) -> Result<(), Refused> {
        let requests = self.requests.upgrade().ok_or(Refused::Unavailable)?;
        requests.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refused::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Refused::Unavailable,
        })
    }
}

async fn send(mut sender: Sender, mut answers: mpsc::Receiver<(u64, Answered)>) {
    while let Some((id, answer)) = answers.recv().await {
        if sender.send(id, &answer.to_bytes()).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;

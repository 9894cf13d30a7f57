//! What the store says of the ballots that have just come, asked for all of them at once.
//!
//! While one question is on its way, and for a moment after it, others gather behind it and are asked
//! together: one alone waits for nobody, and at full load a database is asked once for dozens.

use crate::problem::{Problem, ProblemKind};
use crate::store::{Standing, Store, StoreError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use voting_core::ids::Pseudonym;
use voting_core::tracking::TrackingCode;

/// How many are asked about at once.
const MOST: usize = 64;
/// How many may wait; as many as the queues behind it hold.
const QUEUE: usize = 2048;
/// From one question to the next at least. A question costs a database about as much for one ballot
/// as for ten, and a quick one would otherwise be asked for each.
const APART: Duration = Duration::from_millis(5);

struct Asked {
    about: (TrackingCode, Pseudonym),
    reply: oneshot::Sender<Standing>,
}

/// Asks the store; its task ends when this is dropped.
pub(super) struct Lookups {
    asked: mpsc::Sender<Asked>,
}

impl Lookups {
    /// Starts the task.
    pub(super) fn start(store: Store) -> Self {
        let (asked, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, queue));
        Self { asked }
    }

    /// What is known of a ballot and its person.
    pub(super) async fn standing(
        &self,
        code: TrackingCode,
        person: Pseudonym,
    ) -> Result<Standing, Problem> {
        let (reply, answer) = oneshot::channel();
        let about = (code, person);
        let asked = self.asked.try_send(Asked { about, reply });
        asked.map_err(|_| ProblemKind::Overloaded)?;
        Ok(answer.await.map_err(|_| ProblemKind::Unavailable)?)
    }
}

async fn run(store: Store, mut queue: mpsc::Receiver<Asked>) {
    let mut asked = Vec::with_capacity(MOST);
    while queue.recv_many(&mut asked, MOST).await > 0 {
        let next = Instant::now() + APART;
        let about: Vec<_> = asked.iter().map(|one| one.about).collect();
        match store.standings(&about).await {
            Ok(standings) => {
                for (Asked { reply, .. }, standing) in asked.drain(..).zip(standings) {
                    // Whoever has gone away is not missed.
                    let _ = reply.send(standing);
                }
            }
            Err(error) => fail(&error, &mut asked),
        }
        sleep_until(next).await;
    }
}

/// Whoever is dropped here is told that the store cannot be asked.
fn fail(error: &StoreError, asked: &mut Vec<Asked>) {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
    asked.clear();
}

//! Any number of gateways on one database: one sequences, the others send it what is to be appended.
//!
//! Every member follows the log with an audit state of its own, so any of them can take over at
//! once. The one whose term it is ([`Lease`]) commits; when its term is over another takes the next
//! one, which fences the former in the database, reads what is missing, and goes on. A request is
//! acknowledged after its commit and by nothing else, so a member that was paused, cut off or slow
//! can at worst say that it does not know.

mod channel;
mod desk;
mod memory;
mod peer;
mod reach;

pub(super) use channel::ClusterKey;
pub(super) use desk::Desk;
pub(super) use reach::Reach;

use super::command::{Refused, Request};
use super::writer::Writer;
use crate::store::StoreError;
use crate::store::postgres::{Lease, LeaseState};
use memory::Memory;
use peer::Peer;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep};
use voting_core::audit::State;

/// How often a member that does not sequence looks at the log and the lease.
const LOOK: Duration = Duration::from_millis(150);
/// Every so many looks it asks which server is the primary, should two believe so.
const SERVERS: u32 = 16;

/// What a member is made of.
pub(super) struct Member {
    pub(super) writer: Writer,
    pub(super) lease: Lease,
    /// How long a term lasts that is not renewed.
    pub(super) term: Duration,
    /// What it sends commands with; a member without it follows the log and sends none.
    pub(super) key: Option<ClusterKey>,
    /// Whether it may sequence: it runs the module of the log.
    pub(super) candidate: bool,
}

/// Who sequences, as a member last saw it.
enum Seen {
    /// Nobody that is known.
    Nobody,
    /// Another gateway, at this address.
    Other(String),
    /// This one, in this term.
    Own(u64),
}

impl Member {
    /// Serves until every caller of this gateway is gone and the queue is empty.
    pub(super) async fn run(
        self,
        state: State,
        mut queue: mpsc::Receiver<Request>,
        desk: Option<(TcpListener, Desk)>,
        mut reach: Reach,
    ) {
        let desk = desk.zip(self.key.clone());
        let desk =
            desk.map(|((listener, desk), key)| tokio::spawn(desk::serve(listener, key, desk)));
        let mut memory = Memory::Current(Box::new(state));
        while let Some((epoch, state)) = self.follow(memory, &mut queue, &mut reach).await {
            tracing::info!(epoch, "sequencing");
            reach.note(true, Instant::now());
            match self.lead(epoch, state, &mut queue).await {
                Some(after) => memory = after,
                None => break,
            }
            reach.note(true, Instant::now());
            tracing::warn!(epoch, "no longer sequencing");
        }
        if let Some(desk) = desk {
            desk.abort();
        }
    }

    /// Sends requests on, until this member's term begins or its callers are gone.
    async fn follow(
        &self,
        memory: Memory,
        queue: &mut mpsc::Receiver<Request>,
        reach: &mut Reach,
    ) -> Option<(u64, State)> {
        let mut peer: Option<Peer> = None;
        let mut looks = 0;
        let mut look = Box::pin(self.look(memory, looks));
        loop {
            tokio::select! {
                (memory, seen) = &mut look => {
                    let memory = match (seen, memory) {
                        (Seen::Own(epoch), Memory::Current(state)) => return Some((epoch, *state)),
                        (Seen::Other(address), memory) => {
                            if peer.as_ref().is_none_or(|peer| peer.address != address) {
                                let key = self.key.clone();
                                peer = key.map(|key| Peer::new(address, key));
                            }
                            memory
                        }
                        (_, memory) => {
                            peer = None;
                            memory
                        }
                    };
                    // Whoever sends nothing misses nobody.
                    let connected = peer.as_ref().is_some_and(Peer::is_connected);
                    reach.note(connected || self.key.is_none(), Instant::now());
                    looks += 1;
                    look.set(self.look(memory, looks));
                }
                request = queue.recv() => send_on(request?, peer.as_ref()),
            }
        }
    }

    /// One look at the lease and the log; takes the next term if it is free.
    async fn look(&self, memory: Memory, looks: u32) -> (Memory, Seen) {
        if looks > 0 {
            sleep(LOOK).await;
        }
        if looks % SERVERS == SERVERS - 1 {
            self.find_primary().await;
        }
        let lease = match self.lease.read().await {
            Ok(lease) => lease,
            Err(error) => {
                warn("the lease cannot be read", &error);
                self.find_primary().await;
                return (memory, Seen::Nobody);
            }
        };
        let (memory, known) = memory.catch_up(&self.writer).await;
        let own = lease.holder == self.lease.holder();
        if known && self.candidate && (lease.over || own) {
            return self.take_over(memory, &lease).await;
        }
        match lease.over || own || lease.address.is_empty() {
            true => (memory, Seen::Nobody),
            false => (memory, Seen::Other(lease.address)),
        }
    }

    /// Takes the next term, which ends the former one's commits, and only then reads what they left.
    async fn take_over(&self, memory: Memory, lease: &LeaseState) -> (Memory, Seen) {
        let epoch = match self.lease.take(lease).await {
            Ok(Some(epoch)) => epoch,
            Ok(None) => return (memory, Seen::Nobody),
            Err(error) => {
                warn("the term cannot be taken", &error);
                self.find_primary().await;
                return (memory, Seen::Nobody);
            }
        };
        match memory.settle(&self.writer, epoch).await {
            memory @ Memory::Current(_) => (memory, Seen::Own(epoch)),
            memory => {
                self.release(epoch).await;
                (memory, Seen::Nobody)
            }
        }
    }

    /// Commits what comes, until the term is lost or a commit fails; `None` once the callers are
    /// gone.
    async fn lead(
        &self,
        epoch: u64,
        mut state: State,
        queue: &mut mpsc::Receiver<Request>,
    ) -> Option<Memory> {
        let mut keeper = keep(self.lease.clone(), epoch, self.term);
        let after = loop {
            tokio::select! {
                biased;
                _ = &mut keeper => break Some(Memory::Current(Box::new(state))),
                request = queue.recv() => {
                    let Some(first) = request else {
                        break None;
                    };
                    match self.writer.serve_group(state, epoch, first, queue).await {
                        Ok(next) => state = next,
                        Err(failed) => break Some(Memory::after(*failed)),
                    }
                }
            }
        };
        keeper.abort();
        if after.is_none() {
            self.release(epoch).await;
        }
        after
    }

    async fn release(&self, epoch: u64) {
        if let Err(error) = self.lease.release(epoch).await {
            warn("the term cannot be released", &error);
        }
    }

    async fn find_primary(&self) {
        if let Err(error) = self.lease.look_again().await {
            warn("no primary", &error);
        }
    }
}

/// Renews a term until it is another's or could not be renewed for as long as it lasts.
fn keep(lease: Lease, epoch: u64, term: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = interval(term / 4);
        let mut missed = 0;
        while missed < 4 {
            ticks.tick().await;
            match lease.renew(epoch).await {
                Ok(true) => missed = 0,
                Ok(false) => return,
                Err(error) => {
                    warn("the term cannot be renewed", &error);
                    // Another server may be the primary now; the term is the same there.
                    if let Err(error) = lease.look_again().await {
                        warn("no primary", &error);
                    }
                    missed += 1;
                }
            }
        }
    })
}

fn send_on(request: Request, peer: Option<&Peer>) {
    match peer {
        Some(peer) if !request.relayed => peer.send(request),
        _ => drop(request.reply.send(Err(Refused::Unavailable))),
    }
}

fn warn(what: &'static str, error: &StoreError) {
    tracing::warn!(error = error as &dyn std::error::Error, "{what}");
}

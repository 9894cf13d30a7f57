//! Admission: how much is in work at once, and who waits when it is too much.
//!
//! ```text
//!   with a session:     credentials, codes -> gate \  in work at once, by measured delay
//!                       ballots            -> gate /  beyond it: 503 at once
//!   without a session:  identity check -> open door, or the waiting room while a gate fills
//! ```
//!
//! Whoever holds a session, has begun at an identity provider or brings a desk's code is never sent
//! to the waiting room: the room keeps newcomers back so that those who are inside can finish. What
//! waits is bounded everywhere: connections, gates, queues; a room is a few numbers however many
//! people stand in it.
//!
//! In the last minutes before the close (the manifest's `drain_ms`) the ballots' gate opens to its
//! full width: a ballot received whole before `closes_at` counts if its entry has a time before
//! `drained_at`, so being taken matters more then than being quick.

mod controller;
mod gate;
mod room;
#[cfg(test)]
mod tests;
mod ticket;

pub use controller::Controller;
pub use gate::{Gate, Slot};
pub use room::{Place, Room};
pub use ticket::{Ticket, Tickets};

use crate::config::AdmissionConfig;
use crate::problem::{Problem, ProblemKind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use voting_core::ids::{ElectionId, UnixMillis};

/// How often load is measured and the room calls.
pub const TICK: Duration = Duration::from_millis(100);

/// The gates and the room of a gateway.
pub struct Admission {
    /// Ballots, from being received whole to being answered.
    pub ballots: Gate,
    /// Credentials and tracking codes.
    pub entries: Gate,
    room: Mutex<Room>,
    tickets: Tickets,
    ticket_millis: u64,
    election: ElectionId,
}

/// How the waiting room looks to one person, or to everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether newcomers have to wait.
    pub open: bool,
    /// How many stand in it.
    pub waiting: u64,
    /// Where this person stands; `None` without a ticket.
    pub place: Option<Place>,
    /// About how long it takes until this person, or somebody who came now, is called.
    pub estimate: Duration,
}

impl Admission {
    /// Admission to one election; `None` if the session key cannot seal tickets.
    #[must_use]
    pub fn new(
        config: &AdmissionConfig,
        (key, room): (&[u8; 32], u64),
        election: ElectionId,
    ) -> Option<Self> {
        Some(Self {
            ballots: Gate::new(config),
            entries: Gate::new(config),
            room: Mutex::new(Room::new(config, room)),
            tickets: Tickets::new(key)?,
            ticket_millis: 60_000 * u64::from(config.ticket_minutes),
            election,
        })
    }

    /// Lets a newcomer check their identity, or sends them to the waiting room.
    ///
    /// # Errors
    /// [`ProblemKind::WaitingRoom`] with the time after which to ask again;
    /// [`ProblemKind::TicketInvalid`].
    pub fn newcomer(&self, ticket: Option<&str>, now: UnixMillis) -> Result<(), Problem> {
        if !self.room().is_open() {
            return Ok(());
        }
        let ticket = ticket.map(|token| self.ticket(token, now)).transpose()?;
        let look = self.look(ticket.as_ref());
        match look.place {
            Some(Place::Called) => Ok(()),
            _ => Err(Problem::new(ProblemKind::WaitingRoom).retry_after(poll(look.estimate))),
        }
    }

    /// Takes the next ticket; with its token, `None` if it could not be sealed.
    #[must_use]
    pub fn take_ticket(&self, now: UnixMillis) -> Option<(Ticket, String)> {
        let (room, number) = self.room().take(now);
        let ticket = Ticket {
            election: self.election,
            room,
            number,
            issued_at: now,
        };
        Some((ticket, self.tickets.seal(&ticket)?))
    }

    /// The token to go on with: another one if the holder has been called with one of another room.
    /// It is as old as the first one was.
    #[must_use]
    pub fn keep_ticket(&self, ticket: &Ticket, place: Place) -> Option<String> {
        let (room, number) = self.room().called_number();
        let mut kept = *ticket;
        if place == Place::Called && ticket.room != room {
            (kept.room, kept.number) = (room, number);
        }
        self.tickets.seal(&kept)
    }

    /// Opens a token.
    ///
    /// # Errors
    /// [`ProblemKind::TicketInvalid`].
    pub fn ticket(&self, token: &str, now: UnixMillis) -> Result<Ticket, Problem> {
        let ticket = self.tickets.open(token).filter(|ticket| {
            let good_until = ticket.issued_at.get().saturating_add(self.ticket_millis);
            ticket.election == self.election && now.get() < good_until
        });
        ticket.ok_or_else(|| ProblemKind::TicketInvalid.into())
    }

    /// The room as the holder of a ticket sees it, or everyone.
    #[must_use]
    pub fn look(&self, ticket: Option<&Ticket>) -> Look {
        let mut room = self.room();
        let place = ticket.map(|ticket| room.place(ticket));
        let before = match place {
            _ if !room.is_open() => None,
            None => Some(room.waiting()),
            Some(Place::Called) => None,
            Some(Place::Waiting { ahead }) => Some(ahead),
        };
        Look {
            open: room.is_open(),
            waiting: room.waiting(),
            place,
            estimate: before.map_or(Duration::ZERO, |before| room.estimate(before)),
        }
    }

    /// Measures, adapts and calls: once every [`TICK`].
    pub fn tick(&self) {
        let load = self.ballots.tick().max(self.entries.tick());
        self.room().tick(load, TICK);
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        // Every change of a room is whole before its lock is let go.
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// After how long to ask again: soon when it is nearly time, rarely when it is not.
#[must_use]
pub fn poll(estimate: Duration) -> Duration {
    (estimate / 4).clamp(Duration::from_secs(2), Duration::from_secs(30))
}

/// Ticks for as long as it is kept.
pub struct Ticking(AbortHandle);

impl Ticking {
    /// Starts to tick.
    #[must_use]
    pub fn start(mut tick: impl FnMut() + Send + 'static, every: Duration) -> Self {
        let ticking = tokio::spawn(async move {
            let mut interval = tokio::time::interval(every);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                tick();
            }
        });
        Self(ticking.abort_handle())
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

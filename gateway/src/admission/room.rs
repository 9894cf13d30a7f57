//! The waiting room: first come, first called.
//!
//! A ticket is a number and the instant at which it was issued, sealed, at its holder. The room
//! keeps the next number, the first number that has not been called, and a mark for each second in
//! which tickets were issued, so that its size does not depend on how many people wait.
//!
//! A ticket of another gateway is placed by its instant: where it would stand had it been issued
//! here then. Who came before this room's first mark (another gateway's room opened earlier, or
//! this gateway was started again) stands at the front: as many of them as the pace allows come in,
//! half of it at least, and those who wait here share the rest.

use super::ticket::Ticket;
use crate::config::AdmissionConfig;
use std::collections::VecDeque;
use std::time::Duration;
use voting_core::ids::UnixMillis;

/// The most marks; with more, every other one is forgotten.
pub(super) const MAX_MARKS: usize = 4096;
/// A second, in milliseconds: how far apart marks are, and how often the pace changes.
const SECOND: u64 = 1000;
/// How long nobody may have waited before the room closes.
const CALM: u64 = 5 * SECOND;
/// From this much load on nobody is called.
const FULL_PERCENT: u32 = 95;
/// What a person costs of [`Room::credit`].
const PERSON: u64 = SECOND * SECOND;
/// The first number that is given out; those below it have always been called.
const FIRST: u64 = 1;
/// The slowest and the fastest pace, in persons a second times 1000.
const PACE: (u64, u64) = (SECOND, 10_000 * SECOND);

/// The room of one gateway.
#[derive(Clone, Debug)]
pub struct Room {
    id: u64,
    next: u64,
    called: u64,
    open: bool,
    opens_percent: u32,
    /// Persons a second times 1000.
    pace: u64,
    /// Persons times 1,000,000 that may be called and have not been.
    credit: u64,
    /// Milliseconds since the pace was last changed.
    since_change: u64,
    /// Milliseconds for which it has been calm.
    calm: u64,
    /// How many at the front have asked since the last call and were told to wait.
    front: u64,
    /// Instants in rising order, with the next number at each.
    marks: VecDeque<(UnixMillis, u64)>,
}

/// Where the holder of a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// They may come in.
    Called,
    /// So many stand before them.
    Waiting {
        /// How many.
        ahead: u64,
    },
}

impl Room {
    /// A closed, empty room; `id` tells it from the rooms of other gateways.
    #[must_use]
    pub fn new(config: &AdmissionConfig, id: u64) -> Self {
        Self {
            id,
            next: FIRST,
            called: FIRST,
            open: false,
            opens_percent: config.waiting_room_opens_percent,
            pace: SECOND * u64::from(config.newcomers_per_second),
            credit: 0,
            since_change: 0,
            calm: 0,
            front: 0,
            marks: VecDeque::new(),
        }
    }

    /// Whether newcomers have to wait.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.next - self.called
    }

    /// How many marks are kept.
    #[must_use]
    pub fn marks(&self) -> usize {
        self.marks.len()
    }

    /// The next number, and this room's id.
    pub fn take(&mut self, now: UnixMillis) -> (u64, u64) {
        let due = self
            .marks
            .back()
            .is_none_or(|(at, _)| now.get() >= at.get() + SECOND);
        if due {
            if self.marks.len() >= MAX_MARKS {
                // The first one stays: it says who came before this room.
                let mut keep = false;
                self.marks.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
            self.marks.push_back((now, self.next));
        }
        let number = self.next;
        self.next += 1;
        (self.id, number)
    }

    /// Where a ticket stands. Asking is what brings in those at the front.
    #[must_use]
    pub fn place(&mut self, ticket: &Ticket) -> Place {
        let number = match ticket.room == self.id {
            true => Some(ticket.number),
            false => self.number_at(ticket.issued_at),
        };
        match number {
            _ if !self.open => Place::Called,
            None => self.come_in_from_front(),
            Some(number) if number < self.called => Place::Called,
            Some(number) => Place::Waiting {
                ahead: number - self.called,
            },
        }
    }

    /// A number of this room for somebody who has been called with a ticket of another.
    #[must_use]
    pub fn called_number(&self) -> (u64, u64) {
        (self.id, FIRST - 1)
    }

    /// How long it takes to call so many.
    #[must_use]
    pub fn estimate(&self, ahead: u64) -> Duration {
        Duration::from_millis((ahead + 1).saturating_mul(PERSON) / self.pace)
    }

    /// An interval has passed, at the end of which the fullest gate was this full. Opens before
    /// the gateway slows down, calls as many as it can take, and closes when nobody has waited for
    /// a while.
    pub fn tick(&mut self, load_percent: u32, interval: Duration) {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        let busy = load_percent >= self.opens_percent;
        self.open |= busy;
        if !self.open {
            return;
        }
        self.adapt(busy, millis);
        self.call(load_percent, millis);
        self.rest(busy, millis);
    }

    fn adapt(&mut self, busy: bool, millis: u64) {
        self.since_change = self.since_change.saturating_add(millis);
        if self.since_change < SECOND {
            return;
        }
        self.since_change = 0;
        if busy {
            self.pace -= self.pace / 4;
        } else if self.waiting() > 0 {
            self.pace += self.pace / 16 + 1;
        }
        self.pace = self.pace.clamp(PACE.0, PACE.1);
    }

    fn call(&mut self, load_percent: u32, millis: u64) {
        if load_percent >= FULL_PERCENT {
            return;
        }
        // What nobody used is not saved up for longer than a second.
        let credit = self.credit.saturating_add(self.pace.saturating_mul(millis));
        self.credit = credit.min(self.pace.saturating_mul(SECOND));
        let persons = self.credit / PERSON;
        let held_back = std::mem::take(&mut self.front).min(persons.div_ceil(2));
        let persons = (persons - held_back).min(self.waiting());
        self.called += persons;
        self.credit -= persons * PERSON;
    }

    fn come_in_from_front(&mut self) -> Place {
        if let Some(rest) = self.credit.checked_sub(PERSON) {
            self.credit = rest;
            return Place::Called;
        }
        self.front += 1;
        Place::Waiting { ahead: 0 }
    }

    fn rest(&mut self, busy: bool, millis: u64) {
        let calm = !busy && self.waiting() == 0;
        self.calm = if calm {
            self.calm.saturating_add(millis)
        } else {
            0
        };
        if self.calm >= CALM {
            self.open = false;
            self.calm = 0;
            self.marks.clear();
        }
    }

    /// The number that was next at an instant, or an earlier one: never too late a place. `None`
    /// before the first mark.
    fn number_at(&self, instant: UnixMillis) -> Option<u64> {
        let later = self.marks.partition_point(|(at, _)| *at <= instant);
        let mark = self.marks.get(later.checked_sub(1)?);
        mark.map(|(_, number)| *number)
    }
}

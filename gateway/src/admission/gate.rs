//! A gate: lets in what can be worked off in time, and turns the rest away at once.

use super::controller::Controller;
use crate::config::AdmissionConfig;
use crate::problem::{Problem, ProblemKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The shortest time after which whoever was turned away may try again; who is told the longest
/// waits four seconds more, so that they do not all come back together.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// How many different times are told.
const SPREAD: u32 = 5;

/// Counts what is in work. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Mutex<State>>);

struct State {
    controller: Controller,
    in_work: u32,
    turned_away: u32,
}

/// A place in work; free again when it is dropped.
pub struct Slot {
    gate: Gate,
    began: Instant,
}

impl Gate {
    /// An empty gate.
    #[must_use]
    pub fn new(config: &AdmissionConfig) -> Self {
        Self(Arc::new(Mutex::new(State {
            controller: Controller::new(config),
            in_work: 0,
            turned_away: 0,
        })))
    }

    /// Whether something would be let in now. Asked before a body is read, so that whoever is
    /// turned away is turned away early.
    ///
    /// # Errors
    /// As [`Self::enter`].
    pub fn check(&self, wide: bool) -> Result<(), Problem> {
        let mut state = self.state();
        if state.in_work < state.width(wide) {
            return Ok(());
        }
        state.turned_away = state.turned_away.wrapping_add(1);
        let later = RETRY_AFTER + Duration::from_secs((state.turned_away % SPREAD).into());
        Err(Problem::new(ProblemKind::Overloaded).retry_after(later))
    }

    /// Lets something in; `wide` opens the gate as far as it ever does.
    ///
    /// # Errors
    /// [`ProblemKind::Overloaded`] with a time after which to try again.
    pub fn enter(&self, wide: bool) -> Result<Slot, Problem> {
        self.check(wide)?;
        let mut state = self.state();
        state.in_work += 1;
        let in_work = state.in_work;
        state.controller.began(in_work);
        drop(state);
        Ok(Slot {
            gate: self.clone(),
            began: Instant::now(),
        })
    }

    /// How much is in work, and how much may be.
    #[must_use]
    pub fn load(&self) -> (u32, u32) {
        let state = self.state();
        (state.in_work, state.controller.limit())
    }

    /// Ends an interval; how full the gate is, in percent.
    pub fn tick(&self) -> u32 {
        let mut state = self.state();
        let in_work = state.in_work;
        state.controller.tick(in_work);
        in_work.saturating_mul(100) / state.controller.limit().max(1)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is whole before its lock is let go.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn width(&self, wide: bool) -> u32 {
        if wide {
            self.controller.most()
        } else {
            self.controller.limit()
        }
    }
}

impl Slot {
    /// Notes how long it took. Only for what went all the way: a quick refusal says nothing of the
    /// queues.
    pub fn finished(&self) {
        self.gate.state().controller.finished(self.began.elapsed());
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.gate.state().in_work -= 1;
    }
}

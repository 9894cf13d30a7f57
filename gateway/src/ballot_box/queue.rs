//! A bounded queue from the async side to worker threads, taken in batches, with a side lane.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How a job is worked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// With the others that wait.
    Together,
    /// By itself: at most one between two batches, so that whatever it costs, everyone else waits
    /// for one of them at the most.
    Alone,
}

/// What a worker is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch<T> {
    /// These at once,
    pub(super) together: Vec<T>,
    /// and then this one.
    pub(super) alone: Option<T>,
}

/// Jobs that wait for a worker.
pub(super) struct JobQueue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    /// Of the common lane and of the other.
    capacity: (usize, usize),
}

struct State<T> {
    together: VecDeque<T>,
    alone: VecDeque<T>,
    closed: bool,
}

impl<T> State<T> {
    fn is_idle(&self) -> bool {
        self.together.is_empty() && self.alone.is_empty() && !self.closed
    }
}

impl<T> JobQueue<T> {
    pub(super) fn new(together: usize, alone: usize) -> Self {
        let state = Mutex::new(State {
            together: VecDeque::new(),
            alone: VecDeque::new(),
            closed: false,
        });
        Self {
            state,
            ready: Condvar::new(),
            capacity: (together, alone),
        }
    }

    /// Adds a job without waiting; gives it back if its lane is full or the queue closed.
    pub(super) fn push(&self, lane: Lane, job: T) -> Result<(), T> {
        let mut state = self.lock();
        let closed = state.closed;
        let (jobs, capacity) = match lane {
            Lane::Together => (&mut state.together, self.capacity.0),
            Lane::Alone => (&mut state.alone, self.capacity.1),
        };
        if closed || jobs.len() >= capacity {
            return Err(job);
        }
        jobs.push_back(job);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for a job, then up to `linger` for more of them, and takes at most `most` to be done
    /// together. `None` once the queue is closed and empty.
    pub(super) fn take(&self, most: usize, linger: Duration) -> Option<Batch<T>> {
        let state = self.ready.wait_while(self.lock(), |state| state.is_idle());
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let few = |state: &mut State<T>| state.together.len() < most && !state.closed;
        let waited = self.ready.wait_timeout_while(state, linger, few);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let count = state.together.len().min(most);
        let batch = Batch {
            together: state.together.drain(..count).collect(),
            alone: state.alone.pop_front(),
        };
        // Nothing at all: another worker was faster, or the queue is closed.
        let is_empty = batch.together.is_empty() && batch.alone.is_none();
        (!is_empty || !state.closed).then_some(batch)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        let state = self.lock();
        state.together.len() + state.alone.len()
    }

    /// Lets the workers finish what waits and end.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A worker that panicked held no half-made change: every change is one push or drain.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(together: Vec<u8>, alone: Option<u8>) -> Option<Batch<u8>> {
        Some(Batch { together, alone })
    }

    #[test]
    fn it_is_bounded_and_hands_out_in_order() {
        let queue = JobQueue::new(3, 1);
        for n in 0..3 {
            assert_eq!(queue.push(Lane::Together, n), Ok(()));
        }
        assert_eq!(queue.push(Lane::Together, 3), Err(3));
        assert_eq!(queue.take(2, Duration::ZERO), batch(vec![0, 1], None));
        queue.close();
        assert_eq!(queue.push(Lane::Together, 4), Err(4));
        assert_eq!(queue.push(Lane::Alone, 4), Err(4));
        assert_eq!(queue.take(2, Duration::ZERO), batch(vec![2], None));
        assert_eq!(queue.take(2, Duration::ZERO), None);
    }

    #[test]
    fn of_the_side_lane_one_comes_with_each_batch_and_its_crowd_takes_no_place() {
        let queue = JobQueue::new(4, 2);
        assert_eq!(queue.push(Lane::Alone, 10), Ok(()));
        assert_eq!(queue.push(Lane::Alone, 11), Ok(()));
        assert_eq!(queue.push(Lane::Alone, 12), Err(12));
        for n in 0..4 {
            assert_eq!(queue.push(Lane::Together, n), Ok(()));
        }
        assert_eq!(
            queue.take(3, Duration::ZERO),
            batch(vec![0, 1, 2], Some(10))
        );
        assert_eq!(queue.take(3, Duration::ZERO), batch(vec![3], Some(11)));
    }

    #[test]
    fn a_job_of_the_side_lane_needs_no_company() {
        let queue = JobQueue::new(1, 1);
        assert_eq!(queue.push(Lane::Alone, 1), Ok(()));
        assert_eq!(queue.take(1, Duration::ZERO), batch(vec![], Some(1)));
    }

    #[test]
    fn a_waiting_worker_ends_when_it_closes() {
        let queue = std::sync::Arc::new(JobQueue::<u8>::new(1, 1));
        let other = queue.clone();
        let worker = std::thread::spawn(move || other.take(1, Duration::ZERO));
        queue.close();
        assert_eq!(worker.join().unwrap(), None);
    }
}

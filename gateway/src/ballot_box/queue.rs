//! A bounded queue from the async side to worker threads, taken in batches.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Jobs that wait for a worker.
pub(super) struct JobQueue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    capacity: usize,
}

struct State<T> {
    jobs: VecDeque<T>,
    closed: bool,
}

impl<T> JobQueue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = Mutex::new(State {
            jobs: VecDeque::new(),
            closed: false,
        });
        Self {
            state,
            ready: Condvar::new(),
            capacity,
        }
    }

    /// Adds a job without waiting; gives it back if the queue is full or closed.
    pub(super) fn push(&self, job: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed || state.jobs.len() >= self.capacity {
            return Err(job);
        }
        state.jobs.push_back(job);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for a job, then up to `linger` for more of them, and takes at most `most`. `None` once
    /// the queue is closed and empty.
    pub(super) fn take(&self, most: usize, linger: Duration) -> Option<Vec<T>> {
        let idle = |state: &mut State<T>| state.jobs.is_empty() && !state.closed;
        let state = self.ready.wait_while(self.lock(), idle);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let few = |state: &mut State<T>| state.jobs.len() < most && !state.closed;
        let waited = self.ready.wait_timeout_while(state, linger, few);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.jobs.is_empty() {
            // Another worker was faster, or the queue is closed.
            return (!state.closed).then(Vec::new);
        }
        let count = state.jobs.len().min(most);
        Some(state.jobs.drain(..count).collect())
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
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

    #[test]
    fn it_is_bounded_and_hands_out_in_order() {
        let queue = JobQueue::new(3);
        for n in 0..3 {
            assert_eq!(queue.push(n), Ok(()));
        }
        assert_eq!(queue.push(3), Err(3));
        assert_eq!(queue.take(2, Duration::ZERO), Some(vec![0, 1]));
        queue.close();
        assert_eq!(queue.push(4), Err(4));
        assert_eq!(queue.take(2, Duration::ZERO), Some(vec![2]));
        assert_eq!(queue.take(2, Duration::ZERO), None);
    }

    #[test]
    fn a_waiting_worker_ends_when_it_closes() {
        let queue = std::sync::Arc::new(JobQueue::<u8>::new(1));
        let other = queue.clone();
        let worker = std::thread::spawn(move || other.take(1, Duration::ZERO));
        queue.close();
        assert_eq!(worker.join().unwrap(), None);
    }
}

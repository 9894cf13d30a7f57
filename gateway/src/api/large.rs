//! Answers that can have megabytes: so many at once, from before they are read until their last byte
//! is on its way.

use crate::problem::{Problem, ProblemKind};
use axum::body::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a request waits for a place before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(2);
/// What has no more bytes takes no place while it is sent.
const SMALL: usize = 64 << 10;

/// The places.
pub struct LargeAnswers(Arc<Semaphore>);

impl LargeAnswers {
    /// For so many at once.
    #[must_use]
    pub fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))))
    }

    pub(super) async fn place(&self) -> Result<Place, Problem> {
        match timeout(PATIENCE, self.0.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Place(permit)),
            _ => Err(ProblemKind::Overloaded.into()),
        }
    }
}

/// One of them, held by whoever prepares an answer and then by its content.
pub(super) struct Place(OwnedSemaphorePermit);

impl Place {
    /// The content, which keeps the place until it has been written or its reader is gone.
    pub(super) fn hold(self, content: Bytes) -> Bytes {
        match content.len() <= SMALL {
            true => content,
            false => Bytes::from_owner(Held {
                content,
                _place: self.0,
            }),
        }
    }
}

struct Held {
    content: Bytes,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_content_keeps_the_place_and_a_small_one_does_not() {
        let answers = LargeAnswers::new(1);
        let small = answers.place().await.unwrap().hold(vec![7; SMALL].into());
        let place = answers.place().await.unwrap();
        let large = place.hold(vec![7; SMALL + 1].into());
        assert_eq!((small.len(), large.len()), (SMALL, SMALL + 1));
        let part = large.slice(..10);
        drop(large);
        let refused = answers.place().await.err().unwrap();
        assert_eq!(refused.kind, ProblemKind::Overloaded);
        drop(part);
        assert!(answers.place().await.is_ok());
    }
}

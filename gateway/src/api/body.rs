//! Request bodies: bounded, of one media type, received whole before anything is judged; or, where
//! one may be large, before anything but its beginning is.

use super::Shared;
use super::headers::check_election;
use crate::problem::{Problem, ProblemKind};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use voting_core::ids::UnixMillis;

/// The media type of everything with canonical bytes.
pub(super) const BINARY: &str = "application/octet-stream";
/// The media type of the rest.
pub(super) const JSON: &str = "application/json";

/// A body and the time when its last byte had arrived.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    pub(super) at: UnixMillis,
}

/// Receives a body of at most `limit` bytes. The time is taken when it is whole: that instant, not
/// the first byte's, is before the close or not.
pub(super) async fn receive(
    services: &Shared,
    request: Request,
    media_type: &str,
    limit: usize,
) -> Result<Received, Problem> {
    let receiving = Receiving::begin(services, request, media_type, limit)?;
    receiving.whole(services).await
}

/// A body on its way.
pub(super) struct Receiving {
    body: Body,
    bytes: Vec<u8>,
    limit: usize,
    deadline: Instant,
}

impl Receiving {
    /// Judges the head, and begins the time that the body may take.
    pub(super) fn begin(
        services: &Shared,
        request: Request,
        media_type: &str,
        limit: usize,
    ) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_media_type(&parts.headers, media_type)?;
        check_election(&parts.headers, services)?;
        if announced(&parts.headers).is_some_and(|length| length > limit as u64) {
            return Err(oversized(limit));
        }
        let patience = Duration::from_millis(services.server.body_timeout_ms.into());
        Ok(Self {
            body,
            bytes: Vec::new(),
            limit,
            deadline: Instant::now() + patience,
        })
    }

    /// At least its first `count` bytes, or as many as there are.
    pub(super) async fn first(&mut self, count: usize) -> Result<&[u8], Problem> {
        let deadline = self.deadline;
        let read = timeout_at(deadline, self.read(count)).await;
        read.map_err(|_| ProblemKind::Incomplete)??;
        Ok(&self.bytes)
    }

    /// From now on it may have only so many bytes.
    pub(super) fn narrow(&mut self, limit: usize) -> Result<(), Problem> {
        self.limit = self.limit.min(limit);
        match self.bytes.len() > self.limit {
            true => Err(oversized(self.limit)),
            false => Ok(()),
        }
    }

    /// The rest of it.
    pub(super) async fn whole(mut self, services: &Shared) -> Result<Received, Problem> {
        self.first(usize::MAX).await?;
        Ok(Received {
            bytes: self.bytes,
            at: services.clock.now(),
        })
    }

    async fn read(&mut self, count: usize) -> Result<(), Problem> {
        while self.bytes.len() < count {
            let Some(frame) = self.body.frame().await else {
                return Ok(());
            };
            let frame = frame.map_err(|_| ProblemKind::Incomplete)?;
            // Trailers say nothing here.
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if data.len() > self.limit - self.bytes.len() {
                return Err(oversized(self.limit));
            }
            self.bytes.extend_from_slice(&data);
        }
        Ok(())
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn oversized(limit: usize) -> Problem {
    Problem::new(ProblemKind::Oversized).hint(format_args!("at most {limit} bytes"))
}

fn check_media_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let found = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = found
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case(expected)) {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::WrongContentType).hint(expected))
    }
}

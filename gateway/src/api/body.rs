//! Request bodies: bounded, of one media type, received whole before anything is judged.

use super::Shared;
use super::headers::check_election;
use crate::problem::{Problem, ProblemKind};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use std::time::Duration;
use tokio::time::timeout;
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
    let (parts, body) = request.into_parts();
    check_media_type(&parts.headers, media_type)?;
    check_election(&parts.headers, services)?;
    let patience = Duration::from_millis(services.server.body_timeout_ms.into());
    let whole = timeout(patience, read(&parts.headers, body, limit)).await;
    let bytes = whole.map_err(|_| ProblemKind::Incomplete)??;
    Ok(Received {
        bytes,
        at: services.clock.now(),
    })
}

async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(oversized(limit));
    }
    let bytes = to_bytes(body, limit).await;
    bytes.map(Vec::from).map_err(|error| cut_off(error, limit))
}

fn cut_off(error: axum::Error, limit: usize) -> Problem {
    if error.into_inner().is::<LengthLimitError>() {
        oversized(limit)
    } else {
        ProblemKind::Incomplete.into()
    }
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

//! Reading what a request holds: bounded, of one media type, strictly decoded.

use super::Shared;
use crate::problem::{Problem, ProblemKind};
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::timeout;

/// The most bytes of JSON: a draft without its projects.
const MAX_JSON: usize = 256 << 10;
/// How long content may take: the largest roll over a slow line.
const PATIENCE: Duration = Duration::from_secs(120);

/// JSON content.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Problem> {
        let bytes = content(request, "application/json", MAX_JSON).await?;
        let value = serde_json::from_slice(&bytes);
        let malformed = |error| Problem::from(ProblemKind::MalformedRequest).hint(error);
        Ok(Self(value.map_err(malformed)?))
    }
}

/// The row that a path names.
pub(super) struct Id(pub(super) i64);

impl FromRequestParts<Shared> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let id = Path::<i64>::from_request_parts(parts, console).await;
        id.map(|Path(id)| Self(id))
            .map_err(|_| ProblemKind::NotFound.into())
    }
}

/// What stands behind a path's question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let asked = Query::<T>::from_request_parts(parts, console).await;
        asked
            .map(|Query(asked)| Self(asked))
            .map_err(|_| ProblemKind::MalformedRequest.into())
    }
}

/// Bytes, at most so many.
pub(super) async fn binary(request: Request, most: usize) -> Result<Vec<u8>, Problem> {
    content(request, "application/octet-stream", most).await
}

async fn content(request: Request, media_type: &str, most: usize) -> Result<Vec<u8>, Problem> {
    let found = request.headers().get(header::CONTENT_TYPE);
    let found = found
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let found = found.split(';').next().unwrap_or_default().trim();
    if !found.eq_ignore_ascii_case(media_type) {
        return Err(ProblemKind::WrongContentType.into());
    }
    let bytes = timeout(PATIENCE, to_bytes(request.into_body(), most)).await;
    let bytes = bytes.map_err(|_| Problem::from(ProblemKind::Incomplete))?;
    Ok(bytes
        .map_err(|_| Problem::from(ProblemKind::Oversized))?
        .into())
}

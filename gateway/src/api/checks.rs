//! How many people say that they have checked: their receipt, or the whole election.
//!
//! Anyone may say so as often as the limits let them, so the numbers prove nothing, and whoever shows
//! them says that. Nothing is kept of who said it or when.

use super::Shared;
use super::body::{JSON, receive};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::registry::{SelfCheck, SelfChecks};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The most bytes of a report.
const MAX_REPORT: usize = 256;
/// The numbers may be this old.
const CACHING: &str = "public, max-age=10";

/// What somebody says that they have checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckReport)]
pub(super) struct Report {
    what: SelfCheck,
}

/// How many people said that they had checked. Self-reported: it proves nothing.
#[utoipa::path(
    get,
    path = "/checks",
    responses((status = 200, body = SelfChecks), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn counts(State(services): State<Shared>) -> Result<Response, Problem> {
    let counts = services.registry.checks().await?;
    Ok(([(header::CACHE_CONTROL, CACHING)], Json(counts)).into_response())
}

/// Counts somebody who says so.
#[utoipa::path(
    post,
    path = "/checks",
    request_body(content = Report),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn report(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let received = receive(&services, request, JSON, MAX_REPORT).await?;
    let report = serde_json::from_slice::<Report>(&received.bytes);
    let report = report.map_err(|_| ProblemKind::MalformedRequest)?;
    services.registry.count_check(report.what).await?;
    Ok(StatusCode::NO_CONTENT)
}

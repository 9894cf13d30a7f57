//! What desks ask: kiosk codes, and confirmations of requirements.

use super::Shared;
use super::body::{JSON, receive};
use crate::config::Secret;
use crate::identity::CodeError;
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::registrar::Requirement;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

/// The most bytes of a desk's request.
const MAX_REQUEST: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// The session of the person, whom the provider verified at the desk.
    session: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// What the person was given with the refusal.
    case: Secret,
    /// `age` or `tie`.
    requirement: String,
}

/// A person's session in, a one-time code for a kiosk out.
#[utoipa::path(
    post,
    path = "/desk/kiosk-codes",
    params(("authorization" = String, Header, description = "Bearer, the desk's token")),
    request_body(content = Object, description = "`session`: of the person, verified at the desk"),
    responses((status = 200, body = Object), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn kiosk_code(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let desk = desk(request.headers(), &services)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let asked: CodeRequest = read(&received.bytes)?;
    let session = super::headers::open(asked.session.reveal(), &services).await?;
    services
        .registrar
        .check_not_voted(&session.pseudonym)
        .await?;
    let kiosk = services.kiosk.as_ref().ok_or(ProblemKind::NotFound)?;
    let person = (session.pseudonym, session.class);
    let issued = kiosk.issue(person, &desk, received.at).await;
    let issued = issued.map_err(|error| match error {
        CodeError::Draw => ProblemKind::Unavailable.into(),
        CodeError::Store(error) => Problem::from(error),
    })?;
    tracing::info!(desk, "kiosk code issued");
    let document = json!({ "code": *issued.code, "expires_at": issued.expires_at });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(document)).into_response())
}

/// A desk found a requirement to be met.
#[utoipa::path(
    post,
    path = "/desk/confirmations",
    params(("authorization" = String, Header, description = "Bearer, the desk's token")),
    request_body(content = Object, description = "`case`: as the refusal gave it; `requirement`: age or tie"),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn confirmation(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let desk = desk(request.headers(), &services)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let asked: Confirmation = read(&received.bytes)?;
    let requirement = Requirement::confirmable(&asked.requirement);
    let requirement = requirement.ok_or_else(malformed)?;
    let by = (desk.as_str(), received.at);
    services
        .registrar
        .confirm(asked.case.reveal(), requirement, by)
        .await?;
    tracing::info!(
        desk,
        requirement = requirement.name(),
        "requirement confirmed"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// The desk of `Authorization: Bearer <token>`.
fn desk(headers: &HeaderMap, services: &Shared) -> Result<String, Problem> {
    let token = headers.get(header::AUTHORIZATION);
    let token = token.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let desk = token.and_then(|token| services.desks.of(token));
    desk.map(str::to_owned)
        .ok_or_else(|| ProblemKind::DeskUnknown.into())
}

/// The parser's own words could repeat what was sent.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|_| malformed())
}

fn malformed() -> Problem {
    ProblemKind::MalformedRequest.into()
}

//! What desks ask: passes for clerks, kiosk codes, and confirmations of requirements.

use super::Shared;
use super::body::{JSON, receive};
use crate::config::Secret;
use crate::identity::{Attendant, Clerk, CodeError, Desk, Device, PassError};
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
struct PassRequest {
    /// The clerk's name, which stands beside what they issue and confirm.
    clerk: String,
}

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

/// A pass of the desk for one clerk. It takes the desk's own token: a pass draws no further one.
#[utoipa::path(
    post,
    path = "/desk/passes",
    params(("authorization" = String, Header, description = "Bearer, the desk's token")),
    request_body(content = Object, description = "`clerk`: a name of 1 to 100 characters"),
    responses((status = 200, body = Object), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn pass(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let desk = desk(request.headers(), &services).ok_or(ProblemKind::DeskUnknown)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let asked: PassRequest = read(&received.bytes)?;
    let clerk = Clerk::new(&asked.clerk).ok_or_else(malformed)?;
    let drawn = services.passes.draw(desk, clerk, received.at);
    let drawn = drawn.ok_or(ProblemKind::Unavailable)?;
    tracing::info!(desk = desk.name(), "pass drawn");
    Ok(unstored(
        json!({ "pass": drawn.pass, "expires_at": drawn.expires_at }),
    ))
}

/// A person's session in, a one-time code for a kiosk out.
#[utoipa::path(
    post,
    path = "/desk/kiosk-codes",
    params(("authorization" = String, Header, description = "Bearer, the desk's token or a pass")),
    request_body(content = Object, description = "`session`: of the person, verified at the desk"),
    responses((status = 200, body = Object), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn kiosk_code(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let attendant = attendant(request.headers(), &services)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let asked: CodeRequest = read(&received.bytes)?;
    let session = super::headers::open(asked.session.reveal(), &services).await?;
    // Otherwise code and session would renew each other for ever, with nobody there.
    if session.device == Device::Kiosk {
        return Err(ProblemKind::SessionFromCode.into());
    }
    services
        .registrar
        .check_not_voted(&session.pseudonym)
        .await?;
    let kiosk = services.kiosk.as_ref().ok_or(ProblemKind::NotFound)?;
    let person = (session.pseudonym, session.class);
    let by = attendant.to_string();
    let issued = kiosk.issue(person, &by, received.at).await;
    let issued = issued.map_err(|error| match error {
        CodeError::Draw => ProblemKind::Unavailable.into(),
        CodeError::Store(error) => Problem::from(error),
    })?;
    tracing::info!(desk = attendant.desk(), "kiosk code issued");
    Ok(unstored(
        json!({ "code": *issued.code, "expires_at": issued.expires_at }),
    ))
}

/// A desk found a requirement to be met.
#[utoipa::path(
    post,
    path = "/desk/confirmations",
    params(("authorization" = String, Header, description = "Bearer, the desk's token or a pass")),
    request_body(content = Object, description = "`case`: as the refusal gave it; `requirement`: age or tie"),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn confirmation(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let attendant = attendant(request.headers(), &services)?;
    let received = receive(&services, request, JSON, MAX_REQUEST).await?;
    let asked: Confirmation = read(&received.bytes)?;
    let requirement = Requirement::confirmable(&asked.requirement);
    let requirement = requirement.ok_or_else(malformed)?;
    let by = attendant.to_string();
    services
        .registrar
        .confirm(asked.case.reveal(), requirement, (&by, received.at))
        .await?;
    tracing::info!(
        desk = attendant.desk(),
        requirement = requirement.name(),
        "requirement confirmed"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// The desk whose own token `Authorization: Bearer <token>` holds.
fn desk<'a>(headers: &HeaderMap, services: &'a Shared) -> Option<&'a Desk> {
    services.desks.of(bearer(headers)?)
}

/// Who speaks for a desk: `Authorization: Bearer`, with its token or a pass of it.
fn attendant(headers: &HeaderMap, services: &Shared) -> Result<Attendant, Problem> {
    if let Some(desk) = desk(headers, services) {
        return Ok(Attendant::of(desk));
    }
    let pass = bearer(headers).ok_or(ProblemKind::DeskUnknown)?;
    let now = services.clock.now();
    let opened = services.passes.open(pass, &services.desks, now);
    opened.map_err(|error| match error {
        PassError::Invalid => ProblemKind::DeskUnknown.into(),
        PassError::Expired => ProblemKind::PassExpired.into(),
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}

/// An answer that holds a secret: nobody on the way keeps it.
fn unstored(document: serde_json::Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(document)).into_response()
}

/// The parser's own words could repeat what was sent.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|_| malformed())
}

fn malformed() -> Problem {
    ProblemKind::MalformedRequest.into()
}

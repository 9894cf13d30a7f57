//! `/waiting-room`: tickets for newcomers while many people vote.

use super::Shared;
use super::headers::ticket;
use crate::admission::{Look, Place, poll};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use voting_core::ids::UnixMillis;

#[derive(Serialize, ToSchema)]
pub(super) struct WaitingRoom {
    /// Whether newcomers have to wait.
    open: bool,
    /// How many stand in it.
    waiting: u64,
    /// Whether the holder of this ticket may come in, as everybody may while it is not open.
    called: bool,
    /// 1 for the next one to be called; only with a ticket that has not been called.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    /// About how long it takes until this ticket, or one taken now, is called.
    estimate_seconds: u64,
    /// When to ask again.
    poll_after_seconds: u64,
    /// To be kept and sent as `hanpyo-ticket`.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    /// Milliseconds, by the clock that decides.
    #[schema(value_type = u64)]
    server_time: UnixMillis,
    /// With every extension so far. A ballot counts if it is received whole before it.
    #[schema(value_type = u64)]
    closes_at: UnixMillis,
}

/// How the waiting room looks, to everyone or to the holder of a ticket.
#[utoipa::path(
    get,
    path = "/waiting-room",
    params(("hanpyo-ticket" = Option<String>, Header, description = "The ticket, to be told its place")),
    responses((status = 200, body = WaitingRoom), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn look(
    State(services): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let now = services.clock.now();
    let token = ticket(&headers)?;
    let ticket = token.map(|token| services.admission.ticket(token, now));
    let ticket = ticket.transpose()?;
    let look = services.admission.look(ticket.as_ref());
    let kept = ticket.zip(look.place);
    let kept = kept.map(|(ticket, place)| services.admission.keep_ticket(&ticket, place));
    let kept = kept.map(|kept| kept.ok_or(ProblemKind::Internal));
    Ok(document(&services, look, kept.transpose()?))
}

/// Takes a ticket; while the room is not open there is none to take.
#[utoipa::path(
    post,
    path = "/waiting-room",
    responses((status = 200, body = WaitingRoom), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn take(State(services): State<Shared>) -> Result<Response, Problem> {
    let admission = &services.admission;
    if !admission.look(None).open {
        return Ok(document(&services, admission.look(None), None));
    }
    let taken = admission.take_ticket(services.clock.now());
    let (ticket, token) = taken.ok_or(ProblemKind::Internal)?;
    let look = admission.look(Some(&ticket));
    Ok(document(&services, look, Some(token)))
}

fn document(services: &Shared, look: Look, ticket: Option<String>) -> Response {
    let (called, position) = match look.place {
        None => (!look.open, None),
        Some(Place::Called) => (true, None),
        Some(Place::Waiting { ahead }) => (false, Some(ahead + 1)),
    };
    let document = WaitingRoom {
        open: look.open,
        waiting: look.waiting,
        called,
        position,
        estimate_seconds: look.estimate.as_secs(),
        poll_after_seconds: poll(look.estimate).as_secs(),
        ticket,
        server_time: services.clock.now(),
        closes_at: services.sequencer.view().schedule.closes_at,
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(document)).into_response()
}

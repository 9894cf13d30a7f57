//! `/waiting-room`: tickets for newcomers while many people vote.

use super::Shared;
use super::headers::ticket;
use crate::admission::{Look, Place, poll};
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use voting_core::ids::UnixMillis;

#[derive(Serialize)]
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
    server_time: UnixMillis,
    /// With every extension so far. A ballot counts if it is received whole before it.
    closes_at: UnixMillis,
}

/// `GET /waiting-room`: how it looks, to everyone or to the holder of a ticket.
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
    let kept = kept.map(|(ticket, place)| services.admission.keep_ticket(&ticket, place, now));
    let kept = kept.map(|kept| kept.ok_or(ProblemKind::Internal));
    Ok(document(&services, look, kept.transpose()?))
}

/// `POST /waiting-room`: takes a ticket; while the room is not open there is none to take.
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

//! What headers say: the election that is meant, and the session.

use super::Shared;
use crate::identity::{Device, Session, SessionError};
use crate::problem::{Problem, ProblemKind};
use axum::http::{HeaderMap, header};
use voting_core::ids::ElectionId;

/// The election a request is meant for, in hexadecimal. Signed bytes of another election do not
/// verify anyway; with this header their sender is told why.
pub(super) const ELECTION: &str = "hanpyo-election";

/// The waiting-room ticket of whoever asks.
const TICKET: &str = "hanpyo-ticket";

/// The ticket, if there is one.
pub(super) fn ticket(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let token = headers.get(TICKET).map(|token| token.to_str());
    token
        .transpose()
        .map_err(|_| ProblemKind::TicketInvalid.into())
}

/// Sent by a device that others use as well: its session is short and can be ended.
const SHARED_DEVICE: &str = "hanpyo-shared-device";

/// Refuses a request for another election; one that names none is judged by its bytes.
pub(super) fn check_election(headers: &HeaderMap, services: &Shared) -> Result<(), Problem> {
    let Some(named) = headers.get(ELECTION) else {
        return Ok(());
    };
    let named = named
        .to_str()
        .ok()
        .and_then(|text| text.parse::<ElectionId>().ok());
    match named {
        None => Err(Problem::new(ProblemKind::MalformedRequest).hint(ELECTION)),
        Some(id) if id == services.manifest.election_id() => Ok(()),
        Some(_) => Err(ProblemKind::WrongElection.into()),
    }
}

/// The session of `Authorization: Bearer <token>`.
pub(super) async fn session(headers: &HeaderMap, services: &Shared) -> Result<Session, Problem> {
    let header = headers.get(header::AUTHORIZATION);
    let header = header.ok_or(ProblemKind::SessionMissing)?;
    let token = header
        .to_str()
        .ok()
        .and_then(|value| value.strip_prefix("Bearer "));
    open(token.ok_or(ProblemKind::SessionInvalid)?, services).await
}

/// The session of a token. Whether it was ended is asked only of those on shared devices: nobody
/// else can end one, and everyone else casts without another look-up.
pub(super) async fn open(token: &str, services: &Shared) -> Result<Session, Problem> {
    let opened = services.sessions.open(token, services.clock.now());
    let session = opened.map_err(|error| match error {
        SessionError::Invalid => ProblemKind::SessionInvalid,
        SessionError::Expired => ProblemKind::SessionExpired,
    })?;
    if session.election != services.manifest.election_id() {
        return Err(ProblemKind::WrongElection.into());
    }
    if session.device.is_shared() && services.registry.session_ended(&session.id).await? {
        return Err(ProblemKind::SessionEnded.into());
    }
    Ok(session)
}

/// What the device says of itself.
pub(super) fn device(headers: &HeaderMap) -> Device {
    if headers.contains_key(SHARED_DEVICE) {
        Device::Shared
    } else {
        Device::Own
    }
}

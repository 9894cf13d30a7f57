//! What headers say: the election that is meant, and the session.

use super::Shared;
use crate::identity::{Session, SessionError};
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
pub(super) fn session(headers: &HeaderMap, services: &Shared) -> Result<Session, Problem> {
    let header = headers.get(header::AUTHORIZATION);
    let header = header.ok_or(ProblemKind::SessionMissing)?;
    let token = header
        .to_str()
        .ok()
        .and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or(ProblemKind::SessionInvalid)?;
    let opened = services.sessions.open(token, services.clock.now());
    let session = opened.map_err(|error| match error {
        SessionError::Invalid => ProblemKind::SessionInvalid,
        SessionError::Expired => ProblemKind::SessionExpired,
    })?;
    if session.election == services.manifest.election_id() {
        Ok(session)
    } else {
        Err(ProblemKind::WrongElection.into())
    }
}

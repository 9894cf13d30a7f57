//! What voters ask: identity, credential, pending, cast, spoil.

use super::Shared;
use super::body::{BINARY, JSON, receive};
use super::headers::session;
use crate::identity::Session;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use voting_core::cast::CodeRequest;
use voting_core::codec::Decode;
use voting_core::ids::{LeafIndex, UnixMillis};
use voting_core::keys::VerifyKey;

/// The most bytes of evidence for an identity.
const MAX_EVIDENCE: usize = 4096;

#[derive(Serialize)]
pub(super) struct SessionDocument {
    session: String,
    expires_at: UnixMillis,
    class: String,
}

/// `POST /identity/{provider}`: evidence in, session out.
pub(super) async fn identity(
    State(services): State<Shared>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Json<SessionDocument>, Problem> {
    let known = services
        .identity
        .as_ref()
        .filter(|known| known.name() == provider);
    let known = known.ok_or(ProblemKind::NotFound)?;
    let received = receive(&services, request, JSON, MAX_EVIDENCE).await?;
    let ci = known
        .verify(&received.bytes)
        .map_err(|_| ProblemKind::IdentityRefused)?;
    let (pseudonym, class) = services.registrar.admit(&ci)?;
    drop(ci);
    let length = u64::try_from(services.session_length.as_millis()).unwrap_or(u64::MAX);
    let expires_at = UnixMillis::new(received.at.get().saturating_add(length));
    let election = services.manifest.election_id();
    let session = Session {
        election,
        pseudonym,
        class,
        expires_at,
    };
    let token = services
        .sessions
        .seal(&session)
        .ok_or(ProblemKind::Internal)?;
    let class = services
        .manifest
        .class(class)
        .ok_or(ProblemKind::Internal)?;
    let class = class.id.to_string();
    Ok(Json(SessionDocument {
        session: token,
        expires_at,
        class,
    }))
}

/// `POST /credentials`: a voter key in, a credential out.
pub(super) async fn credential(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let session = session(request.headers(), &services)?;
    let received = receive(&services, request, BINARY, VerifyKey::LEN).await?;
    let key = VerifyKey::from_bytes(&received.bytes)?;
    let credential = services.registrar.issue(&session, key).await?;
    Ok(binary(credential))
}

/// `POST /pending`: registers a tracking code.
pub(super) async fn pending(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let received = receive(&services, request, BINARY, CodeRequest::MAX_LEN).await?;
    services
        .ballot_box
        .register(&received.bytes, received.at)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
pub(super) struct EntryDocument {
    pub(super) index: LeafIndex,
}

/// `POST /spoiled`: spoils a pending tracking code; its entry.
pub(super) async fn spoiled(
    State(services): State<Shared>,
    request: Request,
) -> Result<Json<EntryDocument>, Problem> {
    let received = receive(&services, request, BINARY, CodeRequest::MAX_LEN).await?;
    let index = services
        .ballot_box
        .spoil(&received.bytes, received.at)
        .await?;
    Ok(Json(EntryDocument { index }))
}

/// `POST /ballots`: a cast ballot in, its receipt out.
pub(super) async fn ballot(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let limit = services.ballot_box.max_cast();
    let received = receive(&services, request, BINARY, limit).await?;
    let receipt = services
        .ballot_box
        .cast(&received.bytes, received.at)
        .await?;
    Ok(binary(receipt))
}

fn binary(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, BINARY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, bytes).into_response()
}

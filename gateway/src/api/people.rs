//! What voters ask: identity, credential, pending, cast, spoil.

use super::Shared;
use super::body::{BINARY, JSON, Received, receive};
use super::headers::{session, ticket};
use crate::admission::Slot;
use crate::identity::Session;
use crate::limits::{Limit, collect, collecting};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::Instrument;
use utoipa::ToSchema;
use voting_core::cast::CodeRequest;
use voting_core::codec::Decode;
use voting_core::ids::{LeafIndex, UnixMillis};
use voting_core::keys::VerifyKey;

/// The most bytes of evidence for an identity.
const MAX_EVIDENCE: usize = 4096;

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionDocument {
    session: String,
    #[schema(value_type = u64)]
    expires_at: UnixMillis,
    class: String,
}

/// Evidence of an identity in, a session out.
#[utoipa::path(
    post,
    path = "/identity/{provider}",
    params(
        ("provider" = String, Path, description = "One of the election's identity_providers"),
        ("hanpyo-ticket" = Option<String>, Header, description = "While the waiting room is open"),
    ),
    request_body(content = Object, description = "What the provider gives; at most 4096 bytes"),
    responses((status = 200, body = SessionDocument), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
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
    let ticket = ticket(request.headers())?.map(str::to_owned);
    let now = services.clock.now();
    services.admission.newcomer(ticket.as_deref(), now)?;
    let received = receive(&services, request, JSON, MAX_EVIDENCE).await?;
    count_identity_check(&services, &received.bytes, ticket.as_deref()).await?;
    if known.costs_money() {
        services.limits.check(Limit::IdentityPaid, &[]).await?;
    }
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

/// One piece of evidence, and one ticket, is good for a few attempts.
async fn count_identity_check(
    services: &Shared,
    evidence: &[u8],
    ticket: Option<&str>,
) -> Result<(), Problem> {
    let limits = &services.limits;
    limits.check(Limit::IdentityTransaction, evidence).await?;
    if let Some(ticket) = ticket {
        limits
            .check(Limit::IdentityTransaction, ticket.as_bytes())
            .await?;
    }
    Ok(())
}

/// A voter key in, a credential out. The same key again gets the same credential.
#[utoipa::path(
    post,
    path = "/credentials",
    params(("authorization" = String, Header, description = "Bearer, with a session")),
    request_body(content = Vec<u8>, content_type = BINARY, description = "A voter key, 32 bytes"),
    responses((status = 200, body = Vec<u8>, content_type = BINARY), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn credential(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let session = session(request.headers(), &services)?;
    let token = request.headers().get(header::AUTHORIZATION).cloned();
    let token = token.ok_or(ProblemKind::SessionMissing)?;
    services
        .limits
        .check(Limit::CredentialSession, token.as_bytes())
        .await?;
    services.admission.entries.check(false)?;
    let received = receive(&services, request, BINARY, VerifyKey::LEN).await?;
    let key = VerifyKey::from_bytes(&received.bytes)?;
    let slot = services.admission.entries.enter(false)?;
    let issued = async move { services.registrar.issue(&session, key).await };
    let credential = see_through(slot, issued).await?;
    Ok(binary(credential))
}

/// Registers the tracking code of a sealed ballot, so that it can be checked or cast.
#[utoipa::path(
    post,
    path = "/pending",
    request_body(content = Vec<u8>, content_type = BINARY, description = "A code request"),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn pending(
    State(services): State<Shared>,
    request: Request,
) -> Result<StatusCode, Problem> {
    services.admission.entries.check(false)?;
    let received = receive(&services, request, BINARY, CodeRequest::MAX_LEN).await?;
    let slot = services.admission.entries.enter(false)?;
    let registered = async move {
        let Received { bytes, at } = received;
        services.ballot_box.register(&bytes, at).await
    };
    see_through(slot, registered).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
#[schema(as = EntryIndex)]
pub(super) struct EntryDocument {
    #[schema(value_type = u64)]
    pub(super) index: LeafIndex,
}

/// Spoils a pending tracking code: its ballot can be opened and never counts.
#[utoipa::path(
    post,
    path = "/spoiled",
    request_body(content = Vec<u8>, content_type = BINARY, description = "A code request"),
    responses((status = 200, body = EntryDocument), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn spoiled(
    State(services): State<Shared>,
    request: Request,
) -> Result<Json<EntryDocument>, Problem> {
    services.admission.entries.check(false)?;
    let received = receive(&services, request, BINARY, CodeRequest::MAX_LEN).await?;
    let slot = services.admission.entries.enter(false)?;
    let spoiled = async move {
        let Received { bytes, at } = received;
        services.ballot_box.spoil(&bytes, at).await
    };
    let index = see_through(slot, spoiled).await?;
    Ok(Json(EntryDocument { index }))
}

/// A cast ballot in, its receipt out. The very same bytes get the same receipt at any time.
#[utoipa::path(
    post,
    path = "/ballots",
    request_body(content = Vec<u8>, content_type = BINARY, description = "A cast ballot"),
    responses((status = 200, body = Vec<u8>, content_type = BINARY), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn ballot(
    State(services): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let limit = services.ballot_box.max_cast();
    let gate = services.admission.ballots.clone();
    gate.check(closes_soon(&services, services.clock.now()))?;
    let received = receive(&services, request, BINARY, limit).await?;
    let slot = gate.enter(closes_soon(&services, received.at))?;
    let cast = async move {
        let Received { bytes, at } = received;
        services.ballot_box.cast(&bytes, at).await
    };
    Ok(binary(see_through(slot, cast).await?))
}

/// Whether the close is so near that what waits now is entered before `drained_at` at the latest.
fn closes_soon(services: &Shared, now: UnixMillis) -> bool {
    let schedule = services.sequencer.view().schedule;
    let (closes_at, drained_at) = (schedule.closes_at.get(), schedule.drained_at().get());
    let left = closes_at.saturating_sub(now.get());
    left > 0 && left <= drained_at.saturating_sub(closes_at)
}

/// Works in a task of its own: whoever goes away leaves their place in work occupied until the
/// work is done, so that the gate counts what is in work and not who is watching.
async fn see_through<T: Send + 'static>(
    slot: Slot,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let counted = async move {
        let done = work.await;
        if done.is_ok() {
            slot.finished();
        }
        done
    };
    let task = tokio::spawn(collecting(collect(), counted).in_current_span());
    task.await.unwrap_or(Err(ProblemKind::Internal.into()))
}

fn binary(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, BINARY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, bytes).into_response()
}

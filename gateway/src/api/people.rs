//! What voters ask: identity, credential, pending, cast, spoil.

use super::Shared;
use super::body::{BINARY, JSON, Received, receive};
use super::guard::Asker;
use super::headers::{device, session, ticket};
use crate::admission::Slot;
use crate::config::Secret;
use crate::identity::{Begin, Device, IdentityError, Session, Verified};
use crate::limits::{Limit, collect, collecting};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use tracing::Instrument;
use utoipa::ToSchema;
use voting_core::cast::CodeRequest;
use voting_core::codec::Decode;
use voting_core::ids::{ClassIndex, LeafIndex, Pseudonym, UnixMillis};
use voting_core::keys::VerifyKey;
use zeroize::Zeroizing;

/// The most bytes of evidence for an identity.
const MAX_EVIDENCE: usize = 16 << 10;

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionDocument {
    session: String,
    #[schema(value_type = u64)]
    expires_at: UnixMillis,
    class: String,
    /// Whether the session is on a device that others use as well, and is to be ended there.
    shared: bool,
}

/// Where the browser goes first, and what it keeps meanwhile.
#[utoipa::path(
    post,
    path = "/identity/{provider}/begin",
    params(
        ("provider" = String, Path, description = "One of the election's identity_providers"),
        ("hanpyo-ticket" = Option<String>, Header, description = "While the waiting room is open"),
    ),
    responses((status = 200, body = Begin), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn begin(
    State(services): State<Shared>,
    Path(provider): Path<String>,
    Extension(Asker(address)): Extension<Asker>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = services.identity.get(&provider);
    let known = known.ok_or(ProblemKind::NotFound)?;
    let ticket = ticket(&headers)?;
    let now = services.clock.now();
    services.admission.newcomer(ticket, now)?;
    count_ticket(&services, ticket, now).await?;
    if known.costs_money() {
        count_paid_check(&services, address).await?;
    }
    let begun = known.begin(services.clock.now()).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(begun)).into_response())
}

/// Evidence of an identity in, a session out.
#[utoipa::path(
    post,
    path = "/identity/{provider}",
    params(
        ("provider" = String, Path, description = "One of the election's identity_providers"),
        ("hanpyo-ticket" = Option<String>, Header, description = "While the waiting room is open"),
        ("hanpyo-shared-device" = Option<String>, Header, description = "On a device that others use as well"),
    ),
    request_body(content = Object, description = "What the provider gives; at most 16384 bytes"),
    responses((status = 200, body = SessionDocument), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn identity(
    State(services): State<Shared>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Json<SessionDocument>, Problem> {
    let known = services.identity.get(&provider);
    let known = known.ok_or(ProblemKind::NotFound)?;
    let device = device(request.headers());
    let ticket = ticket(request.headers())?.map(str::to_owned);
    if known.takes_newcomers() {
        let now = services.clock.now();
        services.admission.newcomer(ticket.as_deref(), now)?;
    }
    let received = receive(&services, request, JSON, MAX_EVIDENCE).await?;
    let evidence = Zeroizing::new(received.bytes);
    count_identity_check(&services, &evidence).await?;
    count_ticket(&services, ticket.as_deref(), received.at).await?;
    let verified = known.finish(&evidence, received.at).await?;
    let (person, device) = match verified {
        Verified::Person(person) => {
            let admitted = services.registrar.admit(&person, received.at).await?;
            (admitted, device)
        }
        Verified::Admitted(pseudonym, class) => ((pseudonym, class), Device::Kiosk),
    };
    open_session(&services, person, (device, received.at)).map(Json)
}

fn open_session(
    services: &Shared,
    (pseudonym, class): (Pseudonym, ClassIndex),
    (device, now): (Device, UnixMillis),
) -> Result<SessionDocument, Problem> {
    let mut length = services.session_length;
    if device.is_shared() {
        length = length.min(services.shared_session_length);
    }
    let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let mut id = [0; 16];
    let drawn = SystemRandom::new().fill(&mut id);
    drawn.map_err(|_| ProblemKind::Internal)?;
    let session = Session {
        election: services.manifest.election_id(),
        pseudonym,
        class,
        expires_at: UnixMillis::new(now.get().saturating_add(length)),
        id,
        device,
    };
    let token = services.sessions.seal(&session);
    let class = services.manifest.class(class);
    Ok(SessionDocument {
        session: token.ok_or(ProblemKind::Internal)?,
        expires_at: session.expires_at,
        class: class.ok_or(ProblemKind::Internal)?.id.to_string(),
        shared: device.is_shared(),
    })
}

/// Ends a session on a shared device. Anywhere else it is enough to forget it.
#[utoipa::path(
    post,
    path = "/session/end",
    params(("authorization" = String, Header, description = "Bearer, a session on a shared device")),
    responses((status = 204), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn end_session(
    State(services): State<Shared>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let session = session(&headers, &services).await?;
    if !session.device.is_shared() {
        let hint = "only sessions on shared devices are ended; forget this one";
        return Err(Problem::new(ProblemKind::MalformedRequest).hint(hint));
    }
    let now = services.clock.now();
    let ended = services
        .registry
        .end_session(&session.id, session.expires_at, now);
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Refused => ProblemKind::IdentityRefused.into(),
            IdentityError::Unavailable => ProblemKind::ProviderUnavailable.into(),
            IdentityError::Store(error) => error.into(),
        }
    }
}

/// What evidence may hold: the transaction that was begun.
#[derive(Deserialize)]
struct Begun {
    transaction: Secret,
}

/// One transaction, or piece of evidence without one, is good for a few attempts.
async fn count_identity_check(services: &Shared, evidence: &[u8]) -> Result<(), Problem> {
    let begun = serde_json::from_slice::<Begun>(evidence);
    let subject = match &begun {
        Ok(begun) => begun.transaction.reveal().as_bytes(),
        Err(_) => evidence,
    };
    let limit = Limit::IdentityTransaction;
    services.limits.check(limit, subject).await
}

/// One ticket is good for a few attempts as well, however often it was sealed anew.
async fn count_ticket(
    services: &Shared,
    ticket: Option<&str>,
    now: UnixMillis,
) -> Result<(), Problem> {
    let ticket = ticket.and_then(|token| services.admission.ticket(token, now).ok());
    let Some(ticket) = ticket else { return Ok(()) };
    let limit = Limit::IdentityTransaction;
    services.limits.check(limit, &ticket.place()).await
}

/// What costs money is the transaction that begins. Whoever asks too much is turned away before
/// it counts for everybody.
async fn count_paid_check(services: &Shared, address: IpAddr) -> Result<(), Problem> {
    let limits = &services.limits;
    limits
        .check_address(Limit::IdentityPaidAddress, address)
        .await?;
    limits.check(Limit::IdentityPaid, &[]).await
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
    let session = session(request.headers(), &services).await?;
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

//! What trustees publish: the ceremony's messages and the decryption shares.

use super::Shared;
use super::body::{BINARY, JSON, receive};
use super::people::EntryDocument;
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::sequencer::Outcome;
use crate::store::StoreError;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use utoipa::ToSchema;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry, MAX_TRUSTEE_MESSAGE};
use voting_core::ids::{LeafIndex, UnixMillis};

#[derive(Serialize, ToSchema)]
#[schema(as = TrusteeMessages)]
pub(super) struct Messages {
    messages: Vec<Message>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TrusteeMessage)]
struct Message {
    #[schema(value_type = u64)]
    index: LeafIndex,
    #[schema(value_type = u64)]
    time: UnixMillis,
    /// In base64.
    message: String,
}

/// What trustees have published, in the log's order.
#[utoipa::path(
    get,
    path = "/trustees/messages",
    responses((status = 200, body = Messages), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn messages(State(services): State<Shared>) -> Result<Response, Problem> {
    let place = services.large_answers.place().await?;
    let mut messages = Vec::new();
    for stored in services.store.trustee_entries().await? {
        let entry = Entry::from_bytes(&stored.bytes).map_err(|_| StoreError::Value("entry"))?;
        if let Body::Trustee(bytes) = entry.body {
            let message = BASE64.encode(bytes);
            messages.push(Message {
                index: entry.index,
                time: entry.time,
                message,
            });
        }
    }
    let document = serde_json::to_vec(&Messages { messages });
    let document = document.map_err(|_| ProblemKind::Internal)?;
    let content = place.hold(document.into());
    Ok(([(header::CONTENT_TYPE, JSON)], content).into_response())
}

/// A trustee's signed message in, its entry out.
#[utoipa::path(
    post,
    path = "/trustees/messages",
    request_body(content = Vec<u8>, content_type = BINARY, description = "A signed message"),
    responses((status = 200, body = EntryDocument), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn message(
    State(services): State<Shared>,
    request: Request,
) -> Result<Json<EntryDocument>, Problem> {
    let received = receive(&services, request, BINARY, MAX_TRUSTEE_MESSAGE).await?;
    match services.sequencer.trustee(received.bytes).await? {
        Outcome::Entry(index) => Ok(Json(EntryDocument { index })),
        _ => Err(ProblemKind::Internal.into()),
    }
}

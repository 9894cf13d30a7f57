//! What trustees publish: the ceremony's messages and the decryption shares.

use super::Shared;
use super::body::{BINARY, receive};
use super::people::EntryDocument;
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::Outcome;
use crate::store::StoreError;
use axum::Json;
use axum::extract::{Request, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry, MAX_TRUSTEE_MESSAGE};
use voting_core::ids::{LeafIndex, UnixMillis};

#[derive(Serialize)]
pub(super) struct Messages {
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Message {
    index: LeafIndex,
    time: UnixMillis,
    message: String,
}

/// `GET /trustees/messages`: all of them, in the log's order.
pub(super) async fn messages(State(services): State<Shared>) -> Result<Json<Messages>, Problem> {
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
    Ok(Json(Messages { messages }))
}

/// `POST /trustees/messages`: a signed message; its entry.
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

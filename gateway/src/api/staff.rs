//! `POST /staff/actions`: an action signed by enough staff members, with its document.

use super::Shared;
use super::body::{BINARY, receive};
use super::people::EntryDocument;
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::sequencer::Outcome;
use axum::Json;
use axum::extract::{Request, State};
use voting_core::codec::Decode;
use voting_core::submission::Submission;

/// An action signed by enough staff members, with the document it names.
#[utoipa::path(
    post,
    path = "/staff/actions",
    request_body(content = Vec<u8>, content_type = BINARY, description = "A submission"),
    responses((status = 200, body = EntryDocument), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn action(
    State(services): State<Shared>,
    request: Request,
) -> Result<Json<EntryDocument>, Problem> {
    let received = receive(&services, request, BINARY, Submission::MAX_LEN).await?;
    let Submission { entry, document } = Submission::from_bytes(&received.bytes)?;
    let name = entry.proposal.action.name();
    match services.sequencer.staff(entry, document).await? {
        Outcome::Entry(index) => {
            tracing::info!(action = name, %index, "staff action");
            Ok(Json(EntryDocument { index }))
        }
        _ => Err(ProblemKind::Internal.into()),
    }
}

//! `POST /staff/actions`: an action signed by enough staff members, with its document.

use super::Shared;
use super::body::{BINARY, receive};
use super::people::EntryDocument;
use crate::problem::{Problem, ProblemKind};
use crate::sequencer::Outcome;
use crate::submission::Submission;
use axum::Json;
use axum::extract::{Request, State};
use voting_core::codec::Decode;

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

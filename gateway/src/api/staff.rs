//! `POST /staff/actions`: an action signed by enough staff members, with its document.

use super::Shared;
use super::body::{BINARY, Receiving};
use super::people::EntryDocument;
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::sequencer::Outcome;
use axum::Json;
use axum::extract::{Request, State};
use voting_core::codec::{Decode, Reader};
use voting_core::entry::MAX_ENTRY;
use voting_core::staff::StaffEntry;
use voting_core::submission::Submission;

/// How many documents are received and kept at once; each has up to 16 MiB.
pub const DOCUMENTS: usize = 4;
/// The most bytes that come with an action which names no document: what is too much is told by the
/// document's own refusal.
const SMALL: usize = MAX_ENTRY + (64 << 10);

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
    let mut receiving = Receiving::begin(&services, request, BINARY, Submission::MAX_LEN)?;
    // The action comes first: nobody's document but that of a signed one is received.
    let entry = beginning(&mut receiving).await?;
    services.sequencer.check_staff(&entry)?;
    let place = match entry.proposal.action.document() {
        Some(_) => Some(services.documents.try_acquire()),
        None => {
            receiving.narrow(SMALL)?;
            None
        }
    };
    let _place = place.transpose().map_err(|_| ProblemKind::Overloaded)?;
    let received = receiving.whole(&services).await?;
    let Submission { entry, document } = Submission::from_bytes(&received.bytes)?;
    drop(received);
    let name = entry.proposal.action.name();
    match services.sequencer.staff(entry, document).await? {
        Outcome::Entry(index) => {
            tracing::info!(action = name, %index, "staff action");
            Ok(Json(EntryDocument { index }))
        }
        _ => Err(ProblemKind::Internal.into()),
    }
}

/// The staff entry that a submission begins with.
async fn beginning(receiving: &mut Receiving) -> Result<StaffEntry, Problem> {
    let length = receiving.first(4).await?.first_chunk();
    let length = length.map_or(0, |length| u32::from_be_bytes(*length));
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(MAX_ENTRY);
    let mut reader = Reader::new(receiving.first(4 + length).await?);
    Ok(StaffEntry::from_bytes(
        reader.bytes(MAX_ENTRY, "staff entry")?,
    )?)
}

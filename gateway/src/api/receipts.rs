//! `GET /receipts/{code}`: every receipt whose tracking code begins as given.

use super::Shared;
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::store::StoredReceipt;
use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use utoipa::ToSchema;
use voting_core::ids::LeafIndex;
use voting_core::tracking::{TrackingCode, TrackingPrefix};

/// The most matches that are listed; 80 bits meet by chance far less often.
const MAX_MATCHES: u32 = 100;

#[derive(Serialize, ToSchema)]
#[schema(as = Receipts)]
pub(super) struct Matches {
    matches: Vec<Match>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FoundReceipt)]
struct Match {
    /// In hexadecimal.
    code: String,
    #[schema(value_type = u64)]
    index: LeafIndex,
    /// In base64.
    receipt: String,
}

/// Every receipt whose tracking code begins as given.
#[utoipa::path(
    get,
    path = "/receipts/{code}",
    params(("code" = String, Path,
        description = "The whole code in hexadecimal, or its 20 symbols as people type them")),
    responses((status = 200, body = Matches), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn receipts(
    State(services): State<Shared>,
    Path(code): Path<String>,
) -> Result<Json<Matches>, Problem> {
    let (first, last) = range(&code)?;
    let found = services
        .store
        .receipts_between(&first, &last, MAX_MATCHES)
        .await?;
    if found.is_empty() {
        return Err(ProblemKind::NotFound.into());
    }
    Ok(Json(Matches {
        matches: found.into_iter().map(Match::from).collect(),
    }))
}

/// The first and the last code that a text may stand for.
fn range(text: &str) -> Result<([u8; 32], [u8; 32]), Problem> {
    if let Ok(code) = text.parse::<TrackingCode>() {
        return Ok((*code.as_bytes(), *code.as_bytes()));
    }
    let prefix: TrackingPrefix = text
        .parse()
        .map_err(|error| Problem::new(ProblemKind::MalformedRequest).hint(error))?;
    let (mut first, mut last) = ([0; 32], [0xff; 32]);
    first[..TrackingPrefix::LEN].copy_from_slice(prefix.as_bytes());
    last[..TrackingPrefix::LEN].copy_from_slice(prefix.as_bytes());
    Ok((first, last))
}

impl From<StoredReceipt> for Match {
    fn from(stored: StoredReceipt) -> Self {
        Self {
            code: TrackingCode::new(stored.code).to_string(),
            index: stored.index,
            receipt: BASE64.encode(stored.receipt),
        }
    }
}

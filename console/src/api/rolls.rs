//! Rolls (명부): a file with a member's claim goes to the gateway as it is, and nothing of it stays here.

use super::Shared;
use super::body::binary;
use crate::access::{Manager, Reader};
use crate::gateway::ROLL_CLAIM;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::{Request, State};
use serde_json::Value;
use voting_core::staff::MAX_ROLL_FILE;

/// `GET /rolls`: how many rolls were imported, and how many people are on them.
pub(super) async fn counts(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Value>, Problem> {
    Ok(Json(console.gateway.rolls().await?))
}

/// `POST /rolls`: a file, and the claim that says what is to be done with it.
pub(super) async fn import(
    State(console): State<Shared>,
    Manager(_): Manager,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let claim = request.headers().get(ROLL_CLAIM).cloned();
    let claim =
        claim.ok_or_else(|| Problem::from(ProblemKind::MalformedRequest).hint(ROLL_CLAIM))?;
    let file = binary(request, MAX_ROLL_FILE).await?;
    Ok(Json(console.gateway.import_roll(claim, file).await?))
}

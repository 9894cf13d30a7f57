//! The running election: a dashboard without any total, and the public log for the page to verify.

use super::Shared;
use super::actions::facts;
use super::stages::possible;
use super::trustees::{Trustees, progress};
use crate::access::Reader;
use crate::arrivals::Minute;
use crate::gateway::{ClassCount, Status};
use crate::operations::Health;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Dashboard {
    status: Status,
    /// What the stage allows to be proposed here.
    actions: Vec<&'static str>,
    /// As the public log shows them.
    classes: Vec<ClassCount>,
    /// The last hour, by minute.
    arrivals: Vec<Minute>,
    /// The newest checkpoint verifies as the log's: its entries, or why not.
    checkpoint: Checkpoint,
    /// Where trustees are to act: who has. Or why the log does not show it.
    trustees: Progress,
    /// Each gateway, where its operations address is known.
    gateways: Vec<Health>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Progress {
    Known(Option<Trustees>),
    Refused(String),
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Checkpoint {
    Verified(u64),
    Refused(String),
}

/// `GET /election`.
pub(super) async fn dashboard(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Dashboard>, Problem> {
    let gateway = &console.gateway;
    let status = gateway.status().await?;
    let counts = gateway.counts().await?;
    let manifest = gateway.manifest().await?;
    let checkpoint = match gateway.checkpoint(&manifest).await {
        Ok((_, checkpoint)) => Checkpoint::Verified(checkpoint.size().get()),
        Err(error) => Checkpoint::Refused(error.to_string()),
    };
    // What the log's end cannot show is not offered.
    let facts = facts(&console, &manifest, &status.stage).await;
    let actions = facts.map(|facts| possible(&status.stage, facts).collect());
    let trustees = progress(&console, &manifest, &status.stage, &counts.classes).await;
    let trustees = trustees.map_or_else(|e| Progress::Refused(e.to_string()), Progress::Known);
    Ok(Json(Dashboard {
        trustees,
        gateways: console.operations.health(),
        actions: actions.unwrap_or_default(),
        status,
        classes: counts.classes,
        arrivals: console.arrivals.minutes(),
        checkpoint,
    }))
}

/// `GET /manifest`: of the gateway's election.
pub(super) async fn manifest(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Response, Problem> {
    let manifest = console.gateway.manifest().await?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, Body::from(manifest.to_canonical())).into_response())
}

/// `GET /log/{*path}`: the public log's entries and checkpoint, for the page to verify an opening.
pub(super) async fn log(
    State(console): State<Shared>,
    _: Reader,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.');
    let own = path == "checkpoint" || path.starts_with("tile/entries/");
    if !own || path.len() > 100 || path.contains("..") || !path.chars().all(plain) {
        return Err(ProblemKind::NotFound.into());
    }
    let bytes = console.gateway.log_file(&path).await?;
    let octets = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((octets, Body::from(bytes)).into_response())
}

//! Opening the desk on the gateway's page.

use super::Shared;
use super::body::Sent;
use crate::access::Attendant;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub(super) struct Desk {
    /// Whether this console has a desk's token.
    configured: bool,
    /// The address of the kiosk's page.
    kiosk: String,
}

/// `GET /desk`.
pub(super) async fn shown(State(console): State<Shared>, _: Attendant) -> Json<Desk> {
    Json(Desk {
        configured: console.desk.is_some(),
        kiosk: console.gateway.page("/kiosk"),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {}

#[derive(Serialize)]
pub(super) struct Opened {
    /// The desk's page, with the pass behind `#`, where no server sees it.
    url: String,
    expires_at: u64,
}

/// `POST /desk/pass`: a pass of the desk for whoever is signed in.
pub(super) async fn pass(
    State(console): State<Shared>,
    Attendant(me): Attendant,
    Sent(Wanted {}): Sent<Wanted>,
) -> Result<Json<Opened>, Problem> {
    let desk = console.desk.as_ref().ok_or(ProblemKind::NoDesk)?;
    let drawn = console.gateway.draw_pass(desk, &me.name).await?;
    tracing::info!(member = me.id, "desk opened");
    Ok(Json(Opened {
        url: console.gateway.page(&format!("/desk#pass={}", drawn.pass)),
        expires_at: drawn.expires_at,
    }))
}

//! The HTTP interface as an OpenAPI document: `/openapi.json`, `gateway openapi`,
//! `docs/openapi.json`.

use super::{checks, desk, election, notices, people, receipts, rolls, staff, trustees, waiting};
use axum::Json;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hanpyo gateway",
        version = "1",
        description = "Everything voters, trustees and staff ask of a gateway. The log itself is \
                       static files under /log (C2SP tlog-tiles). Every refusal is a Problem.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    paths(
        document,
        election::election,
        election::manifest,
        election::status,
        people::begin,
        people::identity,
        people::end_session,
        desk::pass,
        desk::kiosk_code,
        desk::confirmation,
        people::credential,
        people::pending,
        people::spoiled,
        people::ballot,
        receipts::receipts,
        trustees::messages,
        trustees::message,
        staff::action,
        waiting::look,
        waiting::take,
        notices::ask,
        checks::counts,
        checks::report,
        rolls::counts,
        rolls::import,
    ),
)]
struct Interface;

/// The document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Interface::openapi()
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Object)))]
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}

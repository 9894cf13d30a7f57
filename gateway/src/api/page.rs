//! The voters' page and its files.

use super::Shared;
use crate::problem::{Problem, ProblemKind};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use web_assets::EVERYONE;

/// Where people are identified: from here alone a form may go somewhere, to the identity agency.
pub(super) const LEAVING: [&str; 2] = ["/", "/desk"];

/// The page's other paths. All get the same document: it shows the one that was asked for.
pub(super) const PAGES: [&str; 8] = [
    "/identified",
    "/kiosk",
    "/my",
    "/receipt",
    "/result",
    "/check",
    "/observe",
    "/help",
];

/// `GET` of one of [`LEAVING`].
pub(super) async fn leaving(State(services): State<Shared>, headers: HeaderMap) -> Response {
    let mut response = EVERYONE.page(&headers);
    if let Some(policy) = &services.page_policy {
        let name = header::CONTENT_SECURITY_POLICY;
        response.headers_mut().insert(name, policy.clone());
    }
    response
}

/// `GET` of one of [`PAGES`].
pub(super) async fn page(headers: HeaderMap) -> Response {
    EVERYONE.page(&headers)
}

/// `GET /assets/{*path}`.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let found = EVERYONE.file(&format!("assets/{path}"), &headers);
    found.unwrap_or_else(|| Problem::from(ProblemKind::NotFound).into_response())
}

/// `GET /assets.json`: every file of the page with its hash, for whoever compares what is served.
pub(super) async fn list(headers: HeaderMap) -> Response {
    let found = EVERYONE.file("assets.json", &headers);
    found.unwrap_or_else(|| Problem::from(ProblemKind::NotFound).into_response())
}

//! Request ids: one for each request, in its answer and in every line of the log about it.

use super::Shared;
use crate::problem::ProblemKind;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};

/// The header, in requests of our proxies and in answers.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of a proxy's id.
const MAX_LEN: usize = 64;

/// Keeps the id that a proxy of ours gave, or draws one. What anybody else sends is not taken: it
/// could say anything, and it would stand in the log.
pub(super) async fn identify(
    State(services): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = given(request.headers()).filter(|_| services.server.trusted_proxies > 0);
    let Some(id) = given.or_else(draw) else {
        return crate::problem::Problem::from(ProblemKind::Internal).into_response();
    };
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn given(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let good = (1..=MAX_LEN).contains(&id.len()) && id.as_bytes().iter().all(plain);
    good.then(|| id.clone())
}

fn draw() -> Option<HeaderValue> {
    let mut id = [0; 16];
    SystemRandom::new().fill(&mut id).ok()?;
    HeaderValue::from_str(&HEXLOWER.encode(&id)).ok()
}

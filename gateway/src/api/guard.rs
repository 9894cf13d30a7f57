//! What every request passes first: the ceiling of its address; and what every answer gets last.

use super::Shared;
use super::remainder::Remainder;
use crate::limits::{Limit, Standings, client_address, collecting};
use crate::metrics;
use crate::problem::ProblemKind;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::time::Instant;

/// What answers say to browsers unless a page says it better.
const SECURITY: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

/// The address of whoever asks, as limits have it.
#[derive(Clone, Copy)]
pub(super) struct Asker(pub(super) IpAddr);

/// Counts a request under the ceiling of its address, and says in its answer which limits it met.
pub(super) async fn guard(
    State(services): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let (standings, began) = (Standings::default(), Instant::now());
    let path = request.extensions().get::<MatchedPath>().cloned();
    let mut response = collecting(standings.clone(), async {
        let (address, limit) = (address(&request, &services), limit(&request));
        request.extensions_mut().insert(Asker(address));
        match services.limits.check_address(limit, address).await {
            Ok(()) => next.run(request.map(Remainder::of)).await,
            Err(problem) => {
                drop(request.map(Remainder::of));
                problem.into_response()
            }
        }
    })
    .await;
    let kind = response.extensions().get::<ProblemKind>().copied();
    let route = path.as_ref().map_or("none", MatchedPath::as_str);
    metrics::answered(route, kind, began.elapsed());
    standings.write(response.headers_mut());
    for (name, value) in SECURITY {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

fn address(request: &Request, services: &Shared) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = peer else {
        // Whoever cannot be told apart shares one ceiling.
        return Ipv4Addr::UNSPECIFIED.into();
    };
    client_address(*peer, request.headers(), services.server.trusted_proxies)
}

fn limit(request: &Request) -> Limit {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Limit::ReadingAddress;
    }
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("", MatchedPath::as_str);
    match path.strip_prefix("/api/v1").unwrap_or(path) {
        "/credentials" | "/pending" | "/spoiled" | "/ballots" => Limit::CastingAddress,
        "/waiting-room" => Limit::TicketAddress,
        "/notices" => Limit::NoticeAddress,
        "/checks" => Limit::CheckAddress,
        "/session/end" => Limit::CastingAddress,
        path if path.starts_with("/identity/") => Limit::IdentityAddress,
        _ => Limit::OfficialsAddress,
    }
}

//! What every request passes first: the ceiling of its address.

use super::Shared;
use crate::limits::{Limit, Standings, client_address, collecting};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Counts a request under the ceiling of its address, and says in its answer which limits it met.
pub(super) async fn guard(
    State(services): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let standings = Standings::default();
    let mut response = collecting(standings.clone(), async {
        let (address, limit) = (address(&request, &services), limit(&request));
        match services.limits.check_address(limit, address).await {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    })
    .await;
    standings.write(response.headers_mut());
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
        path if path.starts_with("/identity/") => Limit::IdentityAddress,
        _ => Limit::OfficialsAddress,
    }
}

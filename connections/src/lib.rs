//! Connections: bounded in number, in patience, and in how long a stop waits for them.

mod patient;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use patient::Patient;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// How long to wait before accepting again when the machine has no more file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most connections at once; further ones are closed.
    pub most: usize,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long an answer waits for its reader to take any of it.
    pub write_timeout: Duration,
    /// How long a stop waits for the requests under way.
    pub drain_timeout: Duration,
}

/// Serves until `stop` resolves, then lets the requests under way finish, for so long and no
/// longer.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let places = bounds.most.min(Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(places));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = stop.as_mut() => break,
        };
        while connections.try_join_next().is_some() {}
        // Without a place the connection is closed: its sender tries again, and those who have one
        // are served.
        if let Ok(place) = places.clone().try_acquire_owned() {
            let watcher = graceful.watcher();
            let served = connection(stream, (peer, place), router.clone(), (watcher, bounds));
            connections.spawn(served);
        }
    }
    drop((listener, router));
    let stopped = timeout(bounds.drain_timeout, graceful.shutdown());
    if stopped.await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    connections.shutdown().await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    (peer, place): (SocketAddr, OwnedSemaphorePermit),
    router: Router,
    (watcher, bounds): (Watcher, Bounds),
) {
    // A small answer is not to wait for more of it; a socket that refuses is merely slower.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, bounds.write_timeout);
    let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header_timeout)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection ended"
        );
    }
    drop(place);
}

#[cfg(test)]
mod tests;

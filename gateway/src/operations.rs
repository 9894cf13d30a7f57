//! What whoever runs a gateway asks it, on an address of its own.
//!
//! ```text
//! GET /healthz   200 while the process works
//! GET /readyz    200 while requests should be sent here; 503 with the reason otherwise
//! GET /metrics   for Prometheus
//! ```

use crate::api::Services;
use crate::metrics::sample;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long the store may take to show that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a gateway is stopping. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on nothing more should be sent here.
    pub fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What the answers are made from.
pub(crate) struct Operations {
    pub(crate) services: Arc<Services>,
    pub(crate) draining: Draining,
    pub(crate) metrics: Option<PrometheusHandle>,
}

/// The routes.
pub(crate) fn router(operations: Operations) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(operations))
}

async fn ready(State(operations): State<Arc<Operations>>) -> (StatusCode, &'static str) {
    match obstacle(&operations).await {
        None => (StatusCode::OK, "ready\n"),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}

/// Why requests should not be sent here.
async fn obstacle(operations: &Operations) -> Option<&'static str> {
    let services = &operations.services;
    if operations.draining.has_begun() {
        return Some("stopping\n");
    }
    let Ok(Ok(Some(_))) = timeout(PATIENCE, services.store.checkpoint()).await else {
        return Some("the store does not answer\n");
    };
    let reaches = services.sequencer.reaches_the_log();
    (!reaches).then_some("no sequencing gateway is reached from here\n")
}

async fn metrics(State(operations): State<Arc<Operations>>) -> Response {
    let Some(metrics) = &operations.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    sample(&operations.services);
    let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (text, metrics.render()).into_response()
}

//! Traces, as whoever collects them sees them.

use crate::operations::opened;
use crate::world::Process;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use voting_core::codec::Encode;
use voting_core::tracking::TrackingCode;

const CI: &str = "member-1";

/// What arrived, one export after the other.
type Exports = Arc<Mutex<Vec<Bytes>>>;

/// A collector in this process, and where it takes exports.
async fn collector() -> (String, Exports) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let exports = Exports::default();
    let take = async |State(exports): State<Exports>, body: Bytes| {
        exports.lock().unwrap().push(body);
        StatusCode::OK
    };
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(exports.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (endpoint, exports)
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_arrive_and_name_nobody() {
    let world = opened().await;
    let (endpoint, exports) = collector().await;
    let mut command = world.serve_command();
    command.env("HANPYO_GATEWAY__LOG__OTLP_ENDPOINT", endpoint);
    let process = Process::start(&mut command);
    let api = process.api.clone();
    let session = world.session(&api, CI).await;
    let voter = world.voter_of(&api, &session).await;
    let ballot = voter.seal(&[0]);
    let code = TrackingCode::of(ballot.bytes());
    api.post("/api/v1/ballots", &voter.cast(&ballot)).await.ok();
    let receipts = format!("/api/v1/receipts/{code}");
    assert_eq!(api.get(&receipts).await.status, 200);
    // What is collected is sent before the process ends.
    let ended = tokio::task::spawn_blocking(|| process.terminate()).await;
    assert!(ended.unwrap(), "it did not end well");

    let exports = exports.lock().unwrap().concat();
    let holds = |bytes: &[u8]| exports.windows(bytes.len()).any(|window| window == bytes);
    for told in [
        "hanpyo-gateway",
        "/api/v1/ballots",
        "/api/v1/receipts/{code}",
    ] {
        assert!(holds(told.as_bytes()), "no {told}");
    }
    let pseudonym = voter.credential.voter.pseudonym;
    for secret in [
        CI.to_owned(),
        session,
        code.to_string(),
        pseudonym.to_string(),
        voter.key.verify_key().to_string(),
    ] {
        assert!(!holds(secret.as_bytes()), "{secret}");
    }
    assert!(!holds(&code.to_bytes()) && !holds(&pseudonym.to_bytes()));
}

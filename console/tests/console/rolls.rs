//! Rolls on their way through the console: to the gateway as they come, and into nothing here.

use crate::world::{Answer, Person, World, request};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use console::store::Role;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use voting_core::staff::MAX_ROLL_FILE;

const CLAIM: &str = "hanpyo-roll-claim";
const PERSON: &[u8] = "ci,이름\nroll-ci-1,성춘향\n".as_bytes();

/// What a stand-in for the gateway was sent: each claim with its file.
type Sent = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

async fn gateway(sent: Sent) -> String {
    let counts = || async { Json(json!({"imports": 3, "people": {"committee": 7}})) };
    let rolls = get(counts).post(judge);
    let router = Router::new().route("/api/v1/rolls", rolls).with_state(sent);
    // As large as the gateway takes.
    let router = router.layer(axum::extract::DefaultBodyLimit::max(MAX_ROLL_FILE));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn judge(State(sent): State<Sent>, headers: HeaderMap, file: Bytes) -> Response {
    let claim = headers[CLAIM].to_str().unwrap().to_owned();
    let stale = claim == "stale";
    sent.lock().unwrap().push((claim, file.into()));
    if stale {
        let problem = json!({"type": "urn:hanpyo:problem:roll-number", "detail": "came first",
            "detail_ko": "먼저 올라왔습니다.", "hint": ""});
        return (StatusCode::CONFLICT, Json(problem)).into_response();
    }
    Json(json!({"number": 4, "kept": true, "not_accepted": [{"row": 2, "code": "same-ci"}]}))
        .into_response()
}

async fn post(world: &World, person: &Person, claim: Option<&str>, file: &[u8]) -> Answer {
    let mut sending = request("POST", "/rolls", Some(person))
        .header(header::CONTENT_TYPE, "application/octet-stream");
    if let Some(claim) = claim {
        sending = sending.header(CLAIM, claim);
    }
    world
        .send(sending.body(Body::from(file.to_vec())).unwrap())
        .await
}

#[tokio::test]
async fn a_roll_goes_to_the_gateway_as_it_is_and_its_answer_comes_back() {
    let sent = Sent::default();
    let world = World::at(&gateway(sent.clone()).await).await;
    let manager = world.member(1, Role::Manager).await;
    let counts: Value = world.get(&manager, "/rolls").await.json();
    assert_eq!(counts, json!({"imports": 3, "people": {"committee": 7}}));

    let kept = post(&world, &manager, Some("signed"), PERSON).await.json();
    assert_eq!(kept["not_accepted"], json!([{"row": 2, "code": "same-ci"}]));
    let refused = post(&world, &manager, Some("stale"), PERSON).await;
    assert_eq!(refused.kind(), "gateway-refused");
    assert!(
        refused.json()["hint"]
            .to_string()
            .contains("먼저 올라왔습니다.")
    );
    let expected = ["signed", "stale"].map(|claim| (claim.to_owned(), PERSON.to_vec()));
    assert_eq!(*sent.lock().unwrap(), expected);

    // Without a claim, too long, or of an observer, it does not get there.
    let bare = post(&world, &manager, None, PERSON).await;
    assert_eq!(bare.kind(), "malformed-request");
    let long = vec![b'a'; MAX_ROLL_FILE + 1];
    let long = post(&world, &manager, Some("signed"), &long).await;
    assert_eq!(long.kind(), "oversized");
    let observer = world.member(2, Role::Observer).await;
    let reading = post(&world, &observer, Some("signed"), PERSON).await;
    assert_eq!(reading.kind(), "not-a-manager");
    assert_eq!(world.get(&observer, "/rolls").await.status, 200);
    assert_eq!(sent.lock().unwrap().len(), 2);

    // Nothing of it is in the console's folder.
    for file in std::fs::read_dir(world.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["roll-ci-1", "성춘향"] {
            let found = bytes
                .windows(secret.len())
                .any(|at| at == secret.as_bytes());
            assert!(!found, "{secret} was kept");
        }
    }
}

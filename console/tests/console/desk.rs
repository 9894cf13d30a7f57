//! The desk: who opens it, and what the gateway is asked for.

use crate::world::World;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use console::desk::DeskToken;
use console::store::Role;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const TOKEN: &str = "the-desks-token";

/// What a gateway was asked for.
type Asked = Arc<Mutex<Vec<Value>>>;

/// A gateway that knows one desk.
async fn serve(asked: Asked) -> String {
    let router = axum::Router::new()
        .route("/api/v1/desk/passes", post(draw))
        .with_state(asked);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn draw(State(asked): State<Asked>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if headers[header::AUTHORIZATION] != format!("Bearer {TOKEN}") {
        let problem = json!({ "type": "urn:hanpyo:problem:desk-unknown" });
        return (StatusCode::UNAUTHORIZED, Json(problem)).into_response();
    }
    asked.lock().unwrap().push(body);
    Json(json!({ "pass": "a-pass", "expires_at": 5 })).into_response()
}

fn token(text: &str) -> Option<DeskToken> {
    Some(DeskToken::new(text.to_owned()))
}

#[tokio::test]
async fn managers_and_clerks_open_the_desk_in_their_own_name() {
    let asked = Asked::default();
    let url = serve(asked.clone()).await;
    let world = World::with_desk(&url, token(TOKEN)).await;
    for (n, role) in [(1, Role::Manager), (2, Role::Clerk)] {
        let person = world.member(n, role).await;
        let shown = world.get(&person, "/desk").await.json();
        let kiosk = format!("{url}/kiosk");
        assert_eq!(shown, json!({ "configured": true, "kiosk": kiosk }));
        let opened = world.post(&person, "/desk/pass", json!({})).await.json();
        let page = format!("{url}/desk#pass=a-pass");
        assert_eq!(opened, json!({ "url": page, "expires_at": 5 }));
        let odd = world.post(&person, "/desk/pass", json!({ "clerk": "남" }));
        assert_eq!(odd.await.kind(), "malformed-request");
    }
    let names = [
        json!({ "clerk": "담당자 1" }),
        json!({ "clerk": "담당자 2" }),
    ];
    assert_eq!(*asked.lock().unwrap(), names);

    let observer = world.member(3, Role::Observer).await;
    let refused = world.post(&observer, "/desk/pass", json!({})).await;
    assert_eq!(refused.kind(), "role-forbids");
    assert_eq!(world.get(&observer, "/desk").await.kind(), "role-forbids");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn without_a_desk_that_the_gateway_knows_none_is_opened() {
    let world = World::new().await;
    let clerk = world.member(1, Role::Clerk).await;
    let shown = world.get(&clerk, "/desk").await.json();
    assert_eq!(shown["configured"], false);
    let refused = world.post(&clerk, "/desk/pass", json!({})).await;
    assert_eq!(refused.kind(), "no-desk");

    let url = serve(Asked::default()).await;
    let world = World::with_desk(&url, token("another")).await;
    let clerk = world.member(1, Role::Clerk).await;
    let refused = world.post(&clerk, "/desk/pass", json!({})).await;
    assert_eq!(refused.kind(), "gateway-refused");
    let hint = refused.json()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("desk-unknown") && !hint.contains("another"));
}

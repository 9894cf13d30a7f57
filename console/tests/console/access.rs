//! Who may do what, and from where.

use crate::world::{ORIGIN, World, request};
use axum::body::Body;
use axum::http::header;
use console::store::Role;
use serde_json::json;

const READS: [&str; 15] = [
    "/me",
    "/desk",
    "/members",
    "/presets",
    "/drafts",
    "/drafts/1",
    "/proposals",
    "/proposals/1",
    "/proposals/1/file",
    "/election",
    "/result",
    "/result/report.html?lang=ko",
    "/manifest",
    "/log/checkpoint",
    "/rolls",
];
/// What a clerk reads.
const FOR_CLERKS: [&str; 2] = ["/me", "/desk"];
const CHANGES: [(&str, &str); 15] = [
    ("POST", "/me/key"),
    ("POST", "/members"),
    ("POST", "/members/1/end"),
    ("POST", "/members/1/openid/end"),
    ("POST", "/drafts"),
    ("PUT", "/drafts/1"),
    ("PUT", "/drafts/1/projects?revision=1"),
    ("POST", "/drafts/1/founding"),
    ("POST", "/proposals"),
    ("POST", "/proposals/publish"),
    ("POST", "/proposals/offline-totals"),
    ("POST", "/proposals/software-changed"),
    ("POST", "/proposals/1/signature"),
    ("POST", "/proposals/1/withdrawal"),
    ("POST", "/rolls"),
];

#[tokio::test]
async fn nothing_is_shown_to_whoever_is_not_signed_in() {
    let world = World::new().await;
    for path in READS {
        let answer = world
            .send(request("GET", path, None).body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.kind(), "signed-out", "{path}");
    }
    for (method, path) in CHANGES.into_iter().chain([("POST", "/desk/pass")]) {
        let answer = world
            .send(request(method, path, None).body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.kind(), "signed-out", "{path}");
    }
}

#[tokio::test]
async fn an_observer_reads_and_changes_nothing() {
    let world = World::new().await;
    let observer = world.member(1, Role::Observer).await;
    assert_eq!(world.get(&observer, "/members").await.status, 200);
    for (method, path) in CHANGES {
        let answer = world.json(method, &observer, path, json!({})).await;
        assert_eq!(answer.kind(), "not-a-manager", "{path}");
    }
}

#[tokio::test]
async fn a_clerk_sees_nothing_but_the_desk() {
    let world = World::new().await;
    let clerk = world.member(1, Role::Clerk).await;
    assert_eq!(world.get(&clerk, "/me").await.json()["role"], "clerk");
    for path in READS {
        let answer = world.get(&clerk, path).await;
        let expected = if FOR_CLERKS.contains(&path) {
            "200"
        } else {
            "role-forbids"
        };
        assert_eq!(answer.kind(), expected, "{path}");
    }
    for (method, path) in CHANGES {
        let answer = world.json(method, &clerk, path, json!({})).await;
        assert_eq!(answer.kind(), "not-a-manager", "{path}");
    }
    let link = world.post(&clerk, "/me/openid", json!({})).await;
    assert_eq!(link.kind(), "role-forbids");
}

#[tokio::test]
async fn changes_come_from_the_consoles_own_page_alone() {
    let world = World::new().await;
    let manager = world.member(1, Role::Manager).await;
    let body = || Body::from(r#"{"preset":"district-2025"}"#);
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("http://localhost:7778"),
    ] {
        let mut request = request("POST", "/drafts", Some(&manager))
            .header(header::CONTENT_TYPE, "application/json");
        request.headers_mut().unwrap().remove(header::ORIGIN);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        assert_eq!(
            world.send(request.body(body()).unwrap()).await.kind(),
            "wrong-origin",
            "{origin:?}"
        );
    }
    // What a form of another page could send without asking first.
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request =
            request("POST", "/drafts", Some(&manager)).header(header::CONTENT_TYPE, media_type);
        assert_eq!(
            world.send(request.body(body()).unwrap()).await.kind(),
            "wrong-content-type"
        );
    }
    let request = request("POST", "/drafts", Some(&manager))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    assert_eq!(world.send(request.body(body()).unwrap()).await.status, 200);
    assert!(ORIGIN.starts_with("http://localhost"));
}

#[tokio::test]
async fn a_session_ends_by_time_by_leaving_and_with_the_membership() {
    let world = World::new().await;
    let (one, two) = (
        world.member(1, Role::Manager).await,
        world.member(2, Role::Manager).await,
    );
    let three = world.member(3, Role::Manager).await;
    assert_eq!(world.post(&one, "/signout", json!({})).await.status, 204);
    assert_eq!(world.get(&one, "/me").await.kind(), "signed-out");
    assert_eq!(
        world
            .post(&two, &format!("/members/{}/end", two.id), json!({}))
            .await
            .kind(),
        "own-membership"
    );
    assert_eq!(
        world
            .post(&two, &format!("/members/{}/end", three.id), json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        world
            .post(&two, &format!("/members/{}/end", three.id), json!({}))
            .await
            .kind(),
        "not-found"
    );
    assert_eq!(world.get(&three, "/me").await.kind(), "signed-out");
    world.pass(3_599_999);
    assert_eq!(world.get(&two, "/me").await.status, 200);
    world.pass(1);
    assert_eq!(world.get(&two, "/me").await.kind(), "signed-out");
}

#[tokio::test]
async fn paths_of_the_log_are_plain_and_the_gateway_may_be_away() {
    let world = World::new().await;
    let member = world.member(1, Role::Observer).await;
    for path in [
        "/log/../api/v1/election",
        "/log/tile/entries/..",
        "/log/documents/00",
        "/log/tile/0/000",
        "/log/checkpoint%3Fa",
    ] {
        assert_eq!(world.get(&member, path).await.kind(), "not-found", "{path}");
    }
    for path in [
        "/log/checkpoint",
        "/log/tile/entries/000.p/3",
        "/election",
        "/manifest",
    ] {
        assert_eq!(
            world.get(&member, path).await.kind(),
            "gateway-unreachable",
            "{path}"
        );
    }
}

#[tokio::test]
async fn content_is_bounded_and_strict() {
    let world = World::new().await;
    let manager = world.member(1, Role::Manager).await;
    assert_eq!(
        world
            .post(&manager, "/drafts", json!({"preset": "x".repeat(300_000)}))
            .await
            .kind(),
        "oversized"
    );
    assert_eq!(
        world
            .post(
                &manager,
                "/drafts",
                json!({"preset": "district-2025", "more": 1})
            )
            .await
            .kind(),
        "malformed-request"
    );
    assert_eq!(
        world
            .post(&manager, "/drafts", json!({"preset": "../../etc/passwd"}))
            .await
            .kind(),
        "not-found"
    );
    assert_eq!(
        world
            .post(&manager, "/enrol/start", json!({"invitation": "no"}))
            .await
            .kind(),
        "invitation-invalid"
    );
    let credential = json!({"ticket": "no", "credential": {"id": "", "rawId": "", "type": "public-key",
        "response": {"authenticatorData": "", "clientDataJSON": "", "signature": ""}}});
    assert_eq!(
        world
            .post(&manager, "/signin/finish", credential)
            .await
            .kind(),
        "ceremony-expired"
    );
    assert_eq!(
        world
            .json("DELETE", &manager, "/drafts", json!({}))
            .await
            .kind(),
        "method-not-allowed"
    );
}

//! Passes: what a clerk may do with one, and for how long.

use crate::world::{Answer, Running, World, send};
use gateway::identity::desk;
use serde_json::{Value, json};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use voting_core::manifest::testing;

const PASS_MS: u64 = 540 * 60_000;
const CLERK: &str = "성춘향";

/// A town hall: the desk's token, and its line of the configuration.
struct Hall {
    world: World,
    token: String,
    line: String,
}

impl Hall {
    async fn new() -> Self {
        let world = World::create(|_| ()).await;
        let (token, line) = desk::draw("중구").unwrap();
        Self {
            world,
            token: token.to_string(),
            line,
        }
    }

    async fn serve(&self) -> Running {
        serve(&self.world, &[&self.line]).await
    }

    async fn pass(&self, running: &Running) -> String {
        let drawn = ask(running, &self.token, "passes", &json!({ "clerk": CLERK })).await;
        let drawn = drawn.json();
        let until = self.world.clock_now() + PASS_MS;
        assert_eq!(drawn["expires_at"], until);
        drawn["pass"].as_str().unwrap().to_owned()
    }

    /// What the registry holds in the one row of a table.
    async fn kept(&self, sql: &'static str) -> String {
        let file = self.world.data().join("registry.sqlite");
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut connection = options.connect().await.unwrap();
        sqlx::query_scalar(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }
}

/// A gateway with these desks.
async fn serve(world: &World, lines: &[&str]) -> Running {
    let desks = lines.iter().map(|line| (*line).to_owned()).collect();
    world.start_with(|config| config.desk.desks = desks).await
}

async fn ask(running: &Running, token: &str, path: &str, body: &Value) -> Answer {
    let url = format!("{}/api/v1/desk/{path}", running.api.url);
    let request = running.api.http.post(url).bearer_auth(token);
    send(request.json(body)).await.unwrap()
}

async fn code(running: &Running, token: &str, session: &str) -> Answer {
    ask(
        running,
        token,
        "kiosk-codes",
        &json!({ "session": session }),
    )
    .await
}

async fn identify(running: &Running, evidence: &Value) -> Answer {
    let url = format!("{}/api/v1/identity/demo", running.api.url);
    send(running.api.http.post(url).json(evidence))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_issues_and_confirms_with_a_pass_and_is_named() {
    let hall = Hall::new().await;
    let running = hall.serve().await;
    let pass = hall.pass(&running).await;
    let session = hall.world.session(&running.api, "a").await;
    let issued = code(&running, &pass, &session).await;
    assert_eq!(issued.headers["cache-control"], "no-store");
    let by = hall.kept("SELECT desk FROM kiosk_code").await;
    assert_eq!(by, format!("중구/{CLERK}"));
    let url = format!("{}/api/v1/identity/kiosk", running.api.url);
    let typed = json!({ "code": issued.json()["code"] });
    let at_kiosk = send(running.api.http.post(url).json(&typed)).await.unwrap();
    assert_eq!(at_kiosk.json()["shared"], true);

    let tieless = json!({ "ci": "tieless", "birth_date": "1990-01-01", "ties": [] });
    let case = identify(&running, &tieless).await.json()["case"].clone();
    let confirmation = json!({ "case": case, "requirement": "tie" });
    ask(&running, &pass, "confirmations", &confirmation)
        .await
        .ok();
    identify(&running, &tieless).await.ok();
    let by = hall.kept("SELECT desk FROM confirmation").await;
    assert_eq!(by, format!("중구/{CLERK}"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_ends_with_its_time_its_desk_and_the_desks_token() {
    let hall = Hall::new().await;
    let running = hall.serve().await;
    let pass = hall.pass(&running).await;
    hall.world.at(hall.world.clock_now() + PASS_MS - 1);
    let session = hall.world.session(&running.api, "a").await;
    code(&running, &pass, &session).await.ok();
    hall.world.at(hall.world.clock_now() + 1);
    let late = code(&running, &pass, &session).await;
    assert_eq!(late.problem(), "pass-expired");
    let pass = hall.pass(&running).await;
    running.stop().await;

    // Another desk of that name, with a token of its own, and other desks beside it.
    let (_, renewed) = desk::draw("중구").unwrap();
    let (_, other) = desk::draw("노원구").unwrap();
    for lines in [&[renewed.as_str(), &other][..], &[other.as_str()]] {
        let running = serve(&hall.world, lines).await;
        let refused = code(&running, &pass, &session).await;
        assert_eq!(refused.problem(), "desk-unknown");
        running.stop().await;
    }
    let running = serve(&hall.world, &[&other, &hall.line]).await;
    code(&running, &pass, &session).await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_or_meant_for_something_else_is_no_pass() {
    let hall = Hall::new().await;
    let running = hall.serve().await;
    let pass = hall.pass(&running).await;
    let session = hall.world.session(&running.api, "a").await;
    for position in [0, 20, pass.len() - 1] {
        let mut forged = pass.clone().into_bytes();
        forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let refused = code(&running, &forged, &session).await;
        assert_eq!(refused.problem(), "desk-unknown", "{position}");
    }
    // A session is no pass, a pass is no session, and a pass draws no pass.
    let refused = code(&running, &session, &session).await;
    assert_eq!(refused.problem(), "desk-unknown");
    let refused = code(&running, &pass, &pass).await;
    assert_eq!(refused.problem(), "session-invalid");
    let clerk = json!({ "clerk": CLERK });
    for token in [pass.as_str(), &session, "", &"A".repeat(1300)] {
        let refused = ask(&running, token, "passes", &clerk).await;
        assert_eq!(refused.problem(), "desk-unknown");
    }
    running.stop().await;

    // The same desk and the same key in another election.
    let other =
        World::create(|document| document.title = testing::text("다른 선거", "Another")).await;
    let running = serve(&other, &[&hall.line]).await;
    let session = other.session(&running.api, "a").await;
    let refused = code(&running, &pass, &session).await;
    assert_eq!(refused.problem(), "desk-unknown");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerks_name_is_one_that_can_be_shown() {
    let hall = Hall::new().await;
    let running = hall.serve().await;
    for wrong in [
        json!({ "clerk": "" }),
        json!({ "clerk": " " }),
        json!({ "clerk": " 가" }),
        json!({ "clerk": "가\n나" }),
        json!({ "clerk": "가".repeat(101) }),
        json!({ "clerk": 1 }),
        json!({ "clerk": "가", "desk": "노원구" }),
        json!({}),
    ] {
        let refused = ask(&running, &hall.token, "passes", &wrong).await;
        assert_eq!(refused.problem(), "malformed-request", "{wrong}");
    }
    let longest = json!({ "clerk": "😀".repeat(100) });
    let drawn = ask(&running, &hall.token, "passes", &longest).await.json();
    let session = hall.world.session(&running.api, "a").await;
    code(&running, drawn["pass"].as_str().unwrap(), &session)
        .await
        .ok();
    running.stop().await;
}

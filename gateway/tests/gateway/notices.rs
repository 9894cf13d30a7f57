//! Notices that people ask for, with a receiver that fails first.

use crate::world::{Answer, Api, Receiver, Running, World, send, until};
use gateway::registry::Registry;
use gateway::server::{Gateway, StartError};
use gateway::staff::Intent;
use serde_json::{Value, json};
use std::time::Duration;
use voting_core::ids::UnixMillis;

const NUMBER: &str = "010-1234-5678";
const ADDRESS: &str = "hong@seoul.example";

async fn ask(api: &Api, body: &Value) -> Answer {
    let url = format!("{}/api/v1/notices", api.url);
    send(api.http.post(url).json(body)).await.unwrap()
}

fn asked(channel: &str, contact: &str, events: &[&str]) -> Value {
    json!({ "channel": channel, "contact": contact, "language": "ko", "events": events })
}

/// An election that opens in ten seconds of the manual clock, and a gateway with this receiver.
async fn early(receiver: &Receiver) -> (World, Running) {
    let world = World::create(|_| ()).await;
    world.at(opens_at(&world) - 10_000);
    let running = world
        .start_with(|config| config.notices = receiver.config())
        .await;
    world.run_ceremony(&running.api).await;
    world.act(&running.api, Intent::Open).await;
    (world, running)
}

fn opens_at(world: &World) -> u64 {
    world.manifest.schedule.opens_at.get()
}

/// Long enough for several looks at the outbox.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// How many notices of an event wait, whenever they are due.
async fn waiting(world: &World, event: &str) -> usize {
    let registry = Registry::open(&world.data()).await.unwrap();
    let far = UnixMillis::new(1 << 50);
    let taken = registry.take_notices(event, far, far, 1_000).await.unwrap();
    registry.close().await;
    taken.len()
}

async fn handed(receiver: &Receiver, n: usize) {
    until("it is handed over", async || receiver.handed().len() == n).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_tried_again_until_it_is_taken_and_then_gone() {
    let receiver = Receiver::start(&[500, 302]).await;
    let (world, running) = early(&receiver).await;
    let both = ["opened", "published"];
    ask(&running.api, &asked("sms", NUMBER, &both)).await.ok();
    // In another form it is the same contact, and the same two notices.
    ask(&running.api, &asked("sms", "+82 10 1234 5678", &both))
        .await
        .ok();
    a_while().await;
    assert_eq!(receiver.handed().len(), 0, "it was told before it happened");

    let begins = opens_at(&world);
    world.at(begins);
    handed(&receiver, 1).await;
    // Refused: again after a second, and not before; then after two.
    for (pause, n) in [(1_000, 2), (2_000, 3)] {
        let before = world.clock_now();
        world.at(before + pause - 1);
        a_while().await;
        assert_eq!(receiver.handed().len(), n - 1, "tried too early");
        world.at(before + pause);
        handed(&receiver, n).await;
    }
    a_while().await;
    world.at(begins + 1_000_000);
    a_while().await;
    let all = receiver.handed();
    assert_eq!(all.len(), 3, "what was taken was sent again");
    assert!(
        all.iter()
            .all(|one| one.id == all[0].id && one.body == all[0].body)
    );
    assert_eq!(all[0].seconds, begins / 1000);
    let body = &all[0].body;
    assert_eq!(body["type"], "opened");
    assert_eq!(
        (&body["channel"], &body["to"]),
        (&json!("sms"), &json!("01012345678"))
    );
    assert_eq!(body["election"], world.manifest.election_id().to_string());
    let text = body["text"].as_str().unwrap();
    assert!(
        text.contains("시작되었습니다. https://vote.example.org"),
        "{text}"
    );
    running.stop().await;
    assert_eq!(waiting(&world, "opened").await, 0);
    assert_eq!(waiting(&world, "published").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_sealed_at_rest_and_leads_to_nobody() {
    let receiver = Receiver::start(&[]).await;
    let (world, running) = early(&receiver).await;
    let api = &running.api;
    ask(api, &asked("mail", ADDRESS, &["published"])).await.ok();
    ask(api, &asked("sms", NUMBER, &["published"])).await.ok();
    // Not wanted any more.
    ask(api, &asked("sms", NUMBER, &[])).await.ok();
    running.stop().await;
    let mut files = 0;
    for entry in std::fs::read_dir(world.data()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [ADDRESS, "seoul.example", "hong", NUMBER, "01012345678"] {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{secret} stands in a file");
        }
        files += 1;
    }
    assert!(files >= 2, "no files were read");
    assert_eq!(waiting(&world, "published").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_given_up_after_so_many_tries() {
    let receiver = Receiver::start(&[503; 100]).await;
    let world = World::create(|_| ()).await;
    world.at(opens_at(&world) - 10_000);
    let running = world
        .start_with(|config| {
            config.notices = receiver.config();
            config.notices.attempts = 2;
        })
        .await;
    world.run_ceremony(&running.api).await;
    world.act(&running.api, Intent::Open).await;
    ask(&running.api, &asked("mail", ADDRESS, &["opened"]))
        .await
        .ok();
    for n in 1..=4 {
        world.at(opens_at(&world) + n * 100_000);
        a_while().await;
    }
    assert_eq!(receiver.handed().len(), 2);
    running.stop().await;
    assert_eq!(waiting(&world, "opened").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_by_name() {
    let receiver = Receiver::start(&[]).await;
    let (world, running) = early(&receiver).await;
    let api = &running.api;
    let offered = api.get("/api/v1/election").await.json()["notices"].clone();
    let expected = json!({ "channels": ["sms", "mail"], "events": ["opened", "published"] });
    assert_eq!(offered, expected);
    let refused = async |body: Value| ask(api, &body).await.problem();
    for (channel, contact) in [
        ("sms", ADDRESS),
        ("mail", NUMBER),
        ("mail", "a@b.c\r\nbcc: d@e.f"),
    ] {
        let problem = refused(asked(channel, contact, &["published"])).await;
        assert_eq!(problem, "contact-invalid", "{contact}");
    }
    let mut odd = asked("sms", NUMBER, &["published"]);
    odd["session"] = json!("x");
    for body in [
        odd,
        asked("pigeon", NUMBER, &[]),
        asked("sms", NUMBER, &["now"]),
        json!([]),
    ] {
        assert_eq!(refused(body).await, "malformed-request");
    }
    assert_eq!(
        refused(asked("sms", &"0".repeat(2_000), &[])).await,
        "oversized"
    );
    // The same contact is asked for a few times and no more.
    let mut last = String::new();
    for _ in 0..10 {
        let answer = ask(api, &asked("sms", NUMBER, &["published"])).await;
        last = match answer.status {
            204 => String::new(),
            _ => answer.problem(),
        };
    }
    assert_eq!(last, "rate-limited");
    world.at(opens_at(&world));
    let late = refused(asked("mail", ADDRESS, &["opened"])).await;
    assert_eq!(late, "stage-forbids");
    running.stop().await;

    let without = world.start().await;
    assert_eq!(
        without.api.get("/api/v1/election").await.json()["notices"],
        json!(null)
    );
    let answer = ask(&without.api, &asked("sms", NUMBER, &["published"])).await;
    assert_eq!(answer.problem(), "not-found");
    without.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_in_the_clear_or_with_a_guessable_secret_is_not_begun_with() {
    let world = World::create(|_| ()).await;
    let receiver = Receiver::start(&[]).await;
    let good = receiver.config();
    let mut wrong = [good.clone(), good.clone(), good.clone(), good];
    wrong[0].webhook_url = Some("http://messages.example.org/".into());
    wrong[1].webhook_secret = Some(gateway::config::Secret::new("short".into()));
    wrong[2].page_url = None;
    wrong[3].page_url = Some("https://vote.example.org/".into());
    for notices in wrong {
        let mut options = world.options();
        options.config.notices = notices;
        let refused = Gateway::open(options).await.err();
        assert!(
            matches!(refused, Some(StartError::Notices(_))),
            "{refused:?}"
        );
    }
}

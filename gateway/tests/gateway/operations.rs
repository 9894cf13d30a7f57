//! What whoever runs a gateway sees of it, and how it stops.

use crate::crash::{Ledger, around_now, ballots, cast_all, check_every_receipt};
use crate::overload::busy;
use crate::world::{Api, Cluster, Postgres, Process, Redis, World, send, until};
use gateway::staff::Intent;
use sqlx::{ConnectOptions, Executor};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::task::JoinSet;

/// An election that is open, and that nobody serves.
pub(crate) async fn opened() -> World {
    let world = World::create(around_now).await;
    let process = world.spawn();
    world.run_ceremony(&process.api).await;
    world.act(&process.api, Intent::Open).await;
    assert!(process.terminate());
    world
}

fn with_operations(world: &World, delay_ms: u32) -> Process {
    Process::start(&mut operated(world, delay_ms))
}

fn operated(world: &World, delay_ms: u32) -> Command {
    let mut command = world.serve_command();
    command.env("HANPYO_GATEWAY__SERVER__OPERATIONS_LISTEN", "127.0.0.1:0");
    command.env(
        "HANPYO_GATEWAY__SERVER__DRAIN_DELAY_MS",
        delay_ms.to_string(),
    );
    command
}

/// A rolling deploy under load: the gateway says that it is going before it goes, everyone who was
/// answered is in the log, and nobody else has been told so.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_announced_and_loses_nothing() {
    let world = opened().await;
    let mut process = with_operations(&world, 700);
    let operations = process.operations();
    assert_eq!(operations.get("/readyz").await.status, 200);
    let ballots = ballots(&world, &process.api, 0).await;
    let ledger = Ledger::default();
    let load = cast_all(&process.api, ballots.clone(), &ledger);
    process.signal("-TERM");
    until("it is not ready", async || {
        operations.get("/readyz").await.status == 503
    })
    .await;
    // It still serves, since others may not have seen it yet.
    assert_eq!(operations.get("/healthz").await.status, 200);
    assert_eq!(process.api.get("/api/v1/status").await.status, 200);
    load.await;
    assert!(process.ended(), "it did not end well");
    let receipts = ledger.lock().unwrap().len();
    assert!(receipts > 0, "no load got through before the stop");
    eprintln!("{receipts} of {} receipts before the stop", ballots.len());
    check_every_receipt(&world, &ledger).await;
}

/// Without a grace period requests are in work when the signal comes: each of them is either
/// answered or was not taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_middle_loses_nothing() {
    let world = opened().await;
    for round in 0..3 {
        let process = with_operations(&world, 0);
        let ballots = ballots(&world, &process.api, 1 + round).await;
        let ledger = Ledger::default();
        let load = cast_all(&process.api, ballots, &ledger);
        until("some are in", async || !ledger.lock().unwrap().is_empty()).await;
        process.signal("-TERM");
        load.await;
        assert!(process.ended(), "it did not end well");
        check_every_receipt(&world, &ledger).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_units_and_name_nobody() {
    let world = opened().await;
    let mut process = with_operations(&world, 0);
    let (operations, api) = (process.operations(), process.api.clone());
    let voter = world.voter(&api, "member-1").await;
    voter.vote(&api, &[0]).await;
    let again = api
        .post("/api/v1/ballots", &voter.cast(&voter.seal(&[1])))
        .await;
    assert_eq!(again.problem(), "already-voted");
    let metrics = operations.get("/metrics").await;
    let text = String::from_utf8(metrics.bytes).unwrap();
    for (line, at_least) in [
        ("hanpyo_accepted_total{route=\"/api/v1/ballots\"}", 1),
        ("hanpyo_refused_total{reason=\"already-voted\"}", 1),
        ("hanpyo_request_seconds_count{route=\"/api/v1/ballots\"}", 2),
        ("hanpyo_proof_batch_size_count", 1),
        ("hanpyo_proof_batch_seconds_count", 1),
        ("hanpyo_commit_size_sum", 2),
        ("hanpyo_commit_seconds_count", 2),
        ("hanpyo_log_lag_seconds_count", 2),
        ("hanpyo_issued_credentials", 1),
        ("hanpyo_cast_ballots", 1),
        ("hanpyo_log_entries", 10),
        ("hanpyo_in_work_limit{gate=\"ballots\"}", 32),
        ("hanpyo_in_work{gate=\"entries\"}", 0),
        ("hanpyo_proof_queue_depth", 0),
    ] {
        let value = value_of(&text, line);
        assert!(value >= f64::from(at_least), "{line} {value}");
    }
    let person = voter.credential.voter;
    for secret in [
        "member-1".to_owned(),
        person.pseudonym.to_string(),
        voter.key.verify_key().to_string(),
    ] {
        assert!(!text.contains(&secret), "{secret}");
    }
    for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        assert!(name.starts_with("hanpyo_"), "{name}");
        let name = name.split(' ').next().unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
    }
    // They have an address of their own: nobody else's.
    assert_eq!(api.get("/metrics").await.problem(), "not-found");
    assert_eq!(api.get("/readyz").await.problem(), "not-found");
    assert!(process.terminate());
}

fn value_of(text: &str, line: &str) -> f64 {
    let found = text
        .lines()
        .find_map(|l| l.strip_prefix(line)?.strip_prefix(' '));
    let found = found.unwrap_or_else(|| panic!("no {line} in\n{text}"));
    found.parse().unwrap()
}

async fn gauge(operations: &Api, name: &str) -> f64 {
    let text = operations.get("/metrics").await.bytes;
    value_of(&String::from_utf8(text).unwrap(), name)
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_follow_redis_and_the_waiting_room() {
    let world = opened().await;
    let mut redis = Redis::start().await;
    let mut command = operated(&world, 0);
    for (name, value) in [
        ("REDIS__URL", redis.url().reveal()),
        ("ADMISSION__MIN_IN_FLIGHT", "1"),
        ("ADMISSION__MAX_IN_FLIGHT", "64"),
        ("ADMISSION__WAITING_ROOM_OPENS_PERCENT", "1"),
        ("ADMISSION__NEWCOMERS_PER_SECOND", "1"),
    ] {
        command.env(format!("HANPYO_GATEWAY__{name}"), value);
    }
    let mut process = Process::start(&mut command);
    let (operations, api) = (process.operations(), process.api.clone());
    // Nobody has looked before, and nothing has happened since long before.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(gauge(&operations, "hanpyo_checkpoint_age_seconds").await >= 1.0);
    until("limits are shared", async || {
        gauge(&operations, "hanpyo_limits_fallback").await == 0.0
    })
    .await;
    let voter = world.voter(&api, "a").await;
    let ballot = voter.cast(&voter.seal(&[0]));
    api.post("/api/v1/ballots", &ballot).await.ok();
    redis.stop();
    until("it limits alone", async || {
        api.identify("b").await;
        gauge(&operations, "hanpyo_limits_fallback").await == 1.0
    })
    .await;

    until("nobody waits", async || {
        gauge(&operations, "hanpyo_waiting_room_open").await == 0.0
    })
    .await;
    let crowd = busy(&api, ballot);
    until("newcomers wait", async || {
        api.post("/api/v1/waiting-room", &[]).await;
        let open = gauge(&operations, "hanpyo_waiting_room_open").await;
        open == 1.0 && gauge(&operations, "hanpyo_waiting_room_people").await >= 1.0
    })
    .await;
    crowd.disperse().await;
    assert!(process.terminate());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_store_is_counted() {
    let world = opened().await;
    let mut process = with_operations(&world, 0);
    let (operations, api) = (process.operations(), process.api.clone());
    let ballots = ballots(&world, &api, 0).await;
    let file = gateway::store::file_in(&world.data());
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let (mut ballots, mut senders) = (ballots.into_iter(), JoinSet::new());
    // The first is taken and cannot be kept; those that come later wait for it.
    until("ballots wait", async || {
        if let Some(ballot) = ballots.next() {
            let api = api.clone();
            senders.spawn(async move { api.post("/api/v1/ballots", &ballot).await.status });
        }
        gauge(&operations, "hanpyo_log_queue_depth").await >= 1.0
    })
    .await;
    other.execute("ROLLBACK").await.unwrap();
    while let Some(sent) = senders.join_next().await {
        assert_eq!(sent.unwrap(), 200);
    }
    until("none waits", async || {
        gauge(&operations, "hanpyo_log_queue_depth").await == 0.0
    })
    .await;
    assert!(process.terminate());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_can_append_nothing_is_not_ready() {
    let mut server = Postgres::start().await;
    let mut cluster = Cluster::create(&server, &[server.url("a")]).await;
    let mut command = cluster.command(&cluster.world.keys_folder());
    command.args(["--role", "registrar"]);
    command.env("HANPYO_GATEWAY__SERVER__OPERATIONS_LISTEN", "127.0.0.1:0");
    let mut process = Process::start(&mut command);
    let operations = process.operations();
    let ready = async || {
        let answer = operations.get("/readyz").await;
        (answer.status, String::from_utf8(answer.bytes).unwrap())
    };
    let alone = (
        503,
        "no sequencing gateway is reached from here\n".to_owned(),
    );
    assert_eq!(ready().await, alone);
    cluster.gateways.push(None);
    cluster.start(0);
    until("it reaches the other", async || ready().await.0 == 200).await;
    let other = cluster.gateways[0].take().unwrap();
    other.process.kill();
    until("it does not", async || ready().await == alone).await;
    server.crash();
    let gone = (503, "the store does not answer\n".to_owned());
    until("the store is gone", async || ready().await == gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_that_stands_in_the_log() {
    let world = opened().await;
    let file = world.folder.path().join("stderr.log");
    let mut command = world.serve_command();
    command.env("RUST_LOG", "debug");
    command.env("HANPYO_GATEWAY__LOG__FORMAT", "json");
    command.stderr(Stdio::from(std::fs::File::create(&file).unwrap()));
    let process = Process::start(&mut command);
    let ids =
        |answer: &crate::world::Answer| answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let one = ids(&process.api.get("/api/v1/status").await);
    let two = ids(&process.api.get("/api/v1/status").await);
    assert!(one != two && one.len() == 32, "{one} {two}");
    // Not what anybody sends: it would stand in the log.
    let own = process
        .api
        .http
        .get(format!("{}/api/v1/status", process.api.url));
    let own = send(own.header("x-request-id", "kim-cheolsu"))
        .await
        .unwrap();
    assert_ne!(ids(&own), "kim-cheolsu");
    assert!(process.terminate());
    let log = std::fs::read_to_string(file).unwrap();
    assert!(!log.contains("kim-cheolsu"));
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_one = lines
        .iter()
        .find(|line| line["span"]["request_id"] == one.as_str());
    let of_one = of_one.unwrap_or_else(|| panic!("no line about {one} in\n{log}"));
    assert_eq!(of_one["span"]["route"], "/api/v1/status");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxys_id_is_kept_and_answers_are_hardened() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let running = world
        .start_with(|config| config.server.trusted_proxies = 1)
        .await;
    let api: &Api = &running.api;
    let ask = async |id: &str| {
        let request = api.http.get(format!("{}/api/v1/status", api.url));
        let request = request.header("x-request-id", id);
        let answer = send(request).await.unwrap();
        answer.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(ask("edge-7_a").await, "edge-7_a");
    assert_ne!(ask("a b").await, "a b");
    assert_eq!(ask(&"x".repeat(65)).await.len(), 32);
    for path in ["/api/v1/status", "/log/checkpoint", "/nowhere"] {
        let headers = api.get(path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("'none'")
        );
    }
    running.stop().await;
}

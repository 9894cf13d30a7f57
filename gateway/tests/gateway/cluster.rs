//! Three gateways on one PostgreSQL: racing, killed, paused, and a database that fails over.

use crate::world::{Cluster, Ledger, Postgres, Process, cast, insist, opened, until};
use gateway::staff::Intent;
use std::time::Duration;
use tokio::task::JoinSet;

/// People, and attempts of each. `HANPYO_RACING_PEOPLE` and `HANPYO_RACING_ATTEMPTS` scale it.
const PEOPLE: usize = 50;
const ATTEMPTS: usize = 40;
/// Voters of each disturbance.
const VOTERS: usize = 160;

fn scaled(name: &str, default: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(default, |text| text.parse().expect("a number"))
}

async fn all(mut tasks: JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_attempts_at_three_gateways_one_a_person_counts() {
    let server = Postgres::start().await;
    let cluster = Cluster::open(&server, &[server.url("a")], 3).await;
    let people = scaled("HANPYO_RACING_PEOPLE", PEOPLE);
    let attempts = scaled("HANPYO_RACING_ATTEMPTS", ATTEMPTS);
    let apis = cluster.apis();
    let parameters = cluster.world.parameters(&apis[0]).await;
    let ledger = Ledger::default();
    for n in 0..people {
        let ci = format!("racer {n}");
        let voter = cluster
            .world
            .voter_with(&apis[n % 3], &ci, parameters.clone());
        let voter = voter.await;
        let ballots = [0, 1, 2].map(|project| voter.cast(&voter.seal(&[project])));
        let mut racing = JoinSet::new();
        for attempt in 0..attempts {
            let (apis, ballot) = (cluster.apis.clone(), ballots[attempt / 3 % 3].clone());
            racing.spawn(async move { (insist(&apis, attempt, &ballot).await, ballot) });
        }
        let mut winner = None;
        while let Some(raced) = racing.join_next().await {
            let (answer, ballot) = raced.unwrap();
            let receipt = match answer.status {
                200 => {
                    let before = winner.replace(ballot.clone());
                    assert!(before.is_none_or(|before| before == ballot), "two ballots");
                    answer.bytes
                }
                _ => {
                    assert_eq!(answer.problem(), "already-voted");
                    answer.attached("receipt")
                }
            };
            let former = ledger
                .lock()
                .unwrap()
                .insert(vec![n as u8, (n >> 8) as u8], receipt.clone());
            assert!(
                former.is_none_or(|former| former == receipt),
                "two receipts"
            );
        }
        let mut ledger = ledger.lock().unwrap();
        let receipt = ledger.remove(&vec![n as u8, (n >> 8) as u8]).unwrap();
        ledger.insert(winner.expect("one of them counts"), receipt);
    }
    assert_eq!(cluster.check(&ledger).await, people);
    eprintln!("{} attempts, {people} ballots", people * attempts);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_gateway_may_die_under_load() {
    let server = Postgres::start().await;
    let mut cluster = Cluster::open(&server, &[server.url("a")], 3).await;
    let ledger = Ledger::default();
    let ballots = cluster.ballots(0, VOTERS).await;
    let load = cluster.cast_all(ballots, &ledger);
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(120)).await;
        let sequencer = cluster.sequencer(&server).await;
        // The sequencer, one of the others, the sequencer again.
        let victim = if round == 1 {
            (sequencer + 1) % 3
        } else {
            sequencer
        };
        cluster.gateways[victim].take().unwrap().process.kill();
        // Somebody else than the dead one.
        cluster.sequencer(&server).await;
        cluster.start(victim);
    }
    all(load).await;
    assert_eq!(cluster.check(&ledger).await, VOTERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_may_crash_under_load() {
    let mut server = Postgres::start().await;
    let cluster = Cluster::open(&server, &[server.url("a")], 3).await;
    let ledger = Ledger::default();
    let load = cluster.cast_all(cluster.ballots(0, VOTERS).await, &ledger);
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.crash();
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.boot().await;
    }
    all(load).await;
    assert_eq!(cluster.check(&ledger).await, VOTERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shared_counters_may_go_and_come_back_empty_under_load() {
    let server = Postgres::start().await;
    let mut cluster = Cluster::open(&server, &[server.url("a")], 3).await;
    let ledger = Ledger::default();
    let load = cluster.cast_all(cluster.ballots(0, VOTERS).await, &ledger);
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let redis = cluster.redis.take().unwrap();
        cluster.redis = Some(redis.restart().await);
    }
    all(load).await;
    assert_eq!(cluster.check(&ledger).await, VOTERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequencer_that_was_paused_acknowledges_nothing_of_its_own() {
    let server = Postgres::start().await;
    let cluster = Cluster::open(&server, &[server.url("a")], 3).await;
    let ballots = cluster.ballots(0, 40).await;
    let paused = cluster.sequencer(&server).await;
    let process = &cluster.gateways[paused].as_ref().unwrap().process;
    let term = cluster.term(&server).await;
    // Requests are on their way into it when it stops, in the middle of whatever it does.
    let mut sent = JoinSet::new();
    for ballot in ballots.iter().take(20).cloned() {
        let api = process.api.clone();
        sent.spawn(async move { (api.try_post("/api/v1/ballots", &ballot).await, ballot) });
    }
    tokio::time::sleep(Duration::from_millis(4)).await;
    process.signal("-STOP");
    until("another sequences", async || {
        cluster.term(&server).await > term
    })
    .await;
    // Half of those voters, and others, vote where it goes on.
    let (ledger, others) = (Ledger::default(), cluster.apis_without(paused));
    for (n, ballot) in ballots.iter().enumerate().skip(10) {
        let receipt = cast(&others, n, ballot).await;
        ledger.lock().unwrap().insert(ballot.clone(), receipt);
    }
    process.signal("-CONT");
    let mut answered = 0;
    while let Some(ended) = sent.join_next().await {
        let (answer, ballot) = ended.unwrap();
        if let Some(answer) = answer.filter(|answer| answer.status == 200) {
            answered += 1;
            let former = ledger.lock().unwrap().insert(ballot, answer.bytes.clone());
            assert!(
                former.is_none_or(|former| former == answer.bytes),
                "two receipts"
            );
        }
    }
    eprintln!("{answered} of 20 answered by the one that was paused");
    // It serves again, whoever sequences now, and what it said is in the log.
    all(cluster.cast_all(ballots, &ledger)).await;
    assert_eq!(cluster.check(&ledger).await, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_promoted_under_load() {
    let mut primary = Postgres::start().await;
    let standby = primary.follow().await;
    primary.replicate_to_standby().await;
    let urls = [primary.url("a"), standby.url("a")];
    let cluster = Cluster::open(&primary, &urls, 2).await;
    let ledger = Ledger::default();
    let load = cluster.cast_all(cluster.ballots(0, VOTERS).await, &ledger);
    tokio::time::sleep(Duration::from_millis(200)).await;
    primary.crash();
    let before = ledger.lock().unwrap().len();
    tokio::time::sleep(Duration::from_millis(300)).await;
    standby.promote();
    all(load).await;
    assert!(before < VOTERS, "the load was over before the failure");
    assert_eq!(cluster.check(&ledger).await, VOTERS);
    eprintln!("{before} receipts before the failure, {VOTERS} in all");
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_run_apart_with_their_own_keys_and_database_users() {
    let server = Postgres::start().await;
    let cluster = Cluster::create(&server, &[server.url("a")]).await;
    let world = &cluster.world;
    let mut started = Vec::new();
    for (user, roles, keys) in [
        ("log", "log,board", &["log", "cluster"][..]),
        (
            "registrar",
            "registrar",
            &["registrar", "pseudonym", "session", "cluster"],
        ),
        ("ballot_box", "ballot-box", &["ballot-box", "cluster"]),
        // It reads and sends nothing.
        ("board", "board", &[]),
    ] {
        let groups = match user {
            "log" => "hanpyo_log, hanpyo_board".to_owned(),
            user => format!("hanpyo_{user}"),
        };
        server
            .execute("postgres", &format!("CREATE USER {user} IN ROLE {groups}"))
            .await;
        let folder = world.folder.path().join(format!("keys-of-{user}"));
        std::fs::create_dir(&folder).unwrap();
        for key in keys {
            let file = format!("{key}.key");
            std::fs::copy(world.keys_folder().join(&file), folder.join(&file)).unwrap();
        }
        let mut command = cluster.command(&folder);
        command.arg("--role").arg(roles);
        command.env("HANPYO_GATEWAY__DATABASE__URL", server.url_of(user, "a"));
        started.push(Process::start(&mut command));
    }
    let [log, registrar, ballot_box, board] = [0, 1, 2, 3].map(|n| &started[n].api);
    until("the log sequences", async || {
        let lease = "SELECT FROM lease WHERE until > clock_timestamp()";
        let mut owner = server.owner("a").await;
        sqlx::query(lease)
            .fetch_optional(&mut owner)
            .await
            .unwrap()
            .is_some()
    })
    .await;
    world.run_ceremony(log).await;
    world.act(log, Intent::Open).await;
    for api in [registrar, ballot_box, board] {
        opened(api).await;
    }
    let parameters = world.parameters(ballot_box).await;
    let voter = world.voter_with(registrar, "somebody", parameters).await;
    let receipt = voter.vote(ballot_box, &[0]).await;
    let ballot = voter.cast(&voter.seal(&[1]));
    let again = ballot_box.post("/api/v1/ballots", &ballot).await;
    assert_eq!(again.attached("receipt"), receipt);
    for elsewhere in [log, registrar, board] {
        assert_eq!(
            elsewhere.post("/api/v1/ballots", &ballot).await.problem(),
            "not-found"
        );
    }
    assert_eq!(ballot_box.identify("somebody").await.problem(), "not-found");
    assert_eq!(
        ballot_box.get("/log/checkpoint").await.problem(),
        "not-found"
    );
    assert_eq!(board.get("/log/checkpoint").await.status, 200);
}

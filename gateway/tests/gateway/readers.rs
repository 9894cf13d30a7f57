//! Readers of the log who take nothing of what they asked for, and everybody else.

use crate::world::{Api, Cluster, Postgres, World, send, until};
use gateway::staff::Intent;
use sqlx::Executor;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use voting_core::ids::DocumentHash;

/// More than the system takes in for a reader.
const LARGE: usize = 12 << 20;

/// An election whose log names a large document, and where that is.
async fn with_large_document() -> (World, String) {
    let (world, running) = World::open(|_| ()).await;
    let document = vec![7; LARGE];
    let path = format!("/log/documents/{}", DocumentHash::of(&document));
    let changed = Intent::SoftwareChanged(document);
    world.act(&running.api, changed).await;
    running.stop().await;
    (world, path)
}

/// Asks for a file and takes nothing of the answer.
async fn reader(api: &Api, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address = api.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn is_served(api: &Api) -> bool {
    let request = api.http.get(format!("{}/log/checkpoint", api.url));
    send(request).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_nothing_loses_the_connection() {
    let (world, path) = with_large_document().await;
    let running = world
        .start_with(|config| {
            config.server.max_connections = 1;
            config.server.write_timeout_ms = 400;
        })
        .await;
    let mut idle = reader(&running.api, &path).await;
    assert!(!is_served(&running.api).await, "there is one place");
    until("somebody else has it", async || {
        is_served(&running.api).await
    })
    .await;
    let mut taken = Vec::new();
    let ended = idle.read_to_end(&mut taken).await;
    assert!(ended.is_err() || taken.len() < LARGE);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_all_of_it() {
    let (world, path) = with_large_document().await;
    let running = world
        .start_with(|config| config.server.write_timeout_ms = 2_000)
        .await;
    let mut slow = reader(&running.api, &path).await;
    let (mut taken, mut part) = (0, vec![0; LARGE / 40]);
    while taken < LARGE {
        tokio::time::sleep(Duration::from_millis(70)).await;
        let mut filled = 0;
        while filled < part.len() && taken < LARGE {
            let count = slow.read(&mut part[filled..]).await.unwrap();
            assert!(count > 0, "cut off after {taken} bytes");
            (filled, taken) = (filled + count, taken + count);
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_large_answers_are_on_their_way() {
    let (world, path) = with_large_document().await;
    let running = world
        .start_with(|config| config.server.max_large_answers = 1)
        .await;
    let api = &running.api;
    let idle = reader(api, &path).await;
    until("it has the place", async || {
        api.get(&path).await.status == 503
    })
    .await;
    let refused = api.get(&path).await;
    assert_eq!(refused.problem(), "overloaded");
    assert_eq!(refused.headers["retry-after"], "2");
    // What is small waits for nobody.
    api.get("/log/checkpoint").await.ok();
    world.voter(api, "a").await.vote(api, &[0]).await;
    drop(idle);
    until("the place is free", async || {
        api.get(&path).await.status == 200
    })
    .await;
    assert_eq!(api.get(&path).await.bytes.len(), LARGE);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_vote_do_not_wait_for_those_who_read_the_log() {
    let server = Postgres::start().await;
    let cluster = Cluster::open(&server, &[server.url("a")], 1).await;
    let api = cluster.apis().remove(0);
    let ballots = cluster.ballots(0, 3).await;
    let manifest = DocumentHash::of(cluster.world.manifest.canonical());
    let path = format!("/log/documents/{manifest}");
    // Whoever reads a document now does so for as long as this lasts.
    let mut owner = server.owner("a").await;
    owner.execute("BEGIN").await.unwrap();
    let lock = "LOCK TABLE document IN ACCESS EXCLUSIVE MODE";
    owner.execute(lock).await.unwrap();
    let mut reading = JoinSet::new();
    for _ in 0..12 {
        let (api, path) = (api.clone(), path.clone());
        reading.spawn(async move { api.get(&path).await.status });
    }
    until("readers wait in the database", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        let mut other = server.owner("a").await;
        let count: i64 = sqlx::query_scalar(waiting)
            .fetch_one(&mut other)
            .await
            .unwrap();
        count >= 2
    })
    .await;
    for ballot in &ballots {
        api.post("/api/v1/ballots", ballot).await.ok();
    }
    owner.execute("ROLLBACK").await.unwrap();
    while let Some(status) = reading.join_next().await {
        assert!([200, 503].contains(&status.unwrap()));
    }
    api.get(&path).await.ok();
}

//! The opening hour and the close, to the millisecond.

use crate::world::{Api, World};
use gateway::keys::KeyFolder;
use gateway::sequencer::{LogSigner, Outcome, Refused, Sequencer, replay};
use gateway::staff::Intent;
use gateway::store::Store;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use voting_core::cast::CastBallot;
use voting_core::codec::Decode;
use voting_core::ids::UnixMillis;
use voting_core::manifest::Bilingual;

const BALLOTS: &str = "/api/v1/ballots";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_and_the_last_millisecond_count() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let cast = voter.cast(&voter.seal(&[0]));
    world.at(world.manifest.schedule.opens_at.get() - 1);
    assert_eq!(api.post(BALLOTS, &cast).await.problem(), "voting-not-open");
    world.at(world.manifest.schedule.opens_at.get());
    api.post(BALLOTS, &cast).await.ok();

    let late = world.voter(api, "late").await;
    let cast = late.cast(&late.seal(&[0]));
    world.at(world.closes_at());
    assert_eq!(api.post(BALLOTS, &cast).await.problem(), "voting-closed");
    assert_eq!(api.get("/api/v1/election").await.json()["accepting"], false);
    world.at(world.closes_at() - 1);
    assert_eq!(api.get("/api/v1/election").await.json()["accepting"], true);
    api.post(BALLOTS, &cast).await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_byte_decides_not_the_first() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let cast = voter.cast(&voter.seal(&[0]));
    world.at(world.closes_at() - 1);
    let mut slow = Slow::begin(&running.api, &cast).await;
    world.at(world.closes_at());
    let answer = slow.finish(&cast).await;
    assert!(
        answer.contains("urn:hanpyo:problem:voting-closed"),
        "{answer}"
    );

    world.at(world.closes_at() - 1);
    let mut slow = Slow::begin(&running.api, &cast).await;
    let answer = slow.finish(&cast).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.stop().await;
}

/// A phone in a tunnel: half of the body, and later the rest.
struct Slow(TcpStream);

impl Slow {
    async fn begin(api: &Api, body: &[u8]) -> Self {
        let address = api.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {BALLOTS} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body[..body.len() / 2]).await.unwrap();
        stream.flush().await.unwrap();
        // An answered request behind it shows that the server has begun this one.
        api.get("/api/v1/status").await.ok();
        Self(stream)
    }

    async fn finish(&mut self, body: &[u8]) -> String {
        self.0.write_all(&body[body.len() / 2..]).await.unwrap();
        let mut answer = Vec::new();
        self.0.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_moves_the_close_and_only_later() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let close = world.closes_at();
    let to = |time| Intent::Extend(UnixMillis::new(time));
    assert_eq!(
        world.try_act(api, to(close - 1)).await.problem(),
        "stage-forbids"
    );
    let limit = world.manifest.schedule.extension_limit.get();
    assert_eq!(
        world.try_act(api, to(limit + 1)).await.problem(),
        "stage-forbids"
    );
    world.act(api, to(close + 60_000)).await;
    assert_eq!(
        api.get("/api/v1/election").await.json()["closes_at"],
        close + 60_000
    );
    let voter = world.voter(api, "a").await;
    world.at(close + 59_999);
    voter.vote(api, &[0]).await;
    // Too late to extend once the close has come.
    world.at(close + 60_000);
    assert_eq!(
        world.try_act(api, to(close + 120_000)).await.problem(),
        "stage-forbids"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_received_in_time_is_finished_within_the_bound_only() {
    let (world, running) = World::open(|_| ()).await;
    let (a, b) = (
        world.voter(&running.api, "a").await,
        world.voter(&running.api, "b").await,
    );
    let ballots = [a.cast(&a.seal(&[0])), b.cast(&b.seal(&[0]))];
    let [first, second] = ballots.map(|bytes| CastBallot::from_bytes(&bytes).unwrap());
    running.stop().await;

    // The queue is slower than the clock: the writer gets to the ballots after the close.
    let store = Store::open(&world.data()).await.unwrap();
    let log = KeyFolder::read(&world.keys_folder()).unwrap().log;
    let signer = LogSigner::new(log, world.manifest.origin.as_str()).unwrap();
    let manifest = Arc::new(world.manifest.clone());
    let state = replay(&store, manifest, &signer).await.unwrap();
    let clock = Arc::new(world.clock.clone());
    let started = Sequencer::start(store.clone(), signer, state, clock, 0).await;
    let (sequencer, writer) = started.unwrap();
    let received = UnixMillis::new(world.closes_at() - 1);
    world.at(world.closes_at() + 9_999);
    let outcome = sequencer.cast(first, received).await.unwrap();
    assert!(matches!(outcome, Outcome::Receipt(_)));
    world.at(world.closes_at() + 10_000);
    assert_eq!(sequencer.cast(second, received).await, Err(Refused::Late));
    drop(sequencer);
    writer.await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_and_annulled_elections_take_nothing() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let cast = voter.cast(&voter.seal(&[0]));
    world
        .act(
            api,
            Intent::Pause(Bilingual::new("서버 점검", "server inspection")),
        )
        .await;
    let answer = api.post(BALLOTS, &cast).await;
    assert_eq!(answer.problem(), "voting-paused");
    assert_eq!(answer.headers["retry-after"], "30");
    let session = world.session(api, "b").await;
    let answer = api.post_as(&session, "/api/v1/credentials", &[7; 32]).await;
    assert!(["voting-paused", "non-canonical"].contains(&answer.problem().as_str()));
    world
        .act(
            api,
            Intent::Resume(Bilingual::new("점검 완료", "점검 완료")),
        )
        .await;
    api.post(BALLOTS, &cast).await.ok();
    world
        .act(
            api,
            Intent::Annul(Bilingual::new("무효 결정", "declared void")),
        )
        .await;
    let late = voter.cast(&voter.seal(&[1]));
    assert_eq!(
        api.post(BALLOTS, &late).await.problem(),
        "election-annulled"
    );
    // What was taken keeps its receipt.
    api.post(BALLOTS, &cast).await.ok();
    running.stop().await;
}

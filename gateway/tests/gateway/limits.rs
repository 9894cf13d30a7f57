//! Limits on real gateways, with a real Redis: slow, gone, started again, wiped, lying.

use crate::world::{Answer, Api, Redis, Running, Voter, World, lying, refusing, send, until};
use gateway::config::{Config, LimitsConfig, Quota, RedisConfig, Role, Secret};
use gateway::keys::{KeyFolder, KeyRole, write_new};
use gateway::limits::{Limit, Limits, Shared};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const BALLOTS: &str = "/api/v1/ballots";

pub(crate) fn quota(per_minute: u32, burst: u32) -> Quota {
    let number = |n| NonZeroU32::new(n).unwrap();
    Quota {
        per_minute: number(per_minute),
        burst: number(burst),
    }
}

/// A gateway's limits: ten ballots a person, and then one a minute.
fn limits(url: &Secret) -> Limits {
    limits_of(url, 200, &[7; 32])
}

fn limits_of(url: &Secret, probe_ms: u32, naming: &[u8; 32]) -> Limits {
    let config = LimitsConfig {
        casting_person: quota(1, 10),
        ..LimitsConfig::default()
    };
    let redis = RedisConfig {
        retry_ms: 20,
        probe_ms,
        ..RedisConfig::default()
    };
    let shared = Shared::start(url, &redis, &config).unwrap();
    Limits::new(&config, Some(shared), naming)
}

async fn passes(limits: &Limits, person: &str, attempts: usize) -> usize {
    let mut passed = 0;
    for _ in 0..attempts {
        let checked = limits.check(Limit::CastingPerson, person.as_bytes()).await;
        passed += usize::from(checked.is_ok());
    }
    passed
}

async fn in_use(limits: &Limits) {
    until("Redis is in use", async || !limits.is_falling_back()).await;
}

async fn fallen_back(limits: &Limits) {
    until("it falls back", async || {
        let _ = limits.check(Limit::CodePerson, b"somebody").await;
        limits.is_falling_back()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_count_together_while_redis_works() {
    let redis = Redis::start().await;
    let (one, two) = (limits(&redis.url()), limits(&redis.url()));
    in_use(&one).await;
    in_use(&two).await;
    // Ten in all, wherever they are asked, also at once.
    let (a, b) = tokio::join!(passes(&one, "a", 30), passes(&two, "a", 30));
    assert_eq!(a + b, 10);
    assert_eq!(passes(&two, "b", 7).await + passes(&one, "b", 7).await, 10);
    let keys = redis.command("KEYS *casting*").await.unwrap();
    assert_eq!(keys, "*0", "subjects are hashed");
    // Wiped: the others' counts are forgotten, one's own are not.
    assert_eq!(passes(&one, "c", 10).await, 10);
    assert_eq!(redis.command("FLUSHALL").await.unwrap(), "+OK");
    assert_eq!(passes(&one, "c", 10).await, 0);
    assert_eq!(passes(&two, "c", 20).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_counts_alone_while_redis_does_not_work() {
    let mut redis = Redis::start().await;
    let (one, two) = (limits(&redis.url()), limits(&redis.url()));
    in_use(&one).await;
    in_use(&two).await;
    redis.command("CLIENT PAUSE 60000 ALL").await.unwrap();
    fallen_back(&one).await;
    fallen_back(&two).await;
    assert_eq!(passes(&one, "slow", 30).await, 10);
    assert_eq!(passes(&two, "slow", 30).await, 10);
    // Money is not spent uncounted.
    assert!(one.check(Limit::IdentityPaid, &[]).await.is_err());
    redis = redis.restart().await;
    in_use(&one).await;
    in_use(&two).await;
    assert!(one.check(Limit::IdentityPaid, &[]).await.is_ok());
    let both = passes(&one, "again", 8).await + passes(&two, "again", 8).await;
    assert_eq!(both, 10);
    redis.stop();
    fallen_back(&one).await;
    assert_eq!(passes(&one, "gone", 30).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_liar_is_not_believed() {
    let liars = [
        "+OK\r\n",
        "$-1\r\n",
        "-ERR no\r\n",
        "garbage\r\n",
        "*3\r\n:1\r\n:9\r\n:0\r\n",
        "*3\r\n:0\r\n:0\r\n:60000000\r\n",
        "*3\r\n:7\r\n:-1\r\n:99\r\n",
    ];
    for answer in liars {
        let limits = limits(&lying(answer).await);
        for _ in 0..3 {
            fallen_back(&limits).await;
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
        assert_eq!(passes(&limits, "a", 30).await, 10, "{answer:?}");
    }
}

/// Ballot boxes have no session key to name subjects by, and count together all the same.
#[tokio::test(flavor = "multi_thread")]
async fn modules_apart_count_together() {
    let folder = tempfile::tempdir().unwrap();
    for (role, secret) in [(KeyRole::BallotBox, [1; 32]), (KeyRole::Cluster, [2; 32])] {
        write_new(&folder.path().join(format!("{role}.key")), role, &secret).unwrap();
    }
    let redis = Redis::start().await;
    let ballot_box = || {
        let keys = KeyFolder::read_for(folder.path(), &[Role::BallotBox]).unwrap();
        limits_of(&redis.url(), 200, keys.naming())
    };
    let (one, two) = (ballot_box(), ballot_box());
    in_use(&one).await;
    in_use(&two).await;
    assert_eq!(passes(&one, "a", 7).await + passes(&two, "a", 7).await, 10);
}

/// How often a server is asked before it is looked whether it was believed: a probe, and then some.
const ASKED: u32 = 30;

/// Whoever knows probes from people has nobody to be honest to.
#[tokio::test(flavor = "multi_thread")]
async fn a_liar_cannot_tell_a_probe_from_a_person() {
    type Refuses = fn(&str, u32) -> bool;
    let refuses: [Refuses; 2] = [
        |key, _| !key.starts_with("probe:"),
        // Everyone's second request.
        |_, before| before > 0,
    ];
    for refuses in refuses {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let url = refusing(move |key, before| {
            count.fetch_add(1, Ordering::SeqCst);
            refuses(key, before)
        });
        let limits = limits(&url.await);
        let mut person = 0;
        until("it was probed", async || {
            person += 1;
            assert_eq!(passes(&limits, &format!("{person}"), 20).await, 10);
            assert!(limits.is_falling_back());
            asked.load(Ordering::SeqCst) >= ASKED
        })
        .await;
    }
}

/// Somebody whom this gateway has never seen is refused: that may be, so it looks at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_begins_to_lie_is_found_out_before_it_is_time() {
    let lies = Arc::new(AtomicBool::new(false));
    let refuses = lies.clone();
    let url = refusing(move |_, _| refuses.load(Ordering::SeqCst)).await;
    let limits = limits_of(&url, 600_000, &[7; 32]);
    in_use(&limits).await;
    assert_eq!(passes(&limits, "a", 20).await, 10);
    lies.store(true, Ordering::SeqCst);
    let mut person = 0;
    until("it is found out", async || {
        person += 1;
        passes(&limits, &format!("b{person}"), 1).await == 1
    })
    .await;
    assert!(limits.is_falling_back());
    lies.store(false, Ordering::SeqCst);
    in_use(&limits).await;
}

/// What one gateway saw and another did not is refused, and believed: there is no liar.
#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_others_have_used_up_is_no_lie() {
    let redis = Redis::start().await;
    let (one, two) = (limits(&redis.url()), limits(&redis.url()));
    in_use(&one).await;
    in_use(&two).await;
    for person in 0..20 {
        let person = format!("{person}");
        assert_eq!(passes(&one, &person, 10).await, 10);
        assert_eq!(passes(&two, &person, 2).await, 0);
        assert!(!two.is_falling_back());
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

/// A gateway behind one proxy of ours, whose requests can come from anywhere.
async fn behind_proxy(world: &World, change: impl FnOnce(&mut Config)) -> Running {
    let start = |config: &mut Config| {
        config.server.trusted_proxies = 1;
        change(config);
    };
    world.start_with(start).await
}

async fn cast_from(api: &Api, address: &str, ballot: &[u8]) -> Answer {
    let request = api.request(BALLOTS, ballot);
    send(request.header("x-forwarded-for", address))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_one_address_costs_that_address() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    running.stop().await;
    let few = |config: &mut Config| config.limits.casting_address = quota(1, 5);
    let running = behind_proxy(&world, few).await;
    let api = &running.api;
    for n in 0..20 {
        let answer = cast_from(api, &format!("203.0.113.{n}"), b"junk").await;
        let expected = if n < 5 { "truncated" } else { "rate-limited" };
        assert_eq!(answer.problem(), expected);
        let policy = answer.headers["ratelimit-policy"].to_str().unwrap();
        assert_eq!(policy, r#""casting-address";q=5;w=300"#);
        if n >= 5 {
            assert_eq!(answer.status, 429);
            let seconds = answer.headers["retry-after"].to_str().unwrap();
            assert!((1..=60).contains(&seconds.parse::<u64>().unwrap()));
            assert!(
                answer.headers["ratelimit"]
                    .to_str()
                    .unwrap()
                    .contains("r=0;")
            );
        }
    }
    // What stands left of our proxy's word was written by the sender.
    let disguised = cast_from(api, "192.0.2.9, 203.0.113.1", b"junk").await;
    assert_eq!(disguised.problem(), "rate-limited");
    // Reading goes on for them, and voting for everybody else.
    let read = api.http.get(format!("{}/log/checkpoint", api.url));
    let read = read.header("x-forwarded-for", "203.0.113.1");
    assert_eq!(send(read).await.unwrap().status, 200);
    let ballot = voter.cast(&voter.seal(&[0]));
    cast_from(api, "198.51.100.1", &ballot).await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_shows_uses_up_nobodys_limit() {
    let (world, running) = World::open(|document| document.ballot.voting_again = true).await;
    running.stop().await;
    let running = world
        .start_with(|config| config.limits.casting_person = quota(1, 3))
        .await;
    let api = &running.api;
    let (voter, other) = (world.voter(api, "a").await, world.voter(api, "b").await);
    let first = voter.cast(&voter.seal(&[0]));
    let receipt = api.post(BALLOTS, &first).await.ok();
    // Anyone can send what stands in the log again, and anyone can use a public credential.
    for _ in 0..10 {
        assert_eq!(api.post(BALLOTS, &first).await.ok(), receipt);
        let mut forged = voter.cast(&voter.seal(&[1]));
        let last = forged.len() - 1;
        forged[last] ^= 1;
        let problem = api.post(BALLOTS, &forged).await.problem();
        assert_ne!(problem, "rate-limited");
    }
    // Their own attempts count, with what they are told.
    let answer = api.post(BALLOTS, &again(&voter)).await;
    assert_eq!(answer.problem(), "sequence-conflict");
    let standing = answer.headers["ratelimit"].to_str().unwrap().to_owned();
    assert!(standing.contains(r#""casting-person";r=1;"#), "{standing}");
    api.post(BALLOTS, &again(&voter)).await.problem();
    assert_eq!(
        api.post(BALLOTS, &again(&voter)).await.problem(),
        "rate-limited"
    );
    assert_eq!(api.post(BALLOTS, &first).await.ok(), receipt);
    api.post(BALLOTS, &other.cast(&other.seal(&[0]))).await.ok();
    running.stop().await;
}

/// Another first ballot: refused, and an attempt.
fn again(voter: &Voter) -> Vec<u8> {
    voter.cast(&voter.seal(&[2]))
}

#[tokio::test(flavor = "multi_thread")]
async fn voting_goes_on_whatever_redis_does() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let mut redis = Redis::start().await;
    let url = redis.url();
    let running = world
        .start_with(|config| config.redis.url = Some(url))
        .await;
    vote_once(&world, &running, "while it works").await;
    redis.command("FLUSHALL").await.unwrap();
    vote_once(&world, &running, "wiped").await;
    redis.command("CLIENT PAUSE 60000 ALL").await.unwrap();
    vote_once(&world, &running, "slow").await;
    redis.stop();
    vote_once(&world, &running, "gone").await;
    let redis = redis.restart().await;
    vote_once(&world, &running, "back").await;
    drop(redis);
    running.stop().await;
    let url = lying("*3\r\n:0\r\n:0\r\n:1\r\n").await;
    let running = world
        .start_with(|config| config.redis.url = Some(url))
        .await;
    vote_once(&world, &running, "lying").await;
    let status = running.api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 6);
    running.stop().await;
}

/// Someone logs in, votes, and cannot vote twice.
async fn vote_once(world: &World, running: &Running, ci: &str) {
    let voter = world.voter(&running.api, ci).await;
    let receipt = voter.vote(&running.api, &[0]).await;
    let second = running.api.post(BALLOTS, &again(&voter)).await;
    assert_eq!(second.problem(), "already-voted", "{ci}");
    assert_eq!(second.attached("receipt"), receipt, "{ci}");
}

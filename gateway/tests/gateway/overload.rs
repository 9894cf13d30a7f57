//! Too many at once: the gate, the waiting room, the last minutes.

use crate::limits::quota;
use crate::world::{Api, Town, Voter, World, send, until};
use gateway::config::Config;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

const BALLOTS: &str = "/api/v1/ballots";
const ROOM: &str = "/api/v1/waiting-room";

/// A gateway that may have two ballots in work, up to `most` near the close.
fn tiny(most: u32) -> impl FnOnce(&mut Config) {
    move |config| {
        config.admission.min_in_flight = 1;
        config.admission.max_in_flight = most;
        config.admission.waiting_room_opens_percent = 1;
    }
}

async fn voters(world: &World, api: &Api, count: usize) -> Vec<Voter> {
    let parameters = world.parameters(api).await;
    let mut voters = Vec::new();
    for n in 0..count {
        let name = format!("voter {n}");
        voters.push(world.voter_with(api, &name, parameters.clone()).await);
    }
    voters
}

fn at_once(api: &Api, ballots: &[Vec<u8>]) -> Vec<JoinHandle<crate::world::Answer>> {
    let send = |ballot: &Vec<u8>| {
        let (api, ballot) = (api.clone(), ballot.clone());
        tokio::spawn(async move { api.post(BALLOTS, &ballot).await })
    };
    ballots.iter().map(send).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_told_so_and_comes_back() {
    let (world, running) = World::open(|_| ()).await;
    let voters = voters(&world, &running.api, 40).await;
    let ballots: Vec<_> = voters.iter().map(|v| v.cast(&v.seal(&[0]))).collect();
    running.stop().await;
    let running = world.start_with(tiny(8)).await;
    let (mut waiting, mut turned_away) = (ballots.clone(), 0);
    for _ in 0..200 {
        let answers = at_once(&running.api, &waiting);
        let mut left = Vec::new();
        for (answer, ballot) in answers.into_iter().zip(waiting) {
            let answer = answer.await.unwrap();
            if answer.status == 200 {
                continue;
            }
            assert_eq!(answer.problem(), "overloaded");
            assert_eq!(answer.status, 503);
            let seconds = answer.headers["retry-after"].to_str().unwrap();
            assert!((2..=6).contains(&seconds.parse::<u64>().unwrap()));
            turned_away += 1;
            left.push(ballot);
        }
        waiting = left;
        if waiting.is_empty() {
            break;
        }
    }
    assert!(waiting.is_empty(), "{} never got in", waiting.len());
    assert!(turned_away > 0, "the gate was never full");
    let status = running.api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 40);
    running.stop().await;
}

/// In the last minutes being counted matters more than being quick.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_turned_away_in_the_last_millisecond() {
    let (world, running) = World::open(|_| ()).await;
    let voters = voters(&world, &running.api, 40).await;
    let ballots: Vec<_> = voters.iter().map(|v| v.cast(&v.seal(&[0]))).collect();
    running.stop().await;
    let running = world.start_with(tiny(40)).await;
    world.at(world.closes_at() - 1);
    for answer in at_once(&running.api, &ballots) {
        answer.await.unwrap().ok();
    }
    world.at(world.closes_at());
    let late = &voters[0];
    let answer = running
        .api
        .post(BALLOTS, &late.cast(&late.seal(&[1])))
        .await;
    assert_ne!(answer.status, 200);
    running.stop().await;
}

/// Those who keep the gate busy.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
}

/// Keeps the gate busy with a ballot that is in the log already, until the room is open and on.
async fn crowd(api: &Api, voter: &Voter) -> Crowd {
    let ballot = voter.cast(&voter.seal(&[0]));
    api.post(BALLOTS, &ballot).await.ok();
    let crowd = busy(api, ballot);
    until("the room opens", async || {
        api.get(ROOM).await.json()["open"] == true
    })
    .await;
    crowd
}

/// Keeps the gate busy with a ballot that is in the log already.
pub(crate) fn busy(api: &Api, ballot: Vec<u8>) -> Crowd {
    let stop = Arc::new(AtomicBool::new(false));
    let sender = |_| {
        let (api, ballot, stop) = (api.clone(), ballot.clone(), stop.clone());
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                api.post(BALLOTS, &ballot).await;
            }
        })
    };
    let senders = (0..8).map(sender).collect();
    Crowd { stop, senders }
}

impl Crowd {
    pub(crate) async fn disperse(self) {
        self.stop.store(true, Ordering::Relaxed);
        for sender in self.senders {
            sender.await.unwrap();
        }
    }
}

async fn called(api: &Api, ticket: &str) {
    until("the ticket is called", async || {
        look(api, ticket).await["called"] == true
    })
    .await;
}

async fn look(api: &Api, ticket: &str) -> Value {
    let request = api.http.get(format!("{}{ROOM}", api.url));
    let answer = send(request.header("hanpyo-ticket", ticket)).await.unwrap();
    assert_eq!(answer.status, 200);
    answer.json()
}

async fn identify(api: &Api, ci: &str, ticket: &str) -> crate::world::Answer {
    let request = api.http.post(format!("{}/api/v1/identity/demo", api.url));
    let request = request.json(&json!({ "ci": ci }));
    send(request.header("hanpyo-ticket", ticket)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_wait_and_those_inside_go_on() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let running = world.start_with(tiny(64)).await;
    let api = &running.api;
    assert_eq!(api.get(ROOM).await.json()["open"], false);
    assert!(api.post(ROOM, &[]).await.json().get("ticket").is_none());
    let (first, second) = (world.voter(api, "a").await, world.voter(api, "b").await);
    let crowd = crowd(api, &first).await;

    // No ticket, no identity check; a ticket has a place that survives asking again.
    let refused = api.identify("c").await;
    assert_eq!(refused.problem(), "waiting-room");
    assert!(refused.headers.contains_key("retry-after"));
    let taken = api.post(ROOM, &[]).await.json();
    let ticket = taken["ticket"].as_str().unwrap().to_owned();
    let seen = look(api, &ticket).await;
    assert!(seen["position"].as_u64() <= taken["position"].as_u64());
    assert!(seen["estimate_seconds"].is_u64() && seen["poll_after_seconds"].is_u64());
    let forged = identify(api, "c", &format!("{ticket}AAAA")).await;
    assert_eq!(forged.problem(), "ticket-invalid");
    // Whoever is past the identity check is not sent back to it.
    until("a voter with a session gets through", async || {
        let ballot = second.cast(&second.seal(&[1]));
        matches!(api.post(BALLOTS, &ballot).await.status, 200 | 409)
    })
    .await;

    crowd.disperse().await;
    called(api, &ticket).await;
    assert_eq!(identify(api, "c", &ticket).await.status, 200);
    until("the room closes", async || {
        api.identify("d").await.status == 200
    })
    .await;
    running.stop().await;
}

/// Whoever was verified, at a price or at a desk, is not sent to the end of a line for it.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_begun_or_holds_a_desks_code_does_not_wait() {
    // An agency says nothing of where people live.
    let town = Town::open_with(|document| document.eligibility.claims.clear(), tiny(64)).await;
    let api = town.api();
    let begun = town.begin().await;
    let answer = town.agency.answer(&begun, |_| ());
    let at_desk = town.world.session(api, "at a desk").await;
    let code = town.kiosk_code(&at_desk).await.json()["code"].clone();
    let session = town.world.session(api, "inside").await;
    let crowd = crowd(api, &town.world.voter_of(api, &session).await).await;

    // Newcomers wait where they would begin, and what they make up lets nobody in.
    assert_eq!(api.identify("newcomer").await.problem(), "waiting-room");
    let begin = town.json("/api/v1/identity/agency/begin", &json!({})).await;
    assert_eq!(begin.problem(), "waiting-room");
    let forged = json!({ "transaction": "AAAA" });
    let forged = town.finish(&forged, &answer).await;
    assert_eq!(forged.problem(), "identity-refused");
    let typed = async |code: Value| {
        let typed = json!({ "code": code });
        town.json("/api/v1/identity/kiosk", &typed).await
    };
    let guessed = typed(json!("0000 0000 0000")).await;
    assert_eq!(guessed.problem(), "identity-refused");

    town.finish(&begun, &answer).await.ok();
    assert_eq!(typed(code).await.json()["shared"], true);
    crowd.disperse().await;
    town.running.stop().await;
}

/// Whoever is called after the close has waited, and has not voted.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_the_room_is_no_ballot() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    world.at(world.closes_at() - 60_000);
    let running = world.start_with(tiny(64)).await;
    let api = &running.api;
    let crowd = crowd(api, &world.voter(api, "inside").await).await;
    let taken = api.post(ROOM, &[]).await.json();
    assert!(taken["server_time"].as_u64() < taken["closes_at"].as_u64());
    let ticket = taken["ticket"].as_str().unwrap().to_owned();
    world.at(world.closes_at());
    crowd.disperse().await;
    called(api, &ticket).await;

    // They can still be known, as whoever wants their receipt, and are told that they are late.
    let session = identify(api, "late", &ticket).await.json()["session"].clone();
    let late = world.voter_of(api, session.as_str().unwrap()).await;
    let sealed = late.seal(&[0]);
    let pending = late.register(api, sealed.tracking_code()).await;
    assert_eq!(pending.problem(), "voting-closed");
    let refused = api.post(BALLOTS, &late.cast(&sealed)).await;
    assert_eq!(refused.problem(), "voting-closed");
    assert!(refused.json()["refusal"].is_string());
    let status = api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 1);
    running.stop().await;
}

/// A ticket is sealed anew whenever its holder asks: that gives nobody more tries.
#[tokio::test(flavor = "multi_thread")]
async fn one_ticket_is_good_for_a_few_tries() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let running = world
        .start_with(|config| {
            tiny(64)(config);
            config.limits.identity_transaction = quota(1, 2);
        })
        .await;
    let api = &running.api;
    let crowd = crowd(api, &world.voter(api, "inside").await).await;
    let taken = api.post(ROOM, &[]).await.json()["ticket"].clone();
    let mut tickets = vec![taken.as_str().unwrap().to_owned()];
    crowd.disperse().await;
    called(api, &tickets[0]).await;
    for _ in 0..2 {
        let kept = look(api, &tickets[0]).await["ticket"].clone();
        tickets.push(kept.as_str().unwrap().to_owned());
    }
    assert!(tickets[0] != tickets[1] && tickets[1] != tickets[2]);
    for (ticket, ci) in tickets.iter().zip(["a", "b"]) {
        assert_eq!(identify(api, ci, ticket).await.status, 200);
    }
    let refused = identify(api, "c", &tickets[2]).await;
    assert_eq!(refused.problem(), "rate-limited");
    running.stop().await;
}

/// One sender who never finishes a request keeps nobody else waiting, and is sent away.
#[tokio::test(flavor = "multi_thread")]
async fn slow_senders_block_nobody() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let running = world
        .start_with(|config| {
            config.server.header_timeout_ms = 300;
            config.server.body_timeout_ms = 300;
            config.server.max_connections = 60;
            config.admission.min_in_flight = 1;
            config.admission.max_in_flight = 4;
        })
        .await;
    let address = running.api.url.strip_prefix("http://").unwrap().to_owned();
    let heads = [
        "POST /api/v1/ba",
        "POST /api/v1/ballots HTTP/1.1\r\nhost: x\r\n\
        content-type: application/octet-stream\r\ncontent-length: 500\r\n\r\nslow",
    ];
    let mut slow = Vec::new();
    for n in 0..40 {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        stream.write_all(heads[n % 2].as_bytes()).await.unwrap();
        slow.push(stream);
    }
    world
        .voter(&running.api, "a")
        .await
        .vote(&running.api, &[0])
        .await;
    for (n, stream) in slow.iter_mut().enumerate() {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let expected = if n % 2 == 0 { "" } else { "HTTP/1.1 408" };
        assert!(
            answer.starts_with(expected) && (n % 2 == 1 || answer.len() < 200),
            "{answer}"
        );
    }
    // More connections than there are places for: closed at once, and the others are served.
    drop(slow);
    let mut held = Vec::new();
    for _ in 0..80 {
        held.push(tokio::net::TcpStream::connect(&address).await.unwrap());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut closed = 0;
    for stream in &mut held {
        let read = tokio::time::timeout(Duration::from_millis(1), stream.read_u8()).await;
        closed += usize::from(read.is_ok());
    }
    assert!((20..80).contains(&closed), "{closed}");
    drop(held);
    until("there are places again", async || {
        running.api.try_post(BALLOTS, b"").await.is_some()
    })
    .await;
    running.stop().await;
}

/// A refusal that comes before the content is read reaches its sender, who goes on to use the same
/// connection.
#[tokio::test(flavor = "multi_thread")]
async fn early_refusals_reach_their_senders() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (_world, running) = World::open(|_| ()).await;
    let address = running.api.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /api/v1/ballots HTTP/1.1\r\nhost: x\r\n\
        content-type: application/octet-stream\r\ncontent-length: 200000\r\n\r\n";
    for _ in 0..3 {
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 20_000];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 413"));
        // It was answered before anything of this was sent.
        stream.write_all(&[0; 200_000]).await.unwrap();
    }
    let endless = head.replace("200000", "200000000");
    stream.write_all(endless.as_bytes()).await.unwrap();
    let mut written = 0;
    while written < 200_000_000 && stream.write_all(&[0; 100_000]).await.is_ok() {
        written += 100_000;
    }
    assert!(
        written < 100_000_000,
        "{written} bytes were taken for nothing"
    );
    running.stop().await;
}

//! One person, one ballot: retries, races, other devices, voting again.

use crate::world::{Answer, Api, World};
use std::collections::BTreeSet;
use voting_core::ballot::{Choices, SealSeeds, seal};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{Sequence, Serial};
use voting_core::keys::SecretKey;
use voting_core::receipt::{Receipt, Refusal};
use voting_core::tracking::TrackingCode;

const BALLOTS: &str = "/api/v1/ballots";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_get_the_same_receipt_for_ever() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let cast = voter.cast(&voter.seal(&[1, 2]));
    let receipt = running.api.post(BALLOTS, &cast).await.ok();
    assert_eq!(running.api.post(BALLOTS, &cast).await.ok(), receipt);
    // Whatever the hour, and whether it is the same process or not.
    world.at(world.closes_at() + 1);
    assert_eq!(running.api.post(BALLOTS, &cast).await.ok(), receipt);
    running.stop().await;
    let running = world.start().await;
    assert_eq!(running.api.post(BALLOTS, &cast).await.ok(), receipt);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_ballot_is_refused_in_signed_words() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let receipt = voter.vote(&running.api, &[1]).await;
    let other = voter.seal(&[2]);
    let answer = running.api.post(BALLOTS, &voter.cast(&other)).await;
    assert_eq!(answer.problem(), "already-voted");
    assert_eq!(answer.attached("receipt"), receipt);
    let refusal = Refusal::from_bytes(&answer.attached("refusal")).unwrap();
    assert_eq!(refusal.verify(&world.keys.ballot_box.verify_key()), Ok(()));
    assert_eq!(refusal.code, other.tracking_code());
    assert_eq!(refusal.reason, "already-voted");
    // A login on any device gets the receipt instead of a credential.
    let session = world.session(&running.api, "a").await;
    let key = SecretKey::from_seed(&[9; 32]).verify_key().to_bytes();
    let answer = running
        .api
        .post_as(&session, "/api/v1/credentials", &key)
        .await;
    assert_eq!(answer.problem(), "already-voted");
    assert_eq!(answer.attached("receipt"), receipt);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_ballots_exactly_one_wins() {
    let (world, running) = World::open(|_| ()).await;
    for round in 0..5 {
        let voter = world.voter(&running.api, &format!("racer {round}")).await;
        let ballots = (0..8).map(|n| voter.cast(&voter.seal(&[n % 5])));
        let racing: Vec<_> = ballots
            .map(|cast| {
                let api = running.api.clone();
                tokio::spawn(async move { insist(&api, &cast).await })
            })
            .collect();
        let mut receipts = BTreeSet::new();
        let mut taken = 0;
        for answer in racing {
            let answer = answer.await.unwrap();
            match answer.status {
                200 => {
                    taken += 1;
                    receipts.insert(answer.bytes);
                }
                _ => {
                    assert_eq!(answer.problem(), "already-voted");
                    receipts.insert(answer.attached("receipt"));
                }
            }
        }
        assert_eq!((taken, receipts.len()), (1, 1));
    }
    running.stop().await;
}

/// Sends the same bytes until the ballot box has looked at them: only two different ballots of one
/// person wait at a time.
async fn insist(api: &Api, cast: &[u8]) -> Answer {
    loop {
        let answer = api.post(BALLOTS, cast).await;
        if answer.status == 200 || answer.problem() != "overloaded" {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_ballot_racing_itself_is_one_entry() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let cast = voter.cast(&voter.seal(&[0]));
    let racing: Vec<_> = (0..16)
        .map(|_| {
            let (api, cast) = (running.api.clone(), cast.clone());
            tokio::spawn(async move { api.post(BALLOTS, &cast).await.ok() })
        })
        .collect();
    let mut receipts = BTreeSet::new();
    for receipt in racing {
        receipts.insert(receipt.await.unwrap());
    }
    assert_eq!(receipts.len(), 1);
    let status = running.api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_device_does_not_lose_the_vote() {
    let (world, running) = World::open(|_| ()).await;
    let lost = world.voter(&running.api, "member-1").await;
    let found = world.voter(&running.api, "member-1").await;
    assert_eq!(found.credential.serial, Serial::new(1));
    assert_eq!(
        lost.credential.voter.pseudonym,
        found.credential.voter.pseudonym
    );
    assert_eq!(lost.credential.voter.class, found.credential.voter.class);
    let answer = running
        .api
        .post(BALLOTS, &lost.cast(&lost.seal(&[0])))
        .await;
    assert_eq!(answer.problem(), "credential-not-current");
    found.vote(&running.api, &[0]).await;

    // The same key again gets the same credential, and no other person's key is taken.
    let session = world.session(&running.api, "b").await;
    let key = SecretKey::from_seed(&[9; 32]).verify_key().to_bytes();
    let issue = |session: String| {
        let (api, key) = (running.api.clone(), key.clone());
        async move { api.post_as(&session, "/api/v1/credentials", &key).await }
    };
    let first = issue(session.clone()).await.ok();
    assert_eq!(issue(session).await.ok(), first);
    assert_eq!(
        Credential::from_bytes(&first).unwrap().serial,
        Serial::new(0)
    );
    let session = world.session(&running.api, "c").await;
    assert_eq!(issue(session).await.problem(), "voter-key-used");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_logins_leave_one_current_credential() {
    let (world, running) = World::open(|_| ()).await;
    let session = world.session(&running.api, "a").await;
    let logins: Vec<_> = (50..58)
        .map(|n| {
            let (api, session) = (running.api.clone(), session.clone());
            let key = SecretKey::from_seed(&[n; 32]).verify_key().to_bytes();
            tokio::spawn(async move {
                api.post_as(&session, "/api/v1/credentials", &key)
                    .await
                    .ok()
            })
        })
        .collect();
    let mut serials = BTreeSet::new();
    for login in logins {
        let credential = Credential::from_bytes(&login.await.unwrap()).unwrap();
        assert!(serials.insert(credential.serial));
    }
    assert_eq!(
        serials.into_iter().collect::<Vec<_>>(),
        (0..8).map(Serial::new).collect::<Vec<_>>()
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ciphertext_serves_one_ballot() {
    let (world, running) = World::open(|_| ()).await;
    let (a, b) = (
        world.voter(&running.api, "a").await,
        world.voter(&running.api, "b").await,
    );
    let choices = Choices::new(&a.parameters.shape, &[0]).unwrap();
    let seeds = SealSeeds::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng));
    for (voter, expected) in [(&a, None), (&b, Some("ciphertext-repeated"))] {
        let sealed = seal(&voter.parameters, &voter.credential.voter, &choices, &seeds);
        let answer = running.api.post(BALLOTS, &voter.cast(&sealed)).await;
        match expected {
            None => drop(answer.ok()),
            Some(kind) => assert_eq!(answer.problem(), kind),
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn voting_again_supersedes_by_sequence_and_never_by_replay() {
    let (world, running) = World::open(|document| document.ballot.voting_again = true).await;
    let voter = world.voter(&running.api, "a").await;
    let sealed: Vec<_> = [[0], [1], [2]]
        .iter()
        .map(|chosen| voter.seal(chosen))
        .collect();
    let cast = |n: usize, previous: Option<TrackingCode>| {
        let sequence = Sequence::new(u32::try_from(n).unwrap());
        voter.sign(sealed[n].bytes().to_vec(), sequence, previous)
    };
    let first = cast(0, None);
    let receipt = running.api.post(BALLOTS, &first).await.ok();
    let code = Receipt::from_bytes(&receipt).unwrap().code;
    // Neither a gap, nor a missing predecessor, nor a wrong one.
    for wrong in [
        cast(2, Some(code)),
        cast(1, None),
        cast(1, Some(TrackingCode::of(b"other"))),
    ] {
        assert_eq!(
            running.api.post(BALLOTS, &wrong).await.problem(),
            "sequence-conflict"
        );
    }
    let second = running.api.post(BALLOTS, &cast(1, Some(code))).await.ok();
    assert_ne!(second, receipt);
    // The first ballot again gets its own receipt and does not move anything.
    assert_eq!(running.api.post(BALLOTS, &first).await.ok(), receipt);
    let code = Receipt::from_bytes(&second).unwrap().code;
    running.api.post(BALLOTS, &cast(2, Some(code))).await.ok();
    let status = running.api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 1);
    running.stop().await;
    world.start().await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_found_by_code_and_by_what_people_type() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let receipt = voter.vote(&running.api, &[1]).await;
    let code = Receipt::from_bytes(&receipt).unwrap().code;
    for text in [code.to_string(), code.prefix().to_string()] {
        let found = running
            .api
            .get(&format!("/api/v1/receipts/{text}"))
            .await
            .json();
        let matches = found["matches"].as_array().unwrap();
        assert_eq!(matches.len(), 1);
        assert_eq!(matches[0]["code"], code.to_string());
        let stored = matches[0]["receipt"].as_str().unwrap().as_bytes();
        assert_eq!(data_encoding::BASE64.decode(stored).unwrap(), receipt);
    }
    let unknown = TrackingCode::of(b"unknown");
    assert_eq!(
        look_up(&running.api, &unknown.to_string()).await,
        "not-found"
    );
    assert_eq!(
        look_up(&running.api, &unknown.prefix().to_string()).await,
        "not-found"
    );
    assert_eq!(look_up(&running.api, "8Q3M").await, "malformed-request");
    running.stop().await;
}

async fn look_up(api: &Api, code: &str) -> String {
    api.get(&format!("/api/v1/receipts/{code}")).await.problem()
}

//! A whole election through the gateway: ceremony, opening, ballots, close, shares, and a replay of
//! the log as an observer does it.

use crate::world::World;
use gateway::keys::KeyRole;
use gateway::server::{Gateway, StartError};
use gateway::staff::Intent;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::sync::Arc;
use voting_core::audit::{ClassSums, Signatures, Stage, State};
use voting_core::ballot::{Ballot, BallotVerifier};
use voting_core::codec::{Decode, Encode};
use voting_core::decryption::prove;
use voting_core::entry::{Body, Entry};
use voting_core::receipt::Receipt;
use voting_core::trustee::{Signed, TrusteeMessage};

/// Downloads the log and replays it, every signature and every proof included.
async fn replay(world: &World, api: &crate::world::Api) -> (State, ClassSums) {
    let manifest = Arc::new(world.manifest.clone());
    let client = api.client();
    let (_, checkpoint) = client.checkpoint(&manifest).await.unwrap();
    let mut state = State::new(manifest.clone()).unwrap();
    let shape = state.shape().clone();
    let mut sums = ClassSums::new(manifest.classes.len(), shape.options()).unwrap();
    for bytes in client.entries(checkpoint.size()).await.unwrap() {
        let entry = Entry::from_bytes(&bytes).unwrap();
        if state.stage() == Stage::Closed {
            state.provide_sums(&sums).unwrap();
        }
        state.apply(&entry, &bytes, Signatures::Verify).unwrap();
        if let Body::Ballot(cast) = entry.body {
            let ballot = Ballot::decode(&shape, cast.ballot()).unwrap();
            let voter = cast.credential.voter;
            let verifier = BallotVerifier::new(state.ballot_parameters().unwrap());
            verifier
                .verify_one(&voter, &ballot, &mut UnwrapErr(SysRng))
                .unwrap();
            sums.add(voter.class, ballot.ciphertexts()).unwrap();
        }
    }
    assert_eq!(state.frontier().root(), checkpoint.root());
    (state, sums)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_manifest_to_the_published_result() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let shares = world.run_ceremony(api).await;
    world.act(api, Intent::Open).await;

    let ballots: [(&str, &[u32]); 4] = [
        ("member-1", &[0, 1]),
        ("a", &[0]),
        ("b", &[0, 4]),
        ("c", &[]),
    ];
    for (ci, chosen) in ballots {
        let voter = world.voter(api, ci).await;
        let receipt = Receipt::from_bytes(&voter.vote(api, chosen).await).unwrap();
        assert_eq!(receipt.verify(&world.keys.log.verify_key()), Ok(()));
        assert_eq!(receipt.pseudonym, voter.credential.voter.pseudonym);
    }
    let status = api.get("/api/v1/status").await.json();
    assert_eq!(status["classes"][0]["cast"], 1);
    assert_eq!(status["classes"][1]["cast"], 3);

    // The clock closes; two people finalise it, and cannot do so early.
    world.at(world.closes_at() + 9_999);
    assert_eq!(
        world.try_act(api, Intent::Close).await.problem(),
        "stage-forbids"
    );
    world.at(world.closes_at() + 10_000);
    world.act(api, Intent::Close).await;

    let (mut state, sums) = replay(&world, api).await;
    state.provide_sums(&sums).unwrap();
    let keys = state.public_keys().unwrap();
    for group in &state.grouping().unwrap().groups {
        let log = state.shares().unwrap();
        let statement = log.statement(state.election(), keys, group.id).unwrap();
        for key in &shares[1..] {
            let share = prove(&mut UnwrapErr(SysRng), key, &statement).unwrap();
            let trustee = usize::from(share.trustee().get());
            let key = &world.keys.trustees[trustee - 1];
            let signed = Signed::sign(share, &state.election(), key).to_bytes();
            api.post("/api/v1/trustees/messages", &signed).await.ok();
            let again = api.post("/api/v1/trustees/messages", &signed).await;
            assert_eq!(again.problem(), "trustee-message-refused");
        }
    }
    world
        .act(api, Intent::Publish(b"{\"a\":\"result\"}".to_vec()))
        .await;
    world
        .act(api, Intent::Ratify(b"{\"a\":\"decision\"}".to_vec()))
        .await;
    world.act(api, Intent::DestroyPseudonymKey).await;

    let (state, _) = replay(&world, api).await;
    let marks: Vec<_> = state
        .totals()
        .unwrap()
        .into_iter()
        .map(|t| t.marks)
        .collect();
    assert_eq!(marks, [[1, 1, 0, 0, 0], [2, 0, 0, 0, 1]]);
    let result = state.result().unwrap().hash;
    let document = api.get(&format!("/log/documents/{result}")).await.ok();
    assert_eq!(document, b"{\"a\":\"result\"}");
    let messages = api.get("/api/v1/trustees/messages").await.json();
    assert_eq!(messages["messages"].as_array().unwrap().len(), 13);
    running.stop().await;

    // Everything is there after a restart, the shares' sums included. The pseudonym key is not.
    let key = world.keys_folder().join("pseudonym.key");
    std::fs::remove_file(&key).unwrap();
    let again = world.start().await;
    let (restarted, _) = replay(&world, &again.api).await;
    assert_eq!(restarted.frontier(), state.frontier());
    assert_eq!(
        again.api.identify("a").await.problem(),
        "pseudonym-key-destroyed"
    );
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pseudonym_key_that_nobody_destroyed_must_be_there() {
    let (world, running) = World::open(|_| ()).await;
    running.stop().await;
    let key = world.keys_folder().join("pseudonym.key");
    std::fs::remove_file(&key).unwrap();
    let error = Gateway::open(world.options()).await.err().unwrap();
    assert!(
        matches!(error, StartError::Key(KeyRole::Pseudonym)),
        "{error}"
    );
}

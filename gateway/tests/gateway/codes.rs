//! Cast as intended: a tracking code moves once, pending to cast or pending to spoiled.

use crate::world::World;
use voting_core::cast::CodeIntent;
use voting_core::tracking::TrackingCode;

const BALLOTS: &str = "/api/v1/ballots";

#[tokio::test(flavor = "multi_thread")]
async fn a_checked_ballot_never_counts_and_the_next_one_does() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let checked = voter.seal(&[0]);
    let code = checked.tracking_code();
    assert_eq!(voter.spoil(api, code).await.problem(), "code-not-pending");
    assert_eq!(voter.register(api, code).await.status, 204);
    assert_eq!(voter.register(api, code).await.status, 204);
    let spoiled = voter.spoil(api, code).await.ok();
    assert_eq!(voter.spoil(api, code).await.ok(), spoiled);
    assert_eq!(
        api.post(BALLOTS, &voter.cast(&checked)).await.problem(),
        "code-spoiled"
    );
    assert_eq!(voter.register(api, code).await.problem(), "code-spoiled");

    let sealed = voter.seal(&[0]);
    voter.register(api, sealed.tracking_code()).await.ok();
    api.post(BALLOTS, &voter.cast(&sealed)).await.ok();
    assert_eq!(
        voter.spoil(api, sealed.tracking_code()).await.problem(),
        "code-cast"
    );
    let next = voter.seal(&[1]).tracking_code();
    assert_eq!(voter.register(api, next).await.problem(), "already-voted");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_belongs_to_who_registered_it() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let (a, b) = (world.voter(api, "a").await, world.voter(api, "b").await);
    let sealed = a.seal(&[0]);
    a.register(api, sealed.tracking_code()).await.ok();
    assert_eq!(
        b.register(api, sealed.tracking_code()).await.problem(),
        "code-taken"
    );
    assert_eq!(
        b.spoil(api, sealed.tracking_code()).await.problem(),
        "code-taken"
    );
    // A signature for one intent does not serve the other.
    let request = a.request(sealed.tracking_code(), CodeIntent::Pending);
    assert_eq!(
        api.post("/api/v1/spoiled", &request).await.problem(),
        "signature-invalid"
    );
    // A code that someone else registered first does not stop the ballot's own voter.
    let other = a.seal(&[1]);
    b.register(api, other.tracking_code()).await.ok();
    api.post(BALLOTS, &a.cast(&other)).await.ok();
    assert_eq!(
        b.spoil(api, other.tracking_code()).await.problem(),
        "code-cast"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cast_and_spoil_race_and_one_wins() {
    let (world, running) = World::open(|_| ()).await;
    for round in 0..10 {
        let voter = world.voter(&running.api, &format!("racer {round}")).await;
        let sealed = voter.seal(&[0]);
        let code = sealed.tracking_code();
        voter.register(&running.api, code).await.ok();
        let (cast, spoil) = (voter.cast(&sealed), voter.request(code, CodeIntent::Spoil));
        let (cast, spoil) = tokio::join!(
            running.api.post(BALLOTS, &cast),
            running.api.post("/api/v1/spoiled", &spoil),
        );
        match (cast.status, spoil.status) {
            (200, _) => assert_eq!(spoil.problem(), "code-cast"),
            _ => {
                assert_eq!(cast.problem(), "code-spoiled");
                assert_eq!(spoil.status, 200);
            }
        }
    }
    running.stop().await;
    world.start().await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_and_undecided_codes_are_bounded() {
    let (world, running) = World::open(|document| document.ballot.max_spoiled = 2).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let code = |n: u8| TrackingCode::of(&[n]);
    for n in 0..2 {
        voter.register(api, code(n)).await.ok();
        voter.spoil(api, code(n)).await.ok();
    }
    voter.register(api, code(2)).await.ok();
    assert_eq!(voter.spoil(api, code(2)).await.problem(), "spoil-limit");
    for n in 3..22 {
        voter.register(api, code(n)).await.ok();
    }
    assert_eq!(
        voter.register(api, code(22)).await.problem(),
        "pending-limit"
    );
    voter.vote(api, &[0]).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_keep_the_hours_too() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let code = voter.seal(&[0]).tracking_code();
    voter.register(api, code).await.ok();
    world.at(world.closes_at());
    assert_eq!(voter.spoil(api, code).await.problem(), "voting-closed");
    let other = voter.seal(&[0]).tracking_code();
    assert_eq!(voter.register(api, other).await.problem(), "voting-closed");
    running.stop().await;
}

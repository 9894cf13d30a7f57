//! Three gateways on one PostgreSQL with Redis, as deploy/cluster starts them: the laws, never the times.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use load_tests::load::{Options, Persistence, Profile, Report, Size, Target, run};
use std::time::Duration;
use support::programs;

async fn play(profile: Profile, voters: usize, length: Duration) -> Report {
    let options = Options {
        target: Target::Cluster(3),
        profile,
        voters,
        length,
        rate: None,
        flood: None,
        connections: 64,
        seed: 1,
        size: Size {
            options: 10,
            open_for: Duration::from_secs(3600),
        },
        persistence: Persistence::Once,
        configured: Vec::new(),
        programs: programs(),
    };
    let report = run(&options).await.unwrap();
    assert!(report.is_lawful(), "{report}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_attempts_one_a_person_counts() {
    let report = play(Profile::Race, 20, Duration::from_secs(4)).await;
    assert_eq!(report.reconciled.logged, 20, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_every_voter_gets_a_receipt() {
    let report = play(Profile::Failures, 200, Duration::from_secs(20)).await;
    assert_eq!(report.reconciled.acknowledged, 200, "{report}");
    assert_eq!(report.reconciled.logged, 200, "{report}");
}

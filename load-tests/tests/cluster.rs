//! Several gateways on one PostgreSQL with Redis, as deploy/cluster starts them: the laws, never the times.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use load_tests::load::{ClusterShape, Options, Persistence, Profile, Report, Size, Target, run};
use std::time::Duration;
use support::{ceiling, programs};

const THREE: ClusterShape = ClusterShape {
    gateways: 3,
    standby: false,
    proxy: false,
};

fn options(profile: Profile, shape: ClusterShape, voters: usize, seconds: u64) -> Options {
    Options {
        target: Target::Cluster(shape),
        profile,
        voters,
        length: Duration::from_secs(seconds),
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
    }
}

async fn play(options: &Options) -> Report {
    let report = run(options).await.unwrap();
    assert!(report.is_lawful(), "{report}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_attempts_one_a_person_counts() {
    let report = play(&options(Profile::Race, THREE, 20, 4)).await;
    assert_eq!(report.reconciled.logged, 20, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_every_voter_gets_a_receipt() {
    // The primary last, for good: what it acknowledged is on the standby.
    let standby = ClusterShape {
        standby: true,
        ..THREE
    };
    let report = play(&options(Profile::Failures, standby, 200, 24)).await;
    assert!(report.phase("crash").is_some(), "{report}");
    assert_eq!(report.reconciled.acknowledged, 200, "{report}");
    assert_eq!(report.reconciled.logged, 200, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tls_proxy_passes_on_every_voter_and_whose_the_flood_is() {
    let shape = ClusterShape {
        gateways: 2,
        standby: false,
        proxy: true,
    };
    let options = Options {
        rate: Some(20),
        flood: Some(120),
        persistence: Persistence::UntilAnswered,
        configured: ceiling(60, 30),
        ..options(Profile::Attack, shape, 40, 2)
    };
    let report = play(&options).await;
    assert!(report.proxied);
    assert_eq!(report.reconciled.acknowledged, 40, "{report}");
    assert_eq!(report.reconciled.logged, 40, "{report}");
    let phase = report.phase("attacked").unwrap();
    let noise = phase.streams.iter().find(|stream| stream.name == "noise");
    let limited = noise.unwrap().refusals.get("429 rate-limited");
    assert!(limited.is_some_and(|count| *count > 30), "{report}");
    assert!(phase.voters().unwrap().refusals.is_empty(), "{report}");
}

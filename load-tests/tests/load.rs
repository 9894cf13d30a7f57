//! Short loads on a real gateway: the laws, never the times.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use load_tests::load::{Options, Persistence, Phase, Profile, Report, Size, Stream, Target, run};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;
use support::{ceiling, programs};

fn options(profile: Profile, voters: usize, folder: &Path) -> Options {
    Options {
        target: Target::Start(Some(folder.to_owned())),
        profile,
        voters,
        length: Duration::from_secs(2),
        rate: None,
        flood: None,
        connections: 64,
        seed: 1,
        size: Size {
            options: 20,
            open_for: Duration::from_secs(3600),
        },
        persistence: Persistence::Once,
        configured: Vec::new(),
        programs: programs(),
    }
}

fn lawful(report: &Report, acknowledged: u64) {
    let reconciled = &report.reconciled;
    assert!(report.is_lawful(), "{report}");
    assert_eq!(reconciled.acknowledged, acknowledged, "{report}");
    assert_eq!(reconciled.logged, acknowledged, "{report}");
}

fn stream<'a>(phase: &'a Phase, name: &str) -> &'a Stream {
    let stream = phase.streams.iter().find(|stream| stream.name == name);
    stream.unwrap()
}

/// Accepted, refused and failed requests of a kind of sender.
fn counts(phase: &Phase, name: &str) -> (u64, u64, u64) {
    let stream = stream(phase, name);
    (stream.accepted.count, stream.refused.count, stream.failed)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ballot_of_a_steady_load_is_in_the_log_and_the_pool_serves_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(Profile::Steady, 100, folder.path());
    let first = run(&options).await.unwrap();
    lawful(&first, 100);
    let pool = std::fs::read(folder.path().join("pool")).unwrap();
    let again = run(&options).await.unwrap();
    lawful(&again, 100);
    assert_eq!(again.election, first.election);
    assert_eq!(std::fs::read(folder.path().join("pool")).unwrap(), pool);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_lose_answers_get_one_receipt_however_often_they_send() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(Profile::RetryStorm, 100, folder.path());
    let report = run(&options).await.unwrap();
    lawful(&report, 100);
    assert_eq!(
        counts(report.phase("retry storm").unwrap(), "voters"),
        (100, 0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_puts_nothing_into_the_log_and_keeps_nobody_from_voting() {
    let folder = tempfile::tempdir().unwrap();
    // One address may send 30 at once, and one a second: the voters' 64 do not reach that.
    let options = Options {
        rate: Some(40),
        flood: Some(120),
        configured: ceiling(60, 30),
        ..options(Profile::Attack, 100, folder.path())
    };
    let report = run(&options).await.unwrap();
    lawful(&report, 80);
    let phase = report.phase("attacked").unwrap();
    assert_eq!(counts(phase, "voters"), (40, 0, 0));
    // Sending again what is in the log gets the stored receipt.
    assert_eq!(counts(phase, "replays"), (10, 0, 0));
    for (name, count) in [
        ("bad proofs", 10),
        ("bad signatures", 10),
        ("second ballots", 5),
        ("noise", 120),
    ] {
        assert_eq!(counts(phase, name), (0, count, 0), "{name}");
    }
    let limited = |name| {
        stream(phase, name)
            .refusals
            .get("429 rate-limited")
            .copied()
    };
    assert!(limited("noise").is_some_and(|count| count > 30), "{report}");
    assert_eq!((limited("voters"), limited("replays")), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_curve_nothing_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let second = Duration::from_secs(1);
    for (profile, rate, length) in [
        (Profile::LastHour, None, second),
        (Profile::FourWeeks, None, second),
        (Profile::Flash, Some(10), second),
        (Profile::Ramp, Some(20), Duration::from_millis(3_500)),
    ] {
        let options = Options {
            rate,
            length,
            // Whoever is told to come back does, so that everyone is in the log at the end.
            persistence: Persistence::UntilAnswered,
            ..options(profile, 100, folder.path())
        };
        let report = run(&options).await.unwrap();
        let voters = report.phases.iter().filter_map(Phase::voters);
        let offered = voters.map(|voters| voters.offered).sum();
        assert!(offered >= 15, "{report}");
        lawful(&report, offered);
    }
}

/// The command itself, on the election of a folder.
fn load(folder: &Path, profile: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load-tests"));
    command.args([
        "load",
        profile,
        "--json",
        "--voters",
        "20",
        "--seconds",
        "1",
    ]);
    command.args(["--options", "10", "--persistent"]).args(more);
    let programs = programs();
    command.arg("--data").arg(folder);
    command.arg("--programs").arg(programs.folder());
    command.output().unwrap()
}

#[test]
fn the_command_prints_json_with_the_generators_share_and_exits_by_the_laws() {
    let folder = tempfile::tempdir().unwrap();
    let played = load(folder.path(), "last-hour", &[]);
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&played.stdout).unwrap();
    let share = report["phases"][0]["cpu"]["generator"].as_f64();
    assert!(share.is_some_and(|share| share > 0.0), "{report}");
    assert_eq!(report["reconciled"]["acknowledged"], 20);
    assert_eq!(report["reconciled"]["broken"]["count"], 0);
    // What cannot be played is no report.
    let refused = load(folder.path(), "steady", &["--rate", "100"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(said.contains("give more --voters"), "{said}");
}

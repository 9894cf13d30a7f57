//! Whole elections with the real programs: the made-up file, and every real file that is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use load_tests::pb_ballots::{Ballots, BallotsError};
use load_tests::replay::{Options, Report, replay};
use std::path::{Path, PathBuf};
use support::{programs, small};

/// The most projects of a file that is replayed.
const MAX_PROJECTS: usize = 300;
/// How many voters of each real file, unless HANPYO_REPLAY_VOTERS says otherwise.
const VOTERS: usize = 20;

fn options(file: &Path, voters: Option<usize>) -> Options {
    Options {
        file: file.to_owned(),
        voters,
        data: None,
        concurrency: 32,
        programs: programs(),
        quiet: true,
    }
}

async fn replayed(options: &Options) -> Report {
    let report = replay(options).await;
    let report = report.unwrap_or_else(|error| panic!("{}: {error:#}", options.file.display()));
    assert!(report.comparison.is_equal(), "{}", report.line());
    report
}

/// The folder of real files, if it is there.
fn real_files() -> Vec<PathBuf> {
    let folder = std::env::var_os("HANPYO_PABULIB").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/pabulib"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!(
            "NO REAL FILE IS REPLAYED: {} is not there",
            folder.display()
        );
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "pb"))
        .collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_election_is_verified_and_its_totals_are_the_plain_count() {
    let report = replayed(&options(&small(), None)).await;
    assert_eq!(
        (report.voters, report.in_file, report.repeated_marks),
        (60, 60, 1)
    );
    // Three classes, each with its own totals.
    assert_eq!(report.comparison.totals.len(), 3 * 12);
    assert!(
        report
            .comparison
            .totals
            .iter()
            .all(|totals| totals.published.is_some())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_replay_goes_on_from_its_folder_and_nobody_votes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = Some(folder.path().to_owned());
    let options = Options {
        data,
        ..options(&small(), Some(12))
    };
    let first = replayed(&options).await;
    assert_eq!((first.voters, first.earlier), (12, 0));
    let again = replayed(&options).await;
    assert_eq!((again.election, again.earlier), (first.election, 12));
    // What is published is signed, and says so to whoever has the folder.
    let published = folder.path().join("published.json");
    let args = ["result".as_ref(), published.as_os_str()];
    let said = programs().run("tally", &args).await.unwrap();
    for check in [
        "of this election",
        "signed by staff",
        "re-derived from its totals",
    ] {
        assert!(said.contains(&format!("ok      {check}")), "{said}");
    }
    assert_eq!(again.comparison, first.comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_another_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.pb");
    let text = "META\nkey;value\nbudget;9\nvote_type;choose-1\nPROJECTS\nproject_id;cost\n\
                a;5\nb;6\nVOTES\nvoter_id;vote\n1;a\n";
    std::fs::write(&other, text).unwrap();
    let data = Some(folder.path().join("data"));
    replayed(&Options {
        data: data.clone(),
        ..options(&small(), Some(3))
    })
    .await;
    let refused = replay(&Options {
        data,
        ..options(&other, Some(3))
    })
    .await;
    let said = format!("{:#}", refused.unwrap_err());
    assert!(said.contains("another file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_file_is_verified_and_its_totals_are_the_plain_count() {
    let voters = std::env::var("HANPYO_REPLAY_VOTERS").ok();
    let voters = voters.map_or(VOTERS, |voters| voters.parse().unwrap());
    for file in real_files() {
        match Ballots::read(&file, Some(voters)) {
            Ok(ballots) if ballots.projects.len() <= MAX_PROJECTS => {
                let report = replayed(&options(&file, Some(voters))).await;
                assert_eq!(report.voters, voters.min(report.in_file));
                eprintln!("{}", report.line());
            }
            Ok(ballots) => eprintln!("{}: too many projects", ballots.file),
            Err(BallotsError::VoteType(file)) => eprintln!("{file}: not an approval vote"),
            Err(error) => panic!("{error}"),
        }
    }
}

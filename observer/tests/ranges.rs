//! A log verified in ranges and merged comes to what one verification of it comes to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Election, Log, document, found, opened, ratified, verify_folder};
use observer::range::{RangeReport, RangeResult, verify_range};
use observer::source::Folder;
use observer::{Expectations, Failure, Report, Silent, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;
use voting_core::ballot::Ballot;
use voting_core::cast::CastBallot;
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{LogHash, Sequence};
use voting_core::keys::SecretKey;

const FIRST: (Sequence, Option<voting_core::tracking::TrackingCode>) = (Sequence::new(0), None);

/// The ranges between these cuts.
fn ranges(folder: &Path, cuts: &[usize]) -> Result<Vec<RangeResult>, Failure> {
    let source = Folder::open(folder).unwrap();
    cuts.windows(2)
        .map(|cut| {
            let range = format!("{}..{}", cut[0], cut[1]).parse().unwrap();
            let result = verify_range(&source, None, range, &Silent)?;
            // What is merged was in a file.
            Ok(RangeResult::from_bytes(&result.to_bytes()).unwrap())
        })
        .collect()
}

fn merged(folder: &Path, ranges: Vec<RangeResult>) -> Report {
    let expected = Expectations {
        ranges,
        ..Expectations::default()
    };
    verify_folder(folder, &expected)
}

/// Asserts that three ranges, merged, come to the same as one verification; says what.
fn alike(log: &Log) -> String {
    let folder = log.write();
    let size = log.entries.len();
    let single = verify_folder(folder.path(), &Expectations::default());
    let mut cuts = vec![0, size / 3, size / 2, size];
    cuts.dedup();
    match ranges(folder.path(), &cuts) {
        Ok(ranges) => {
            let merged = merged(folder.path(), ranges);
            assert_eq!(found(&merged), found(&single), "{merged}\n{single}");
            assert_eq!(
                serde_json::to_value(&merged.totals).unwrap(),
                serde_json::to_value(&single.totals).unwrap()
            );
        }
        Err(failure) => assert_eq!(
            Some(failure.check.name()),
            single.first_failure.as_ref().map(|first| first.check)
        ),
    }
    found(&single)
}

static RATIFIED: LazyLock<(Log, usize)> = LazyLock::new(|| {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let size = log.entries.len();
    (log, size)
});

#[test]
fn a_good_log_verifies_wherever_it_is_cut() {
    let (log, size) = &*RATIFIED;
    let folder = log.write();
    for cut in 1..*size {
        let ranges = ranges(folder.path(), &[0, cut, *size]).unwrap();
        let report = merged(folder.path(), ranges);
        assert_eq!(report.verdict, Verdict::Verified, "cut at {cut}: {report}");
        assert!(report.trusted.iter().any(|trusted| trusted.id == "ranges"));
    }
    let every: Vec<usize> = (0..=*size).collect();
    let mut all = ranges(folder.path(), &every).unwrap();
    all.reverse();
    assert_eq!(
        found(&merged(folder.path(), all)),
        "verified",
        "in any order"
    );
}

/// What was verified at the close serves for the result: only what came since is verified again.
#[test]
fn ranges_of_what_the_log_was_before_serve_for_what_it_has_become() {
    let (log, size) = &*RATIFIED;
    let folder = log.write();
    for before in 12..*size {
        let former = log.with(log.entries[..before].to_vec()).write();
        let ranges = ranges(former.path(), &[0, before / 2, before]).unwrap();
        let report = merged(folder.path(), ranges.clone());
        assert_eq!(report.verdict, Verdict::Verified, "at {before}: {report}");
        // The log they were made of does not have what the ranges of a longer one have.
        let longer = self::ranges(folder.path(), &[0, 12, *size]).unwrap();
        assert_eq!(found(&merged(former.path(), longer)), "ranges");
    }
}

#[test]
fn ballots_that_were_superseded_do_not_count_in_a_merger_either() {
    let mut election = opened(true);
    let voter = election.register(1, 1);
    let first = election.sealed(&voter, &[0], FIRST);
    election
        .append(Body::Ballot(Box::new(first.clone())))
        .unwrap();
    let again = (Sequence::new(1), Some(first.tracking_code()));
    let second = election.sealed(&voter, &[1, 2], again);
    let counted = Ballot::decode(election.state.shape(), second.ballot()).unwrap();
    let class = voter.credential.voter.class;
    election.sums.add(class, counted.ciphertexts()).unwrap();
    election.append(Body::Ballot(Box::new(second))).unwrap();
    election.close();
    election.decrypt();
    let document = document(&election.state);
    election.publish(&document);
    assert_eq!(alike(&Log::of(&election, &[document])), "verified");
}

/// A log with one entry that nobody should have taken, among good ones on both sides.
fn with_forged(forge: impl FnOnce(&mut Election) -> Body) -> Log {
    let mut election = opened(false);
    for person in 0..6 {
        let voter = election.register(person, person % 2);
        election.cast(&voter, &[1]);
    }
    let body = forge(&mut election);
    let (index, time, previous) = election.state.next_header(election.now);
    let entry = Entry {
        index,
        time,
        previous,
        body,
    };
    let bytes = entry.to_bytes();
    let verified = voting_core::audit::Signatures::Verified;
    let _ = election.state.apply(&entry, &bytes, verified);
    election.entries.push(bytes);
    for person in 50..53 {
        let voter = election.register(person, 1);
        election.cast(&voter, &[2]);
    }
    Log::of(&election, &[])
}

#[test]
fn an_entry_that_does_not_hold_is_found_by_its_range_and_named_alike() {
    let stranger = SecretKey::from_seed(&[77; 32]);
    let credential = with_forged(|election| {
        let voter = election.voter(9, 1, 0).credential.voter;
        let serial = election.voter(9, 1, 0).credential.serial;
        let id = election.state.election();
        let forged = Credential::issue(&stranger, &id, voter, serial);
        Body::Credential(Box::new(forged))
    });
    assert_eq!(alike(&credential), "credential-signature@23");
    let signature = with_forged(|election| {
        let voter = election.register(9, 1);
        let cast = election.sealed(&voter, &[1], FIRST);
        let (id, ballot) = (election.state.election(), cast.ballot().to_vec());
        let forged = CastBallot::sign(&stranger, &id, voter.credential, FIRST, ballot);
        Body::Ballot(Box::new(forged))
    });
    assert_eq!(alike(&signature), "ballot-signature@24");
    let proof = with_forged(|election| {
        let voter = election.register(9, 1);
        let mut ballot = election.sealed(&voter, &[1], FIRST).ballot().to_vec();
        let last = ballot.len() - 32;
        ballot[last] ^= 1;
        let id = election.state.election();
        let forged = CastBallot::sign(&voter.key, &id, voter.credential, FIRST, ballot);
        Body::Ballot(Box::new(forged))
    });
    assert_eq!(alike(&proof), "ballot-proof@24");
    let repeated = with_forged(|election| {
        let voter = election.voter(3, 1, 0);
        Body::Credential(Box::new(voter.credential))
    });
    assert_eq!(alike(&repeated), "credential-serial@23");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_changed_byte_is_found_alike(entry: Index, at: Index, change in 1u8..) {
        let (log, size) = &*RATIFIED;
        let mut entries = log.entries.clone();
        let entry = &mut entries[entry.index(*size)];
        let at = at.index(entry.len());
        entry[at] ^= change;
        alike(&log.rebuilt(entries));
    }

    #[test]
    fn any_dropped_or_repeated_entry_is_found_alike(entry: Index, repeat: bool) {
        let (log, size) = &*RATIFIED;
        let mut entries = log.entries.clone();
        let entry = entry.index(*size);
        match repeat {
            true => entries.insert(entry, entries[entry].clone()),
            false => drop(entries.remove(entry)),
        }
        alike(&log.rebuilt(entries));
    }
}

#[test]
fn ranges_that_do_not_cover_this_very_log_are_refused() {
    let (log, size) = &*RATIFIED;
    let folder = log.write();
    let refused = |given: Vec<RangeResult>, told: &str| {
        let report = merged(folder.path(), given);
        assert_eq!(found(&report), "ranges", "{report}");
        let detail = report.first_failure.unwrap().detail;
        assert!(detail.contains(told), "{detail}");
    };
    let cut = |cuts: &[usize]| ranges(folder.path(), cuts).unwrap();
    let whole = cut(&[0, 12, 20, *size]);
    refused(cut(&[12, *size]), "no range verified the entries 0..12");
    refused(cut(&[0, 12]), "no range verified the entries 12..32");
    refused(
        vec![whole[0].clone(), whole[2].clone()],
        "no range verified the entries 12..20",
    );
    let overlapping = [cut(&[0, 15]), cut(&[12, *size])].concat();
    refused(overlapping, "two ranges verified the entries 12..15");
    let twice = [&whole[..], &whole[1..2]].concat();
    refused(twice, "two ranges verified the entries 12..20");

    let shorter = log.with(log.entries[..20].to_vec()).write();
    let mut other = whole.clone();
    other[1] = ranges(shorter.path(), &[12, 20]).unwrap().remove(0);
    refused(other, "is of a log of 20 entries");
    // All of a former tree, but of another log's.
    let mut other = ranges(shorter.path(), &[0, 12, 20]).unwrap();
    other
        .iter_mut()
        .for_each(|range| range.tree.1 = LogHash::new([9; 32]));
    refused(other, "the ranges are of a log of 20 entries with root");
    let mut other = whole.clone();
    other[0].election = voting_core::ids::ElectionId::new([9; 32]);
    refused(other, "is of a log of");
    let mut other = whole.clone();
    other[1].outcome = whole[0].outcome.clone();
    refused(other, "the log has");
}

#[test]
fn sums_that_are_not_the_ballots_are_caught_by_the_trustees_proofs() {
    let (log, size) = &*RATIFIED;
    let folder = log.write();
    let mut given = ranges(folder.path(), &[0, 12, *size]).unwrap();
    let sums = given[1].outcome.clone().unwrap();
    // As many ballots, but the first class's first project has what the second has.
    let mut bytes = sums.to_bytes();
    let (first, second) = (4 + 8 + 4, 4 + 8 + 4 + 64);
    let copied = bytes[second..second + 64].to_vec();
    bytes[first..first + 64].copy_from_slice(&copied);
    given[1].outcome = Ok(Decode::from_bytes(&bytes).unwrap());
    let report = merged(folder.path(), given);
    assert_eq!(found(&report), "decryption-share@26", "{report}");
}

#[test]
fn a_changed_or_cut_file_is_no_range_file() {
    let (log, size) = &*RATIFIED;
    let folder = log.write();
    for result in ranges(folder.path(), &[0, 12, *size]).unwrap() {
        let bytes = result.to_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(RangeResult::from_bytes(&changed).is_err(), "byte {at}");
        }
        assert!(RangeResult::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(RangeResult::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }
    for text in [
        "", "..", "5", "5..5", "6..5", "-1..5", "1..x", "1...5", "+1..",
    ] {
        assert!(
            text.parse::<observer::range::RangeOfEntries>().is_err(),
            "{text}"
        );
    }
}

fn observer(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_observer"));
    command.args(args).output().unwrap()
}

#[test]
fn the_command_writes_range_files_and_merges_them() {
    let (log, _) = &*RATIFIED;
    let (folder, out) = (log.write(), tempfile::tempdir().unwrap());
    let address = folder.path().to_str().unwrap();
    let files: Vec<String> = ["a", "b"]
        .map(|name| out.path().join(name).to_str().unwrap().to_owned())
        .to_vec();
    for (range, file) in ["0..13", "13.."].iter().zip(&files) {
        let args = ["verify", address, "--range", range, "--out", file, "--json"];
        let output = observer(&args);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let read = RangeReport::of(&RangeResult::read(file.as_ref()).unwrap());
        assert_eq!(report, serde_json::to_value(read).unwrap());
    }
    let merge = |files: &[String]| {
        let files = files.iter().map(String::as_str);
        let args: Vec<&str> = ["verify", address, "--merge"]
            .into_iter()
            .chain(files)
            .collect();
        observer(&args)
    };
    let good = merge(&files);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    assert_eq!(merge(&files[1..]).status.code(), Some(1));
    std::fs::write(&files[1], b"hanpyo range v1\n").unwrap();
    let damaged = merge(&files);
    assert_eq!(damaged.status.code(), Some(1));
    let error = String::from_utf8(damaged.stderr).unwrap();
    assert!(error.contains("this is not a range file"), "{error}");
    let without_out = observer(&["verify", address, "--range", "0..13"]);
    assert_eq!(without_out.status.code(), Some(2));
    let beyond = ["verify", address, "--range", "0..999", "--out", &files[0]];
    assert_eq!(observer(&beyond).status.code(), Some(1));
}

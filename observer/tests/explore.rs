//! A log explorer's lines.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{DECISION, Log, PEOPLE, SOFTWARE, opened, ratified};
use observer::explore::{Line, page};
use observer::source::Folder;
use observer::witness::{accept, read_manifest};
use observer::{Expectations, Silent, verify};
use std::path::Path;
use voting_core::ids::{ClassIndex, DocumentHash};
use voting_core::staff::StaffAction;

fn lines(folder: &Path) -> Result<Vec<Line>, observer::Failure> {
    let source = Folder::open(folder).unwrap();
    let manifest = read_manifest(&source)?;
    let accepted = accept(&source, &manifest, None).unwrap();
    assert_eq!(page(&source, &manifest, accepted.checkpoint(), 1)?, []);
    page(&source, &manifest, accepted.checkpoint(), 0)
}

#[test]
fn every_kind_of_entry_is_told_in_its_facts() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let lines = lines(log.write().path()).unwrap();
    assert_eq!(lines.len(), log.entries.len());
    let of = |kind: &str| lines.iter().find(|line| line.kind == kind).unwrap();
    let kinds = [
        "create",
        "first-round",
        "second-round",
        "confirmation",
        "open",
        "credential",
        "ballot",
        "spoiled",
        "pause",
        "resume",
        "software-changed",
        "withdraw",
        "notice",
        "roll",
        "close",
        "offline-totals",
        "decryption",
        "publish",
        "ratify",
    ];
    for kind in kinds {
        assert!(!of(kind).facts.is_empty(), "{kind}");
    }
    let manifest = election.state.manifest();
    assert_eq!(of("withdraw").facts["ko"], "중복 사업");
    assert_eq!(of("notice").facts["ko"], "공지");
    assert_eq!(of("roll").facts["people"], PEOPLE.to_string());
    let withdrawn = manifest.projects().nth(3).unwrap();
    assert_eq!(
        of("withdraw").facts["project"],
        withdrawn.project.id.to_string()
    );
    assert_eq!(of("publish").facts["document"].len(), 64);
    let first = manifest.trustees.members[0].name.as_str();
    assert_eq!(of("first-round").facts["trustee"], first);
    let staff = &manifest.staff.members;
    let signers = format!("{}, {}", staff[0].name, staff[1].name);
    assert_eq!(of("close").facts["signers"], signers);
    let ballot = of("ballot");
    assert!(
        election
            .state
            .person(&ballot.facts["pseudonym"].parse().unwrap())
            .is_some()
    );
    assert_eq!(ballot.facts["short"].len(), 24);
    assert!(
        ballot
            .to_string()
            .starts_with(&format!("{} {} ballot", ballot.index, ballot.time))
    );
}

#[test]
fn the_report_holds_credentials_against_the_recorded_roll() {
    let told = |people| {
        let mut election = opened(false);
        for n in 0..2 {
            election.register(n, 0);
        }
        election
            .staff(StaffAction::Roll(ClassIndex::new(0), people))
            .unwrap();
        let folder = Log::of(&election, &[]).write();
        let source = Folder::open(folder.path()).unwrap();
        verify(&source, "", &Expectations::default(), &Silent)
    };
    let report = told(2);
    assert_eq!(
        (report.turnout[0].roll, report.turnout[1].roll),
        (Some(2), None)
    );
    let more = "more credentials than people on the roll";
    assert!(!report.to_string().contains(more));
    assert!(told(1).to_string().contains(more));
}

#[test]
fn the_report_names_the_assembly_s_decision() {
    let (election, documents) = ratified();
    let folder = Log::of(&election, &documents).write();
    let source = Folder::open(folder.path()).unwrap();
    let report = verify(&source, "", &Expectations::default(), &Silent);
    assert_eq!(report.ratification, Some(DocumentHash::of(DECISION)));
    let decision = DocumentHash::of(DECISION).to_string();
    assert!(report.to_string().contains(&decision));
}

#[test]
fn the_report_names_the_newest_list_of_the_served_software() {
    let (election, documents) = ratified();
    let folder = Log::of(&election, &documents).write();
    let source = Folder::open(folder.path()).unwrap();
    let report = verify(&source, "", &Expectations::default(), &Silent);
    let software = report.software.unwrap();
    assert_eq!(software.document, DocumentHash::of(SOFTWARE));
    let lines = lines(folder.path()).unwrap();
    let line = lines.iter().find(|line| line.index == software.entry);
    assert_eq!(line.unwrap().kind, "software-changed");
}

#[test]
fn an_entry_that_is_not_in_the_tree_is_not_shown() {
    let (election, documents) = ratified();
    let folder = Log::of(&election, &documents).write();
    let entries = folder.path().join("tile/entries");
    let bundle = std::fs::read_dir(&entries)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bundle = std::fs::read_dir(bundle)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    assert_eq!(
        lines(folder.path()).unwrap_err().check.name(),
        "merkle-tree"
    );
}

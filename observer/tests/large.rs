//! A log of several bundles and batches.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Election, Log, document, found, opened, verify_files};
use observer::Expectations;
use voting_core::audit::Signatures;
use voting_core::cast::CastBallot;
use voting_core::codec::Encode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::Sequence;

/// Ballots of these people, where whoever is named seals one whose proof does not hold.
fn vote(election: &mut Election, people: std::ops::Range<u16>, wrong: Option<u16>) {
    for person in people {
        let voter = election.register(person, person % 2);
        let chosen = [u32::from(person % 4)];
        if wrong != Some(person) {
            election.cast(&voter, &chosen);
            continue;
        }
        let place = (Sequence::new(0), None);
        let sealed = election.sealed(&voter, &chosen, place);
        let mut ballot = sealed.ballot().to_vec();
        let response = ballot.len() - 32;
        ballot[response] ^= 1;
        let id = election.state.election();
        let cast = CastBallot::sign(&voter.key, &id, voter.credential, place, ballot);
        election.append(Body::Ballot(Box::new(cast))).unwrap();
    }
}

#[test]
fn every_ballot_of_every_batch_counts_once() {
    let mut election = opened(false);
    vote(&mut election, 0..600, None);
    election.close();
    election.decrypt();
    let document = document(&election.state);
    election.publish(&document);
    let log = Log::of(&election, &[document]);
    let report = log.verify(&Expectations::default());
    assert_eq!(found(&report), "verified", "{report}");
    let marks = report
        .totals
        .unwrap()
        .classes
        .into_iter()
        .map(|class| class.marks);
    let marks: Vec<_> = marks.collect();
    assert_eq!(marks, [[150, 0, 150, 0], [0, 150, 0, 150]]);

    let mut files = log.files();
    let hashes = files.get_mut("tile/0/002").unwrap();
    hashes[5] ^= 1;
    let report = verify_files(&files, &Expectations::default());
    assert_eq!(found(&report), "merkle-tree");
}

#[test]
fn the_first_failure_is_told_though_batches_run_behind() {
    let mut election = opened(false);
    vote(&mut election, 0..300, Some(20));
    let stranger = election.voter(999, 1, 0);
    let cast = election.sealed(&stranger, &[1], (Sequence::new(0), None));
    let (index, time, previous) = election.state.next_header(election.now);
    let body = Body::Ballot(Box::new(cast));
    let entry = Entry {
        index,
        time,
        previous,
        body,
    };
    let bytes = entry.to_bytes();
    assert!(
        election
            .state
            .apply(&entry, &bytes, Signatures::Verify)
            .is_err()
    );
    election.entries.push(bytes);
    let report = Log::of(&election, &[]).verify(&Expectations::default());
    // Entries 0 to 10, then a credential and a ballot a person: the ballot of person 20.
    assert_eq!(found(&report), "ballot-proof@52");
}

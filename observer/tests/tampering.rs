//! Every kind of entry changed, dropped, repeated, swapped, preceded by a forged one, or cut off
//! with everything after it - in the served files alone, and with the whole log rebuilt and signed
//! again by its own key. The tables say what catches each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Log, document, found, opened, ratified, verify_files};
use observer::{Expectations, KeptReceipt, Verdict};
use tally::result::{ResultDocument, SignedResult, compute};
use voting_core::ballot::Ballot;
use voting_core::codec::{Decode, Encode};
use voting_core::decryption::{CiphertextSums, Statement, prove};
use voting_core::entry::{Body, Entry};
use voting_core::ids::{LeafIndex, Sequence, TrusteeId};
use voting_core::receipt::Receipt;

/// The bytes of a header: version, kind, index, time, previous hash.
const HEADER: usize = 50;

/// What is done to the entries around one of them.
const DEEDS: [(&str, Deed); 6] = [
    ("change", |entries, i| change(&mut entries[i])),
    ("drop", |entries, i| drop(entries.remove(i))),
    ("repeat", |entries, i| entries.insert(i, entries[i].clone())),
    ("swap", |entries, i| {
        let other = if i + 1 < entries.len() { i + 1 } else { i - 1 };
        entries.swap(i, other);
    }),
    ("insert", |entries, i| {
        let mut forged = entries[i].clone();
        change(&mut forged);
        entries.insert(i, forged);
    }),
    ("cut", |entries, i| entries.truncate(i)),
];

type Deed = fn(&mut Vec<Vec<u8>>, usize);

/// Changes one byte in the middle of an entry's body.
fn change(entry: &mut [u8]) {
    let middle = HEADER + (entry.len() - HEADER) / 2;
    entry[middle] ^= 1;
}

/// The first entry of each kind, by name.
fn kinds(log: &Log) -> Vec<(String, usize)> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for (i, bytes) in log.entries.iter().enumerate() {
        let kind = match Entry::from_bytes(bytes).unwrap().body {
            Body::Trustee(message) => format!("trustee's {}", message[1]),
            other => other.kind().to_owned(),
        };
        if kinds.iter().all(|(known, _)| *known != kind) {
            kinds.push((kind, i));
        }
    }
    kinds
}

fn table(log: &Log, catch: impl Fn(Vec<Vec<u8>>) -> String) -> String {
    let deeds = DEEDS.map(|(name, _)| name).join(" | ");
    let mut table = format!("{:<20}| {deeds}\n", "entry");
    for (kind, i) in kinds(log) {
        let cells = DEEDS.map(|(_, deed)| {
            let mut entries = log.entries.clone();
            deed(&mut entries, i);
            catch(entries)
        });
        table += &format!("{i:>2} {kind:<17}| {}\n", cells.join(" | "));
    }
    table
}

#[test]
fn the_log_as_it_is_verifies() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let report = log.verify(&Expectations::default());
    assert_eq!(found(&report), "verified", "{report}");
    let kept = Expectations {
        checkpoints: vec![log.checkpoint()],
        ..Expectations::default()
    };
    assert_eq!(log.verify(&kept).verdict, Verdict::Verified);
}

#[test]
fn files_that_are_not_the_trees_are_caught_at_their_entry() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let whole = log.files();
    let table = table(&log, |entries| {
        let mut files = whole.clone();
        files.extend(log.with(entries).bundles(log.entries.len()));
        found(&verify_files(&files, &Expectations::default()))
    });
    assert_eq!(table, include_str!("tables/files.txt"), "{table}");
}

#[test]
fn a_log_rebuilt_by_its_own_key_is_caught_from_inside_or_by_what_people_kept() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let kept = Expectations {
        checkpoints: vec![log.checkpoint()],
        ..Expectations::default()
    };
    let table = table(&log, |entries| {
        let rebuilt = log.rebuilt(entries);
        if rebuilt.entries.is_empty() {
            return found(&rebuilt.verify(&kept));
        }
        let alone = rebuilt.verify(&Expectations::default());
        match alone.verdict {
            Verdict::Failed => found(&alone),
            verdict => {
                let caught = rebuilt.verify(&kept);
                assert_eq!(caught.verdict, Verdict::Failed);
                format!(
                    "{}, kept: {}",
                    format!("{verdict:?}").to_lowercase(),
                    found(&caught)
                )
            }
        }
    });
    assert_eq!(table, include_str!("tables/rebuilt.txt"), "{table}");
}

#[test]
fn a_ballot_without_a_credential_is_caught() {
    let mut election = opened(false);
    let voter = election.voter(9, 1, 0);
    let cast = election.sealed(&voter, &[1], (Sequence::new(0), None));
    append(&mut election, Body::Ballot(Box::new(cast)));
    let report = Log::of(&election, &[]).verify(&Expectations::default());
    assert_eq!(found(&report), "ballot-credential@11");
}

#[test]
fn a_ballot_changed_inside_is_caught_in_its_batch() {
    let mut election = opened(false);
    let voter = election.register(1, 1);
    let cast = election.sealed(&voter, &[1], (Sequence::new(0), None));
    let other = election.register(2, 1);
    election.cast(&other, &[2]);
    let mut ballot = cast.ballot().to_vec();
    let last = ballot.len() - 32;
    ballot[last] ^= 1;
    let place = (Sequence::new(0), None);
    let id = election.state.election();
    let forged = voting_core::cast::CastBallot::sign(
        &voter.key,
        &id,
        voter.credential.clone(),
        place,
        ballot,
    );
    append(&mut election, Body::Ballot(Box::new(forged)));
    let third = election.register(3, 1);
    election.cast(&third, &[2]);
    let report = Log::of(&election, &[]).verify(&Expectations::default());
    assert_eq!(found(&report), "ballot-proof@14");
}

#[test]
fn an_older_ballot_replayed_is_caught_and_the_latest_counts() {
    let mut election = opened(true);
    let voter = election.register(1, 1);
    let first = election.sealed(&voter, &[0], (Sequence::new(0), None));
    append(&mut election, Body::Ballot(Box::new(first.clone())));
    let again = (Sequence::new(1), Some(first.tracking_code()));
    let second = election.sealed(&voter, &[1, 2], again);
    append(&mut election, Body::Ballot(Box::new(second.clone())));
    let mut replayed = Log::of(&election, &[]);

    let counted = Ballot::decode(election.state.shape(), second.ballot()).unwrap();
    let class = voter.credential.voter.class;
    election.sums.add(class, counted.ciphertexts()).unwrap();
    election.close();
    election.decrypt();
    let document = document(&election.state);
    election.publish(&document);
    let report = Log::of(&election, &[document]).verify(&Expectations::default());
    assert_eq!(found(&report), "verified", "{report}");
    assert_eq!(report.superseded, 1);
    let totals = report.totals.unwrap();
    assert_eq!(totals.classes[1].marks, [0, 1, 1, 0]);

    replayed.entries.push(replayed.entries[12].clone());
    let replayed = replayed.rebuilt(replayed.entries.clone());
    let report = replayed.verify(&Expectations::default());
    assert_eq!(found(&report), "one-ballot-a-person@14");
}

#[test]
fn two_credentials_of_one_pseudonym_are_caught() {
    let mut election = opened(false);
    let voter = election.register(1, 1);
    let mut identity = voter.credential.voter;
    identity.key = election.voter(1, 1, 7).credential.voter.key;
    let (registrar, id) = (&election.keys.registrar, election.state.election());
    let second = voting_core::credential::Credential::issue(
        registrar,
        &id,
        identity,
        voter.credential.serial,
    );
    append(&mut election, Body::Credential(Box::new(second)));
    let report = Log::of(&election, &[]).verify(&Expectations::default());
    assert_eq!(found(&report), "credential-serial@12");
}

#[test]
fn a_trustee_who_lies_is_caught() {
    let mut election = opened(false);
    let voter = election.register(1, 1);
    election.cast(&voter, &[1]);
    let lie = election.sealed(&voter, &[2], (Sequence::new(0), None));
    election.close();
    let share = {
        let state = &election.state;
        let ballot = Ballot::decode(state.shape(), lie.ballot()).unwrap();
        let mut sums = CiphertextSums::new(4).unwrap();
        sums.add(ballot.ciphertexts()).unwrap();
        let statement = Statement {
            election: state.election(),
            keys: state.public_keys().unwrap(),
            close: state.close().unwrap(),
            group: state.grouping().unwrap().groups[0].id,
            sums: &sums,
        };
        let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::from_seed([9; 32]);
        prove(&mut rng, &election.key_shares[0], &statement).unwrap()
    };
    let body = election.trustee_message(share);
    append(&mut election, body);
    let report = Log::of(&election, &[]).verify(&Expectations::default());
    assert_eq!(found(&report), "decryption-share@14");
    let first = &election.shares_of(TrusteeId::new(1));
    assert_eq!(first.len(), 1, "the honest share is another");
}

/// A closed, decrypted election whose staff publish whatever they are given.
fn published(alter: impl FnOnce(&mut ResultDocument)) -> String {
    let mut election = opened(false);
    for (person, chosen) in [(1, [0, 1]), (2, [1, 2])] {
        let voter = election.register(person, 1);
        election.cast(&voter, &chosen);
    }
    election.close();
    election.decrypt();
    let mut result: ResultDocument = serde_json::from_slice(&document(&election.state)).unwrap();
    alter(&mut result);
    let document = result.to_canonical().unwrap();
    election.publish(&document);
    found(&Log::of(&election, &[document]).verify(&Expectations::default()))
}

#[test]
fn a_result_that_the_log_does_not_give_is_caught_by_its_part() {
    assert_eq!(published(|_| ()), "verified");
    let one_vote_moved = |result: &mut ResultDocument| {
        let mut totals = result.totals();
        totals.classes[1].marks[1] -= 1;
        totals.classes[1].marks[3] += 1;
        let mut document = voting_core::manifest::testing::document(4, 2);
        document.ballot.voting_again = false;
        let manifest = voting_core::manifest::Manifest::new(document).unwrap();
        *result = compute(&manifest, &totals).unwrap();
    };
    assert_eq!(published(one_vote_moved), "totals@18");
    let contest = |alter: fn(&mut tally::result::ContestResult)| {
        published(move |result| alter(&mut result.contests[0]))
    };
    assert_eq!(contest(|c| c.projects[0].score = "1".into()), "weights@18");
    assert_eq!(contest(|c| c.ranking.swap(0, 3)), "ranking@18");
    assert_eq!(contest(|c| c.projects[0].funded += 1), "cut-off@18");
    assert_eq!(
        contest(|c| c.title.en = "Another".into()),
        "result-document@18"
    );
}

#[test]
fn a_result_in_an_envelope_is_verified_with_its_signatures() {
    let publish = |signers: &[usize]| {
        let mut election = opened(false);
        let voter = election.register(1, 1);
        election.cast(&voter, &[1]);
        election.close();
        election.decrypt();
        let result = serde_json::from_slice(&document(&election.state)).unwrap();
        let mut signed = SignedResult::unsigned(result);
        for signer in signers {
            signed.sign(&election.keys.staff[*signer]).unwrap();
        }
        let document = signed.to_canonical().unwrap();
        election.publish(&document);
        found(&Log::of(&election, &[document]).verify(&Expectations::default()))
    };
    assert_eq!(publish(&[0, 2]), "verified");
    assert_eq!(publish(&[0]), "result-document@16");
}

#[test]
fn ballots_dropped_before_anything_signed_are_caught_by_receipts_only() {
    let mut election = opened(false);
    let voter = election.register(1, 1);
    let index = election.cast(&voter, &[1]);
    let log = Log::of(&election, &[]);
    let entry = Entry::from_bytes(&log.entries[index.get() as usize]).unwrap();
    let Body::Ballot(cast) = &entry.body else {
        panic!("a ballot")
    };
    let state = &election.state;
    let who = (voter.credential.voter.pseudonym, cast.tracking_code());
    let receipt = |place| {
        let origin = state.policy().origin().as_str();
        let receipt = Receipt::sign(&election.keys.log, state.election(), origin, who, place);
        Expectations {
            receipts: vec![KeptReceipt::parse(&receipt.to_bytes()).unwrap()],
            ..Expectations::default()
        }
    };
    let kept = receipt((index, entry.time));
    assert_eq!(found(&log.verify(&kept)), "unfinished");
    let cut = log.with(log.entries[..log.entries.len() - 1].to_vec());
    assert_eq!(found(&cut.verify(&Expectations::default())), "unfinished");
    assert_eq!(found(&cut.verify(&kept)), "receipts@12");
    let elsewhere = receipt((LeafIndex::new(11), entry.time));
    assert_eq!(found(&log.verify(&elsewhere)), "receipts@11");
}

#[test]
fn a_missing_or_changed_document_is_caught() {
    let (election, documents) = ratified();
    let whole = Log::of(&election, &documents).files();
    let mut caught = Vec::new();
    for path in whole.keys().filter(|path| path.starts_with("documents/")) {
        let mut files = whole.clone();
        files.remove(path);
        caught.push(found(&verify_files(&files, &Expectations::default())));
        let mut files = whole.clone();
        files
            .entry(path.clone())
            .and_modify(|bytes| bytes.push(b' '));
        caught.push(found(&verify_files(&files, &Expectations::default())));
    }
    caught.sort();
    caught.dedup();
    assert_eq!(
        caught,
        [
            "documents@0",
            "documents@16",
            "documents@30",
            "documents@31"
        ]
    );
}

#[test]
fn another_election_than_expected_is_refused() {
    let (election, documents) = ratified();
    let log = Log::of(&election, &documents);
    let expected = Expectations {
        election: Some(voting_core::ids::ElectionId::new([1; 32])),
        ..Expectations::default()
    };
    assert_eq!(found(&log.verify(&expected)), "manifest@0");
}

/// Puts an entry into the log that the state refuses: what a lying operator does.
fn append(election: &mut common::Election, body: Body) {
    let (index, time, previous) = election.state.next_header(election.now);
    let entry = Entry {
        index,
        time,
        previous,
        body,
    };
    let bytes = entry.to_bytes();
    let signatures = voting_core::audit::Signatures::Verify;
    // Where the state accepts it after all, it must go on from there.
    let _ = election.state.apply(&entry, &bytes, signatures);
    election.entries.push(bytes);
}

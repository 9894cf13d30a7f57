use super::testing::{TestElection, TestVoter};
use super::*;
use crate::codec::{Decode, Encode};
use crate::ids::{Sequence, TrusteeId};
use crate::manifest::testing::{CLOSES_AT, OPENS_AT, document, manifest};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

mod ceremony;
mod offline;
mod stages;

type Election = TestElection<ChaCha20Rng>;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn open() -> Election {
    TestElection::open(manifest(4, 2), rng())
}

fn voting_again() -> Election {
    let mut document = document(4, 2);
    document.ballot.voting_again = true;
    TestElection::open(Manifest::new(document).unwrap(), rng())
}

fn check<T: std::fmt::Debug>(result: Result<T, Violation>) -> Check {
    result.unwrap_err().check
}

const FIRST: (Sequence, Option<TrackingCode>) = (Sequence::new(0), None);

impl Election {
    fn try_cast(&mut self, voter: &TestVoter) -> Result<LeafIndex, Violation> {
        let cast = self.sealed(voter, &[0], FIRST);
        self.append(Body::Ballot(Box::new(cast)))
    }

    fn try_issue(&mut self, voter: &TestVoter) -> Result<LeafIndex, Violation> {
        self.append(Body::Credential(Box::new(voter.credential.clone())))
    }
}

#[test]
fn an_election_runs_from_manifest_to_result_and_replays() {
    let mut election = open();
    let choices: [&[u32]; 5] = [&[0, 1], &[1], &[1, 3], &[], &[2]];
    for (n, chosen) in (0..).zip(choices) {
        let voter = election.register(n, u16::from(n < 3));
        election.cast(&voter, chosen);
    }
    election.close();
    assert!(election.state.totals().is_err(), "no share is in");
    election.decrypt();
    let totals = election.state.totals().unwrap();
    let marks: Vec<_> = totals
        .iter()
        .map(|t| (t.group.ballots, t.marks.clone()))
        .collect();
    assert_eq!(marks, [(2, vec![0, 0, 1, 0]), (3, vec![1, 3, 0, 1])]);
    election.publish(b"{}");
    replay(&election).unwrap();
}

/// Replays the log's bytes from entry 0.
fn replay(election: &Election) -> Result<State, Violation> {
    let mut state = State::new(election.state.manifest().clone())?;
    for bytes in &election.entries {
        let entry = Entry::from_bytes(bytes).unwrap();
        state.apply(&entry, bytes, Signatures::Verify)?;
        if state.stage() == Stage::Closed && state.shares().unwrap().sums().is_empty() {
            state.provide_sums(&election.sums)?;
        }
    }
    assert_eq!(state.frontier(), election.state.frontier());
    Ok(state)
}

#[test]
fn a_person_votes_once() {
    let mut election = open();
    let voter = election.register(1, 1);
    let cast = election.sealed(&voter, &[0], FIRST);
    election
        .append(Body::Ballot(Box::new(cast.clone())))
        .unwrap();
    assert_eq!(
        check(election.append(Body::Ballot(Box::new(cast)))),
        Check::OneBallot
    );
    assert_eq!(check(election.try_cast(&voter)), Check::OneBallot);
    let again = election.voter(1, 1, 1);
    assert_eq!(check(election.try_issue(&again)), Check::CredentialSerial);
}

#[test]
fn a_new_credential_revokes_the_former_until_a_ballot_is_in() {
    let mut election = open();
    let lost = election.register(1, 1);
    let renewed = election.voter(1, 1, 1);
    election.try_issue(&renewed).unwrap();
    assert_eq!(check(election.try_cast(&lost)), Check::BallotCredential);
    election.try_cast(&renewed).unwrap();
}

#[test]
fn credentials_follow_the_rules() {
    let mut election = open();
    let first = election.register(1, 1);
    let skipped = election.voter(1, 1, 2);
    assert_eq!(check(election.try_issue(&skipped)), Check::CredentialSerial);
    assert_eq!(check(election.try_issue(&first)), Check::CredentialSerial);
    let other_class = election.voter(1, 0, 1);
    assert_eq!(
        check(election.try_issue(&other_class)),
        Check::CredentialSerial
    );
    let no_class = election.voter(2, 2, 0);
    assert_eq!(
        check(election.try_issue(&no_class)),
        Check::CredentialSerial
    );
    let mut stolen_key = election.voter(3, 1, 0);
    stolen_key.credential.voter.key = first.key.verify_key();
    assert_eq!(
        check(election.try_issue(&stolen_key)),
        Check::VoterKeyUnique
    );
    let mut forged = election.voter(4, 1, 0);
    forged.credential.voter.class = ClassIndex::new(0);
    assert_eq!(
        check(election.try_issue(&forged)),
        Check::CredentialSignature
    );
}

use crate::ids::ClassIndex;
use crate::manifest::Bilingual;

#[test]
fn a_person_cannot_fill_the_log_with_credentials() {
    let mut election = open();
    election.register(1, 1);
    for serial in 1..=MAX_SERIAL.get() {
        let next = election.voter(1, 1, serial);
        election.try_issue(&next).unwrap();
    }
    let more = election.voter(1, 1, MAX_SERIAL.get() + 1);
    assert_eq!(check(election.try_issue(&more)), Check::CredentialSerial);
}

#[test]
fn a_ballot_without_a_credential_in_the_log_is_refused() {
    let mut election = open();
    let unissued = election.voter(1, 1, 0);
    assert_eq!(check(election.try_cast(&unissued)), Check::BallotCredential);
    let voter = election.register(2, 1);
    let cast = election.sealed(&voter, &[0], FIRST);
    let thief = election.register(3, 1);
    let signed_by_another = CastBallot::sign(
        &thief.key,
        &election.state.election(),
        voter.credential.clone(),
        FIRST,
        cast.ballot().to_vec(),
    );
    let result = election.append(Body::Ballot(Box::new(signed_by_another)));
    assert_eq!(check(result), Check::BallotSignature);
}

#[test]
fn the_highest_sequence_counts_where_voting_again_is_allowed() {
    let mut election = voting_again();
    let voter = election.register(1, 1);
    let first = election.sealed(&voter, &[0], FIRST);
    election
        .append(Body::Ballot(Box::new(first.clone())))
        .unwrap();
    let second = (Sequence::new(1), Some(first.tracking_code()));
    let second = election.sealed(&voter, &[1], second);
    let skipping = (Sequence::new(2), Some(first.tracking_code()));
    let skipping = election.sealed(&voter, &[1], skipping);
    assert_eq!(
        check(election.append(Body::Ballot(Box::new(skipping)))),
        Check::OneBallot
    );
    let index = election.append(Body::Ballot(Box::new(second))).unwrap();
    let person = election
        .state
        .person(&voter.credential.voter.pseudonym)
        .unwrap();
    assert_eq!(person.ballot.unwrap().index, index);
    assert_eq!(
        check(election.append(Body::Ballot(Box::new(first)))),
        Check::OneBallot
    );
    assert_eq!(
        election.state.counts()[1],
        ClassCount { issued: 1, cast: 1 }
    );
}

#[test]
fn a_tracking_code_is_cast_or_spoiled_once() {
    let mut election = open();
    let voter = election.register(1, 1);
    let cast = election.sealed(&voter, &[0], FIRST);
    election
        .append(Body::Spoiled(cast.tracking_code()))
        .unwrap();
    let result = election.append(Body::Ballot(Box::new(cast.clone())));
    assert_eq!(check(result), Check::SpoiledNotCounted);
    let result = election.append(Body::Spoiled(cast.tracking_code()));
    assert_eq!(check(result), Check::SpoiledNotCounted);
    let fresh = election.sealed(&voter, &[0], FIRST);
    election
        .append(Body::Ballot(Box::new(fresh.clone())))
        .unwrap();
    let result = election.append(Body::Spoiled(fresh.tracking_code()));
    assert_eq!(check(result), Check::TrackingCodeUnique);
}

#[test]
fn ciphertexts_of_another_ballot_are_refused() {
    let mut election = open();
    let (one, two) = (election.register(1, 1), election.register(2, 1));
    let cast = election.sealed(&one, &[0], FIRST);
    let mut copied = election.sealed(&two, &[1], FIRST).ballot().to_vec();
    copied[65..129].copy_from_slice(&cast.ballot()[65..129]);
    election.append(Body::Ballot(Box::new(cast))).unwrap();
    let id = election.state.election();
    let copied = CastBallot::sign(&two.key, &id, two.credential.clone(), FIRST, copied);
    let result = election.append(Body::Ballot(Box::new(copied)));
    assert_eq!(check(result), Check::CiphertextUnique);
}

#[test]
fn the_schedule_holds_to_the_millisecond() {
    let drain = 10_000;
    let mut election = open();
    let voter = election.register(1, 1);
    election.now = UnixMillis::new(CLOSES_AT.get() + drain - 1);
    election.try_cast(&voter).unwrap();
    let mut election = open();
    let voter = election.register(1, 1);
    election.now = UnixMillis::new(CLOSES_AT.get() + drain);
    assert_eq!(check(election.try_cast(&voter)), Check::Schedule);
    let late = election.voter(2, 1, 0);
    assert_eq!(check(election.try_issue(&late)), Check::Schedule);

    let mut early = TestElection::create(manifest(4, 2), rng());
    let voter = early.voter(1, 1, 0);
    assert_eq!(check(early.try_issue(&voter)), Check::Stage);
    early.ceremony();
    let opening = early.state.ceremony().opening().unwrap();
    early.staff(StaffAction::Open(opening)).unwrap();
    early.try_issue(&voter).unwrap();
    early.now = UnixMillis::new(OPENS_AT.get() - 1);
    assert_eq!(check(early.try_cast(&voter)), Check::Schedule);
    early.now = OPENS_AT;
    early.try_cast(&voter).unwrap();
}

#[test]
fn staff_actions_follow_the_stages() {
    let mut election = open();
    let voter = election.register(1, 1);
    let at = |h: u64| UnixMillis::new(CLOSES_AT.get() + h * 3_600_000);
    assert_eq!(
        check(election.staff(StaffAction::Resume(Bilingual::new("x", "x")))),
        Check::Stage
    );
    assert_eq!(
        check(election.staff(StaffAction::Pause(Bilingual::new(" ", " ")))),
        Check::Stage
    );
    election
        .staff(StaffAction::Pause(Bilingual::new("장애", "fault")))
        .unwrap();
    assert_eq!(check(election.try_cast(&voter)), Check::Stage);
    election
        .staff(StaffAction::Resume(Bilingual::new("복구", "mended")))
        .unwrap();
    assert_eq!(
        check(election.staff(StaffAction::Extend(CLOSES_AT))),
        Check::Schedule
    );
    assert_eq!(
        check(election.staff(StaffAction::Extend(at(49)))),
        Check::Schedule
    );
    election.staff(StaffAction::Extend(at(1))).unwrap();
    assert_eq!(election.state.schedule().closes_at, at(1));
    assert_eq!(check(election.staff(StaffAction::Close)), Check::Schedule);
    election.now = at(1);
    assert_eq!(
        check(election.staff(StaffAction::Extend(at(2)))),
        Check::Schedule
    );
    assert_eq!(
        check(election.staff(StaffAction::Withdraw(4, Bilingual::new("x", "x")))),
        Check::Stage
    );
    election
        .staff(StaffAction::Withdraw(
            3,
            Bilingual::new("철회", "withdrawn"),
        ))
        .unwrap();
    assert_eq!(
        check(election.staff(StaffAction::Withdraw(3, Bilingual::new("x", "x")))),
        Check::Stage
    );
    election
        .staff(StaffAction::Annul(Bilingual::new("무효", "void")))
        .unwrap();
    assert_eq!(check(election.try_cast(&voter)), Check::Stage);
    election.staff(StaffAction::DestroyPseudonymKey).unwrap();
}

#[test]
fn closing_and_publishing_take_two_people_and_the_checkpoint_before() {
    let mut election = open();
    let voter = election.register(1, 1);
    election.cast(&voter, &[0]);
    election.now = UnixMillis::new(CLOSES_AT.get() + 600_000);
    let alone = election.signed(election.proposal(StaffAction::Close), &[1]);
    assert_eq!(check(election.append(alone)), Check::StaffSignatures);
    let mut without = election.proposal(StaffAction::Close);
    without.checkpoint.clear();
    let without = election.signed(without, &[0, 1]);
    assert_eq!(check(election.append(without)), Check::HeldCheckpoint);
    let older = election.proposal(StaffAction::Close);
    let annulled = election.voter(9, 1, 0);
    election.now = UnixMillis::new(CLOSES_AT.get() - 1);
    let mut other = open();
    other.register(1, 1);
    assert_eq!(check(other.staff(StaffAction::Close)), Check::Schedule);
    election.try_issue(&annulled).unwrap();
    election.now = UnixMillis::new(CLOSES_AT.get() + 600_000);
    let older = election.signed(older, &[0, 1]);
    assert_eq!(check(election.append(older)), Check::HeldCheckpoint);
    election.close();
    let document = Document::of(b"{}").unwrap();
    let early = election.staff(StaffAction::Publish(document));
    assert_eq!(check(early), Check::DecryptionShare);
}

#[test]
fn a_trustee_that_lies_or_speaks_twice_is_refused() {
    let mut election = open();
    let voter = election.register(1, 1);
    election.cast(&voter, &[0]);
    election.close();
    let share = election.shares_of(TrusteeId::new(1)).remove(0);
    let Body::Trustee(bytes) = share.clone() else {
        unreachable!()
    };
    let mut lie = bytes.clone();
    let last = lie.len() - 70;
    lie[last] ^= 1;
    assert_eq!(
        check(election.append(Body::Trustee(lie))),
        Check::DecryptionShare
    );
    election.append(share.clone()).unwrap();
    let seen = election.staff(StaffAction::Withdraw(
        0,
        Bilingual::new("늦은 철회", "late"),
    ));
    assert_eq!(check(seen), Check::Stage);
    assert_eq!(check(election.append(share)), Check::DecryptionShare);
}

#[test]
fn shares_without_sums_are_refused_and_wrong_sums_are_not_taken() {
    let mut election = open();
    let voter = election.register(1, 1);
    election.cast(&voter, &[0]);
    election.close();
    let share = election.shares_of(TrusteeId::new(1)).remove(0);
    let mut state = State::new(election.state.manifest().clone()).unwrap();
    for bytes in &election.entries {
        state
            .apply(
                &Entry::from_bytes(bytes).unwrap(),
                bytes,
                Signatures::Verify,
            )
            .unwrap();
    }
    let (index, time, previous) = state.next_header(election.now);
    let entry = Entry {
        index,
        time,
        previous,
        body: share,
    };
    let result = state.apply(&entry, &entry.to_bytes(), Signatures::Verify);
    assert_eq!(check(result), Check::DecryptionShare);
    let empty = ClassSums::new(2, 4).unwrap();
    assert_eq!(check(state.provide_sums(&empty)), Check::DecryptionShare);
}

#[test]
fn an_entry_out_of_place_is_refused_and_changes_nothing() {
    let mut election = open();
    let (index, time, previous) = election.state.next_header(election.now);
    let voter = election.voter(1, 1, 0);
    let body = Body::Credential(Box::new(voter.credential.clone()));
    let good = Entry {
        index,
        time,
        previous,
        body,
    };
    let bad = [
        (
            Entry {
                index: LeafIndex::new(index.get() + 1),
                ..good.clone()
            },
            Check::EntryPlace,
        ),
        (
            Entry {
                previous: LogHash::new([1; 32]),
                ..good.clone()
            },
            Check::EntryChain,
        ),
        (
            Entry {
                time: UnixMillis::new(1),
                ..good.clone()
            },
            Check::EntryTime,
        ),
    ];
    for (entry, expected) in bad {
        let result = election
            .state
            .apply(&entry, &entry.to_bytes(), Signatures::Verify);
        assert_eq!(check(result), expected);
    }
    assert_eq!(
        election.state.next_header(election.now),
        (index, time, previous)
    );
    election
        .state
        .apply(&good, &good.to_bytes(), Signatures::Verify)
        .unwrap();
}

#[test]
fn small_classes_are_withheld_merged_or_refused_as_the_manifest_says() {
    use crate::rule::SmallClass;
    let with = |small: [SmallClass; 2]| {
        let mut document = document(4, 2);
        document.small_class_minimum = 3;
        for (class, small) in document.classes.iter_mut().zip(small) {
            class.small = small;
        }
        Manifest::new(document).unwrap()
    };
    let into_citizens = SmallClass::MergeInto(crate::manifest::testing::name("citizen"));
    let ids = |groups: &[Group]| {
        groups
            .iter()
            .map(|g| (g.id.get(), g.ballots))
            .collect::<Vec<_>>()
    };

    let withhold = with([SmallClass::Withhold, SmallClass::Refuse]);
    let grouping = Grouping::new(&withhold, &[2, 5]);
    assert_eq!(
        (ids(&grouping.groups), ids(&grouping.withheld)),
        (vec![(1, 5)], vec![(0, 2)])
    );
    let grouping = Grouping::new(&withhold, &[0, 2]);
    assert_eq!(
        (ids(&grouping.groups), ids(&grouping.refused)),
        (vec![], vec![(1, 2)])
    );
    let merge = with([into_citizens, SmallClass::Withhold]);
    assert_eq!(ids(&Grouping::new(&merge, &[2, 5]).groups), [(1, 7)]);
    assert_eq!(ids(&Grouping::new(&merge, &[2, 0]).withheld), [(1, 2)]);
    assert_eq!(ids(&Grouping::new(&merge, &[2, 1]).groups), [(1, 3)]);
    assert_eq!(
        ids(&Grouping::new(&merge, &[3, 3]).groups),
        [(0, 3), (1, 3)]
    );
}

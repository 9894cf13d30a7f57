//! Totals of offline groups: who may enter them, and when.

use super::*;
use crate::manifest::testing::with_survey;
use crate::offline::OfflineTotals;

fn closed() -> Election {
    let manifest = Manifest::new(with_survey(document(4, 2))).unwrap();
    let mut election = TestElection::open(manifest, rng());
    let voter = election.register(1, 1);
    election.cast(&voter, &[0]);
    election.close();
    election
}

#[test]
fn no_share_is_taken_and_nothing_published_before_they_are_in() {
    let mut election = closed();
    let share = election.shares_of(TrusteeId::new(1)).remove(0);
    let early = election.append(share.clone());
    assert_eq!(check(early), Check::OfflineTotals);
    let document = Document::of(b"{}").unwrap();
    let early = election.staff(StaffAction::Publish(document));
    assert_eq!(check(early), Check::OfflineTotals);
    let totals = election.offline_totals(900, &[900, 0, 17, 1]);
    election.staff(totals).unwrap();
    assert_eq!(election.state.stage(), Stage::Closed);
    let entered = election.state.offline_totals().next().unwrap();
    assert_eq!(entered.totals.marks, [900, 0, 17, 1]);
    election.append(share).unwrap();
    let second = election.shares_of(TrusteeId::new(2)).remove(0);
    election.append(second).unwrap();
    election.publish(b"{}");
}

#[test]
fn they_come_after_the_close_and_once() {
    let manifest = Manifest::new(with_survey(document(4, 2))).unwrap();
    let mut election = TestElection::open(manifest, rng());
    let totals = election.offline_totals(9, &[1, 2, 3, 4]);
    assert_eq!(check(election.staff(totals)), Check::Stage);
    let mut election = closed();
    for expected in [None, Some(Check::OfflineTotals)] {
        let totals = election.offline_totals(9, &[1, 2, 3, 4]);
        assert_eq!(election.staff(totals).err().map(|v| v.check), expected);
    }
}

#[test]
fn impossible_or_forged_totals_are_refused() {
    let mut election = closed();
    let impossible: [(u64, &[u64]); 4] = [
        (3, &[1, 2, 3, 4]),
        (9, &[1, 2, 3]),
        (9, &[1, 2, 3, 4, 5]),
        (1 << 53, &[1, 2, 3, 4]),
    ];
    for (ballots, marks) in impossible {
        let totals = election.offline_totals(ballots, marks);
        assert_eq!(check(election.staff(totals)), Check::OfflineTotals);
    }
    let own = OfflineTotals {
        group: 0,
        ballots: 9,
        marks: vec![1; 4],
    };
    let id = election.state.election();
    let staff_key = election.keys.staff[0].clone();
    let other_group = OfflineTotals {
        group: 1,
        ..own.clone()
    };
    let forged = [
        own.clone().sign(&id, &staff_key),
        own.sign(&ElectionId::new([1; 32]), &election.keys.offline_group),
        other_group.sign(&id, &election.keys.offline_group),
    ];
    for signed in forged {
        let action = StaffAction::OfflineTotals(Box::new(signed));
        assert_eq!(check(election.staff(action)), Check::OfflineTotals);
    }
    assert!(election.state.check_offline_complete().is_err());
}

//! Every action and message in every stage: what PROTOCOL.md's table of stages does not allow is
//! refused as `stage`, and nothing else is.

use super::*;
use crate::decryption::DecryptionShare;
use crate::staff::StaffAction;

/// A row of the table of stages, and how an election comes there.
type Row = (&'static str, Make);
type Make = fn() -> Election;

const STAGES: [Row; 8] = [
    ("ceremony", || TestElection::create(manifest(4, 2), rng())),
    ("open", voted),
    ("paused", || {
        let mut election = voted();
        election
            .staff(StaffAction::Pause(Bilingual::new("장애", "fault")))
            .unwrap();
        election
    }),
    ("closed", closed),
    ("decrypted", decrypted),
    ("published", || {
        let mut election = decrypted();
        election.publish(b"{}");
        election
    }),
    ("ratified", || {
        let mut election = decrypted();
        election.publish(b"{}");
        election
            .staff(StaffAction::Ratify(document_of("총회")))
            .unwrap();
        election
    }),
    ("annulled", || {
        let mut election = closed();
        election
            .staff(StaffAction::Annul(Bilingual::new("무효", "void")))
            .unwrap();
        election
    }),
];

fn voted() -> Election {
    let mut election = open();
    for person in [1, 2] {
        let voter = election.register(person, 1);
        election.cast(&voter, &[0]);
    }
    election
}

fn closed() -> Election {
    let mut election = voted();
    election.close();
    election
}

fn decrypted() -> Election {
    let mut election = closed();
    election.decrypt();
    election
}

fn document_of(text: &str) -> Document {
    Document::of(text.as_bytes()).unwrap()
}

/// Whether something is tried at an hour that its own rule allows, and not refused as `stage`.
fn allowed<T>(result: Result<T, Violation>) -> bool {
    !matches!(result, Err(violation) if violation.check == Check::Stage)
}

/// The actions that the stage allows, by name.
fn actions(make: Make) -> Vec<&'static str> {
    let reason = || Bilingual::new("사유", "reason");
    let later = UnixMillis::new(CLOSES_AT.get() + 3_600_000);
    let opening = open().state.ceremony().opening().unwrap();
    let all = [
        StaffAction::Create(document_of("m")),
        StaffAction::RestartCeremony(reason()),
        StaffAction::Open(opening),
        StaffAction::Pause(reason()),
        StaffAction::Resume(reason()),
        StaffAction::Extend(later),
        StaffAction::Withdraw(1, reason()),
        StaffAction::SoftwareChanged(document_of("s")),
        StaffAction::Annul(reason()),
        StaffAction::Close,
        StaffAction::Publish(document_of("r")),
        StaffAction::Ratify(document_of("d")),
        StaffAction::DestroyPseudonymKey,
        StaffAction::Notice(reason()),
        StaffAction::Roll(ClassIndex::new(0), 3),
    ];
    let names = all.into_iter().filter_map(|action| {
        let mut election = make();
        let name = action.name();
        allowed(election.staff(action)).then_some(name)
    });
    names.collect()
}

#[test]
fn staff_do_what_the_stage_allows_and_nothing_else() {
    let voting = [
        "extend",
        "withdraw",
        "software-changed",
        "annul",
        "close",
        "notice",
        "roll",
    ];
    let with = |one: &'static str| [&[one][..], &voting].concat();
    let expected: [(&str, Vec<&str>); 8] = [
        (
            "ceremony",
            vec![
                "restart-ceremony",
                "open",
                "withdraw",
                "annul",
                "notice",
                "roll",
            ],
        ),
        ("open", with("pause")),
        ("paused", with("resume")),
        ("closed", vec!["withdraw", "annul", "publish", "notice"]),
        ("decrypted", vec!["annul", "publish", "notice"]),
        (
            "published",
            vec!["annul", "ratify", "destroy-pseudonym-key", "notice"],
        ),
        ("ratified", vec!["annul", "destroy-pseudonym-key", "notice"]),
        ("annulled", vec!["destroy-pseudonym-key", "notice"]),
    ];
    for ((stage, make), (name, actions_allowed)) in STAGES.into_iter().zip(expected) {
        assert_eq!((stage, actions(make)), (name, actions_allowed));
    }
}

#[test]
fn a_notice_is_told_as_it_was_signed() {
    let mut election = voted();
    let stage = election.state.stage();
    let texts =
        [("연장", "extended"), ("점검", "inspection")].map(|(ko, en)| Bilingual::new(ko, en));
    for text in &texts {
        election.staff(StaffAction::Notice(text.clone())).unwrap();
    }
    let told = election.state.notices().iter().map(|notice| &notice.text);
    assert!(told.eq(&texts));
    assert_eq!(election.state.stage(), stage);
    let silent = election.staff(StaffAction::Notice(Bilingual::new("공지", " ")));
    assert_eq!(silent.unwrap_err().check, Check::Stage);
}

#[test]
fn a_roll_is_recorded_of_a_class_that_has_one() {
    let mut election = voted();
    let graduates = ClassIndex::new(0);
    assert_eq!(election.state.roll(graduates), None);
    for people in [1_200, 1_204] {
        let recorded = election.staff(StaffAction::Roll(graduates, people));
        recorded.unwrap();
        assert_eq!(election.state.roll(graduates), Some(people));
    }
    for without in [1, 9] {
        let recorded = election.staff(StaffAction::Roll(ClassIndex::new(without), 1));
        assert_eq!(recorded.unwrap_err().check, Check::Stage);
    }
}

#[test]
fn people_vote_and_trustees_speak_in_their_stages_only() {
    for (stage, make) in STAGES {
        let mut election = make();
        let newcomer = election.voter(7, 1, 0);
        let issued = allowed(election.try_issue(&newcomer));
        assert_eq!(issued, stage == "open", "a credential while {stage}");
        let spoiled = Body::Spoiled(TrackingCode::of(b"another"));
        let spoiled = allowed(election.append(spoiled));
        assert_eq!(spoiled, stage == "open", "a spoiled code while {stage}");
        if election.state.ballot_parameters().is_some() {
            let cast = allowed(election.try_cast(&newcomer));
            assert_eq!(cast, stage == "open", "a ballot while {stage}");
        }
        // A share of the trustee who has not spoken where the election is decrypted.
        let share = closed().shares_of(TrusteeId::new(3)).remove(0);
        let heard = allowed(election.append(share));
        let trustees_stage = ["ceremony", "closed", "decrypted"].contains(&stage);
        assert_eq!(heard, trustees_stage, "a share while {stage}");
    }
}

#[test]
fn the_pseudonym_key_is_destroyed_once() {
    let mut election = decrypted();
    election.publish(b"{}");
    election.staff(StaffAction::DestroyPseudonymKey).unwrap();
    assert!(election.state.pseudonym_key_destroyed());
    let again = election.staff(StaffAction::DestroyPseudonymKey);
    assert_eq!(check(again), Check::Stage);
}

#[test]
fn a_share_of_another_close_is_refused_though_its_trustee_signed_it() {
    let mut election = closed();
    let Body::Trustee(message) = election.shares_of(TrusteeId::new(1)).remove(0) else {
        unreachable!()
    };
    // version, kind; trustee u16, close index u64, close root.
    let share = &message[2..message.len() - 64];
    for at in [9, 10, 41] {
        let mut other = share.to_vec();
        other[at] ^= 1;
        let other = DecryptionShare::from_bytes(&other).unwrap();
        let body = election.trustee_message(other);
        assert_eq!(check(election.append(body)), Check::DecryptionShare);
    }
    election.append(Body::Trustee(message)).unwrap();
}

use super::*;
use crate::group::generator;
use crate::manifest::Bilingual;

fn every_action() -> Vec<StaffAction> {
    let document = Document::of(b"document").unwrap();
    let opening = Opening {
        election_key: generator(1),
        verifying_shares: vec![generator(2), generator(3)],
        ceremony: [4; 32],
    };
    vec![
        StaffAction::Create(document),
        StaffAction::RestartCeremony(Bilingual::new("수탁자 2", "trustee 2")),
        StaffAction::Open(opening),
        StaffAction::Pause(Bilingual::new("장애", "fault")),
        StaffAction::Resume(Bilingual::new("복구", "mended")),
        StaffAction::Extend(UnixMillis::new(5)),
        StaffAction::Withdraw(6, Bilingual::new("사업 철회", "withdrawn")),
        StaffAction::SoftwareChanged(document),
        StaffAction::Annul(Bilingual::new("무효", "void")),
        StaffAction::Close,
        StaffAction::Publish(document),
        StaffAction::Ratify(document),
        StaffAction::DestroyPseudonymKey,
        StaffAction::Notice(Bilingual::new("공지", "notice")),
        StaffAction::Roll(ClassIndex::new(1), 1_200),
    ]
}

fn staff() -> Vec<SecretKey> {
    (1..=3).map(|n| SecretKey::from_seed(&[n; 32])).collect()
}

fn signed(action: StaffAction, by: &[u16]) -> StaffEntry {
    let proposal = Proposal {
        number: 1,
        checkpoint: vec![],
        action,
    };
    let keys = staff();
    let sign = |p: &u16| {
        (
            *p,
            proposal.sign(&ElectionId::new([2; 32]), &keys[usize::from(*p)]),
        )
    };
    let signatures = by.iter().map(sign).collect();
    StaffEntry::new(proposal, signatures)
}

fn verify(entry: &StaffEntry) -> Result<(), StaffError> {
    let keys: Vec<_> = staff().iter().map(SecretKey::verify_key).collect();
    entry.verify(&ElectionId::new([2; 32]), &keys, 2)
}

#[test]
fn every_action_keeps_its_bytes_and_its_signatures() {
    for action in every_action() {
        let entry = signed(action, &[2, 0]);
        let decoded = StaffEntry::from_bytes(&entry.to_bytes()).unwrap();
        assert_eq!(decoded, entry);
        assert_eq!(decoded.signers().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(verify(&decoded), Ok(()));
    }
}

#[test]
fn one_person_is_not_two() {
    let once = StaffError::TooFew {
        found: 1,
        needed: 2,
    };
    assert_eq!(verify(&signed(StaffAction::Close, &[1])), Err(once.clone()));
    assert_eq!(verify(&signed(StaffAction::Close, &[1, 1])), Err(once));
}

#[test]
fn a_signature_serves_one_action_only() {
    let mut entry = signed(
        StaffAction::Pause(Bilingual::new("점검", "inspection")),
        &[0, 1],
    );
    entry.proposal.action = StaffAction::Annul(Bilingual::new("점검", "inspection"));
    assert_eq!(verify(&entry), Err(StaffError::Signature(0)));
    let mut entry = signed(StaffAction::Close, &[0, 1]);
    entry.proposal.number += 1;
    assert_eq!(verify(&entry), Err(StaffError::Signature(0)));
    let mut entry = signed(StaffAction::Close, &[0, 1]);
    entry.proposal.checkpoint = b"another".to_vec();
    assert_eq!(verify(&entry), Err(StaffError::Signature(0)));
}

#[test]
fn one_key_listed_twice_counts_once() {
    let key = SecretKey::from_seed(&[1; 32]);
    let proposal = Proposal {
        number: 0,
        checkpoint: vec![],
        action: StaffAction::Close,
    };
    let election = ElectionId::new([2; 32]);
    let signature = proposal.sign(&election, &key);
    let entry = StaffEntry::new(proposal, vec![(0, signature), (1, signature)]);
    let error = StaffError::TooFew {
        found: 1,
        needed: 2,
    };
    assert_eq!(
        entry.verify(&election, &[key.verify_key(); 2], 2),
        Err(error)
    );
}

use super::*;
use proptest::prelude::*;
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, UnixMillis};
use voting_core::manifest::{Manifest, testing};

fn session() -> Session {
    Session {
        election: ElectionId::new([1; 32]),
        pseudonym: Pseudonym::new([2; 32]),
        class: ClassIndex::new(3),
        expires_at: UnixMillis::new(1000),
    }
}

fn sessions(key: u8) -> Sessions {
    Sessions::new(&[key; 32]).unwrap()
}

#[test]
fn a_session_opens_until_it_expires_and_under_its_key_alone() {
    let sealed = sessions(1).seal(&session()).unwrap();
    let open = |key: u8, time| sessions(key).open(&sealed, UnixMillis::new(time));
    assert_eq!(open(1, 999), Ok(session()));
    assert_eq!(open(1, 1000), Err(SessionError::Expired));
    assert_eq!(open(2, 0), Err(SessionError::Invalid));
    assert_ne!(sessions(1).seal(&session()).unwrap(), sealed);
    assert!(!sealed.contains(&"02".repeat(8)));
}

#[test]
fn no_byte_of_a_session_can_be_changed() {
    let sealed = sessions(1).seal(&session()).unwrap();
    let now = UnixMillis::new(0);
    for position in 0..sealed.len() {
        let mut forged = sealed.clone().into_bytes();
        forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(sessions(1).open(&forged, now), Err(SessionError::Invalid));
    }
}

#[test]
fn the_demonstration_serves_demonstrations() {
    let mut document = testing::document(2, 1);
    let provider = Demonstration::new(&Manifest::new(document.clone()).unwrap()).unwrap();
    assert_eq!(
        provider
            .verify(b"{\"ci\":\"a\"}")
            .map(|ci| ci.reveal().to_owned()),
        Ok("a".into())
    );
    for wrong in [
        &b""[..],
        b"{}",
        b"{\"ci\":\"\"}",
        b"{\"ci\":1}",
        b"{\"ci\":\"a\",\"x\":1}",
    ] {
        assert_eq!(provider.verify(wrong).err(), Some(IdentityRefused));
    }
    document.demonstration = false;
    document.small_class_minimum = 3;
    let real = Manifest::new(document).unwrap();
    assert_eq!(Demonstration::new(&real).err(), Some(NotADemonstration));
}

proptest! {
    #[test]
    fn any_text_is_no_session(token in "[A-Za-z0-9_=-]{0,200}") {
        let opened = sessions(1).open(&token, UnixMillis::new(0));
        prop_assert_eq!(opened, Err(SessionError::Invalid));
    }
}

use super::*;
use crate::registry::Registry;
use proptest::prelude::*;
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, UnixMillis};
use voting_core::manifest::{Manifest, testing};

fn session() -> Session {
    Session {
        election: ElectionId::new([1; 32]),
        pseudonym: Pseudonym::new([2; 32]),
        class: ClassIndex::new(3),
        expires_at: UnixMillis::new(1000),
        id: [4; 16],
        device: Device::Kiosk,
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
fn a_session_says_where_it_was_opened() {
    for (device, shared) in [
        (Device::Own, false),
        (Device::Shared, true),
        (Device::Kiosk, true),
    ] {
        let opened = Session {
            device,
            ..session()
        };
        let sealed = sessions(1).seal(&opened).unwrap();
        let read = sessions(1).open(&sealed, UnixMillis::new(0)).unwrap();
        assert_eq!((read.device, device.is_shared()), (device, shared));
    }
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

#[tokio::test]
async fn the_demonstration_serves_demonstrations() {
    let mut document = testing::document(2, 1);
    let provider = Demonstration::new(&Manifest::new(document.clone()).unwrap()).unwrap();
    let now = UnixMillis::new(0);
    let Verified::Person(person) = provider.finish(b"{\"ci\":\"a\"}", now).await.unwrap() else {
        panic!("a person");
    };
    assert_eq!(person.ci.reveal(), "a");
    assert_eq!(person.ties.len(), 4);
    for wrong in [
        &b""[..],
        b"{}",
        b"{\"ci\":\"\"}",
        b"{\"ci\":1}",
        b"{\"ci\":\"a\",\"x\":1}",
    ] {
        assert!(matches!(
            provider.finish(wrong, now).await,
            Err(IdentityError::Refused)
        ));
    }
    document.demonstration = false;
    document.small_class_minimum = 3;
    let real = Manifest::new(document).unwrap();
    assert_eq!(Demonstration::new(&real).err(), Some(NotADemonstration));
}

async fn registry() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path()).await.unwrap();
    (folder, registry)
}

#[tokio::test]
async fn a_transaction_is_used_once_by_its_provider_within_its_time() {
    let (_folder, registry) = registry().await;
    let (one, other) = (ElectionId::new([1; 32]), ElectionId::new([2; 32]));
    let of = |key: u8, election| Transactions::new(&[key; 32], registry.clone(), election).unwrap();
    let ours = of(7, one);
    let started = |n: u8| Started {
        id: [n; 32],
        memory: vec![n].into(),
    };
    let now = UnixMillis::new(1_000);
    let token = ours.seal("oidc", started(1), now).unwrap();
    let refused = async |transactions: &Transactions, provider: &str, time: u64| {
        let taken = transactions
            .take(provider, &token, UnixMillis::new(time))
            .await;
        matches!(taken, Err(IdentityError::Refused))
    };
    assert!(refused(&ours, "agency", 1_000).await, "another provider's");
    assert!(
        refused(&of(7, other), "oidc", 1_000).await,
        "another election's"
    );
    assert!(
        refused(&of(8, one), "oidc", 1_000).await,
        "another gateway's"
    );
    assert!(
        refused(&ours, "oidc", 1_000 + 15 * 60_000).await,
        "too late"
    );
    let taken = ours
        .take("oidc", &token, UnixMillis::new(900_999))
        .await
        .unwrap();
    assert_eq!((taken.id, &taken.memory[..]), ([1; 32], &[1][..]));
    assert!(refused(&ours, "oidc", 1_000).await, "a second time");
    assert!(!token.contains(&"01".repeat(8)));
}

const PERSON: (Pseudonym, ClassIndex) = (Pseudonym::new([2; 32]), ClassIndex::new(1));

fn kiosk(registry: &Registry) -> Kiosk {
    let validity = std::time::Duration::from_secs(60);
    Kiosk::new(
        &[3; 32],
        &ElectionId::new([1; 32]),
        registry.clone(),
        validity,
    )
}

async fn typed(kiosk: &Kiosk, code: &str, now: u64) -> Result<Verified, IdentityError> {
    let evidence = serde_json::json!({ "code": code }).to_string();
    kiosk
        .finish(evidence.as_bytes(), UnixMillis::new(now))
        .await
}

async fn opens(kiosk: &Kiosk, code: &str, now: u64) -> bool {
    match typed(kiosk, code, now).await {
        Ok(Verified::Admitted(pseudonym, class)) => {
            assert_eq!((pseudonym, class), PERSON);
            true
        }
        Err(IdentityError::Refused) => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_kiosk_code_opens_once_however_it_is_typed() {
    let (_folder, registry) = registry().await;
    let kiosk = kiosk(&registry);
    let now = UnixMillis::new(0);
    let issue = async || kiosk.issue(PERSON, "desk", now).await.unwrap().code;
    let code = issue().await;
    assert_eq!(code.len(), 14);
    let sloppy = code
        .to_lowercase()
        .replace(' ', "-")
        .replace('0', "o")
        .replace('1', "l");
    assert!(opens(&kiosk, &sloppy, 59_999).await);
    assert!(!opens(&kiosk, &code, 0).await, "used");
    let code = issue().await;
    assert!(!opens(&kiosk, &code, 60_000).await, "too late");
    let newer = issue().await;
    assert!(!opens(&kiosk, &code, 0).await, "a newer one was issued");
    assert!(opens(&kiosk, &newer, 0).await);
    for wrong in [
        "",
        "AAAA",
        "AAAA AAAA AAAA A",
        "AAAA AAAA AAA?",
        "ㄱ",
        &"A".repeat(100),
    ] {
        assert!(!opens(&kiosk, wrong, 0).await, "{wrong}");
    }
}

#[tokio::test]
async fn a_kiosk_code_bears_five_wrong_guesses() {
    let (_folder, registry) = registry().await;
    let kiosk = kiosk(&registry);
    for (wrong_guesses, left) in [(4, true), (5, false)] {
        let code = kiosk
            .issue(PERSON, "desk", UnixMillis::new(0))
            .await
            .unwrap()
            .code;
        let last = code.chars().last().unwrap();
        let wrong = format!("{}{}", &code[..13], if last == 'A' { 'B' } else { 'A' });
        for _ in 0..wrong_guesses {
            assert!(!opens(&kiosk, &wrong, 0).await);
        }
        assert_eq!(opens(&kiosk, &code, 0).await, left);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_uses_a_code() {
    let (_folder, registry) = registry().await;
    let kiosk = kiosk(&registry);
    let code = kiosk
        .issue(PERSON, "desk", UnixMillis::new(0))
        .await
        .unwrap()
        .code;
    let tries = (0..20).map(|_| {
        let (kiosk, code) = (kiosk.clone(), code.clone());
        tokio::spawn(async move { opens(&kiosk, &code, 0).await })
    });
    let mut opened = 0;
    for tried in tries.collect::<Vec<_>>() {
        opened += usize::from(tried.await.unwrap());
    }
    assert_eq!(opened, 1);
}

#[test]
fn a_desk_is_known_by_its_token_alone() {
    let (token, line) = desk::draw("중구 1").unwrap();
    let (other, other_line) = desk::draw("중구 2").unwrap();
    let desks = Desks::new(&[other_line, line]).unwrap();
    let name = |token: &str| desks.of(token).map(Desk::name);
    assert_eq!(name(&token), Some("중구 1"));
    assert_eq!(name(&other), Some("중구 2"));
    assert_eq!(name(""), None);
    assert!(Desks::default().of(&token).is_none());
    assert_eq!(desk::draw(""), None);
    for wrong in ["", "a", "a:", "a:00", &format!(":{}", "0".repeat(64))] {
        assert!(Desks::new(&[wrong.to_owned()]).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_text_is_no_session(token in "[A-Za-z0-9_=-]{0,200}") {
        let opened = sessions(1).open(&token, UnixMillis::new(0));
        prop_assert_eq!(opened, Err(SessionError::Invalid));
    }
}

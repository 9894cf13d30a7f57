use super::*;
use proptest::prelude::*;
use voting_core::manifest::testing;

fn ci(text: &str) -> Ci {
    Ci::new(text).unwrap()
}

#[test]
fn a_pseudonym_is_the_hmac_of_length_prefixed_fields() {
    let (secret, election) = ([5; 32], ElectionId::new([6; 32]));
    let mut message = vec![0, 0, 0, 19];
    message.extend(b"hanpyo v1 pseudonym");
    message.extend([0, 0, 0, 32]);
    message.extend([6; 32]);
    message.extend([0, 0, 0, 3]);
    message.extend(b"abc");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
    let expected = ring::hmac::sign(&key, &message);
    let pseudonym = PseudonymKey::new(&secret).pseudonym(&election, &ci("abc"));
    assert_eq!(pseudonym.as_bytes(), expected.as_ref());
}

#[test]
fn pseudonyms_differ_by_person_election_and_key() {
    let of = |key: u8, election: u8, person: &str| {
        let key = PseudonymKey::new(&[key; 32]);
        key.pseudonym(&ElectionId::new([election; 32]), &ci(person))
    };
    assert_eq!(of(1, 1, "a"), of(1, 1, "a"));
    assert_ne!(of(1, 1, "a"), of(1, 1, "b"));
    assert_ne!(of(1, 1, "a"), of(1, 2, "a"));
    assert_ne!(of(1, 1, "a"), of(2, 1, "a"));
}

#[test]
fn a_roll_is_read_strictly_and_by_class() {
    let manifest = testing::manifest(3, 2);
    let key = PseudonymKey::new(&[1; 32]);
    let parse = |text: &str| Roll::parse(text, &manifest, &key);
    let roll = parse("hanpyo-roll v1\ncommittee\ta\ncommittee\tb\ncommittee\ta\n")
        .ok()
        .unwrap();
    assert_eq!(roll.len(), 2);
    let person = key.pseudonym(&manifest.election_id(), &ci("a"));
    assert!(roll.contains(ClassIndex::new(0), &person));
    assert!(!roll.contains(ClassIndex::new(1), &person));
    assert!(parse("hanpyo-roll v1\n").ok().unwrap().is_empty());
    for (text, line) in [
        ("", 1),
        ("hanpyo-roll v2\n", 1),
        ("hanpyo-roll v1\ncommittee a\n", 2),
        ("hanpyo-roll v1\ncommittee\ta\n\n", 3),
        ("hanpyo-roll v1\nnobody\ta\n", 2),
        ("hanpyo-roll v1\ncitizen\ta\n", 2),
        ("hanpyo-roll v1\ncommittee\t\n", 2),
    ] {
        assert_eq!(
            parse(text).err().map(|(found, _)| found),
            Some(line),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_a_roll_or_a_line_number(text in "(hanpyo-roll v1\n)?(\\PC|[\t\n]){0,80}") {
        let manifest = testing::manifest(2, 1);
        let roll = Roll::parse(&text, &manifest, &PseudonymKey::new(&[1; 32]));
        prop_assert!(roll.err().is_none_or(|(line, _)| line >= 1));
    }
}

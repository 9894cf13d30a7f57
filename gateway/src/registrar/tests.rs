use super::eligibility::judge;
use super::*;
use crate::identity::Ci;
use voting_core::manifest::{AgeLimit, Claim, Eligibility, testing};

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

fn rule(age: Option<u8>, claims: &[Claim]) -> Eligibility {
    Eligibility {
        area: testing::text("서울특별시", "Seoul"),
        claims: claims.to_vec(),
        age: age.map(|years| AgeLimit {
            years,
            on: testing::name("2027-08-02"),
        }),
    }
}

fn born(date: Option<&str>) -> Person {
    Person::new(ci("a")).with(None, date, None)
}

#[test]
fn age_is_counted_on_the_stated_day() {
    let rule = rule(Some(14), &[]);
    for (date, met) in [
        ("2013-08-02", true),
        ("2013-08-03", false),
        ("2030-01-01", false),
    ] {
        let unmet = judge(&rule, &born(Some(date)), &[]);
        assert_eq!(unmet.is_none(), met, "{date}");
        // What the provider verified is not for a desk to overrule.
        let unmet = judge(&rule, &born(Some(date)), &["age".into()]);
        assert_eq!(unmet.is_none(), met, "{date}");
        assert!(unmet.is_none_or(|unmet| !unmet.confirmable));
    }
    let unknown = judge(&rule, &born(None), &[]).unwrap();
    assert_eq!(
        (unknown.requirement, unknown.confirmable),
        (Requirement::Age, true)
    );
    assert_eq!(
        unknown.text,
        "Voters are at least 14 years old on 2027-08-02."
    );
    assert!(unknown.text_ko.contains("만 14세"));
    assert!(judge(&rule, &born(None), &["tie".into()]).is_some());
    assert_eq!(judge(&rule, &born(None), &["age".into()]), None);
}

#[test]
fn one_tie_of_those_named_is_enough() {
    let nothing = rule(None, &[]);
    let rule = rule(None, &[Claim::Residence, Claim::Work]);
    let mut person = born(None);
    let unmet = judge(&rule, &person, &[]).unwrap();
    assert_eq!(
        (unmet.requirement, unmet.confirmable),
        (Requirement::Tie, true)
    );
    assert_eq!(unmet.text, "Voters have a tie to Seoul: residence, work.");
    person.ties.insert(Claim::Study);
    assert!(judge(&rule, &person, &[]).is_some());
    person.ties.insert(Claim::Work);
    assert_eq!(judge(&rule, &person, &[]), None);
    assert_eq!(judge(&rule, &born(None), &["tie".into()]), None);
    assert_eq!(judge(&nothing, &born(None), &[]), None);
}

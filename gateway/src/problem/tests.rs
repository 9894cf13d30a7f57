use super::*;
use std::collections::BTreeSet;
use voting_core::receipt::Refusal;

#[test]
fn every_kind_has_its_own_name_and_sentences() {
    let names: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), ProblemKind::ALL.len());
    let sentences: BTreeSet<_> = ProblemKind::ALL
        .iter()
        .map(|k| k.text().detail_ko)
        .collect();
    assert_eq!(sentences.len(), ProblemKind::ALL.len());
    for kind in ProblemKind::ALL {
        let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(kind.name().chars().all(kebab), "{}", kind.name());
        assert!(kind.name().len() <= Refusal::MAX_REASON);
        assert!((400..600).contains(&kind.status()));
        let text = kind.text();
        assert!(text.title_ko.chars().any(|c| ('가'..='힣').contains(&c)));
        assert!(text.detail.ends_with('.') && text.detail_ko.ends_with('.'));
    }
}

#[test]
fn a_problem_is_a_problem_document() {
    let response = Problem::new(ProblemKind::Overloaded)
        .hint("queue")
        .into_response();
    assert_eq!(response.status(), 503);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(response.headers()["cache-control"], "no-store");
}

#[test]
fn each_way_not_to_decode_has_its_kind() {
    let too_long = DecodeError::TooLong {
        field: "ballot",
        length: 2,
        max: 1,
    };
    let unknown = DecodeError::Unknown {
        field: "version",
        value: 9,
    };
    for (error, name) in [
        (DecodeError::Truncated("ballot"), "truncated"),
        (DecodeError::Trailing(3), "trailing-bytes"),
        (too_long, "oversized"),
        (DecodeError::NotCanonical("scalar"), "non-canonical"),
        (DecodeError::Identity("commitment"), "non-canonical"),
        (unknown, "unknown-version"),
    ] {
        assert_eq!(Problem::from(error).kind.name(), name);
    }
}

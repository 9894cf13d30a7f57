//! What is and is not the JSON of a manifest.

use super::*;

/// The canonical bytes of `testing::manifest(2, 1)`.
const GOLDEN: &[u8] = include_bytes!("../../../tests/vectors/v1/manifest.json");
/// Computed with another BLAKE3 implementation.
const ELECTION_ID: &str = "cd9bfb6664a89fba5d2c8aa70ba8bcbe771df339ab80ff83b7b71ae7feae3a19";

fn golden() -> String {
    String::from_utf8(GOLDEN.to_vec()).unwrap()
}

fn path_of_refusal(json: &str) -> String {
    match Manifest::parse(json.as_bytes()) {
        Err(ManifestError::Json(problem)) => problem.path,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn canonical_bytes_and_election_id_are_fixed() {
    let m = manifest(2, 1);
    assert_eq!(String::from_utf8(m.to_canonical()).unwrap(), golden());
    assert_eq!(m.election_id().to_string(), ELECTION_ID);
}

#[test]
fn reading_back_gives_the_same_manifest() {
    for m in [manifest(2, 1), Manifest::new(rich()).unwrap()] {
        assert_eq!(Manifest::parse_canonical(m.canonical()).unwrap(), m);
        assert_eq!(Manifest::parse(m.canonical()).unwrap(), m);
    }
}

#[test]
fn spacing_and_order_are_free_for_staff_but_not_when_published() {
    let pretty = serde_json::to_vec_pretty(&*manifest(2, 1)).unwrap();
    assert_eq!(Manifest::parse(&pretty).unwrap(), manifest(2, 1));
    assert_eq!(
        Manifest::parse_canonical(&pretty),
        Err(ManifestError::NotCanonical(1))
    );
    for (from, to) in [
        (r#""threshold":2}"#, r#""threshold":2 }"#),
        ("Test vote", r"\u0054est vote"),
        (r#""share":"40""#, r#""share":"80/2""#),
        (r#""kind":"general""#, r#""field":null,"kind":"general""#),
    ] {
        let other = golden().replacen(from, to, 1);
        assert_ne!(other, golden(), "{from}");
        assert_eq!(Manifest::parse(other.as_bytes()).unwrap(), manifest(2, 1));
        let published = Manifest::parse_canonical(other.as_bytes());
        assert!(
            matches!(published, Err(ManifestError::NotCanonical(_))),
            "{to}"
        );
    }
}

#[test]
fn a_wrong_member_is_named_by_its_path() {
    for (from, to, path) in [
        (
            r#""cost":100000002"#,
            r#""cost":-1"#,
            "contests[0].projects[1].cost",
        ),
        (
            r#""cost":100000002"#,
            r#""cost":1.0"#,
            "contests[0].projects[1].cost",
        ),
        (
            r#""cost":100000002"#,
            r#""cost":10000000000001"#,
            "contests[0].projects[1].cost",
        ),
        (r#""id":"p2""#, r#""id":"""#, "contests[0].projects[1].id"),
        (
            r#""share":"40""#,
            r#""share":"101""#,
            "contests[0].rule.weighting.share.shares[0].share",
        ),
        (
            r#""policy":"skip""#,
            r#""policy":"most""#,
            "contests[0].rule.selection.fill.policy",
        ),
        (
            r#""budget":1000000000"#,
            r#""budget":"1""#,
            "contests[0].rule.selection.fill.scope.overall.budget",
        ),
        (
            r#""format":"hanpyo manifest v1""#,
            r#""format":"hanpyo manifest v2""#,
            "format",
        ),
        ("vote.example.org/test", "vote+example", "origin"),
        (
            r#""drain_ms":10000"#,
            r#""drain_ms":18446744073709551616"#,
            "schedule.drain_ms",
        ),
        (
            r#""threshold":2"#,
            r#""threshold":65536"#,
            "trustees.threshold",
        ),
    ] {
        let wrong = golden().replacen(from, to, 1);
        assert_ne!(wrong, golden(), "{from}");
        assert_eq!(path_of_refusal(&wrong), path, "{to}");
    }
}

#[test]
fn keys_that_are_no_keys_are_refused() {
    let d = document(2, 1);
    let log = d.keys.log.to_string();
    let small_order = format!("01{}", "0".repeat(62));
    for wrong in [&*small_order, &log.to_uppercase(), &log[2..], "zz"] {
        assert_eq!(
            path_of_refusal(&golden().replacen(&log, wrong, 1)),
            "keys.log"
        );
    }
    let point = d.trustees.members[1].encryption_key.to_string();
    let identity = "0".repeat(64);
    let not_canonical = format!("01{}", "f".repeat(62));
    for wrong in [&*identity, &not_canonical, &point.to_uppercase()] {
        let path = "trustees.members[1].encryption_key";
        assert_eq!(path_of_refusal(&golden().replacen(&point, wrong, 1)), path);
    }
}

#[test]
fn unknown_missing_and_repeated_members_are_refused() {
    for (from, to) in [
        (
            r#""demonstration":true"#,
            r#""demonstration":true,"demonstration":false"#,
        ),
        (
            r#""demonstration":true"#,
            r#""demonstration":true,"demonstratio\u006e":true"#,
        ),
        (r#""demonstration":true"#, r#""demonstration":true,"x":1"#),
        (r#""demonstration":true,"#, ""),
        (r#""kind":"general""#, r#""kind":"general","x":{}"#),
        (r#""max":1"#, r#""max":1,"max":1"#),
        (r#""threshold":2}"#, r#""threshold":2,}"#),
        (r#""empty":"spread""#, r#""empty":"spread","x":0"#),
    ] {
        let wrong = golden().replacen(from, to, 1);
        assert_ne!(wrong, golden(), "{from}");
        path_of_refusal(&wrong);
    }
    for wrong in [
        golden() + " {}",
        golden() + "x",
        format!("\u{feff}{}", golden()),
        "[]".into(),
        String::new(),
    ] {
        path_of_refusal(&wrong);
    }
}

#[test]
fn too_long_a_manifest_is_not_read() {
    let long = vec![b' '; MAX_BYTES + 1];
    assert_eq!(
        Manifest::parse(&long),
        Err(ManifestError::TooLong(MAX_BYTES + 1))
    );
}

#[test]
fn messages_stay_on_one_short_line() {
    let wrong = golden().replacen("demonstration", &format!("a\\n{}", "b".repeat(5_000)), 1);
    let Err(error) = Manifest::parse(wrong.as_bytes()) else {
        unreachable!("an unknown member")
    };
    let message = error.to_string();
    assert_eq!(message.lines().count(), 1);
    assert!(message.chars().count() < 700, "{message}");
}

proptest! {
    #[test]
    fn garbage_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Manifest::parse(&bytes).is_err());
    }

    #[test]
    fn a_changed_byte_never_panics_and_never_keeps_the_id(at in 0..GOLDEN.len(), byte: u8) {
        let mut bytes = GOLDEN.to_vec();
        bytes[at] = byte;
        if let Ok(m) = Manifest::parse_canonical(&bytes) {
            prop_assert_eq!(bytes == GOLDEN, m.election_id() == manifest(2, 1).election_id());
        }
    }

    #[test]
    fn a_part_cut_or_repeated_never_keeps_the_id(
        a in 0..GOLDEN.len(),
        b in 0..GOLDEN.len(),
        repeat: bool,
    ) {
        prop_assume!(a != b);
        let (a, b) = (a.min(b), a.max(b));
        let (head, tail) = if repeat { (b, a) } else { (a, b) };
        let bytes = [&GOLDEN[..head], &GOLDEN[tail..]].concat();
        if let Ok(m) = Manifest::parse_canonical(&bytes) {
            prop_assert_ne!(m.election_id(), manifest(2, 1).election_id());
        }
    }

    #[test]
    fn numbers_of_any_size_never_panic(which in 0usize..20, number: u64) {
        let mut value: serde_json::Value = serde_json::from_slice(GOLDEN).unwrap();
        let mut left = which;
        replace_number(&mut value, &mut left, number);
        let _checked = Manifest::parse(&serde_json::to_vec(&value).unwrap());
    }
}

/// Replaces the number that `left` others stand before.
fn replace_number(value: &mut serde_json::Value, left: &mut usize, number: u64) {
    match value {
        serde_json::Value::Number(n) => {
            if *left == 0 {
                *n = number.into();
            }
            *left = left.wrapping_sub(1);
        }
        serde_json::Value::Array(items) => items
            .iter_mut()
            .for_each(|v| replace_number(v, left, number)),
        serde_json::Value::Object(map) => map
            .values_mut()
            .for_each(|v| replace_number(v, left, number)),
        _ => {}
    }
}

use super::matching::Roll;
use super::table::Column;
use super::xlsx_file::check_unpacked;
use super::*;
use crate::identity::{Ci, Person};
use crate::registry::Registry;
use proptest::prelude::*;
use std::sync::Arc;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::testing;
use zeroize::Zeroizing;

fn key() -> RollKey {
    RollKey::new(&[1; 32], &ElectionId::new([2; 32]))
}

/// The vectors of docs/ROLLS.md.
#[test]
fn the_documented_vectors_hold() {
    let text = include_str!("../../../docs/ROLLS.md");
    let block = |name: &str| {
        let after = text.split(&format!("```{name}\n")).nth(1).unwrap();
        after
            .split("```")
            .next()
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut seen = 0;
    for line in block("vectors") {
        let [what, typed, form] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let typed = unescape(typed);
        let found = match what {
            "name" => normalise::name(&typed).map(|text| text.to_string()),
            "birth_date" => normalise::birth_date(&typed).map(|date| date.to_string()),
            "mobile" => normalise::mobile(&typed).map(|text| text.to_string()),
            _ => panic!("{line}"),
        };
        assert_eq!(found.as_deref().unwrap_or("-"), form, "{line}");
        seen += 1;
    }
    assert!(seen >= 30, "{seen}");
}

fn unescape(text: &str) -> String {
    let json = format!("\"{text}\"");
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_hash_is_an_hmac_of_length_prefixed_fields() {
    let mut message = vec![0, 0, 0, 18];
    message.extend(b"hanpyo v1 roll key");
    message.extend([0, 0, 0, 32]);
    message.extend([2; 32]);
    let hmac = |key: &[u8], message: &[u8]| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
        ring::hmac::sign(&key, message)
    };
    let roll_key = hmac(&[1; 32], &message);
    let mut message = vec![0, 0, 0, 21];
    message.extend(b"hanpyo v1 roll person");
    for field in ["홍길동", "1990-01-02", "01012345678"] {
        message.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        message.extend(field.as_bytes());
    }
    let expected = hmac(roll_key.as_ref(), &message);
    let found = key().person("홍길동", testing::name("1990-01-02"), "01012345678");
    assert_eq!(found.as_bytes(), expected.as_ref());
    let person = Person::new(Ci::new("a").unwrap());
    let whole = person.with(Some("홍 길동"), Some("19900102"), Some("+82 10-1234-5678"));
    assert_eq!(
        key().of(&whole),
        (key().ci(&Ci::new("a").unwrap()), Some(found))
    );
    let partly = Person::new(Ci::new("a").unwrap()).with(Some("홍길동"), None, Some("01012345678"));
    assert_eq!(key().of(&partly).1, None);
}

proptest! {
    #[test]
    fn a_form_is_its_own_form(typed in "\\PC{0,30}") {
        if let Some(name) = normalise::name(&typed) {
            let again = normalise::name(&name);
            prop_assert_eq!(again.as_deref(), Some(&*name));
        }
        if let Some(mobile) = normalise::mobile(&typed) {
            let again = normalise::mobile(&mobile);
            prop_assert_eq!(again.as_deref(), Some(&*mobile));
        }
    }

    #[test]
    fn a_number_is_found_however_it_is_typed(digits in "01[016789][0-9]{7,8}", at in 3_usize..8) {
        let expected = Some(digits.clone());
        let (head, tail) = digits.split_at(at);
        let wide = digits.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap());
        for typed in [
            format!("{head}-{tail}"),
            format!("+82 {head} {tail}").replacen(" 0", " ", 1),
            format!("+82 (0){}", &digits[1..]),
            wide.collect(),
        ] {
            let found = normalise::mobile(&typed).map(|text| text.to_string());
            prop_assert_eq!(&found, &expected, "{}", typed);
        }
    }
}

fn row(number: u64, ci: Option<u8>, person: Option<u8>) -> RollRow {
    RollRow {
        number,
        class: Some(ClassIndex::new(0)),
        outcome: Outcome::Accepted,
        ci: ci.map(|n| RollHash::new([n; 32])),
        person: person.map(|n| RollHash::new([n; 32])),
    }
}

fn judged(stored: &[RollRow], rows: &[(Option<u8>, Option<u8>)]) -> Vec<&'static str> {
    let mut rows: Vec<_> = (2..)
        .zip(rows)
        .map(|(n, (ci, person))| row(n, *ci, *person))
        .collect();
    let mut roll = Roll::with(stored);
    rows.iter().for_each(|row| roll.meet(row));
    rows.iter_mut().for_each(|row| roll.judge(row));
    rows.iter().map(|row| row.outcome.code()).collect()
}

#[test]
fn rows_that_contradict_each_other_weigh_nothing() {
    let (a, b, p, q) = (Some(1), Some(2), Some(11), Some(12));
    for (rows, expected) in [
        (&[(a, p), (b, q)][..], &["accepted", "accepted"][..]),
        (
            &[(a, p), (a, p), (a, None)],
            &["accepted", "same-ci", "same-ci"],
        ),
        (&[(None, p), (None, p)], &["accepted", "same-person"]),
        (&[(a, p), (None, p)], &["accepted", "same-person"]),
        (&[(None, p), (a, p)], &["same-person", "accepted"]),
        (&[(a, p), (a, q)], &["ci-of-several", "ci-of-several"]),
        (&[(a, p), (b, p)], &["accepted", "accepted"]),
        (
            &[(a, p), (b, p), (None, p)],
            &["accepted", "accepted", "person-of-several"],
        ),
    ] {
        assert_eq!(judged(&[], rows), expected, "{rows:?}");
    }
    let stored = [row(2, a, p), row(3, None, q)];
    for (rows, expected) in [
        (&[(a, p), (None, q)][..], &["same-ci", "same-person"][..]),
        (&[(a, q)], &["ci-of-several"]),
        (&[(b, p), (None, p)], &["accepted", "person-of-several"]),
    ] {
        assert_eq!(judged(&stored, rows), expected, "{rows:?}");
    }
}

async fn imported(bytes: &[u8], class: Option<&str>) -> Result<Imported, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path()).await.unwrap();
    let manifest = Arc::new(testing::manifest(3, 2));
    let class = class.map(|id| manifest.class_index(&testing::name(id)).unwrap());
    let order = Order {
        class,
        replace: false,
        keep: true,
        after: None,
    };
    let (ends, file) = ((&registry, &manifest), Zeroizing::new(bytes.to_vec()));
    import(ends, &key(), file, (order, UnixMillis::new(1))).await
}

fn codes(imported: &Imported) -> Vec<(u64, &'static str)> {
    let code = |row: &RollRow| (row.number, row.outcome.code());
    imported.rows.iter().map(code).collect()
}

const CSV: &str = "\u{feff}구분,이름,생년월일,휴대전화,CI,비고
committee,홍길동,1990-01-02,010-1234-5678,,
위원회,\"임꺽정\",1990.1.2,,ci-1,쓰지 않음

committee,홍 길 동,19900102,+82 10 1234 5678,,
committee,성춘향,1990-13-02,010-1111-2222,,
committee,성춘향,1990-12-02,02-111-2222,,
committee,?,1990-12-02,010-1111-2222,,
committee,성춘향,1990-12-02,,,
nobody,성춘향,1990-12-02,010-1111-2222,,
citizen,성춘향,1990-12-02,010-1111-2222,,
committee,성춘향,1990-12-02
";

const CODES: [(u64, &str); 10] = [
    (2, "accepted"),
    (3, "accepted"),
    (5, "same-person"),
    (6, "bad-birth-date"),
    (7, "bad-mobile"),
    (8, "bad-name"),
    (9, "incomplete"),
    (10, "unknown-class"),
    (11, "class-without-roll"),
    (12, "wrong-shape"),
];

#[tokio::test]
async fn every_row_of_a_csv_file_is_reported() {
    let read = imported(CSV.as_bytes(), None).await.unwrap();
    assert_eq!(codes(&read), CODES);
    assert_eq!(read.encoding, Some(Encoding::Utf8));
    let (cp949, _, lossy) = encoding_rs::EUC_KR.encode(&CSV[3..]);
    assert!(!lossy);
    let same = imported(&cp949, None).await.unwrap();
    assert_eq!(
        (same.encoding, &same.rows),
        (Some(Encoding::Cp949), &read.rows)
    );
    assert_eq!(read.count(Verdict::Malformed), 7);
}

#[tokio::test]
async fn a_workbook_reads_as_its_csv_does() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(CSV.trim_start_matches('\u{feff}').lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            let cell = cell.trim_matches('"');
            if !cell.is_empty() {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_number_with_format(1, 2, 32875, &date).unwrap();
    sheet.write_number(1, 3, 1_012_345_678).unwrap();
    sheet.write_string(20, 9, "한참 밖").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let read = imported(&bytes, None).await.unwrap();
    let csv = imported(CSV.as_bytes(), None).await.unwrap();
    let hashes = |read: &Imported| {
        read.rows
            .iter()
            .map(|r| (r.ci, r.person))
            .collect::<Vec<_>>()
    };
    assert_eq!(hashes(&read)[..9], hashes(&csv)[..9]);
    let mut expected = CODES.to_vec();
    // A short row of a sheet is one whose last cells are empty.
    expected[9].1 = "incomplete";
    expected.push((21, "wrong-shape"));
    assert_eq!(codes(&read), expected);
}

#[tokio::test]
async fn what_is_no_roll_is_refused_whole() {
    for (bytes, class, said) in [
        (&b""[..], "committee", "row 1: the file is empty"),
        (b"name,mobile\n", "committee", "row 1: a roll has"),
        (b"ci,CI\n", "committee", "row 1: two columns"),
        (b"ci\n\xff\xff\n", "committee", "neither UTF-8 nor CP949"),
        (b"ci\na\n", "citizen", "has no roll"),
        (b"PK\x03\x04ci\na\n", "committee", "workbook cannot be read"),
    ] {
        let refused = imported(bytes, Some(class)).await.err().unwrap();
        assert!(refused.to_string().contains(said), "{refused}");
    }
    let one = imported(b"ci\na\na\n", Some("committee")).await.unwrap();
    assert_eq!(codes(&one), [(2, "accepted"), (3, "same-ci")]);
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "ci").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    assert!(check_unpacked(&bytes, 1 << 20).is_ok());
    assert!(matches!(
        check_unpacked(&bytes, 1000),
        Err(TableError::TooLarge(_))
    ));
}

#[test]
fn headings_are_known_in_both_languages() {
    assert_eq!(Column::of("Birth Date"), Some(Column::BirthDate));
    assert_eq!(Column::of(" 휴대폰 번호 "), Some(Column::Mobile));
    assert_eq!(Column::of("비고"), None);
}

#[test]
fn outcomes_have_their_own_codes_and_sentences() {
    let codes: std::collections::BTreeSet<_> = Outcome::ALL.iter().map(|o| o.code()).collect();
    assert_eq!(codes.len(), Outcome::ALL.len());
    let text = include_str!("../../../docs/ROLLS.md");
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.code()), Some(*outcome));
        assert!(outcome.ko().ends_with('.') && outcome.en().ends_with('.'));
        assert!(
            text.contains(&format!("| `{}` |", outcome.code())),
            "{}",
            outcome.code()
        );
    }
}

//! What people get wrong with codes.

use super::*;
use proptest::prelude::*;

fn code(n: u32) -> TrackingCode {
    TrackingCode::of(&n.to_be_bytes())
}

fn parse(text: &str) -> Result<TrackingPrefix, ParseTrackingError> {
    text.parse()
}

#[test]
fn the_full_form_is_hexadecimal() {
    let code = code(7);
    let text = code.to_string();
    assert_eq!(text.len(), 64);
    assert_eq!(text.parse(), Ok(code));
    assert!(text.to_uppercase().parse::<TrackingCode>().is_err());
    assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{text}\""));
    assert_eq!(
        serde_json::from_str::<TrackingCode>(&format!("\"{text}\"")).unwrap(),
        code
    );
    assert_eq!(TrackingCode::from_bytes(&code.to_bytes()), Ok(code));
    assert_eq!(
        code.as_bytes(),
        &blake3::derive_key(tags::TRACKING_CODE, &7u32.to_be_bytes())
    );
}

#[test]
fn the_short_form_is_twenty_symbols_in_groups_of_four() {
    for n in 0..1000 {
        let text = code(n).prefix().to_string();
        let groups: Vec<_> = text.split('-').collect();
        assert_eq!(groups.len(), 5, "{text}");
        assert!(groups.iter().all(|group| group.len() == 4), "{text}");
        assert!(
            text.bytes().all(|b| b == b'-' || SYMBOLS.contains(&b)),
            "{text}"
        );
        assert_eq!(parse(&text), Ok(code(n).prefix()));
        assert!(parse(&text).unwrap().matches(&code(n)));
        assert!(!parse(&text).unwrap().matches(&code(n + 1)));
    }
}

#[test]
fn known_codes() {
    let cases = [
        ([0; 10], "0000-0000-0000-0000-JWD5"),
        ([0xff; 10], "ZZZZ-ZZZZ-ZZZZ-ZZZZ-T7JZ"),
        (
            [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf],
            "0123-4567-89AB-CDEF-HRKB",
        ),
    ];
    for (bytes, text) in cases {
        assert_eq!(TrackingPrefix::new(bytes).to_string(), text);
    }
    let code = TrackingCode::of(b"ballot");
    assert_eq!(
        code.to_string(),
        "4baa7300686573d3b1da823611eece170325b913bab008aeac9d2da0c406fe7a"
    );
    assert_eq!(code.prefix().to_string(), "9EN7-6038-CNSX-7CET-XMYJ");
}

#[test]
fn what_crockford_forgives_is_forgiven() {
    // A code that has both a 0 and a 1.
    let prefix = (0..).map(|n| code(n).prefix());
    let has_both = |text: &String| text.contains('0') && text.contains('1');
    let text = prefix
        .map(|prefix| prefix.to_string())
        .find(has_both)
        .unwrap();
    let prefix = parse(&text).unwrap();
    let forms = [
        text.to_lowercase(),
        text.replace('-', ""),
        text.replace('-', " "),
        format!("  {text} - "),
        text.replace('1', "I").replace('0', "O"),
        text.replace('1', "l").replace('0', "o"),
        text.replace('1', "i").replace('-', "--"),
    ];
    for form in forms {
        assert_eq!(parse(&form), Ok(prefix), "{form}");
    }
}

#[test]
fn what_is_no_code_is_told_apart() {
    let text = code(1).prefix().to_string();
    assert_eq!(parse(""), Err(ParseTrackingError::Length(0)));
    assert_eq!(parse(&text[..23]), Err(ParseTrackingError::Length(19)));
    assert_eq!(
        parse(&format!("{text}0")),
        Err(ParseTrackingError::Length(21))
    );
    assert_eq!(parse(&"-".repeat(64)), Err(ParseTrackingError::Length(0)));
    assert_eq!(parse(&"0".repeat(64)), Err(ParseTrackingError::Length(64)));
    assert_eq!(parse(&"0".repeat(65)), Err(ParseTrackingError::TooLong));
    assert_eq!(
        parse(&"가".repeat(1_000_000)),
        Err(ParseTrackingError::TooLong)
    );
    for found in ['U', 'u', '*', '~', '$', '=', '_', '\n', '０', '가'] {
        let wrong = format!("{found}{}", &text[1..]);
        assert_eq!(
            parse(&wrong),
            Err(ParseTrackingError::Symbol { position: 1, found })
        );
        let wrong = format!("{}{found}", &text[..23]);
        assert_eq!(
            parse(&wrong),
            Err(ParseTrackingError::Symbol {
                position: 20,
                found
            })
        );
    }
}

/// The chance that a wrong code passes is 2^-20. The codes here are fixed, so the counts are too.
#[test]
fn one_wrong_character_is_noticed() {
    for n in 0..40 {
        let text = code(n).prefix().to_string().replace('-', "");
        for at in 0..text.len() {
            for symbol in SYMBOLS.map(char::from) {
                let wrong = format!("{}{symbol}{}", &text[..at], &text[at + 1..]);
                if wrong != text {
                    assert_eq!(parse(&wrong), Err(ParseTrackingError::Checksum), "{wrong}");
                }
            }
        }
    }
}

#[test]
fn two_characters_swapped_are_noticed() {
    let (mut tries, mut unnoticed) = (0, 0);
    for n in 0..50_000 {
        let text = code(n).prefix().to_string().replace('-', "");
        for at in 1..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong.swap(at - 1, at);
            let wrong = String::from_utf8(wrong).unwrap();
            if wrong != text {
                tries += 1;
                unnoticed += u32::from(parse(&wrong) != Err(ParseTrackingError::Checksum));
            }
        }
    }
    assert!(tries > 900_000 && unnoticed < 4, "{unnoticed} of {tries}");
}

proptest! {
    #[test]
    fn every_prefix_comes_back(bytes: [u8; 10]) {
        let prefix = TrackingPrefix::new(bytes);
        prop_assert_eq!(parse(&prefix.to_string()), Ok(prefix));
        let json = serde_json::to_string(&prefix).unwrap();
        prop_assert_eq!(serde_json::from_str::<TrackingPrefix>(&json).unwrap(), prefix);
    }

    #[test]
    fn garbage_is_refused_without_panic(text in ".{0,80}", symbols in "[0-9A-Za-z -]{18,26}") {
        let _ = (text.parse::<TrackingPrefix>(), text.parse::<TrackingCode>());
        if let Ok(prefix) = parse(&symbols) {
            prop_assert_eq!(parse(&prefix.to_string()), Ok(prefix));
        }
    }
}

use super::*;

const RULE: &str = r#"{"conflicts":[{"projects":["p1","p2"]}],"minimum":{"share_of_voters":"1/100"},"selection":{"fill":{"policy":{"partial":{"from":"4/5"}},"scope":{"fields_then_rest":{"allocations":{"amounts":[{"amount":500,"field":"park"}]},"leftovers":"join_rest","rest":1000}}}},"ties":["cost_asc",{"lot":{"order":["p2","p1"]}}],"weighting":{"share":{"base":"marks","empty":"spread","shares":[{"class":"citizen","share":"50"},{"class":"committee","share":"25/2"}]}}}"#;

fn canonical(rule: &Rule) -> String {
    String::from_utf8(serde_json_canonicalizer::to_vec(rule).unwrap()).unwrap()
}

#[test]
fn json_round_trip() {
    let rule: Rule = serde_json::from_str(RULE).unwrap();
    assert_eq!(canonical(&rule), RULE);
}

#[test]
fn unknown_and_repeated_members_are_refused_everywhere() {
    for (from, to) in [
        (r#""from":"4/5""#, r#""from":"4/5","x":1"#),
        (r#""rest":1000"#, r#""rest":1000,"x":1"#),
        (r#""rest":1000"#, r#""rest":1000,"rest":1000"#),
        (r#""field":"park""#, r#""field":"park","x":1"#),
        (r#""base":"marks""#, r#""base":"marks","x":1"#),
        (r#""order":["p2","p1"]"#, r#""order":["p2","p1"],"x":1"#),
        (r#""ties":"#, r#""tied":[],"ties":"#),
        (r#""cost_asc""#, r#"{"cost_asc":{}}"#),
        (r#""join_rest""#, r#""keep""#),
    ] {
        assert!(RULE.contains(from), "{from}");
        let wrong = RULE.replacen(from, to, 1);
        assert!(serde_json::from_str::<Rule>(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn ratios_are_read_in_any_terms_and_written_in_lowest() {
    for (text, lowest) in [("15", "15"), ("30/100", "3/10"), ("0", "0"), ("4/2", "2")] {
        assert_eq!(text.parse::<Ratio>().unwrap().to_string(), lowest);
    }
    assert_eq!(
        "25/2".parse::<Percent>().unwrap().to_big().to_string(),
        "1/8"
    );
}

#[test]
fn wrong_ratios_are_refused() {
    use ParseRatioError::*;
    for (text, error) in [
        ("", Form),
        ("-1", Form),
        ("+1", Form),
        ("1.5", Form),
        (" 1", Form),
        ("01", Form),
        ("1/", Form),
        ("/2", Form),
        ("1/2/3", Form),
        ("1/0", ZeroDenominator),
        ("1000000000001", TooLarge),
        ("99999999999999999999", TooLarge),
    ] {
        assert_eq!(text.parse::<Ratio>(), Err(error), "{text:?}");
    }
    assert_eq!("201/2".parse::<Percent>(), Err(Over100));
    assert!("100".parse::<Percent>().is_ok());
}

#[test]
fn money_is_bounded() {
    assert_eq!(
        serde_json::from_str::<Won>("10000000000000").unwrap(),
        Won::MAX
    );
    for wrong in ["10000000000001", "-1", "1.0", "1e3", "\"5\"", "-0"] {
        assert!(serde_json::from_str::<Won>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Won::MAX.checked_add(Won::new(1).unwrap()), None);
    assert_eq!(Won::sum([Won::MAX, Won::ZERO]), Some(Won::MAX));
}

#[test]
fn names_are_bounded() {
    for wrong in ["", " a", "a\n", "a\u{0}", &"a".repeat(129)] {
        assert!(wrong.parse::<ProjectId>().is_err(), "{wrong:?}");
    }
    let wide: FieldId = "zieleń miejska".parse().unwrap();
    assert!(!wide.is_plain());
    assert!("B-1.2_x".parse::<ProjectId>().unwrap().is_plain());
}

#[test]
fn the_lot_is_as_documented() {
    let seed = LotSeed::new([7; 32]);
    let contest: ContestId = "citywide".parse().unwrap();
    let ids: Vec<ProjectId> = ["p1", "p2", "p3", "p4"].map(|p| p.parse().unwrap()).into();
    let order: Vec<_> = seed
        .order(&contest, &ids)
        .iter()
        .map(|p| p.as_str())
        .collect();
    assert_eq!(order, LOT_ORDER);
    assert_eq!(seed.commitment().to_string(), LOT_COMMITMENT);

    assert_eq!(seed.reveal().parse::<LotSeed>().unwrap(), seed);
    assert!(!format!("{seed:?}").contains(&seed.reveal()));

    // The order of the input does not matter, and dropping a project moves no other.
    let mut fewer: Vec<_> = ids.iter().rev().filter(|p| p.as_str() != "p2").collect();
    fewer = seed.order(&contest, fewer);
    let expected: Vec<_> = LOT_ORDER.into_iter().filter(|p| *p != "p2").collect();
    assert_eq!(
        fewer.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
        expected
    );
}

// Computed with another BLAKE3 implementation.
const LOT_ORDER: [&str; 4] = ["p3", "p2", "p4", "p1"];
const LOT_COMMITMENT: &str = "8fff12f6786c62789ad7e7be4421281511672c89a169805a9c99b843769a9668";

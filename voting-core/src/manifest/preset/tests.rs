use super::*;
use crate::manifest::testing::{document, name, text, won};
use crate::manifest::{Document, Kind, LimitScope, Project};
use crate::rule::{SmallClass, Weighting};
use proptest::prelude::*;
use serde_json::json;

const SEOUL_2014: &str = include_str!("../../../../docs/samples/presets/seoul-2014.json");
const SEOUL_2015: &str = include_str!("../../../../docs/samples/presets/seoul-2015.json");
const SEOUL_2017: &str = include_str!("../../../../docs/samples/presets/seoul-2017.json");
const SEOUL_2018: &str = include_str!("../../../../docs/samples/presets/seoul-2018.json");
const SEOUL_2019: &str = include_str!("../../../../docs/samples/presets/seoul-2019.json");
const SEOUL_2020: &str = include_str!("../../../../docs/samples/presets/seoul-2020.json");
const DISTRICT_2025: &str = include_str!("../../../../docs/samples/presets/district-2025.json");
const ALL: [&str; 7] = [
    SEOUL_2014,
    SEOUL_2015,
    SEOUL_2017,
    SEOUL_2018,
    SEOUL_2019,
    SEOUL_2020,
    DISTRICT_2025,
];

fn preset(json: &str) -> Preset {
    Preset::parse(json.as_bytes()).unwrap()
}

/// The preset with everything that no source could know entered: keys, schedule, projects, titles.
/// `projects` are spread evenly over the lists and fields that the preset or `own` names.
fn prepared(json: &str, projects: usize, own: &[(&str, Value)]) -> Preset {
    let mut p = preset(json);
    for i in 0..p.questions().len() {
        p.confirm(i).unwrap();
    }
    for (path, value) in own {
        p.enter(path, value.clone()).unwrap();
    }
    let sample = serde_json::to_value(document(2, 1)).unwrap();
    for path in p.missing() {
        let value = match path.as_str() {
            "contests[0].projects" => spread(&p, projects),
            "small_class_minimum" => json!(50),
            _ if path.ends_with("title") => json!(text("이름", "Name")),
            _ if path.ends_with("small") => json!(SmallClass::Refuse),
            _ => at(&sample, &path).clone(),
        };
        if !value.is_null() {
            p.enter(&path, value).unwrap();
        }
    }
    p
}

/// The member of the sample at the same path, or null.
fn at<'a>(sample: &'a Value, path: &str) -> &'a Value {
    let pointer = path.replace(['.', '['], "/").replace(']', "");
    sample
        .pointer(&format!("/{pointer}"))
        .unwrap_or(&Value::Null)
}

fn spread(p: &Preset, projects: usize) -> Value {
    let contest = &p.manifest.0["contests"][0];
    let id_of = |parts: &Value, i: usize| {
        let parts = parts.as_array().filter(|parts| !parts.is_empty())?;
        Some(name(parts[i % parts.len()]["id"].as_str()?))
    };
    let made: Vec<Project> = document(projects, 1).contests[0]
        .projects
        .iter()
        .enumerate()
        .map(|(i, project)| Project {
            list: id_of(&contest["lists"], i).map(|id: String| name(&id)),
            field: id_of(&contest["fields"], i).map(|id: String| name(&id)),
            cost: won(100_000_000),
            kind: Kind::Event,
            ..project.clone()
        })
        .collect();
    json!(made)
}

/// What staff of most years must decide beside the figures.
fn decided(p: &str, projects: usize, more: &[(&str, Value)]) -> Preset {
    let mut own: Vec<(&str, Value)> = vec![
        ("contests[0].rule.weighting.share.base", json!("marks")),
        ("contests[0].rule.weighting.share.empty", json!("refuse")),
        ("contests[0].cost_caps", json!({})),
        ("contests[0].lists", json!([])),
        ("contests[0].fields", json!([])),
    ];
    let open = preset(p).missing();
    own.retain(|(path, _)| open.iter().any(|o| o == path));
    own.extend_from_slice(more);
    prepared(p, projects, &own)
}

fn shares(document: &Document) -> Vec<(String, String)> {
    let Weighting::Share { shares, .. } = &document.contests[0].rule.weighting else {
        unreachable!("real years weigh by share")
    };
    let text = |s: &crate::rule::ClassShare| (s.class.to_string(), s.share.to_string());
    shares.iter().map(text).collect()
}

#[test]
fn no_preset_is_a_manifest_before_staff_complete_it() {
    for json in ALL {
        let p = preset(json);
        let missing = p.missing();
        assert_eq!(p.complete(), Err(PresetError::Incomplete(missing.clone())));
        for always in ["keys", "trustees", "contests[0].projects", "confirm[0]"] {
            assert!(missing.iter().any(|path| path == always), "{always}");
        }
        let bare = serde_json::to_vec(&p.manifest).unwrap();
        assert!(Manifest::parse(&bare).is_err());
    }
}

#[test]
fn figures_that_no_source_has_are_not_invented() {
    for (json, unknown) in [
        (
            SEOUL_2014,
            "contests[0].rule.weighting.share.shares[0].share",
        ),
        (SEOUL_2015, "contests[0].picks.min"),
        (SEOUL_2015, "contests[0].fields[7].id"),
        (SEOUL_2017, "contests[0].picks.max"),
        (SEOUL_2018, "contests[0].rule.selection"),
        (SEOUL_2019, "contests[0].lists[1].picks.min"),
        (SEOUL_2020, "contests[0].rule.weighting"),
        (SEOUL_2020, "contests[0].rule.selection.bottom_cut.percent"),
        (SEOUL_2020, "classes"),
        (DISTRICT_2025, "contests[0].picks.max"),
    ] {
        assert!(
            preset(json).missing().contains(&unknown.to_owned()),
            "{unknown}"
        );
    }
}

#[test]
fn seoul_2014_is_exactly_168_of_560() {
    let p = decided(
        SEOUL_2014,
        560,
        &[
            (
                "contests[0].rule.weighting.share.shares[0].share",
                json!("50"),
            ),
            (
                "contests[0].rule.weighting.share.shares[1].share",
                json!("50"),
            ),
            ("classes[1].admission", json!("roll")),
        ],
    );
    let m = p.complete().unwrap();
    assert_eq!((m.limits()[0].min, m.limits()[0].max), (168, 168));
    assert_eq!(m.limits()[0].slack_weights(), [0; 0]);
    assert_eq!(m.limits()[0].members.len(), 560);
}

#[test]
fn seoul_2015_is_at_most_one_a_field() {
    let names = ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"];
    let paths: Vec<_> = (0..8)
        .map(|i| format!("contests[0].fields[{i}].id"))
        .collect();
    let mut own: Vec<_> = paths
        .iter()
        .map(String::as_str)
        .zip(names.map(|n| json!(n)))
        .collect();
    let group = crate::manifest::testing::keys().offline_group.verify_key();
    own.push(("offline_groups[0].key", json!(group)));
    own.push(("contests[0].picks.min", json!(5)));
    let m = decided(SEOUL_2015, 54, &own).complete().unwrap();
    assert_eq!((m.limits()[0].min, m.limits()[0].max), (5, 5));
    let fields = &m.limits()[1..];
    assert_eq!(fields.len(), 8);
    assert!(fields.iter().all(|l| (l.min, l.max) == (0, 1)));
    assert_eq!(m.offline_groups[0].id.as_str(), "survey");
    let expected = [("committee", "45"), ("citizen", "45"), ("survey", "10")];
    assert_eq!(shares(&m), expected.map(|(c, s)| (c.into(), s.into())));
}

#[test]
fn seoul_2017_needs_the_number_of_picks() {
    let p = decided(SEOUL_2017, 239, &[("contests[0].picks.max", json!(20))]);
    let expected = [("citizen", "50"), ("committee", "40"), ("graduate", "10")];
    let m = p.complete().unwrap();
    assert_eq!(shares(&m), expected.map(|(c, s)| (c.into(), s.into())));
    assert_eq!(m.classes.len(), 3);
}

#[test]
fn seoul_2018_and_2019_are_of_four_classes() {
    let expected = [
        ("citizen", "50"),
        ("committee", "30"),
        ("proposer", "10"),
        ("graduate", "10"),
    ];
    let expected = expected.map(|(c, s)| (c.into(), s.into()));
    let m = decided(SEOUL_2018, 148, &[]).complete().unwrap();
    assert_eq!(m.limits()[0].max, 10);
    assert_eq!(shares(&m), expected);

    let no_least = [
        "contests[0].lists[0].picks.min",
        "contests[0].lists[1].picks.min",
    ];
    let m = decided(SEOUL_2019, 101, &no_least.map(|path| (path, json!(0))))
        .complete()
        .unwrap();
    let maxima: Vec<_> = m.limits().iter().map(|l| (l.scope, l.max)).collect();
    let lists = [
        LimitScope::Overall,
        LimitScope::List(0),
        LimitScope::List(1),
    ];
    assert_eq!(
        maxima,
        lists.into_iter().zip([10, 7, 3]).collect::<Vec<_>>()
    );
    assert_eq!(shares(&m), expected);
}

#[test]
fn seoul_2020_cuts_each_list_and_caps_costs() {
    let names: Vec<_> = (0..10)
        .map(|i| format!("contests[0].fields[{i}].id"))
        .collect();
    let ids = (1..=10).map(|i| json!(format!("f{i}")));
    let mut own: Vec<_> = names.iter().map(String::as_str).zip(ids).collect();
    let sample = document(2, 1);
    own.extend([
        ("classes", json!(sample.classes)),
        (
            "contests[0].rule.weighting",
            json!(sample.contests[0].rule.weighting),
        ),
        ("contests[0].rule.selection.bottom_cut.percent", json!("15")),
        (
            "contests[0].rule.selection.bottom_cut.bound",
            json!("at_most"),
        ),
        ("contests[0].lists[0].picks.min", json!(0)),
        ("contests[0].lists[1].picks.min", json!(0)),
    ]);
    let m = decided(SEOUL_2020, 97, &own).complete().unwrap();
    assert_eq!(m.contests[0].cost_caps, sample.contests[0].cost_caps);
    assert_eq!(m.contests[0].lists[1].title.ko, "광역협치형");
    assert_eq!(m.contests[0].fields.len(), 10);
}

#[test]
fn a_district_is_its_citizens_alone() {
    let p = decided(DISTRICT_2025, 42, &[("contests[0].picks.max", json!(5))]);
    assert_eq!(
        shares(&p.complete().unwrap()),
        [("citizen".into(), "100".into())]
    );
}

#[test]
fn only_what_is_missing_can_be_entered() {
    let mut p = preset(SEOUL_2018);
    for wrong in [
        "contests[0].picks.max",
        "contests[1].picks",
        "contests",
        "",
        "x",
        "keys.log",
    ] {
        let refused = p.enter(wrong, json!(1));
        assert_eq!(refused, Err(PresetError::NotMissing(wrong.into())));
    }
    assert!(p.confirm(99).is_err());
    p.enter("keys", json!({"log": null})).unwrap();
    assert!(p.missing().contains(&"keys.log".to_owned()));
}

#[test]
fn what_is_entered_is_checked_as_in_any_manifest() {
    let p = decided(SEOUL_2018, 5, &[]);
    let Err(PresetError::Manifest(error)) = p.complete() else {
        unreachable!("10 of 5 cannot be chosen")
    };
    assert!(error.to_string().starts_with("contests[0].picks.max: "));
}

#[test]
fn presets_are_strict() {
    for (from, to) in [
        (r#""confirmed": null"#, r#""confirmed": false"#),
        (r#""confirmed": null"#, r#""confirmed": null, "x": 1"#),
        (r#""origin": null"#, r#""origin": null, "origin": "a""#),
        (r#""max": 10"#, r#""max": -10"#),
        (r#""max": 10"#, r#""max": 10.5"#),
        ("preset v1", "preset v2"),
    ] {
        let wrong = SEOUL_2018.replacen(from, to, 1);
        assert_ne!(wrong, SEOUL_2018, "{from}");
        assert!(Preset::parse(wrong.as_bytes()).is_err(), "{to}");
    }
}

proptest! {
    #[test]
    fn a_changed_byte_never_panics(at in 0..SEOUL_2020.len(), byte: u8) {
        let mut bytes = SEOUL_2020.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(p) = Preset::parse(&bytes) {
            prop_assert!(p.complete().is_err());
        }
    }
}

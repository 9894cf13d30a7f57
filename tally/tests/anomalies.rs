//! The known fraud stands out; clean files are quiet.

mod support;

use tally::anomaly::{DEFAULT_MINIMUM, file_strata, shares};
use tally::pb;

/// Subsets of the columns that say who voted and how.
const COLUMNS: [&[&str]; 6] = [
    &["age"],
    &["sex"],
    &["voting_method"],
    &["age", "sex"],
    &["age", "voting_method"],
    &["sex", "voting_method"],
];

#[test]
fn only_the_known_fraud_is_reported() {
    for (name, bytes) in support::files() {
        let text = String::from_utf8(bytes).unwrap();
        let file = pb::parse(&text, &pb::Options::new(&name)).unwrap();
        let projects: Vec<String> = file.projects.iter().map(|p| p.id.to_string()).collect();
        for columns in COLUMNS {
            let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
            let Ok(strata) = file_strata(&file, &columns) else {
                continue;
            };
            let report = shares(&projects, &strata, DEFAULT_MINIMUM);
            let fraud = name == "Poland_Wroclaw_2025_Local.pb" && columns[0] == "age";
            for found in &report.findings {
                assert!(fraud, "{name}: {found:?}");
                assert_eq!(found.project, "208");
                assert!(found.stratum.starts_with("age 90-99"));
            }
            assert_eq!(fraud, !report.findings.is_empty(), "{name} {columns:?}");
            if columns == ["age", "voting_method"] && fraud {
                let found = &report.findings[0];
                assert_eq!(found.stratum, "age 90-99, voting_method internet");
                let number = |text: &str| pb::Decimal::parse(text).unwrap();
                let next = &found.next.as_ref().unwrap().1;
                assert!(number(&found.z) > number("100"), "{}", found.z);
                assert!(number(next) < number("5"), "{next}");
            }
        }
    }
}

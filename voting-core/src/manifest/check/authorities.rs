//! Trustees, staff, witnesses and keys.

use super::{MAX_TITLE_CHARS, Report};
use crate::keys::VerifyKey;
use crate::manifest::Document;
use std::collections::BTreeMap;

/// The most trustees, staff members or witnesses.
const MAX_MEMBERS: usize = 64;

pub(super) fn check(document: &Document, report: &mut Report) {
    check_trustees(document, report);
    check_staff(document, report);
    check_witnesses(document, report);
    check_keys(document, report);
}

fn check_trustees(document: &Document, report: &mut Report) {
    let trustees = &document.trustees;
    let members = &trustees.members;
    report.count("trustees.members", members.len(), 2, MAX_MEMBERS);
    report.require(
        (2..=members.len()).contains(&usize::from(trustees.threshold)),
        "trustees.threshold",
        "must be at least 2 and at most the number of trustees",
    );
    check_names("trustees.members", members.iter().map(|t| &*t.name), report);
    report.unique(
        "trustees.members",
        "encryption_key",
        members.iter().map(|t| t.encryption_key.as_bytes()),
    );
}

fn check_staff(document: &Document, report: &mut Report) {
    let staff = &document.staff;
    // All of them may sign one action.
    report.count(
        "staff.members",
        staff.members.len(),
        2,
        crate::staff::MAX_SIGNATURES,
    );
    report.require(
        (2..=staff.members.len()).contains(&usize::from(staff.required)),
        "staff.required",
        "must be at least 2 and at most the number of staff members",
    );
    check_names(
        "staff.members",
        staff.members.iter().map(|m| &*m.name),
        report,
    );
}

fn check_names<'a>(list: &str, names: impl Iterator<Item = &'a str> + Clone, report: &mut Report) {
    report.unique(list, "name", names.clone());
    for (i, name) in names.enumerate() {
        report.text(format_args!("{list}[{i}].name"), name, MAX_TITLE_CHARS);
    }
}

fn check_witnesses(document: &Document, report: &mut Report) {
    let witnesses = &document.witnesses;
    let count = witnesses.members.len();
    report.count("witnesses.members", count, 0, MAX_MEMBERS);
    // Two quorums must share a witness, who would not cosign two logs.
    let majority = if count == 0 { 0 } else { count / 2 + 1 };
    report.require(
        (majority..=count).contains(&usize::from(witnesses.quorum)),
        "witnesses.quorum",
        "must be more than half of the witnesses and at most all of them, or 0 without any",
    );
    let names = witnesses.members.iter().map(|w| &w.name);
    report.unique("witnesses.members", "name", names);
    for (i, witness) in witnesses.members.iter().enumerate() {
        let path = format_args!("witnesses.members[{i}].name");
        let differs = witness.name != document.origin;
        report.require(differs, path, "is the log's origin");
    }
}

/// Nobody plays two roles with one key.
fn check_keys(document: &Document, report: &mut Report) {
    let mut seen: BTreeMap<VerifyKey, String> = BTreeMap::new();
    for (path, key) in all_keys(document) {
        match seen.get(&key) {
            Some(earlier) => report.require(false, path, format_args!("is also {earlier}")),
            None => {
                seen.insert(key, path);
            }
        }
    }
}

fn all_keys(document: &Document) -> Vec<(String, VerifyKey)> {
    let keys = &document.keys;
    let mut all = vec![
        ("keys.registrar".into(), keys.registrar),
        ("keys.log".into(), keys.log),
        ("keys.ballot_box".into(), keys.ballot_box),
    ];
    all.extend(
        keys.countersigner
            .map(|key| ("keys.countersigner".into(), key)),
    );
    let mut list = |list: &str, member: &str, keys: &mut dyn Iterator<Item = VerifyKey>| {
        let at = |(i, key)| (format!("{list}[{i}].{member}"), key);
        all.extend(keys.enumerate().map(at));
    };
    let members = &document.trustees.members;
    list(
        "trustees.members",
        "signing_key",
        &mut members.iter().map(|t| t.signing_key),
    );
    let members = &document.staff.members;
    list("staff.members", "key", &mut members.iter().map(|m| m.key));
    let members = &document.witnesses.members;
    list(
        "witnesses.members",
        "key",
        &mut members.iter().map(|w| w.key),
    );
    let groups = &document.offline_groups;
    list("offline_groups", "key", &mut groups.iter().map(|g| g.key));
    all
}

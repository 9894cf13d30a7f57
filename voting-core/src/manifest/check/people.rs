//! Eligibility, voter classes and offline groups.

use super::{MAX_TITLE_CHARS, Report};
use crate::manifest::{Admission, Document, VoterClass};
use crate::rule::SmallClass;

pub(super) fn check(document: &Document, report: &mut Report) {
    let eligibility = &document.eligibility;
    report.bilingual("eligibility.area", &eligibility.area, MAX_TITLE_CHARS);
    report.unique("eligibility.claims", "", &eligibility.claims);
    if let Some(age) = eligibility.age {
        let years = (1..=120).contains(&age.years);
        report.require(years, "eligibility.age.years", "must be 1 to 120");
    }
    check_classes(document, report);
    check_groups(document, report);
    check_minimum(document, report);
}

/// The total of one ballot is that ballot, and of two each voter knows the other's. A demonstration
/// has nobody to protect.
fn check_minimum(document: &Document, report: &mut Report) {
    let (minimum, path) = (document.small_class_minimum, "small_class_minimum");
    let (least, problem) = match document.demonstration {
        true => (1, "must be at least 1"),
        false => (
            3,
            "must be at least 3, unless the election is a demonstration",
        ),
    };
    report.require(minimum >= least, path, problem);
    report.safe(path, minimum);
}

fn check_classes(document: &Document, report: &mut Report) {
    let classes = &document.classes;
    report.count("classes", classes.len(), 1, 64);
    report.unique("classes", "id", classes.iter().map(|c| &c.id));
    for (i, class) in classes.iter().enumerate() {
        let path = format!("classes[{i}]");
        report.plain(format_args!("{path}.id"), class.id.is_plain());
        report.bilingual(format_args!("{path}.title"), &class.title, MAX_TITLE_CHARS);
        report.require(
            class.admission != Admission::Everyone || i + 1 == classes.len(),
            format_args!("{path}.admission"),
            "a class that admits everyone leaves nobody for the classes after it",
        );
        check_merge(&path, class, classes, report);
    }
}

fn check_merge(path: &str, class: &VoterClass, classes: &[VoterClass], report: &mut Report) {
    let SmallClass::MergeInto(target) = &class.small else {
        return;
    };
    let path = format_args!("{path}.small.merge_into");
    report.require(*target != class.id, path, "is the class itself");
    let found = classes.iter().find(|other| other.id == *target);
    report.require(found.is_some(), path, "no voter class has this id");
    if let Some(other) = found.filter(|other| other.id != class.id) {
        let stays = !matches!(other.small, SmallClass::MergeInto(_));
        report.require(stays, path, "is a class that may be merged itself");
    }
}

fn check_groups(document: &Document, report: &mut Report) {
    let groups = &document.offline_groups;
    report.count("offline_groups", groups.len(), 0, 64);
    report.unique("offline_groups", "id", groups.iter().map(|g| &g.id));
    for (i, group) in groups.iter().enumerate() {
        let path = format!("offline_groups[{i}]");
        report.plain(format_args!("{path}.id"), group.id.is_plain());
        report.bilingual(format_args!("{path}.title"), &group.title, MAX_TITLE_CHARS);
        report.require(
            document.classes.iter().all(|class| class.id != group.id),
            format_args!("{path}.id"),
            "is a voter class's",
        );
    }
}

//! The checks of a document as a whole. Every problem is reported, not only the first.

mod authorities;
mod contest;
mod feasible;
mod people;
mod rule;

use super::{Document, Problem, limits};
use crate::ballot::BallotShape;
use crate::entry::MAX_ENTRY;
use crate::rule::Won;
use std::collections::BTreeSet;
use std::fmt::Display;

/// The largest integer that every JSON reader holds exactly.
pub(super) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
/// The most problems reported.
const MAX_PROBLEMS: usize = 200;
/// The most characters of a title or name, and of a longer text.
const MAX_TITLE_CHARS: usize = 200;
const MAX_TEXT_CHARS: usize = 5_000;
/// Bytes of a ballot's log entry beside ciphertexts, slack and limits: what is of fixed size in
/// the ballot itself, and the credential, signatures and framing around it.
const BALLOT_FIXED_BYTES: usize = 550;
const ENTRY_OVERHEAD_BYTES: usize = 400;

/// Every problem of a document, in a fixed order.
pub(super) fn document(document: &Document) -> Vec<Problem> {
    let mut report = Report::default();
    report.bilingual("title", &document.title, MAX_TITLE_CHARS);
    contests(document, &mut report);
    people::check(document, &mut report);
    schedule(document, &mut report);
    authorities::check(document, &mut report);
    report.problems
}

fn contests(document: &Document, report: &mut Report) {
    let contests = &document.contests;
    report.count("contests", contests.len(), 1, 16);
    report.unique("contests", "id", contests.iter().map(|c| &c.id));
    let known = report.found;
    for (i, contest) in contests.iter().enumerate() {
        contest::check(&format!("contests[{i}]"), contest, document, report);
    }
    projects_of_all(document, report);
    if report.found == known {
        ballot_fits(document, report);
    }
}

/// What holds for the projects of all contests together.
fn projects_of_all(document: &Document, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (i, contest) in document.contests.iter().enumerate() {
        for (j, project) in contest.projects.iter().enumerate() {
            report.require(
                seen.insert(&project.id),
                format_args!("contests[{i}].projects[{j}].id"),
                format_args!("{:?} is already another project's", project.id.as_str()),
            );
        }
    }
    report.require(
        Won::sum(document.projects().map(|c| c.project.cost)).is_some(),
        "contests",
        "the projects together cost more than 10,000,000,000,000 won",
    );
}

/// A ballot, and a decryption share, must fit in one log entry.
fn ballot_fits(document: &Document, report: &mut Report) {
    let projects = document.project_count();
    report.require(
        projects <= BallotShape::MAX_OPTIONS,
        "contests",
        format_args!(
            "{projects} projects; a ballot holds {}",
            BallotShape::MAX_OPTIONS
        ),
    );
    let limits = limits::of(document);
    let slack: usize = limits.iter().map(|limit| limit.slack_weights().len()).sum();
    let bytes = 96 * document.project_count()
        + 32 * (slack + limits.len())
        + BALLOT_FIXED_BYTES
        + ENTRY_OVERHEAD_BYTES;
    report.require(
        bytes <= MAX_ENTRY,
        "contests",
        format_args!("a ballot would take {bytes} bytes; a log entry holds {MAX_ENTRY}"),
    );
}

fn schedule(document: &Document, report: &mut Report) {
    let s = &document.schedule;
    report.require(
        s.opens_at < s.closes_at,
        "schedule.closes_at",
        "is not after opens_at",
    );
    report.require(
        s.closes_at <= s.extension_limit,
        "schedule.extension_limit",
        "is before closes_at",
    );
    report.require(
        s.extension_limit < s.objections_until,
        "schedule.objections_until",
        "is not after extension_limit",
    );
    report.safe("schedule.objections_until", s.objections_until.get());
    report.require(
        (1..=600_000).contains(&s.drain_ms),
        "schedule.drain_ms",
        "must be 1 to 600000",
    );
    report.require(
        (1..=1_000).contains(&document.ballot.max_spoiled),
        "ballot.max_spoiled",
        "must be 1 to 1000",
    );
}

/// The problems found so far.
#[derive(Default)]
struct Report {
    /// The first of them.
    problems: Vec<Problem>,
    /// How many there are.
    found: usize,
}

impl Report {
    /// Notes a problem unless `ok`.
    fn require(&mut self, ok: bool, path: impl Display, message: impl Display) {
        if ok {
            return;
        }
        self.found += 1;
        if self.found <= MAX_PROBLEMS {
            self.problems.push(Problem::new(path, message));
        }
    }

    /// A list has `min` to `max` items.
    fn count(&mut self, path: impl Display, count: usize, min: usize, max: usize) {
        let message = format_args!("has {count} items; {min} to {max} are allowed");
        self.require((min..=max).contains(&count), path, message);
    }

    /// No two items of a list agree in a member (none: the items themselves).
    fn unique<T: Ord>(
        &mut self,
        list: impl Display,
        member: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let mut seen = BTreeSet::new();
        let dot = if member.is_empty() { "" } else { "." };
        for (i, value) in values.into_iter().enumerate() {
            let path = format_args!("{list}[{i}]{dot}{member}");
            self.require(seen.insert(value), path, "is the same as an earlier one");
        }
    }

    /// A name is one of the plain ones that a manifest allows.
    fn plain(&mut self, path: impl Display, plain: bool) {
        let message = "must be at most 32 ASCII letters, digits, '-', '_' and '.'";
        self.require(plain, path, message);
    }

    /// A number is one that every JSON reader holds exactly.
    fn safe(&mut self, path: impl Display, number: u64) {
        self.require(number <= MAX_SAFE_INTEGER, path, "is over 2^53 - 1");
    }

    /// A text is neither empty nor too long and holds nothing invisible that could deceive.
    fn text(&mut self, path: impl Display, text: &str, max_chars: usize) {
        let chars = text.chars().count();
        let length = format_args!("has {chars} characters; 1 to {max_chars} are allowed");
        self.require((1..=max_chars).contains(&chars), &path, length);
        let message = "holds a control or direction character, or a blank at an end";
        let clean = !text.chars().any(deceptive) && text.trim() == text;
        self.require(clean, path, message);
    }

    /// Both languages of a text.
    fn bilingual(&mut self, path: impl Display, text: &super::Bilingual, max_chars: usize) {
        self.text(format_args!("{path}.ko"), &text.ko, max_chars);
        self.text(format_args!("{path}.en"), &text.en, max_chars);
    }
}

/// Control characters, and those that reorder or hide what a reader sees.
fn deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || c == '\u{feff}'
}

//! Contests, lists, fields and projects.

use super::{MAX_TEXT_CHARS, MAX_TITLE_CHARS, Report, feasible, rule};
use crate::manifest::{Bilingual, Contest, Document, Picks, Project};
use crate::rule::{FieldId, ListId};
use std::collections::BTreeMap;

const MAX_PARTS: usize = 64;
/// More cannot fit a ballot; the exact bound is checked when all else is well.
const MAX_PROJECTS: usize = 1_000;

pub(super) fn check(path: &str, contest: &Contest, document: &Document, report: &mut Report) {
    report.plain(format_args!("{path}.id"), contest.id.is_plain());
    report.bilingual(
        format_args!("{path}.title"),
        &contest.title,
        MAX_TITLE_CHARS,
    );
    report.count(
        format_args!("{path}.projects"),
        contest.projects.len(),
        1,
        MAX_PROJECTS,
    );
    for (i, project) in contest.projects.iter().enumerate() {
        check_project(&format!("{path}.projects[{i}]"), contest, project, report);
    }
    report.unique(
        format_args!("{path}.projects"),
        "proposal_order",
        contest.projects.iter().map(|p| p.proposal_order),
    );
    let known = report.found;
    check_parts(path, contest, report);
    if report.found == known {
        report.require(
            feasible::satisfiable(contest),
            format_args!("{path}.picks"),
            "no choice keeps this limit and those of the lists and fields",
        );
    }
    rule::check(path, contest, document, report);
}

fn check_project(path: &str, contest: &Contest, project: &Project, report: &mut Report) {
    report.plain(format_args!("{path}.id"), project.id.is_plain());
    report.bilingual(
        format_args!("{path}.title"),
        &project.title,
        MAX_TITLE_CHARS,
    );
    let texts: [(&str, &Option<Bilingual>, usize); 3] = [
        ("district", &project.district, MAX_TITLE_CHARS),
        ("place", &project.place, MAX_TITLE_CHARS),
        ("summary", &project.summary, MAX_TEXT_CHARS),
    ];
    for (member, text, max) in texts {
        if let Some(text) = text {
            report.bilingual(format_args!("{path}.{member}"), text, max);
        }
    }
    check_cost(path, contest, project, report);
    check_places(path, contest, project, report);
    report.safe(
        format_args!("{path}.proposal_order"),
        project.proposal_order,
    );
}

fn check_cost(path: &str, contest: &Contest, project: &Project, report: &mut Report) {
    let path = format_args!("{path}.cost");
    if let Some(cap) = contest.cost_caps.below(project.kind) {
        let message = format_args!("must be below {cap} won for a project of its kind");
        report.require(project.cost < cap, path, message);
    }
    let (ok, message) = match rule::money(contest) {
        rule::Money::Needed => (project.cost.get() > 0, "must be above 0"),
        rule::Money::None => (project.cost.get() == 0, "must be 0 in a poll"),
        rule::Money::Optional => (true, ""),
    };
    report.require(ok, path, message);
}

/// A project is in a list where the contest has lists, and in no other; fields likewise.
fn check_places(path: &str, contest: &Contest, project: &Project, report: &mut Report) {
    let lists: Vec<&ListId> = contest.lists.iter().map(|l| &l.id).collect();
    let fields: Vec<&FieldId> = contest.fields.iter().map(|f| &f.id).collect();
    check_place(
        &format!("{path}.list"),
        &lists,
        project.list.as_ref(),
        report,
    );
    check_place(
        &format!("{path}.field"),
        &fields,
        project.field.as_ref(),
        report,
    );
}

fn check_place<T: PartialEq>(path: &str, known: &[&T], place: Option<&T>, report: &mut Report) {
    match place {
        Some(id) => report.require(known.contains(&id), path, "the contest has none of this id"),
        None => report.require(known.is_empty(), path, "is missing"),
    }
}

fn check_parts(path: &str, contest: &Contest, report: &mut Report) {
    let all = contest.projects.len();
    check_picks(&format!("{path}.picks"), contest.picks, all, report);

    let lists = &contest.lists;
    report.count(format_args!("{path}.lists"), lists.len(), 0, MAX_PARTS);
    report.unique(
        format_args!("{path}.lists"),
        "id",
        lists.iter().map(|l| &l.id),
    );
    let members = count_by(contest.projects.iter().map(|p| p.list.as_ref()));
    for (i, list) in lists.iter().enumerate() {
        let count = members.get(&Some(&list.id)).copied().unwrap_or(0);
        let path = format!("{path}.lists[{i}]");
        report.plain(format_args!("{path}.id"), list.id.is_plain());
        check_part(&path, &list.title, list.picks, count, report);
    }

    let fields = &contest.fields;
    report.count(format_args!("{path}.fields"), fields.len(), 0, MAX_PARTS);
    report.unique(
        format_args!("{path}.fields"),
        "id",
        fields.iter().map(|f| &f.id),
    );
    let members = count_by(contest.projects.iter().map(|p| p.field.as_ref()));
    for (i, field) in fields.iter().enumerate() {
        let count = members.get(&Some(&field.id)).copied().unwrap_or(0);
        let path = format!("{path}.fields[{i}]");
        report.plain(format_args!("{path}.id"), field.id.is_plain());
        check_part(&path, &field.title, field.picks, count, report);
    }
}

fn check_part(
    path: &str,
    title: &Bilingual,
    picks: Option<Picks>,
    members: usize,
    report: &mut Report,
) {
    report.bilingual(format_args!("{path}.title"), title, MAX_TITLE_CHARS);
    report.require(members > 0, path, "no project is in it");
    if let Some(picks) = picks {
        check_picks(&format!("{path}.picks"), picks, members, report);
    }
}

fn check_picks(path: &str, picks: Picks, members: usize, report: &mut Report) {
    let max = usize::try_from(picks.max).unwrap_or(usize::MAX);
    report.require(
        (1..=members).contains(&max),
        format_args!("{path}.max"),
        format_args!("must be 1 to {members}, the number of projects"),
    );
    report.require(
        picks.min <= picks.max,
        format_args!("{path}.min"),
        "is over max",
    );
}

fn count_by<T: Ord>(values: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    counts
}

//! The projects of all contests as CSV, for staff.

use super::rankings::ranked;
use super::words::Language;
use crate::result::{ContestResult, ProjectResult, ResultDocument};

/// All projects, one a row: UTF-8 with a byte-order mark and CRLF, as spreadsheets expect it.
///
/// A text that a spreadsheet would take for a formula is preceded by an apostrophe.
#[must_use]
pub fn csv(result: &ResultDocument, language: Language) -> String {
    let mut text = String::from("\u{feff}");
    for row in rows(result, language) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// Header and rows, unquoted.
pub(super) fn rows(result: &ResultDocument, language: Language) -> Vec<Vec<String>> {
    let classes: Vec<&str> = result.turnout.iter().map(|t| t.class.as_str()).collect();
    let mut rows = vec![header(result, language)];
    for contest in &result.contests {
        for project in ranked(contest) {
            rows.push(row(contest, project, &classes, language));
        }
    }
    rows
}

fn header(result: &ResultDocument, language: Language) -> Vec<String> {
    let fixed = [
        ("선거구분", "contest"),
        ("순위", "rank"),
        ("사업번호", "project"),
        ("사업명", "title"),
        ("유형", "list"),
        ("분야", "field"),
        ("사업비(원)", "cost (won)"),
        ("점수", "score"),
        ("점수(정확한 분수)", "score (exact fraction)"),
        ("결과", "outcome"),
        ("선정액(원)", "funded (won)"),
        ("사유", "reason"),
        ("경계까지 표수", "marks to the line"),
    ];
    let fixed = fixed
        .iter()
        .map(|(ko, en)| language.pick(ko, en).to_owned());
    let classes = result.turnout.iter().map(|t| {
        format!(
            "{}: {}",
            language.pick("득표", "marks"),
            language.of(&t.title)
        )
    });
    fixed.chain(classes).collect()
}

fn row(
    contest: &ContestResult,
    project: &ProjectResult,
    classes: &[&str],
    language: Language,
) -> Vec<String> {
    let optional = |text: Option<&voting_core::manifest::Bilingual>| {
        text.map_or_else(String::new, |text| language.of(text).to_owned())
    };
    let mut row = vec![
        language.of(&contest.title).to_owned(),
        project
            .rank
            .map_or_else(String::new, |rank| rank.to_string()),
        project.id.to_string(),
        language.of(&project.title).to_owned(),
        optional(project.list.as_ref()),
        optional(project.field.as_ref()),
        project.cost.to_string(),
        project.score_decimal.clone(),
        project.score.clone(),
        language.outcome(project.outcome).to_owned(),
        project.funded.to_string(),
        language.of(&project.reason.sentence).to_owned(),
        project
            .margin
            .as_ref()
            .map_or_else(String::new, |margin| margin.marks.to_string()),
    ];
    row.extend(classes.iter().map(|class| {
        let marks = project.marks.iter().find(|(id, _)| id.as_str() == *class);
        marks.map_or_else(String::new, |(_, marks)| marks.to_string())
    }));
    row
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

//! The table that `tally pb` prints.

use crate::pb::PbFile;
use crate::recompute::{BOUGHT, Recomputed};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Whether the file's own totals agree with its ballots.
pub(super) fn recount(file: &PbFile<'_>) -> BTreeMap<&'static str, &'static str> {
    let state = |agrees| match agrees {
        None => "absent",
        Some(true) => "exact",
        Some(false) => "differs",
    };
    let columns = file.recount().into_iter();
    columns
        .map(|(column, agrees)| (column, state(agrees)))
        .collect()
}

/// One row of the table.
struct Row {
    cells: [String; 6],
    name: String,
    chosen: bool,
}

const HEADINGS: [&str; 6] = [
    "#",
    "project",
    "score",
    "cost",
    "outcome",
    "votes to the line",
];

/// Prints the ranking with the line drawn in it.
pub(super) fn write(
    file: &PbFile<'_>,
    outcome: &Recomputed,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = file.meta.get("description").unwrap_or("");
    writeln!(out, "{title}")?;
    writeln!(
        out,
        "{} ballots, {} projects, budget {} {}; recount {}",
        outcome.ballots,
        outcome.scores.len(),
        outcome.budget,
        file.meta.get("currency").unwrap_or(""),
        recount_text(file),
    )?;
    writeln!(out)?;
    let rows = rows(file, outcome);
    let mut widths = HEADINGS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    write_cells(&HEADINGS.map(str::to_owned), &widths, "name", out)?;
    let line = line_after(&rows);
    for (at, row) in rows.iter().enumerate() {
        if line == Some(at) {
            let length = widths.iter().sum::<usize>() + 2 * widths.len();
            writeln!(out, "{} {}", "─".repeat(length), line_text(outcome))?;
        }
        write_cells(&row.cells, &widths, &row.name, out)?;
    }
    write_footer(outcome, out)
}

fn recount_text(file: &PbFile<'_>) -> String {
    let parts: Vec<String> = recount(file)
        .iter()
        .map(|(column, state)| format!("{column} {state}"))
        .collect();
    parts.join(", ")
}

/// The cut-off: before the first that is not chosen, even where chosen ones follow.
fn line_after(rows: &[Row]) -> Option<usize> {
    rows.iter().position(|row| !row.chosen)
}

fn line_text(outcome: &Recomputed) -> String {
    format!("cut-off; {} spent of {}", outcome.spent, outcome.budget)
}

/// The ranking; under a proportional method what was bought, in that order, then the rest of it.
fn in_order(outcome: &Recomputed) -> Vec<&String> {
    let bought = |id: &&String| outcome.reasons.get(*id).is_some_and(|r| r == BOUGHT);
    let first = outcome.selected.iter().filter(bought);
    let rest = outcome.ranking.iter().filter(|id| !bought(id));
    first.chain(rest).collect()
}

fn rows(file: &PbFile<'_>, outcome: &Recomputed) -> Vec<Row> {
    let projects: BTreeMap<&str, usize> = file
        .projects
        .iter()
        .enumerate()
        .map(|(at, p)| (&*p.id, at))
        .collect();
    let (chosen, partial): (BTreeSet<_>, BTreeSet<_>) = (
        outcome.selected.iter().collect(),
        outcome.partial.iter().collect(),
    );
    let row = |(place, id): (usize, &String)| {
        let at = projects.get(id.as_str()).copied().unwrap_or(0);
        let state = match (chosen.contains(id), partial.contains(id)) {
            (true, _) => "in",
            (_, true) => "in part",
            _ => outcome.reasons.get(id).map_or("out", String::as_str),
        };
        let cost = file.projects[at]
            .cost
            .map_or_else(String::new, |cost| cost.to_string());
        Row {
            cells: [
                (place + 1).to_string(),
                id.clone(),
                outcome.scores.get(id).cloned().unwrap_or_default(),
                cost,
                state.to_owned(),
                outcome.margins.get(id).cloned().unwrap_or_default(),
            ],
            name: file
                .project_cell(at, "name")
                .unwrap_or("")
                .chars()
                .take(60)
                .collect(),
            chosen: chosen.contains(id) || partial.contains(id),
        }
    };
    in_order(outcome).into_iter().enumerate().map(row).collect()
}

fn write_cells(
    cells: &[String; 6],
    widths: &[usize; 6],
    name: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        if at == 1 || at == 4 {
            write!(out, "{cell:<width$}  ")?;
        } else {
            write!(out, "{cell:>width$}  ")?;
        }
    }
    writeln!(out, "{name}")
}

fn write_footer(outcome: &Recomputed, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    if !outcome.dropped.is_empty() {
        let ids = outcome.dropped.join(", ");
        writeln!(
            out,
            "dropped from the bottom ({}): {ids}",
            outcome.dropped_cost
        )?;
    }
    if !outcome.excluded.is_empty() {
        writeln!(out, "excluded: {}", outcome.excluded.join(", "))?;
    }
    for (name, field) in &outcome.fields {
        let (spent, of) = (&field.spent, &field.allocation);
        writeln!(
            out,
            "field {name}: {spent} of {of}: {}",
            field.selected.join(", ")
        )?;
    }
    if let Some(classes) = &outcome.classes {
        for (class, ballots) in &classes.voters {
            writeln!(out, "class {class}: {ballots} ballots")?;
        }
        for (class, ballots) in &classes.ignored {
            writeln!(
                out,
                "ignored: {ballots} ballots of {} `{class}`",
                classes.column
            )?;
        }
    }
    for tie in outcome.ties.iter().filter(|tie| tie.decided) {
        writeln!(out, "a tie that decided: {}", tie.projects.join(" before "))?;
    }
    for (setting, changes) in &outcome.sensitivity {
        writeln!(
            out,
            "with {setting}, {} projects would end differently",
            changes.len()
        )?;
    }
    Ok(())
}

//! A workbook for staff.

use super::csv::rows;
use super::rankings::ranked;
use super::words::Language;
use crate::result::ResultDocument;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use thiserror::Error;

/// A workbook that cannot be written.
#[derive(Debug, Error)]
#[error("the workbook cannot be written: {0}")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

/// Columns of [`rows`] that hold whole numbers.
const NUMBERS: [usize; 4] = [1, 6, 10, 12];
/// Whole numbers up to this are held exactly by a spreadsheet.
const EXACT: u32 = u32::MAX;

/// The result as a workbook: projects, money and turnout.
///
/// # Errors
/// [`XlsxError`] where a text is too long for a cell.
pub fn xlsx(result: &ResultDocument, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date: the same result gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let projects = workbook
        .add_worksheet()
        .set_name(language.pick("사업별 결과", "Projects"))?;
    write_projects(projects, result, language, &bold)?;
    let money = workbook
        .add_worksheet()
        .set_name(language.pick("예산", "Money"))?;
    write_money(money, result, language, &bold)?;
    let turnout = workbook
        .add_worksheet()
        .set_name(language.pick("투표율", "Turnout"))?;
    write_turnout(turnout, result, language, &bold)?;
    Ok(workbook.save_to_buffer()?)
}

fn write_projects(
    sheet: &mut Worksheet,
    result: &ResultDocument,
    language: Language,
    bold: &Format,
) -> Result<(), XlsxError> {
    let rows = rows(result, language);
    for (row, cells) in (0..).zip(&rows) {
        for ((column, cell), at) in (0_u16..).zip(cells).zip(0..) {
            let is_number = NUMBERS.contains(&at) || at > 12;
            match cell.parse::<u64>() {
                Ok(number) if row > 0 && is_number => write_number(sheet, row, column, number)?,
                _ if row == 0 => drop(sheet.write_with_format(row, column, cell, bold)?),
                _ => drop(sheet.write_string(row, column, cell)?),
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), Some(width)) = (rows.len().checked_sub(1), rows.first().map(Vec::len)) {
        let (last, width) = (
            u32::try_from(last).unwrap_or(0),
            u16::try_from(width).unwrap_or(1),
        );
        sheet.autofilter(0, 0, last, width.saturating_sub(1))?;
    }
    Ok(())
}

fn write_money(
    sheet: &mut Worksheet,
    result: &ResultDocument,
    language: Language,
    bold: &Format,
) -> Result<(), XlsxError> {
    let headings = [
        ("구분", "pot"),
        ("후보 사업비", "candidates"),
        ("배정액", "allocation"),
        ("선정액", "funded"),
        ("탈락액", "dropped"),
        ("선정 사업 수", "projects in"),
    ];
    write_headings(sheet, &headings, language, bold)?;
    let mut row = 1;
    for contest in &result.contests {
        for (at, pot) in contest.pots.iter().enumerate() {
            sheet.write_string(row, 0, language.of(&pot.title))?;
            write_number(sheet, row, 1, pot.candidates_cost)?;
            sheet.write_string(row, 2, pot.allocation.as_deref().unwrap_or(""))?;
            write_number(sheet, row, 3, pot.spent)?;
            write_number(sheet, row, 4, pot.dropped)?;
            let funded = ranked(contest)
                .iter()
                .filter(|p| p.pot == Some(at) && p.funded > 0)
                .count();
            write_number(sheet, row, 5, funded as u64)?;
            row += 1;
        }
    }
    Ok(())
}

fn write_turnout(
    sheet: &mut Worksheet,
    result: &ResultDocument,
    language: Language,
    bold: &Format,
) -> Result<(), XlsxError> {
    let headings = [
        ("구분", "class"),
        ("발급", "credentials"),
        ("투표", "ballots"),
        ("투표율(%)", "turnout (%)"),
    ];
    write_headings(sheet, &headings, language, bold)?;
    for (row, turnout) in (1..).zip(&result.turnout) {
        sheet.write_string(row, 0, language.of(&turnout.title))?;
        write_number(sheet, row, 1, turnout.issued)?;
        write_number(sheet, row, 2, turnout.ballots)?;
        sheet.write_string(row, 3, turnout.percent.as_deref().unwrap_or(""))?;
    }
    Ok(())
}

fn write_headings(
    sheet: &mut Worksheet,
    headings: &[(&str, &str)],
    language: Language,
    bold: &Format,
) -> Result<(), XlsxError> {
    for (column, (ko, en)) in (0..).zip(headings) {
        sheet.write_with_format(0, column, language.pick(ko, en), bold)?;
    }
    Ok(())
}

/// Writes a whole number; one beyond what a double holds for certain, as text.
fn write_number(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    number: u64,
) -> Result<(), XlsxError> {
    match u32::try_from(number) {
        Ok(small) if small < EXACT => drop(sheet.write_number(row, column, small)?),
        _ if number <= 1 << 53 => drop(sheet.write(row, column, number)?),
        _ => drop(sheet.write_string(row, column, number.to_string())?),
    }
    Ok(())
}

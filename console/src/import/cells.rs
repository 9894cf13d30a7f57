//! A spreadsheet's cells as text.

use super::{Fault, MAX_CELL, MAX_COLUMNS, MAX_ROWS};
use encoding_rs::EUC_KR;
use std::borrow::Cow;

/// The first row's names and the rows below it that are not empty.
pub(super) struct Sheet {
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row.
pub(super) struct Row {
    /// As spreadsheet programs count, from 1.
    pub(super) number: u32,
    /// Trimmed; may be fewer than there are columns.
    pub(super) cells: Vec<String>,
}

impl Sheet {
    /// Of rows of cells, by row number.
    pub(super) fn new(rows: impl Iterator<Item = Row>) -> Result<Self, Fault> {
        let mut rows = rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let names = rows.next().map(|row| row.cells).unwrap_or_default();
        let mut kept = Vec::new();
        for row in rows {
            if kept.len() == MAX_ROWS {
                return Err(too_many_rows());
            }
            kept.push(row);
        }
        if kept.is_empty() {
            return Err(Fault::file(
                "사업이 한 줄도 없습니다.",
                "There is no row with a project.",
            ));
        }
        Ok(Self { names, rows: kept })
    }
}

/// A cell's text within its bounds.
pub(super) fn cell(text: &str, row: u32) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > MAX_CELL {
        return Err(Fault {
            row: Some(row),
            ..Fault::file(
                format!("한 칸의 글이 {MAX_CELL}자를 넘습니다."),
                format!("A cell has more than {MAX_CELL} characters."),
            )
        });
    }
    Ok(text.to_owned())
}

pub(super) fn too_many_rows() -> Fault {
    Fault::file(
        format!("사업이 {MAX_ROWS}줄을 넘습니다."),
        format!("There are more than {MAX_ROWS} rows."),
    )
}

pub(super) fn too_many_columns() -> Fault {
    Fault::file(
        format!("열이 {MAX_COLUMNS}개를 넘습니다."),
        format!("There are more than {MAX_COLUMNS} columns."),
    )
}

/// Reads CSV: UTF-8, or CP949 as Korean spreadsheet programs write it.
pub(super) fn read_csv(bytes: &[u8]) -> Result<Sheet, Fault> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            let ko = format!("{line}번째 줄을 CSV로 읽을 수 없습니다.");
            Fault::file(ko, format!("Line {line} cannot be read as CSV."))
        })?;
        if record.len() > MAX_COLUMNS {
            return Err(too_many_columns());
        }
        // One row more than may be: the sheet tells which is too many.
        if rows.len() > 2 * MAX_ROWS {
            return Err(too_many_rows());
        }
        let cells = record.iter().map(|text| cell(text, number));
        let cells = cells.collect::<Result<_, _>>()?;
        rows.push(Row { number, cells });
    }
    Sheet::new(rows.into_iter())
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.into());
    }
    let text = EUC_KR.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| {
        let ko = "글자를 읽을 수 없습니다. UTF-8이나 CP949(EUC-KR)로 저장해 주십시오.";
        Fault::file(
            ko,
            "The text cannot be read. Save it as UTF-8 or CP949 (EUC-KR).",
        )
    })
}

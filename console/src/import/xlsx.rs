//! XLSX: a ZIP of XML, so what it unpacks to is counted before anything reads it.

use super::cells::{Row, Sheet, cell, too_many_columns, too_many_rows};
use super::{Fault, MAX_COLUMNS, MAX_ROWS};
use calamine::{DataRef, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most bytes that a file unpacks to.
const MAX_UNPACKED: u64 = 32 << 20;
/// The most files in it.
const MAX_FILES: usize = 500;
/// The last row that is looked at, as spreadsheet programs count: rows may be empty between.
const LAST_ROW: u32 = 10 * MAX_ROWS as u32;

/// Reads the first sheet.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, Fault> {
    check_unpacked(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let first = book
        .sheet_names()
        .into_iter()
        .next()
        .ok_or_else(unreadable)?;
    let mut reader = book
        .worksheet_cells_reader(&first)
        .map_err(|_| unreadable())?;
    // Cell by cell: a range would be laid out whole, however far apart its two cells are.
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(found) = reader.next_cell().map_err(|_| unreadable())? {
        let (row, column) = found.get_position();
        let text = text(found.get_value());
        if text.is_empty() {
            continue;
        }
        let number = row.saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(too_many_columns());
        }
        if number > LAST_ROW || rows.len() > MAX_ROWS + 1 {
            return Err(too_many_rows());
        }
        let cells = rows.entry(number).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = cell(&text, number)?;
    }
    Sheet::new(
        rows.into_iter()
            .map(|(number, cells)| Row { number, cells }),
    )
}

/// Unpacks everything once, keeping nothing: sizes that a ZIP states may be lies.
fn check_unpacked(bytes: &[u8]) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > MAX_FILES {
        return Err(unreadable());
    }
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| unreadable())?;
        let mut limited = file.take(left + 1);
        let read = std::io::copy(&mut limited, &mut std::io::sink());
        let read = read.map_err(|_| unreadable())?;
        left = left.checked_sub(read).ok_or_else(|| {
            let ko = "엑셀 파일의 압축을 풀면 너무 큽니다. 표만 남겨 주십시오.";
            Fault::file(
                ko,
                "The workbook is too large when unpacked. Keep the table alone.",
            )
        })?;
    }
    Ok(())
}

/// A cell as text. Whole numbers come without decimals, as they were typed.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // A date or a formula's error where a text or a number belongs: shown as what it is.
        DataRef::DateTime(_) => "[date]".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn unreadable() -> Fault {
    Fault::file(
        "엑셀 파일(XLSX)로 읽을 수 없습니다.",
        "The file cannot be read as XLSX.",
    )
}

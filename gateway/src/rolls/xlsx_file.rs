//! XLSX: the first sheet, cell by cell, so that one far cell is not a table of its size.

use super::table::{Cells, Heading, MAX_COLUMNS, MAX_ROWS, TableError};
use calamine::{Data, DataRef, DataType, Reader, Xlsx};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most bytes that a file unpacks to.
const MAX_UNPACKED: u64 = 512 << 20;
/// The most files in it.
const MAX_FILES: usize = 500;

pub(super) fn rows(bytes: &[u8], take: &mut dyn FnMut(Cells)) -> Result<(), TableError> {
    check_unpacked(bytes, MAX_UNPACKED)?;
    let workbook = Xlsx::new(Cursor::new(bytes));
    let mut workbook = workbook.map_err(|_| TableError::Workbook)?;
    let sheet = workbook.sheet_names().first().cloned();
    let sheet = sheet.ok_or(TableError::Workbook)?;
    let cells = workbook.worksheet_cells_reader(&sheet);
    let mut cells = cells.map_err(|_| TableError::Workbook)?;
    let mut sheet = Sheet::default();
    while let Some(cell) = cells
        .next_cell()
        .map_err(|_| TableError::Row(sheet.row + 1))?
    {
        let (row, column) = cell.get_position();
        sheet.cell((row.into(), column as usize), text(cell.get_value()), take)?;
    }
    sheet.end(take)
}

/// Unpacks everything once, keeping nothing: sizes that a ZIP states may be lies.
pub(super) fn check_unpacked(bytes: &[u8], most: u64) -> Result<(), TableError> {
    let archive = ZipArchive::new(Cursor::new(bytes));
    let mut archive = archive.map_err(|_| TableError::Workbook)?;
    if archive.len() > MAX_FILES {
        return Err(TableError::Workbook);
    }
    let mut left = most;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| TableError::Workbook)?;
        let unpacked = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| TableError::Workbook)?;
        let rest = left.checked_sub(unpacked);
        left = rest.ok_or(TableError::TooLarge("bytes when it is unpacked"))?;
    }
    Ok(())
}

/// The rows that have been read.
#[derive(Default)]
struct Sheet {
    /// The row that is being read, from 0.
    row: u64,
    first: Vec<String>,
    heading: Option<Heading>,
    cells: Cells,
}

impl Sheet {
    fn cell(
        &mut self,
        (row, column): (u64, usize),
        text: String,
        take: &mut dyn FnMut(Cells),
    ) -> Result<(), TableError> {
        if row >= MAX_ROWS {
            return Err(TableError::TooLarge("rows"));
        }
        if row < self.row {
            return Err(TableError::Row(row + 1));
        }
        if row > self.row || (row > 0 && self.heading.is_none()) {
            self.next(row, take)?;
        }
        if row > 0 {
            self.set(column, text);
        } else if column >= MAX_COLUMNS {
            return Err(TableError::TooLarge("columns"));
        } else {
            self.first
                .resize(self.first.len().max(column + 1), String::new());
            self.first[column] = text;
        }
        Ok(())
    }

    fn set(&mut self, column: usize, text: String) {
        let known = self
            .heading
            .as_ref()
            .and_then(|heading| heading.0.get(column));
        match known {
            Some(Some(known)) => self.cells.set(*known, text),
            Some(None) => {}
            None => self.cells.whole = self.cells.whole && text.trim().is_empty(),
        }
    }

    fn next(&mut self, row: u64, take: &mut dyn FnMut(Cells)) -> Result<(), TableError> {
        if self.heading.is_none() {
            self.heading = Some(Heading::read(self.first.iter().map(String::as_str))?);
        }
        let done = std::mem::replace(&mut self.cells, Cells::new(row + 1));
        if self.row > 0 && (!done.is_blank() || !done.whole) {
            take(done);
        }
        self.row = row;
        Ok(())
    }

    fn end(mut self, take: &mut dyn FnMut(Cells)) -> Result<(), TableError> {
        if self.heading.is_none() && self.first.is_empty() {
            return Err(TableError::Heading("the sheet is empty"));
        }
        self.next(self.row + 1, take)
    }
}

/// A cell as people read it: whole numbers without a point, dates as dates.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => Data::from(other.clone()).as_string().unwrap_or_default(),
    }
}

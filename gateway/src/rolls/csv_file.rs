//! CSV, in UTF-8 or in the CP949 that Korean spreadsheets write.

use super::table::{Cells, Encoding, Heading, MAX_ROWS, TableError};
use csv::{ReaderBuilder, StringRecord};
use std::borrow::Cow;
use zeroize::Zeroize;

pub(super) fn rows(bytes: &[u8], take: &mut dyn FnMut(Cells)) -> Result<Encoding, TableError> {
    let (mut text, encoding) = decode(bytes)?;
    let read = read(&text, take);
    if let Cow::Owned(copy) = &mut text {
        copy.zeroize();
    }
    read.map(|()| encoding)
}

fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), TableError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), Encoding::Utf8));
    }
    let text = encoding_rs::EUC_KR.decode_without_bom_handling_and_without_replacement(bytes);
    Ok((text.ok_or(TableError::Encoding)?, Encoding::Cp949))
}

fn read(text: &str, take: &mut dyn FnMut(Cells)) -> Result<(), TableError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    if !matches!(reader.read_record(&mut record), Ok(true)) {
        return Err(TableError::Heading("the file is empty"));
    }
    let heading = Heading::read(record.iter())?;
    let mut lines = Lines::new(text);
    loop {
        let number = lines.at(reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(true) if number <= MAX_ROWS => {}
            Ok(true) => return Err(TableError::TooLarge("rows")),
            Ok(false) => return Ok(()),
            Err(_) => return Err(TableError::Row(number)),
        }
        let cells = cells(number, &heading, &record);
        if !cells.is_blank() || !cells.whole {
            take(cells);
        }
    }
}

/// Counts lines as people do: empty ones, which the reader passes over, are lines too.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            counted: 0,
            line: 1,
        }
    }

    /// The line of the record that begins at a byte or behind the empty lines there.
    fn at(&mut self, byte: u64) -> u64 {
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX);
        while matches!(self.text.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let new = self.text.get(self.counted..start).unwrap_or_default();
        let newlines = new.iter().filter(|byte| **byte == b'\n').count();
        self.line += u64::try_from(newlines).unwrap_or_default();
        self.counted = start;
        self.line
    }
}

fn cells(number: u64, heading: &Heading, record: &StringRecord) -> Cells {
    let mut cells = Cells::new(number);
    cells.whole = record.len() == heading.0.len();
    for (column, text) in heading.0.iter().zip(record) {
        if let Some(column) = column {
            cells.set(*column, text.to_owned());
        }
    }
    cells
}

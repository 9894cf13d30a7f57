//! A roll file as rows of cells, whatever program wrote it.

use super::{csv_file, xlsx_file};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The most bytes of a file: a million people with CIs take a quarter of it.
const MAX_FILE: u64 = 1 << 30;
/// The most bytes of an XLSX file, which holds a multiple of its size.
const MAX_XLSX: usize = 64 << 20;
/// How every XLSX file begins, which is a ZIP; no text does.
const ZIP: &[u8] = b"PK\x03\x04";
/// The most rows of a file.
pub(super) const MAX_ROWS: u64 = 5_000_000;
/// The most columns of a file.
pub(super) const MAX_COLUMNS: usize = 64;

/// A column that a roll needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The class of voters.
    Class,
    /// 연계정보.
    Ci,
    /// 이름.
    Name,
    /// 생년월일.
    BirthDate,
    /// 휴대전화.
    Mobile,
}

/// How many columns a roll can have.
pub(super) const COLUMNS: usize = 5;

impl Column {
    /// The column of a heading, in either language; any other heading is none of ours.
    pub(super) fn of(heading: &str) -> Option<Self> {
        let mut heading = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
        heading.retain(|c| !c.is_whitespace() && c != '_' && c != '-');
        Some(match heading.as_str() {
            "class" | "구분" | "투표자구분" => Self::Class,
            "ci" | "연계정보" | "연계정보(ci)" => Self::Ci,
            "name" | "이름" | "성명" => Self::Name,
            "birthdate" | "dateofbirth" | "생년월일" => Self::BirthDate,
            "mobile" | "phone" | "휴대전화" | "휴대폰" | "휴대전화번호" | "휴대폰번호" => {
                Self::Mobile
            }
            _ => return None,
        })
    }
}

/// How a CSV file's text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// CP949 (EUC-KR), as Korean spreadsheets save it.
    Cp949,
}

impl Encoding {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp949 => "cp949",
        }
    }
}

/// One row's cells, by column. Wiped when dropped.
#[derive(Default)]
pub(super) struct Cells {
    /// Its number in the file.
    pub(super) number: u64,
    /// Whether it has as many cells as the heading.
    pub(super) whole: bool,
    values: [Option<Zeroizing<String>>; COLUMNS],
}

impl Cells {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            whole: true,
            ..Self::default()
        }
    }

    /// The cell of a column, if it holds anything.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        let cell = self.values[column as usize]
            .as_deref()
            .map(|text| text.trim());
        cell.filter(|text| !text.is_empty())
    }

    pub(super) fn set(&mut self, column: Column, text: String) {
        self.values[column as usize] = Some(Zeroizing::new(text));
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        let blank = |text: &Zeroizing<String>| text.trim().is_empty();
        self.values.iter().flatten().all(blank)
    }
}

/// Which column of the file is which.
pub(super) struct Heading(pub(super) Vec<Option<Column>>);

impl Heading {
    /// Reads the first row.
    pub(super) fn read<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Self, TableError> {
        let columns: Vec<_> = cells.map(Column::of).collect();
        if columns.len() > MAX_COLUMNS {
            return Err(TableError::TooLarge("columns"));
        }
        let mut known: Vec<_> = columns.iter().flatten().collect();
        known.sort();
        if known.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(TableError::Heading("two columns have the same heading"));
        }
        let has = |column| known.contains(&&column);
        let person = has(Column::Name) && has(Column::BirthDate) && has(Column::Mobile);
        if !has(Column::Ci) && !person {
            return Err(TableError::Heading(
                "a roll has a column ci (연계정보), or name (이름), birth_date (생년월일) and mobile (휴대전화)",
            ));
        }
        Ok(Self(columns))
    }
}

/// A file that is no roll. Says nothing of a person.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{}", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
    /// More than is read.
    #[error("the file has too many {0}")]
    TooLarge(&'static str),
    /// The first row is no heading of a roll.
    #[error("row 1: {0}")]
    Heading(&'static str),
    /// The text is neither UTF-8 nor CP949.
    #[error("the file is neither UTF-8 nor CP949 (EUC-KR)")]
    Encoding,
    /// The workbook cannot be opened.
    #[error("the workbook cannot be read, or has no sheet")]
    Workbook,
    /// The rows cannot be told apart.
    #[error("row {0}: the row cannot be read")]
    Row(u64),
}

/// Reads a file and hands each row to `take`, in order. Its bytes say whether it is a workbook: a
/// name may say anything.
///
/// # Errors
/// [`TableError`].
pub(super) fn rows(
    bytes: &[u8],
    take: &mut dyn FnMut(Cells),
) -> Result<Option<Encoding>, TableError> {
    match bytes.starts_with(ZIP) {
        true if bytes.len() > MAX_XLSX => Err(TableError::TooLarge("bytes")),
        true => xlsx_file::rows(bytes, take).map(|()| None),
        false => csv_file::rows(bytes, take).map(Some),
    }
}

/// The bytes of a file.
///
/// # Errors
/// [`TableError::Io`] or [`TableError::TooLarge`].
pub fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, TableError> {
    let io = |error| TableError::Io(file.to_owned(), error);
    if std::fs::metadata(file).map_err(io)?.len() > MAX_FILE {
        return Err(TableError::TooLarge("bytes"));
    }
    std::fs::read(file).map(Zeroizing::new).map_err(io)
}

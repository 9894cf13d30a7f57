//! Projects from a spreadsheet, CSV or XLSX: every row is checked, and nothing is taken over unless
//! all of them can be.
//!
//! ```text
//! 번호,사업명,분야,유형,자치구,사업비(천원),종류,위치,내용,Title
//! P01,통학로 정비,교통,광역제안형,노원구,"470,000",일반,..,..,Safer ways to school
//! ```
//!
//! The first row names the columns, in Korean or English; `사업명` and `사업비` must be there. Where
//! an English text is missing, the Korean one stands in both languages, and the preview says how often.

mod cells;
mod columns;
mod rows;
#[cfg(test)]
mod tests;
mod xlsx;

use cells::Sheet;
use columns::Columns;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use voting_core::manifest::{Bilingual, Project};

/// The longest file that is read, in bytes.
pub const MAX_FILE: usize = 2 << 20;
/// The most rows beside the one with the columns' names.
pub const MAX_ROWS: usize = 1_000;
/// The most columns.
pub const MAX_COLUMNS: usize = 64;
/// The most characters of a cell.
pub const MAX_CELL: usize = 5_000;
/// The most faults told at once.
const MAX_FAULTS: usize = 100;

/// What a spreadsheet gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// In the order of the rows. `field` and `list` are ids of the parts below.
    pub projects: Vec<Project>,
    /// The fields (분야), in the order in which they first appear: id and title.
    pub fields: Vec<Part>,
    /// The lists (유형), likewise.
    pub lists: Vec<Part>,
    /// How many texts stand in Korean in both languages.
    pub without_english: u32,
}

/// A field or list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// As voters read it.
    pub title: Bilingual,
}

/// What is wrong with a cell, a row or the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The row as spreadsheet programs count, from 1; none for the file.
    pub row: Option<u32>,
    /// The column as it is named in the file.
    pub column: Option<String>,
    /// What is wrong, in Korean.
    pub ko: String,
    /// The same in English.
    pub en: String,
}

impl Fault {
    fn file(ko: impl Into<String>, en: impl Into<String>) -> Self {
        let (ko, en) = (ko.into(), en.into());
        let (row, column) = (None, None);
        Self {
            row,
            column,
            ko,
            en,
        }
    }

    fn cell(row: u32, column: &str, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            row: Some(row),
            column: Some(column.to_owned()),
            ko: ko.into(),
            en: en.into(),
        }
    }
}

/// Reads a spreadsheet: XLSX by its first bytes, otherwise CSV in UTF-8 or CP949.
///
/// # Errors
/// Every fault found, at most a hundred.
pub fn read(bytes: &[u8]) -> Result<Imported, Vec<Fault>> {
    if bytes.len() > MAX_FILE {
        let ko = format!("파일이 너무 큽니다. {MAX_FILE}바이트까지 읽습니다.");
        let en = format!("The file is too large: {MAX_FILE} bytes are read.");
        return Err(vec![Fault::file(ko, en)]);
    }
    let sheet = if bytes.starts_with(b"PK\x03\x04") {
        xlsx::read(bytes)
    } else {
        cells::read_csv(bytes)
    };
    let sheet = sheet.map_err(|fault| vec![fault])?;
    let columns = Columns::find(&sheet.names)?;
    let mut imported = rows::read(&sheet, &columns)?;
    check_repeated(&sheet, &columns, &mut imported)?;
    Ok(imported)
}

/// No two projects have one id.
fn check_repeated(
    sheet: &Sheet,
    columns: &Columns,
    imported: &mut Imported,
) -> Result<(), Vec<Fault>> {
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for (project, row) in imported.projects.iter().zip(&sheet.rows) {
        if let Some(first) = seen.insert(project.id.clone(), row.number) {
            let id = project.id.as_str();
            let ko = format!("번호 {id}이(가) {first}행과 같습니다.");
            let en = format!("The id {id} is that of row {first} too.");
            faults.push(Fault::cell(row.number, columns.name_of_id(), ko, en));
        }
    }
    faults.truncate(MAX_FAULTS);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

//! Rolls: who is a graduate of 예산학교, who sits on a committee (docs/ROLLS.md).
//!
//! ```text
//! CSV, XLSX -> table -> row -> keyed hashes -> matching -> registry
//! ```
//!
//! A person's data are in memory while their row is read. What is kept is keyed hashes, and for
//! every row of a file what became of it.

mod csv_file;
mod import;
mod matching;
pub mod normalise;
mod outcome;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod xlsx_file;

pub use import::{ImportError, Imported, Order, import};
pub use matching::{RollHash, RollKey};
pub use outcome::{Outcome, Verdict};
pub use table::{Column, Encoding, TableError, read};

use voting_core::ids::ClassIndex;

/// What is kept of one row of a roll file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollRow {
    /// Its number in the file, the heading being 1.
    pub number: u64,
    /// Its class, if it names one that has a roll.
    pub class: Option<ClassIndex>,
    /// What became of it.
    pub outcome: Outcome,
    /// By its CI.
    pub ci: Option<RollHash>,
    /// By its name, birth date and mobile number.
    pub person: Option<RollHash>,
}

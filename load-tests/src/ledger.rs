//! Receipts in a file, one a line, written as they come: a run that was interrupted goes on after
//! the last one.
//!
//! ```text
//! hanpyo-ledger v1 <election id>
//! <voter>TAB<receipt in base64>
//! ```

use crate::evidence::{EvidenceError, check_receipt};
use data_encoding::BASE64;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::codec::Encode;
use voting_core::manifest::Manifest;
use voting_core::receipt::Receipt;

const HEADER: &str = "hanpyo-ledger v1";

/// Why a ledger cannot be used.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(PathBuf, #[source] std::io::Error),
    /// It is another election's, or no ledger.
    #[error("{0}:1: this is not a ledger of election {1}")]
    Other(PathBuf, String),
    /// A line is not well-formed.
    #[error("{0}:{1}: a line is a voter, a tab and a receipt, each voter once")]
    Line(PathBuf, usize),
    /// A receipt is no evidence.
    #[error("{0}:{1}")]
    Receipt(PathBuf, usize, #[source] EvidenceError),
}

/// The receipts of an election so far.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: File,
    receipts: BTreeMap<String, Receipt>,
}

impl Ledger {
    /// Opens a ledger or begins one; every receipt in it is verified. A last line that was cut
    /// short by a crash is cut off: that voter is asked about again.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(path: &Path, manifest: &Manifest) -> Result<Self, LedgerError> {
        let io = |error| LedgerError::Io(path.into(), error);
        let mut options = OpenOptions::new();
        let options = options.read(true).append(true).create(true);
        let mut file = options.open(path).map_err(io)?;
        let text = std::fs::read_to_string(path).map_err(io)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(io)?;
        let header = format!("{HEADER} {}", manifest.election_id());
        let receipts = match text[..whole].split_once('\n') {
            None => {
                writeln!(file, "{header}").map_err(io)?;
                BTreeMap::new()
            }
            Some((found, lines)) if found == header => read(path, lines, manifest)?,
            Some(_) => {
                let election = manifest.election_id().to_string();
                return Err(LedgerError::Other(path.into(), election));
            }
        };
        Ok(Self {
            path: path.into(),
            file,
            receipts,
        })
    }

    /// The receipts by voter.
    #[must_use]
    pub const fn receipts(&self) -> &BTreeMap<String, Receipt> {
        &self.receipts
    }

    /// Adds a receipt.
    ///
    /// # Errors
    /// [`LedgerError::Io`].
    pub fn add(&mut self, voter: &str, receipt: Receipt) -> Result<(), LedgerError> {
        let line = format!("{voter}\t{}\n", BASE64.encode(&receipt.to_bytes()));
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|error| LedgerError::Io(self.path.clone(), error))?;
        self.receipts.insert(voter.to_owned(), receipt);
        Ok(())
    }
}

fn read(
    path: &Path,
    lines: &str,
    manifest: &Manifest,
) -> Result<BTreeMap<String, Receipt>, LedgerError> {
    let mut receipts = BTreeMap::new();
    for (number, line) in (2..).zip(lines.lines()) {
        let malformed = || LedgerError::Line(path.into(), number);
        let (voter, receipt) = line.split_once('\t').ok_or_else(malformed)?;
        let bytes = BASE64.decode(receipt.as_bytes()).map_err(|_| malformed())?;
        let receipt = check_receipt(&bytes, manifest)
            .map_err(|error| LedgerError::Receipt(path.into(), number, error))?;
        if receipts.insert(voter.to_owned(), receipt).is_some() {
            return Err(malformed());
        }
    }
    Ok(receipts)
}

#[cfg(test)]
mod tests;

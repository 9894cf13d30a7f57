//! Verification in ranges: what takes the time - signatures, proofs, sums - is done for some of a
//! log's entries, anywhere, and its result is a small file. [`crate::verify`] takes the files of
//! ranges that cover a log in place of doing that part itself (PROTOCOL.md, "Verifying in ranges").
//!
//! ```text
//! "hanpyo range v1\n" [16]
//! election id [32]
//! size u64, root [32]        the tree that every entry was shown to be in
//! first u64, end u64         the entries; `end` is not one of them
//! 0x00 || list<256> sums     they hold: for each class, in the manifest's order, the ballots' sums
//! 0x01 || entry u64 || check text<64> || detail text<2000>     the first that does not
//! checksum [32]              of everything before
//! ```
//!
//! Nothing signs a range file: whoever merges one believes whoever made it. The checksum is against
//! accidents.

mod merge;
mod report;
mod verify;

pub(crate) use merge::Merged;
pub use report::RangeReport;
pub use verify::verify_range;

use crate::check::{CheckName, Failure};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use thiserror::Error;
use voting_core::audit::ClassSums;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ElectionId, LeafIndex, LogHash};
use voting_core::log::tree::TreeSize;
use voting_core::tags;
use voting_core::transcript::Transcript;

const MAGIC: &[u8; 16] = b"hanpyo range v1\n";
const MAX_NAME: usize = 64;
const MAX_DETAIL: usize = 2000;
/// The most bytes of a range file.
const MAX_FILE: usize = 16 << 20;

/// What verifying a range of a log's entries came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeResult {
    /// The election.
    pub election: ElectionId,
    /// How many entries the tree has, and its root.
    pub tree: (TreeSize, LogHash),
    /// The entries.
    pub entries: Range<u64>,
    /// The sums of every ballot in them, or the first entry that does not hold.
    pub outcome: Result<ClassSums, Failure>,
}

/// Why a range file is not usable at all.
#[derive(Debug, Error)]
pub enum RangeFileError {
    /// It cannot be read or written.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a range file, or was changed.
    #[error("{file}: this is not a range file, or it was changed: {source}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: DecodeError,
    },
}

impl RangeResult {
    /// Reads a range file.
    ///
    /// # Errors
    /// [`RangeFileError`].
    pub fn read(file: &Path) -> Result<Self, RangeFileError> {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::fs::File::open(file)
            .and_then(|f| f.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes))
            .map_err(|source| RangeFileError::Io {
                file: file.to_owned(),
                source,
            })?;
        Self::from_bytes(&bytes).map_err(|source| RangeFileError::Malformed {
            file: file.to_owned(),
            source,
        })
    }

    /// Writes the file, whole or not at all; a former one is replaced.
    ///
    /// # Errors
    /// [`RangeFileError::Io`].
    pub fn write(&self, file: &Path) -> Result<(), RangeFileError> {
        let written = crate::mirror::write_whole(file, &self.to_bytes());
        written.map_err(|source| RangeFileError::Io {
            file: file.to_owned(),
            source,
        })
    }

    fn encode_content(&self, w: &mut Writer) {
        w.fixed(MAGIC);
        self.election.encode(w);
        w.u64(self.tree.0.get());
        self.tree.1.encode(w);
        w.u64(self.entries.start);
        w.u64(self.entries.end);
        match &self.outcome {
            Ok(sums) => {
                w.u8(0);
                sums.encode(w);
            }
            Err(failure) => {
                w.u8(1);
                w.u64(failure.entry.map_or(self.entries.start, LeafIndex::get));
                w.bytes(failure.check.name().as_bytes());
                w.bytes(shortened(&failure.detail).as_bytes());
            }
        }
    }

    fn decode_content(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if r.array("magic")? != *MAGIC {
            return Err(DecodeError::NotCanonical("magic"));
        }
        let election = ElectionId::decode(r)?;
        let tree = (TreeSize::new(r.u64("size")?), LogHash::decode(r)?);
        let entries = r.u64("first")?..r.u64("end")?;
        if entries.start >= entries.end || entries.end > tree.0.get() {
            return Err(DecodeError::NotCanonical("range"));
        }
        let outcome = match r.u8("outcome")? {
            0 => Ok(ClassSums::decode(r)?),
            1 => Err(decode_failure(r, entries.end)?),
            value => {
                let (field, value) = ("outcome", value.into());
                return Err(DecodeError::Unknown { field, value });
            }
        };
        Ok(Self {
            election,
            tree,
            entries,
            outcome,
        })
    }
}

impl Encode for RangeResult {
    fn encode(&self, w: &mut Writer) {
        let mut content = Writer::new();
        self.encode_content(&mut content);
        let content = content.into_bytes();
        w.fixed(&content);
        w.fixed(&checksum(&content));
    }
}

impl Decode for RangeResult {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let before = r.rest();
        let result = Self::decode_content(r)?;
        let content = &before[..before.len() - r.rest().len()];
        if r.array("checksum")? != checksum(content) {
            return Err(DecodeError::NotCanonical("checksum"));
        }
        Ok(result)
    }
}

fn decode_failure(r: &mut Reader<'_>, end: u64) -> Result<Failure, DecodeError> {
    let entry = r.u64("entry")?;
    if entry >= end {
        return Err(DecodeError::NotCanonical("entry"));
    }
    let name = r.text(MAX_NAME, "check")?;
    let check = CheckName::all().find(|check| check.name() == name);
    let check = check.ok_or(DecodeError::NotCanonical("check"))?;
    let detail = r.text(MAX_DETAIL, "detail")?;
    Ok(Failure::at(check, LeafIndex::new(entry), detail))
}

fn checksum(content: &[u8]) -> [u8; 32] {
    let mut transcript = Transcript::new(tags::RANGE_CHECKSUM);
    transcript.append(content);
    transcript.digest()
}

/// At most as long as a file holds it, cut between characters.
fn shortened(detail: &str) -> &str {
    &detail[..detail.floor_char_boundary(MAX_DETAIL)]
}

/// Entries as the command line names them: `A..B`, without `B`, or `A..` to the log's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeOfEntries {
    first: u64,
    end: Option<u64>,
}

/// A text that names no entries.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a range is A..B with A below B, or A..")]
pub struct NotARange;

impl RangeOfEntries {
    /// The entries of a log of `size`.
    #[must_use]
    pub fn within(self, size: u64) -> Option<Range<u64>> {
        let range = self.first..self.end.unwrap_or(size);
        (range.start < range.end && range.end <= size).then_some(range)
    }
}

impl FromStr for RangeOfEntries {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (first, end) = text.split_once("..").ok_or(NotARange)?;
        let digits = |text: &&str| text.bytes().all(|b| b.is_ascii_digit());
        let number = |text: &str| {
            let digits = Some(text).filter(digits).ok_or(NotARange)?;
            digits.parse().map_err(|_| NotARange)
        };
        let range = Self {
            first: number(first)?,
            end: Some(end)
                .filter(|end| !end.is_empty())
                .map(number)
                .transpose()?,
        };
        match range.end {
            Some(end) if end <= range.first => Err(NotARange),
            _ => Ok(range),
        }
    }
}

impl fmt::Display for RangeOfEntries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..", self.first)?;
        self.end.map_or(Ok(()), |end| end.fmt(f))
    }
}

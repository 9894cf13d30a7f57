//! Proofs to keep: <https://c2sp.org/tlog-proof> (PROTOCOL.md, "Proofs of inclusion").
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra YW55dGhpbmc=
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//! B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
//!
//! example.com/fancylog
//! 109482
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — example.com/fancylog hI2DJw...
//! ```
//!
//! Such a file shows offline, to whoever knows the log's key and its witnesses', that an entry is
//! in the log. Files are named `*.tlog-proof`.

#[cfg(test)]
mod tests;

use crate::ids::{LeafIndex, LogHash};
use crate::log::checkpoint::{LogPolicy, OpenCheckpointError, OpenedCheckpoint};
use crate::log::lines::{encode_hash, parse_base64, parse_decimal, parse_hash, split_line};
use crate::log::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::log::tree::{BadProof, InclusionProof, MAX_PROOF_HASHES, leaf_hash};
use data_encoding::BASE64;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The most extra bytes that are carried: room for two entries.
pub const MAX_EXTRA_BYTES: usize = 128 * 1024;

/// The longest file that is read, in bytes.
pub const MAX_TLOG_PROOF_BYTES: usize = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Why a text is not a proof file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParseTlogProofError {
    /// More than [`MAX_TLOG_PROOF_BYTES`].
    #[error("the proof has {0} bytes, at most {MAX_TLOG_PROOF_BYTES} are read")]
    TooLong(usize),
    /// The first line is another, or the text is not UTF-8.
    #[error("this is not a c2sp.org/tlog-proof@v1")]
    Header,
    /// The extra data is empty, over [`MAX_EXTRA_BYTES`] or not base64.
    #[error("the proof's extra data is not well-formed")]
    Extra,
    /// There is no index line, or its number is not a plain decimal.
    #[error("the proof's index is not well-formed")]
    Index,
    /// A hash, counted from 0, is not the base64 of 32 bytes, or is one too many, or no blank line
    /// follows.
    #[error("hash {0} of the proof is not well-formed")]
    Hash(usize),
    /// What follows the blank line is not a note.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
}

/// Why a well-formed proof is not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VerifyTlogProofError {
    /// The checkpoint is not believed.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// The entry is not shown to be in the checkpoint's tree at the index.
    #[error(transparent)]
    Inclusion(#[from] BadProof),
}

/// That an entry is in a log, provable offline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    extra: Vec<u8>,
    index: LeafIndex,
    inclusion: InclusionProof,
    checkpoint: Note,
}

impl TlogProof {
    /// The proof of the entry at `index` in the tree of a signed checkpoint.
    #[must_use]
    pub const fn new(index: LeafIndex, inclusion: InclusionProof, checkpoint: Note) -> Self {
        Self {
            extra: Vec::new(),
            index,
            inclusion,
            checkpoint,
        }
    }

    /// The same with extra data, which nothing authenticates; empty for none.
    ///
    /// # Errors
    /// [`ParseTlogProofError::Extra`] above [`MAX_EXTRA_BYTES`].
    pub fn with_extra(self, extra: Vec<u8>) -> Result<Self, ParseTlogProofError> {
        match extra.len() {
            0..=MAX_EXTRA_BYTES => Ok(Self { extra, ..self }),
            _ => Err(ParseTlogProofError::Extra),
        }
    }

    /// The extra data, not to be trusted; empty for none.
    #[must_use]
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// Where the entry stands.
    #[must_use]
    pub const fn index(&self) -> LeafIndex {
        self.index
    }

    /// The inclusion proof.
    #[must_use]
    pub const fn inclusion(&self) -> &InclusionProof {
        &self.inclusion
    }

    /// The checkpoint as a note, not verified.
    #[must_use]
    pub const fn checkpoint(&self) -> &Note {
        &self.checkpoint
    }

    /// Verifies that `entry` is in the log at [`Self::index`]; gives the checkpoint and who
    /// cosigned.
    ///
    /// # Errors
    /// [`VerifyTlogProofError`].
    pub fn verify(
        &self,
        entry: &[u8],
        policy: &LogPolicy,
    ) -> Result<OpenedCheckpoint, VerifyTlogProofError> {
        self.verify_leaf(leaf_hash(entry), policy)
    }

    /// As [`Self::verify`], for an entry of which only the leaf hash is at hand.
    ///
    /// # Errors
    /// [`VerifyTlogProofError`].
    pub fn verify_leaf(
        &self,
        leaf: LogHash,
        policy: &LogPolicy,
    ) -> Result<OpenedCheckpoint, VerifyTlogProofError> {
        let opened = policy.open(&self.checkpoint)?;
        let tree = opened.checkpoint();
        self.inclusion
            .verify(leaf, self.index, tree.size(), tree.root())?;
        Ok(opened)
    }

    /// Reads a proof file.
    ///
    /// # Errors
    /// Anything that is not well-formed or within the bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseTlogProofError> {
        if bytes.len() > MAX_TLOG_PROOF_BYTES {
            return Err(ParseTlogProofError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).ok();
        let lines = text
            .and_then(split_line)
            .filter(|(header, _)| *header == HEADER);
        let (_, rest) = lines.ok_or(ParseTlogProofError::Header)?;
        let (extra, rest) = parse_extra(rest)?;
        let (index, rest) = parse_index(rest).ok_or(ParseTlogProofError::Index)?;
        let (hashes, rest) = parse_hashes(rest, ParseTlogProofError::Hash)?;
        let inclusion =
            InclusionProof::new(hashes).map_err(|_| ParseTlogProofError::Hash(MAX_PROOF_HASHES))?;
        Self::new(index, inclusion, rest.parse()?).with_extra(extra)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", BASE64.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_hashes(self.inclusion.hashes(), f)?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ParseTlogProofError;

    fn from_str(text: &str) -> Result<Self, ParseTlogProofError> {
        Self::parse(text.as_bytes())
    }
}

fn parse_extra(text: &str) -> Result<(Vec<u8>, &str), ParseTlogProofError> {
    let Some(line) = text.strip_prefix("extra ") else {
        return Ok((Vec::new(), text));
    };
    let (base64, rest) = split_line(line).ok_or(ParseTlogProofError::Extra)?;
    match parse_base64(base64) {
        Some(extra) if !extra.is_empty() => Ok((extra, rest)),
        _ => Err(ParseTlogProofError::Extra),
    }
}

fn parse_index(text: &str) -> Option<(LeafIndex, &str)> {
    let (index, rest) = split_line(text.strip_prefix("index ")?)?;
    Some((LeafIndex::new(parse_decimal(index)?), rest))
}

/// Reads lines of one hash each up to and with a blank line; `error` names the one that is wrong.
pub(super) fn parse_hashes<E>(
    mut text: &str,
    error: impl Fn(usize) -> E,
) -> Result<(Vec<LogHash>, &str), E> {
    let mut hashes = Vec::new();
    loop {
        let at = hashes.len();
        let (line, rest) = split_line(text).ok_or_else(|| error(at))?;
        if line.is_empty() {
            return Ok((hashes, rest));
        }
        let hash = parse_hash(line).filter(|_| at < MAX_PROOF_HASHES);
        hashes.push(hash.ok_or_else(|| error(at))?);
        text = rest;
    }
}

/// Writes the lines that [`parse_hashes`] reads, without the blank one.
pub(super) fn write_hashes(hashes: &[LogHash], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    hashes
        .iter()
        .try_for_each(|hash| writeln!(f, "{}", encode_hash(hash)))
}

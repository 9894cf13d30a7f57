//! What a witness is asked and when it cosigns: `add-checkpoint` of
//! <https://c2sp.org/tlog-witness> (PROTOCOL.md, "Witnesses").
//!
//! ```text
//! old 20852014
//! PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//! jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
//!
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+...
//! ```
//!
//! The answer is signature lines: [`crate::log::note::NoteSignature::parse_lines`].

#[cfg(test)]
mod tests;

use crate::ids::LogHash;
use crate::log::checkpoint::{Checkpoint, LogPolicy, OpenCheckpointError};
use crate::log::lines::{parse_decimal, split_line};
use crate::log::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::log::proof::{parse_hashes, write_hashes};
use crate::log::tree::{BadProof, ConsistencyProof, EMPTY_ROOT, MAX_PROOF_HASHES, TreeSize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest request that is read, in bytes.
pub const MAX_ADD_CHECKPOINT_BYTES: usize = MAX_NOTE_BYTES + 4096;

/// Why a text is not a request.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParseAddCheckpointError {
    /// More than [`MAX_ADD_CHECKPOINT_BYTES`].
    #[error("the request has {0} bytes, at most {MAX_ADD_CHECKPOINT_BYTES} are read")]
    TooLong(usize),
    /// There is no line with the old size, its number is not a plain decimal up to 2^62, or the
    /// text is not UTF-8.
    #[error("the request's old size is not well-formed")]
    OldSize,
    /// A hash, counted from 0, is not the base64 of 32 bytes, or is one too many, or no blank line
    /// follows.
    #[error("hash {0} of the request is not well-formed")]
    Hash(usize),
    /// What follows the blank line is not a note.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WitnessRefusal {
    /// The log has not signed it, or it is not a checkpoint of that log.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// The old size is above the checkpoint's.
    #[error("the old size is above the checkpoint's")]
    Shrinks,
    /// The old size is not that of the latest checkpoint cosigned.
    #[error("the latest checkpoint cosigned has {latest} entries")]
    NotLatest {
        /// The size to begin from.
        latest: TreeSize,
    },
    /// The latest checkpoint cosigned has the same size and another root: the log has split.
    #[error("another root of {size} entries has been cosigned")]
    OtherRoot {
        /// The size of both.
        size: TreeSize,
    },
    /// The consistency proof does not hold.
    #[error(transparent)]
    Inconsistent(#[from] BadProof),
}

impl WitnessRefusal {
    /// The HTTP status that the specification gives it.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Checkpoint(OpenCheckpointError::NotSignedByLog) => 403,
            Self::Checkpoint(OpenCheckpointError::OtherOrigin(_)) => 404,
            Self::Checkpoint(OpenCheckpointError::Note(NoteError::BadSignature { .. })) => 403,
            Self::Checkpoint(_) | Self::Shrinks => 400,
            Self::NotLatest { .. } | Self::OtherRoot { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

/// A request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: TreeSize,
    consistency: ConsistencyProof,
    checkpoint: Note,
}

impl AddCheckpoint {
    /// A request with the proof from the size that the witness cosigned last.
    #[must_use]
    pub const fn new(old: TreeSize, consistency: ConsistencyProof, checkpoint: Note) -> Self {
        Self {
            old,
            consistency,
            checkpoint,
        }
    }

    /// The size that the proof begins from.
    #[must_use]
    pub const fn old(&self) -> TreeSize {
        self.old
    }

    /// The checkpoint to be cosigned, not verified.
    #[must_use]
    pub const fn checkpoint(&self) -> &Note {
        &self.checkpoint
    }

    /// Decides whether a witness may cosign, whose latest cosigned checkpoint of this log is
    /// `latest`. It must store the checkpoint given here as its new latest one, in one step with
    /// comparing `latest`, before it answers. Witnesses of `log` are not looked at.
    ///
    /// # Errors
    /// [`WitnessRefusal`].
    pub fn check(
        &self,
        log: &LogPolicy,
        latest: Option<(TreeSize, LogHash)>,
    ) -> Result<Checkpoint, WitnessRefusal> {
        let opened = log.open_without_quorum(&self.checkpoint)?;
        let new = opened.checkpoint();
        let (size, root) = latest.unwrap_or((TreeSize::new(0), EMPTY_ROOT));
        if self.old > new.size() {
            return Err(WitnessRefusal::Shrinks);
        }
        if self.old != size {
            return Err(WitnessRefusal::NotLatest { latest: size });
        }
        if size == new.size() && root != new.root() {
            return Err(WitnessRefusal::OtherRoot { size });
        }
        self.consistency
            .verify(size, root, new.size(), new.root())?;
        Ok(new.clone())
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Anything that is not well-formed or within the bounds.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseAddCheckpointError> {
        if bytes.len() > MAX_ADD_CHECKPOINT_BYTES {
            return Err(ParseAddCheckpointError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).ok();
        let (old, rest) = text
            .and_then(parse_old)
            .ok_or(ParseAddCheckpointError::OldSize)?;
        let (hashes, rest) = parse_hashes(rest, ParseAddCheckpointError::Hash)?;
        let consistency = ConsistencyProof::new(hashes)
            .map_err(|_| ParseAddCheckpointError::Hash(MAX_PROOF_HASHES))?;
        Ok(Self::new(old, consistency, rest.parse()?))
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        write_hashes(self.consistency.hashes(), f)?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = ParseAddCheckpointError;

    fn from_str(text: &str) -> Result<Self, ParseAddCheckpointError> {
        Self::parse(text.as_bytes())
    }
}

fn parse_old(text: &str) -> Option<(TreeSize, &str)> {
    let (old, rest) = split_line(text.strip_prefix("old ")?)?;
    let old = TreeSize::new(parse_decimal(old)?);
    (old <= TreeSize::MAX).then_some((old, rest))
}

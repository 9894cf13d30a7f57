//! Checkpoints: <https://c2sp.org/tlog-checkpoint> (PROTOCOL.md, "Checkpoints").
//!
//! ```text
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! The log signs under its origin as the key's name. A [`LogPolicy`] says whose checkpoints are
//! believed: one log's, with the cosignatures of enough of its witnesses.

mod policy;
#[cfg(test)]
pub(in crate::log) mod tests;

pub use policy::{
    Cosignature, LogPolicy, OpenCheckpointError, OpenedCheckpoint, PolicyError, Quorum,
};

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::LogHash;
use crate::keys::SecretKey;
use crate::log::lines::{encode_hash, parse_decimal, parse_hash, split_line};
use crate::log::note::{KeyName, Note, NoteError, ParseKeyError, as_text};
use crate::log::tree::{EMPTY_ROOT, TreeSize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The most bytes an origin can have.
const MAX_ORIGIN_BYTES: usize = 255;

/// Why a text is not a checkpoint's.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseCheckpointError {
    /// The origin is empty, over 255 bytes or holds control characters.
    #[error("the checkpoint's origin is not well-formed")]
    Origin,
    /// The size is not a plain decimal up to 2^62.
    #[error("the checkpoint's tree size is not well-formed")]
    Size,
    /// The root is not the base64 of 32 bytes, or is not that of a tree without entries where the
    /// size is 0.
    #[error("the checkpoint's root is not well-formed")]
    Root,
    /// An extension line is empty, holds control characters or lacks its newline.
    #[error("an extension line of the checkpoint is not well-formed")]
    Extension,
}

/// The name of a log: a URL without scheme by custom, at most 255 bytes without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// An origin.
    ///
    /// # Errors
    /// [`ParseCheckpointError::Origin`].
    pub fn new(origin: impl Into<String>) -> Result<Self, ParseCheckpointError> {
        let origin = origin.into();
        let fits = (1..=MAX_ORIGIN_BYTES).contains(&origin.len()) && is_line(&origin);
        if fits {
            Ok(Self(origin))
        } else {
            Err(ParseCheckpointError::Origin)
        }
    }

    /// The origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the log's key: the origin itself.
    ///
    /// # Errors
    /// [`ParseKeyError::Name`] where the origin holds spaces or a plus, which a log that follows
    /// the recommendation has not.
    pub fn key_name(&self) -> Result<KeyName, ParseKeyError> {
        KeyName::new(self.0.as_str())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = ParseCheckpointError;

    fn from_str(origin: &str) -> Result<Self, ParseCheckpointError> {
        Self::new(origin)
    }
}

as_text!(Origin, "log origin", MAX_ORIGIN_BYTES);

/// A state of a log: what a checkpoint says, unsigned. Prints as the note's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Origin,
    size: TreeSize,
    root: LogHash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// The state of the log of this origin at this size.
    #[must_use]
    pub const fn new(origin: Origin, size: TreeSize, root: LogHash) -> Self {
        Self {
            origin,
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// The same with extension lines, which the specification advises against and this log does not
    /// write.
    ///
    /// # Errors
    /// [`ParseCheckpointError::Extension`] on an empty line or control characters.
    pub fn with_extensions(self, extensions: Vec<String>) -> Result<Self, ParseCheckpointError> {
        match extensions
            .iter()
            .all(|line| !line.is_empty() && is_line(line))
        {
            true => Ok(Self { extensions, ..self }),
            false => Err(ParseCheckpointError::Extension),
        }
    }

    /// Which log.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How many entries.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The root of the Merkle tree over them.
    #[must_use]
    pub const fn root(&self) -> LogHash {
        self.root
    }

    /// Lines after the root, without meaning here.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signs the checkpoint as the log.
    ///
    /// # Errors
    /// [`SignCheckpointError`].
    pub fn sign(&self, key: &SecretKey) -> Result<Note, SignCheckpointError> {
        Ok(Note::sign(self.to_string(), self.origin.key_name()?, key)?)
    }

    /// Reads a note's text. Nothing in it is to be believed before the note is verified:
    /// [`LogPolicy::open`] does both.
    ///
    /// # Errors
    /// Anything that is not well-formed.
    pub fn parse(text: &str) -> Result<Self, ParseCheckpointError> {
        let (origin, rest) = split_line(text).ok_or(ParseCheckpointError::Origin)?;
        let origin = Origin::new(origin)?;
        let (size, rest) = split_line(rest).ok_or(ParseCheckpointError::Size)?;
        let size = parse_decimal(size)
            .map(TreeSize::new)
            .ok_or(ParseCheckpointError::Size)?;
        let (root, rest) = split_line(rest).ok_or(ParseCheckpointError::Root)?;
        let root = parse_hash(root).ok_or(ParseCheckpointError::Root)?;
        if size > TreeSize::MAX {
            return Err(ParseCheckpointError::Size);
        }
        if size.get() == 0 && root != EMPTY_ROOT {
            return Err(ParseCheckpointError::Root);
        }
        Self::new(origin, size, root).with_extensions(parse_extensions(rest)?)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            encode_hash(&self.root)
        )?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = ParseCheckpointError;

    fn from_str(text: &str) -> Result<Self, ParseCheckpointError> {
        Self::parse(text)
    }
}

/// Why a checkpoint could not be signed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SignCheckpointError {
    /// The origin cannot be the name of a key.
    #[error(transparent)]
    Name(#[from] ParseKeyError),
    /// The extension lines make the note too long.
    #[error(transparent)]
    Note(#[from] NoteError),
}

fn parse_extensions(mut text: &str) -> Result<Vec<String>, ParseCheckpointError> {
    let mut lines = Vec::new();
    while !text.is_empty() {
        let (line, rest) = split_line(text).ok_or(ParseCheckpointError::Extension)?;
        lines.push(line.to_owned());
        text = rest;
    }
    Ok(lines)
}

fn is_line(text: &str) -> bool {
    !text.contains(|c: char| c < ' ')
}

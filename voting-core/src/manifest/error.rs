//! What is wrong with a manifest.

use std::fmt;
use thiserror::Error;

/// The longest message, in characters, so that hostile input cannot fill a screen.
const MAX_MESSAGE_CHARS: usize = 300;

/// Why a manifest was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ManifestError {
    /// More than [`super::MAX_BYTES`].
    #[error("the manifest has {0} bytes, at most 4194304 are read")]
    TooLong(usize),
    /// Not JSON, or not the JSON of a manifest.
    #[error("{0}")]
    Json(Problem),
    /// Not the RFC 8785 form of what it says.
    #[error("the manifest is not in canonical form (RFC 8785) from byte {0} on")]
    NotCanonical(usize),
    /// Every member is well formed but the whole cannot be an election.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The member: `contests[0].projects[3].cost`; `.` for the whole document.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    /// A problem, on one line.
    #[must_use]
    pub fn new(path: impl fmt::Display, message: impl fmt::Display) -> Self {
        Self {
            path: one_line(&path.to_string()),
            message: one_line(&message.to_string()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

fn one_line(text: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut line: String = text.chars().take(MAX_MESSAGE_CHARS).map(visible).collect();
    if text.chars().nth(MAX_MESSAGE_CHARS).is_some() {
        line.push('…');
    }
    line
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

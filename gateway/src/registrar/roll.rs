//! The rolls of a demonstration: who is a graduate of 예산학교, who sits on a committee.
//!
//! ```text
//! hanpyo-roll v1
//! graduate<TAB>CI of a person
//! ```
//!
//! Only pseudonyms are kept in memory; the file is read once.

use super::PseudonymKey;
use crate::identity::Ci;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::ids::{ClassIndex, Pseudonym};
use voting_core::manifest::{Admission, Manifest};
use zeroize::Zeroizing;

/// The first line of a roll file.
const HEADER: &str = "hanpyo-roll v1";

/// The people on each roll.
#[derive(Default)]
pub struct Roll(HashSet<(ClassIndex, Pseudonym)>);

/// Why a roll file was refused. Holds nothing of a person.
#[derive(Debug, Error)]
pub enum RollError {
    /// The file cannot be read.
    #[error("{file}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line is not of a roll.
    #[error("{file}:{line}: {what}")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Roll {
    /// Reads a roll file for an election.
    ///
    /// # Errors
    /// [`RollError`].
    pub fn read(file: &Path, manifest: &Manifest, key: &PseudonymKey) -> Result<Self, RollError> {
        let text = std::fs::read_to_string(file).map_err(|source| RollError::Io {
            file: file.to_owned(),
            source,
        })?;
        let text = Zeroizing::new(text);
        Self::parse(&text, manifest, key).map_err(|(line, what)| RollError::Syntax {
            file: file.to_owned(),
            line,
            what,
        })
    }

    /// Whether a person is on the roll of a class.
    #[must_use]
    pub fn contains(&self, class: ClassIndex, person: &Pseudonym) -> bool {
        self.0.contains(&(class, *person))
    }

    /// How many places on rolls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn parse(
        text: &str,
        manifest: &Manifest,
        key: &PseudonymKey,
    ) -> Result<Self, (usize, &'static str)> {
        let mut lines = (1..).zip(text.lines());
        match lines.next() {
            Some((_, HEADER)) => {}
            _ => return Err((1, "a roll file begins with `hanpyo-roll v1`")),
        }
        let person = |(number, line): (usize, &str)| {
            parse_line(line, manifest, key).map_err(|what| (number, what))
        };
        lines.map(person).collect::<Result<_, _>>().map(Self)
    }
}

fn parse_line(
    line: &str,
    manifest: &Manifest,
    key: &PseudonymKey,
) -> Result<(ClassIndex, Pseudonym), &'static str> {
    let (class, ci) = line
        .split_once('\t')
        .ok_or("a line is a class, a tab and a CI")?;
    let index = manifest.classes.iter().position(|c| c.id.as_str() == class);
    let index = index
        .and_then(|index| u16::try_from(index).ok())
        .map(ClassIndex::new);
    let index = index.ok_or("the manifest has no such class")?;
    let admission = manifest.class(index).map(|class| class.admission);
    if admission != Some(Admission::Roll) {
        return Err("the class has no roll");
    }
    let ci = Ci::new(ci).ok_or("the CI is empty, too long or holds control characters")?;
    Ok((index, key.pseudonym(&manifest.election_id(), &ci)))
}

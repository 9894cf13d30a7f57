//! Values that nobody may read in a log.

use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The most bytes of a secret's file.
const MAX_BYTES: u64 = 64 << 10;

/// A secret text: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Zeroizing<String>);

/// A secret's file that cannot be read. Says nothing of its content.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The file is too long to be one.
    #[error("{}: more than {MAX_BYTES} bytes", .0.display())]
    TooLong(PathBuf),
}

impl Secret {
    /// A secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, for whoever needs it and nobody's log.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The given secret, or the content of the given file without the spaces around it.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn or_file(given: Option<&Self>, file: Option<&Path>) -> Result<Option<Self>, SecretError> {
        match (given, file) {
            (Some(secret), _) => Ok(Some(secret.clone())),
            (None, Some(file)) => Self::read(file).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn read(file: &Path) -> Result<Self, SecretError> {
        let error = |error| SecretError::File(file.to_owned(), error);
        if std::fs::metadata(file).map_err(error)?.len() > MAX_BYTES {
            return Err(SecretError::TooLong(file.to_owned()));
        }
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(error)?);
        Ok(Self::new(text.trim().to_owned()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

//! A log in a folder.

use super::{LogPath, Source, SourceError};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A folder with a log's files, as a mirror or an export makes it.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder itself, or its `log` folder, where a checkpoint stands.
    ///
    /// # Errors
    /// [`SourceError::Address`] if there is none.
    pub fn open(folder: &Path) -> Result<Self, SourceError> {
        let roots = [folder.to_owned(), folder.join("log")];
        let found = roots
            .into_iter()
            .find(|root| root.join("checkpoint").is_file());
        let none = || {
            format!(
                "{}: there is no checkpoint in this folder",
                folder.display()
            )
        };
        let root = found.ok_or_else(|| SourceError::Address(none()))?;
        Ok(Self { root })
    }
}

impl Source for Folder {
    fn read(&self, path: LogPath) -> Result<Vec<u8>, SourceError> {
        let file = self.root.join(path.to_string());
        let mut bytes = Vec::new();
        let limit = path.limit();
        let read =
            File::open(&file).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes));
        let path = || file.display().to_string();
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(SourceError::Missing(path())),
            Err(source) => Err(SourceError::Io {
                path: path(),
                source,
            }),
            Ok(length) if length > limit => Err(SourceError::TooLong {
                path: path(),
                limit,
            }),
            Ok(_) => Ok(bytes),
        }
    }
}

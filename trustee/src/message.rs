//! Messages on their way to the log: posted to a gateway, or carried as files.

use observer::source::{Http, SourceError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::entry::MAX_TRUSTEE_MESSAGE;

/// Where the gateway takes trustees' messages.
const PATH: &str = "api/v1/trustees/messages";

/// Why a message is not on its way.
#[derive(Debug, Error)]
pub enum MessageError {
    /// The gateway does not answer. Run the step again: it sends the same bytes.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The gateway refused.
    #[error("the gateway refused the message ({status}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// A file cannot be read or written.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Where messages go.
pub enum Outbox {
    /// To a gateway.
    Gateway(Box<Http>),
    /// Into a folder, to be carried on.
    Folder(PathBuf),
}

impl Outbox {
    /// Posts to the gateway at a URL.
    ///
    /// # Errors
    /// [`MessageError::Source`].
    pub fn gateway(url: &str) -> Result<Self, MessageError> {
        Ok(Self::Gateway(Box::new(Http::new(url)?)))
    }

    /// Hands a message on under a name; says where it is.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn send(&self, name: &str, message: &[u8]) -> Result<String, MessageError> {
        match self {
            Self::Gateway(http) => post(http, message),
            Self::Folder(folder) => {
                let file = folder.join(format!("{name}.message"));
                write(&file, message).map_err(|source| MessageError::Io {
                    file: file.clone(),
                    source,
                })?;
                Ok(file.display().to_string())
            }
        }
    }
}

/// Reads a message file.
///
/// # Errors
/// [`MessageError::Io`].
pub fn read(file: &Path) -> Result<Vec<u8>, MessageError> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file);
    let read = opened.and_then(|f| {
        let length = f
            .take(MAX_TRUSTEE_MESSAGE as u64 + 1)
            .read_to_end(&mut bytes)?;
        match length {
            0..=MAX_TRUSTEE_MESSAGE => Ok(bytes),
            _ => Err(std::io::Error::other("too long for a message")),
        }
    });
    read.map_err(|source| MessageError::Io {
        file: file.to_owned(),
        source,
    })
}

fn post(http: &Http, message: &[u8]) -> Result<String, MessageError> {
    let answer = http.post(PATH, message.to_vec())?;
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status == 200 {
        let index = json.get("index").and_then(serde_json::Value::as_u64);
        return Ok(index.map_or_else(|| "the log".to_owned(), |index| format!("entry {index}")));
    }
    let part = |name: &str| {
        json.get(name)
            .and_then(|part| part.as_str())
            .unwrap_or_default()
    };
    let detail = format!("{} {} {}", part("type"), part("detail"), part("hint"));
    Err(MessageError::Refused {
        status: answer.status,
        detail: detail.trim().chars().filter(|c| !c.is_control()).collect(),
    })
}

/// The same message may be written again; another one never over it.
fn write(file: &Path, message: &[u8]) -> std::io::Result<()> {
    if std::fs::read(file).is_ok_and(|former| former == message) {
        return Ok(());
    }
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)?;
    out.write_all(message)?;
    out.sync_all()
}

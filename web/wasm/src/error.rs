//! What the page is told when something does not hold.

use thiserror::Error;
use voting_core::audit::Violation;
use voting_core::ballot::{OpenError, SealError};
use voting_core::codec::DecodeError;
use voting_core::manifest::ManifestError;

/// Why something was not done or is not believed. The page shows a sentence of its own and keeps
/// this one for details.
#[derive(Debug, Error)]
pub enum WebError {
    /// The manifest is not one.
    #[error("the manifest: {0}")]
    Manifest(#[from] ManifestError),
    /// The public log does not hold together.
    #[error("the log: {0}")]
    Log(#[from] Violation),
    /// More of the log is needed: the entries end before the election is opened.
    #[error("not-open")]
    NotOpen,
    /// Bytes that do not decode.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Choices that keep some limit not.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A ballot that does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something is not what it should be.
    #[error("{0}")]
    Wrong(&'static str),
}

impl From<WebError> for wasm_bindgen::JsValue {
    fn from(error: WebError) -> Self {
        Self::from_str(&error.to_string())
    }
}

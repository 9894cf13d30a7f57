//! What can go wrong on the staff's side.

use super::SignersError;
use crate::client::ClientError;
use thiserror::Error;
use voting_core::audit::Violation;
use voting_core::codec::DecodeError;

/// Why an action was not proposed.
#[derive(Debug, Error)]
pub enum StaffClientError {
    /// The gateway did not answer as it should.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The keys cannot sign.
    #[error(transparent)]
    Signers(#[from] SignersError),
    /// The log the gateway serves does not verify.
    #[error("entry {0} of the log does not verify: {1}")]
    Log(u64, String),
    /// The ceremony has not come to its end.
    #[error("the key ceremony")]
    Ceremony(#[from] Violation),
    /// The document is too long.
    #[error("the document")]
    Document(#[from] DecodeError),
}

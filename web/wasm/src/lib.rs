//! voting-core for the browser: what a voter's page seals, signs, opens and verifies.
//!
//! The page keeps bytes and shows sentences; everything that decides something is voting-core's own
//! code, the same that the gateway and the observers run. Nothing here draws randomness or reads a
//! clock: the page passes the browser's randomness in.
//!
//! ```text
//! const election = new Election(manifest, entries, count)     // verifies the key ceremony
//! const sealed = election.seal(key, credential, chosen, seeds)
//! election.pending_request(key, credential, sealed.bytes)  -> POST /api/v1/pending
//! election.cast(key, credential, sealed.bytes)             -> POST /api/v1/ballots
//! election.check_receipt(receipt, cast)                    -> what it says, verified
//! ```

pub mod check;
pub mod election;
mod error;
pub mod roll;
pub mod staff;

pub use check::content_address;
pub use election::{Election, Sealed, public_key};
pub use error::WebError;
pub use roll::RollFile;
pub use staff::{StaffProposal, claim_staff_key};

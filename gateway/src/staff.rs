//! The staff's side: proposing, signing and submitting actions that take two people.
//!
//! Two keys on one machine, or a file that goes from one to the other: the first person proposes
//! and signs, the second reads what it says, signs, and submits.

mod error;
mod proposing;
mod signers;

pub use error::StaffClientError;
pub use proposing::{Intent, propose};
pub use signers::{Signers, SignersError};

//! The key ceremony (PROTOCOL.md, "Key ceremony"): n trustees make the election key together, and
//! any t of them, never fewer, can decrypt with it.
//!
//! Distributed key generation is that of FROST(ristretto255, SHA-512), by the audited
//! `frost-ristretto255` crate; what FROST leaves to its surroundings is defined here.
//!
//! ```text
//! 1  RoundOne      each trustee commits to a polynomial and proves that it knows its secret
//! 2  RoundTwo      each sends every other one its share, encrypted to the key in the manifest
//! 3  Complaint     of who got a wrong share: opens that one share, and everyone can judge
//!    Confirmation  of who got only right ones: signs the hash of the whole transcript and the keys
//! ```
//!
//! Any complaint ends the attempt: whoever lied is known by name, and the others begin the next
//! attempt with fresh polynomials. All messages are public log entries.
//!
//! Every observer verifies the whole ceremony with [`verify`], without FROST: a `RoundOneSet`, a
//! `RoundTwoSet` exist only verified. The trustee's side, which needs FROST, is behind the feature
//! `ceremony`.
//!
//! `frost-ristretto255` 3.0 depends on curve25519-dalek 4, everything else here on 5, whose vector
//! backend verifies batches of ballots faster. The two meet only in `frost.rs`, through canonical
//! 32-byte encodings.

mod complaint;
mod confirmation;
mod encryption;
mod error;
#[cfg(feature = "ceremony")]
mod frost;
mod key_share;
#[cfg(feature = "ceremony")]
mod participant;
mod public_keys;
mod round_one;
mod round_two;
#[cfg(feature = "ceremony")]
mod seal;
mod setup;
mod share;
#[cfg(test)]
#[cfg(feature = "ceremony")]
mod tests;

pub use complaint::{Complaint, Verdict, judge_complaint};
pub use confirmation::Confirmation;
pub use encryption::{EncryptionKey, EncryptionSecret};
pub use error::CeremonyError;
pub use key_share::KeyShare;
#[cfg(feature = "ceremony")]
pub use participant::{Dealer, Outcome, Recipient};
pub use public_keys::PublicKeys;
pub use round_one::{Commitments, ProofOfPossession, RoundOne, RoundOneSet};
pub use round_two::{RoundTwo, RoundTwoSet};
pub use setup::{
    Attempt, CeremonyHash, CeremonyMessage, MAX_TRUSTEES, Setup, Threshold, TrusteeKeys,
};
pub use share::EncryptedShare;

use crate::trustee::Signed;

/// Verifies one whole attempt, as every observer does, and returns the election's public keys.
///
/// Messages may come in any order; there must be exactly one of each kind from each trustee.
///
/// # Errors
/// [`CeremonyError`] naming the trustee at fault.
pub fn verify(
    setup: &Setup,
    round_one: &[Signed<RoundOne>],
    round_two: &[Signed<RoundTwo>],
    confirmations: &[Signed<Confirmation>],
) -> Result<PublicKeys, CeremonyError> {
    let first = RoundOneSet::verify(setup, round_one)?;
    RoundTwoSet::verify(first, round_two)?.confirm(confirmations)
}

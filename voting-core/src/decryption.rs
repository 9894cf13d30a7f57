//! Decryption of the totals (PROTOCOL.md, "Decryption").
//!
//! After the close, for each group of ballots (a voter class, or classes merged by the manifest's
//! rule) everyone sums the counting ballots' ciphertexts. Each trustee publishes its share of every
//! project's sum with a proof; any t shares give `M_i = T_i G`, and the total `T_i`, at most the
//! number of ballots, is found by baby-step giant-step.
//!
//! ```text
//! D_j = x_j A                  share of trustee j, with a proof that log_A D_j = log_G Y_j
//! M = B - sum_j lambda_j D_j   lambda_j = prod_(m != j) m / (m - j)
//! T G = M                      0 <= T <= ballots
//! ```

mod combiner;
mod dlog;
mod share;
mod sums;
#[cfg(test)]
mod tests;

pub use combiner::Combiner;
pub use dlog::DlogTable;
pub use share::{DecryptionShare, MAX_PROJECTS, Statement, prove};
pub use sums::CiphertextSums;

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::TrusteeId;
use std::fmt;
use thiserror::Error;

/// A group of ballots that is decrypted together: the number of a class, or of a merger of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(u16);

impl GroupId {
    /// Wraps the number.
    #[must_use]
    pub const fn new(n: u16) -> Self {
        Self(n)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Encode for GroupId {
    fn encode(&self, w: &mut Writer) {
        w.u16(self.0);
    }
}

impl Decode for GroupId {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(r.u16("group")?))
    }
}

/// Why a decryption cannot go on. Where a trustee is named, that trustee is at fault.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecryptionError {
    /// A ballot has another number of ciphertexts than there are projects.
    #[error("{found} ciphertexts for {expected} projects")]
    CiphertextCount {
        /// How many the ballot has.
        found: usize,
        /// How many projects there are.
        expected: usize,
    },
    /// More projects than a share can hold.
    #[error("{0} projects, at most {MAX_PROJECTS} fit a share")]
    TooManyProjects(usize),
    /// The key share is not of this election or does not match its verifying share.
    #[error("the key share does not belong to this election's keys")]
    OtherKey,
    /// No such trustee.
    #[error("there is no trustee {0}")]
    UnknownTrustee(TrusteeId),
    /// A share made for another state of the log.
    #[error("the share of trustee {0} is for another close")]
    OtherClose(TrusteeId),
    /// A share of another group.
    #[error("the share of trustee {trustee} is of group {found}, not {expected}")]
    OtherGroup {
        /// Whose share.
        trustee: TrusteeId,
        /// Its group.
        found: GroupId,
        /// The group at hand.
        expected: GroupId,
    },
    /// A share of another number of projects.
    #[error("the share of trustee {trustee} covers {found} projects, not {expected}")]
    ProjectCount {
        /// Whose share.
        trustee: TrusteeId,
        /// How many it covers.
        found: usize,
        /// How many there are.
        expected: usize,
    },
    /// A project's proof does not verify.
    #[error("the proof of trustee {trustee} for project {project} does not verify")]
    BadProof {
        /// Whose share.
        trustee: TrusteeId,
        /// The project's index, from 0.
        project: usize,
    },
    /// A second share of one trustee.
    #[error("trustee {0} sent two shares of one group")]
    Repeated(TrusteeId),
    /// Fewer than t shares.
    #[error("{found} of {needed} shares are there")]
    TooFew {
        /// How many are there.
        found: usize,
        /// The threshold t.
        needed: u16,
    },
    /// A project's sum is of no total that so many ballots can give.
    #[error("project {project} has no total between 0 and the {ballots} ballots")]
    OutOfRange {
        /// The project's index, from 0.
        project: usize,
        /// How many ballots were summed.
        ballots: u64,
    },
}

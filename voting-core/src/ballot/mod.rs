//! The ballot (PROTOCOL.md, "The ballot"): encrypted choices with one proof over all of them.
//!
//! ```text
//! version  u8            1
//! (A_i, B_i)  N x 64     ciphertexts, in manifest order
//! B, A, C, D  4 x 32     commitments
//! E           64         the link's first message, both components
//! sigma_k  K x 32        one scalar a limit
//! f_j      m x 32        responses, one a bit
//! z_AB, z_CD, z_E  3x32  responses for the blinding factors
//! ```
//!
//! `N`, `K` and `m` come from the manifest ([`BallotShape`]). Letters are those of the protocol
//! document; a Pedersen vector commitment is `Com(v; t) = t U + sum_j v_j V_j`.

mod bytes;
mod challenge;
mod opening;
mod seal;
mod shape;
mod statement;
mod verify;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use bytes::Ballot;
pub use challenge::{OpenError, open_with_seed};
pub use opening::Opening;
pub use seal::{Choices, SealError, SealSeeds, SealedBallot, seal};
pub use shape::{BallotShape, Limit, ShapeError, SlackBit, slack_weights};
pub use statement::{BallotParameters, VoterIdentity};
pub use verify::{BadProof, BallotVerifier};

//! Voters as programs: real elections replayed over HTTP, from the manifest to the verified result.
//!
//! ```text
//!   .pb file -> ballots -> voters --HTTP--> gateway          (casting)
//!      |                                       |
//!      +-> manifest, plain count      log -> result, observer (replay)
//!                  |                              |
//!                  +---------- compare -----------+
//! ```
//!
//! A [`voter::Voter`] does what a voter's device does and believes nothing that it has not
//! verified: the election key comes out of the ceremony's messages in the log, receipts and proofs
//! of inclusion are checked with the keys in the manifest. [`casting`] plays every voter of a file
//! against a running gateway; [`replay`] holds a whole election without a person, with the real
//! programs as processes.

pub mod casting;
pub mod clock;
pub mod demonstration;
pub mod election;
pub mod evidence;
pub mod http;
pub mod ledger;
pub mod load;
pub mod log;
pub mod made_up;
pub mod pb_ballots;
pub mod replay;
pub mod voter;

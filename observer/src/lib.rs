//! Verifies a whole election from its public log, trusting nobody (PROTOCOL.md, "What every
//! verifier checks").
//!
//! [`verify`] checks everything and gives a [`Report`] of named checks. [`read_verified`] stops at
//! the newest checkpoint and gives the election's state: what a trustee begins from.
//!
//! ```no_run
//! use observer::{Expectations, Silent, source, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let address = "https://vote.example.kr";
//! let log = source::open(address)?;
//! let report = verify(&*log, address, &Expectations::default(), &Silent);
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod batch;
mod check;
mod complaint;
pub mod explore;
mod fetch;
mod head;
pub mod kept;
pub mod mirror;
pub mod outcome;
mod progress;
pub mod range;
mod replay;
mod report;
pub mod source;
mod superseded;
mod text;
mod trusted;
pub mod witness;

pub use check::{CheckName, Failure, OwnCheck};
pub use complaint::Complaint;
pub use kept::KeptReceipt;
pub use progress::{Part, Progress, Silent};
pub use replay::{Expectations, VerifiedLog, read_verified};
pub use report::{CheckReport, FirstFailure, Report, Status, Verdict, verify};
pub use trusted::Trusted;

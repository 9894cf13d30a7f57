//! The result document: what the citizens decided, and why, for every project.
//!
//! [`compute`] is a pure function of the manifest and the class totals. It gives the same
//! [`ResultDocument`], and that the same canonical bytes (RFC 8785), wherever it runs, so that an
//! observer who decrypted the totals from the log re-derives a published result and compares bytes.
//!
//! ```text
//! {"contests":[{"id":"citywide","projects":[{"id":"p1","marks":{"citizen":512},"score":"512/1901",
//!   "score_decimal":"0.26933193","rank":1,"outcome":"in","reason":{"code":"funded",..},..}],..}],
//!  "election_id":"5f0c..","format":"hanpyo result v1","turnout":[..],..}
//! ```
//!
//! A [`SignedResult`] carries the document and staff signatures over its canonical bytes, under
//! [`voting_core::tags::SIGN_RESULT`].

mod compute;
mod contest;
mod document;
mod ratification;
mod sentence;
mod signed;
mod staff;
mod totals;

pub use compute::compute;
pub use document::{
    ChangedProject, ClassMarks, ContestResult, Format, Margin, Pot, ProjectResult, Reason,
    ResultDocument, Sensitivity, Tie, Turnout, WeightReport,
};
pub use ratification::{
    Change, Decision, FinalOutcome, Ratification, RatificationError, RatificationFormat,
    SignedRatification,
};
pub use sentence::money;
pub use signed::SignedResult;
pub use staff::{SignatureError, StaffSignature};
pub use totals::{ClassTotal, ClassTotals, Standing, TotalsError, Withdrawal};

#[cfg(test)]
mod tests;

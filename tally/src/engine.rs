//! From scores to an outcome, exactly, with the reason for every project.
//!
//! The engine knows nothing of ballots: it takes candidates with exact scores ([`Candidate`]) and a
//! rule in which every boundary case is decided ([`Settings`], made from a manifest's rule by
//! [`Settings::of_rule`] or by hand), and gives an [`Evaluation`].
//!
//! # Order of the steps
//!
//! 1. Excluded candidates leave; their cost counts nowhere.
//! 2. The others are ranked by score; equal scores by the tie orders, one after another.
//! 3. A bottom cut drops from the end of each ranking of its scope. It looks at cost alone: also at
//!    candidates below the minimum score.
//! 4. What is left is kept, or funds are filled from the top, or places are given, or a poll is
//!    decided. A candidate below the minimum score is out before it costs anything or stops a
//!    filling; so is one that conflicts with a higher-ranked chosen one.
//!
//! # What does not hold
//!
//! More votes for one project never put that project itself out while there is one ranking: what
//! stands before it becomes a shorter part of the same list, which has taken less money and fewer
//! conflict sets. They can put *another* one in or out, also one that the same voter marked; and
//! where money is chained ([`voting_core::rule::FillScope::FieldsThenRest`]) they can cost the
//! project itself money. `tests/laws.rs` holds the laws and the counterexamples.

mod groups;
mod input;
mod margin;
mod probe;
mod rank;
mod reason;
mod report;
mod rule;
mod select;
mod steps;

pub use input::{
    Candidate, Cut, Fill, Input, Minimum, Pool, Pots, Scope, Settings, Then, Tie, Top,
};
pub use margin::Margin;
pub use rank::recorded_lot;
pub use reason::{Outcome, Reason};
pub use report::{Alternative, Evaluation, PotReport, TieGroup, Verdict, evaluate, outcomes};
pub(crate) use rule::parts_of_fields;
pub use rule::{RuleContext, RuleError};

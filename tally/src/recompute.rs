//! A real election from its `.pb` file, computed by the same engine.
//!
//! [`Plan`] says how; [`Plan::declared`] takes the rule from the file's META, as the table in
//! `docs/TALLY.md` has it, and says whenever a rule was read as another.

mod classes;
mod outcome;
mod plan;

pub use classes::ClassShares;
pub(crate) use outcome::BOUGHT;
pub use outcome::{ClassReport, FieldReport, Recomputed, TieReport};
pub use plan::{Method, Plan, PlanError, TieChoice, recompute};

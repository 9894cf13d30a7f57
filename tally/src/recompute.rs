//! A real election from its `.pb` file, computed by the same engine.
//!
//! [`Plan`] says how; [`Plan::declared`] takes the rule from the file's META:
//!
//! | META `rule` | computed as |
//! |---|---|
//! | `greedy`, `greedy-exclusive` | fill, skipping what does not fit |
//! | `greedy-threshold` | minimum score, then the same |
//! | `greedy-no-skip` | minimum score where META has one, then fill up to the first that does not fit |
//! | `greedy-custom` (Poznan) | fill up to the first that does not fit; that one too where at least 80 % of it is left |
//! | `equalshares`, `equalshares/add1` | Equal Shares, [`crate::proportional`] |
//!
//! A rule that stops does not stop at a project priced 999999999: so the files mark what was
//! withdrawn. Conflict sets of `greedy-exclusive` are not in the files. `equalshares-comparison` and
//! `equalshares/add1-comparison` are computed without the comparison with greedy. Any other rule
//! (`unknown`) is read as `greedy-threshold`. The outcome says whenever a rule was read as another.

mod outcome;
mod plan;

pub(crate) use outcome::BOUGHT;
pub use outcome::{ClassReport, FieldReport, Recomputed, TieReport};
pub use plan::{ClassShares, Method, Plan, PlanError, TieChoice, recompute};

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
//! Conflict sets of `greedy-exclusive` are not in the files. Any other rule is read as
//! `greedy-threshold`, and the outcome says so.

mod outcome;
mod plan;

pub use outcome::{ClassReport, FieldReport, Recomputed, TieReport};
pub use plan::{ClassShares, Method, Plan, PlanError, TieChoice, recompute};

//! From class totals to a ranking with a cut-off: exact, by the manifest's rule, explained.
//!
//! [`result::compute`] is the whole way from a manifest and class totals to the published document:
//! [`weights`] makes scores of the totals and [`engine`] an outcome of the scores. [`pb`] reads
//! Pabulib `.pb` files of real elections, which the same engine recomputes.
//!
//! Money and votes are integers and exact rationals throughout; nothing here reads a clock or draws
//! randomness, so the same input always gives the same bytes.

pub mod anomaly;
pub mod cli;
pub mod engine;
pub mod exact;
pub mod natural;
pub mod pb;
pub mod proportional;
pub mod recompute;
pub mod report;
pub mod result;
pub mod simulate;
pub mod weights;

//! From class totals to a ranking with a cut-off: exact, by the manifest's rule, explained.
//!
//! [`pb`] reads Pabulib `.pb` files of real elections; [`natural`] orders project ids as people do.
//! Money and votes are integers and exact rationals throughout; nothing here reads a clock or draws
//! randomness, so the same input always gives the same bytes.

pub mod engine;
pub mod exact;
pub mod natural;
pub mod pb;
pub mod weights;

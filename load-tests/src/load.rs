//! Load, open-loop: when everything is sent is decided before the first request, latency is counted
//! from those times, and at the end every receipt is reconciled with the log.
//!
//! ```text
//! pool of sealed ballots -> plan -> gun --HTTP--> gateway(s)
//!                                    |               |
//!                                 ledger           log -> observer verify
//!                                    +--- reconcile ---+
//! ```
//!
//! A generator that waits for an answer before it sends the next request slows down together with
//! what it measures and hides what people would have waited (coordinated omission). Here a request
//! that could not be sent in time, because the machine or every connection was busy, counts its
//! lateness as latency.
//!
//! It speaks as a proxy does, for voters behind 64 carriers' shared addresses and for a flood behind
//! one, so gateways that count it among their proxies hold everybody under the ceilings of addresses.

mod calendar;
mod cluster;
mod cost;
mod election;
mod failures;
mod figures;
mod filling;
mod fire;
mod machine;
mod plan;
mod pool;
mod profile;
mod reconcile;
mod report;
mod run;
#[cfg(test)]
mod testing;
mod windows;

pub use cluster::ClusterShape;
pub use election::{Prepared, Size};
pub use figures::{Latency, Phase, Shares, Stream};
pub use fire::Persistence;
pub use pool::{Pool, PoolError, Purpose};
pub use profile::Profile;
pub use reconcile::{Broken, Reconciled};
pub use report::Report;
pub use run::{Options, Target, run};

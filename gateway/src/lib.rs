//! Hanpyo's gateway: registrar, ballot box, log and board behind one HTTP server.
//!
//! ```text
//!   identity -> registrar --credential--+
//!                                       v
//!   ballots -> ballot box --ballot--> sequencer --commit--> store -> board -> caches, observers
//!                                       ^
//!   trustees, staff --------------------+
//! ```
//!
//! Each module has its own key and gets no other: the registrar signs credentials, the ballot box
//! refusals, the log checkpoints and receipts. What the sequencer appends has passed the very
//! checks that observers run ([`voting_core::audit`]).

pub mod admission;
pub mod api;
pub mod ballot_box;
pub mod board;
pub mod client;
pub mod clock;
pub mod config;
pub mod create;
pub mod identity;
pub mod keys;
pub mod limits;
pub mod metrics;
pub mod notices;
pub mod operations;
pub mod problem;
pub mod registrar;
pub mod registry;
pub mod rolls;
pub mod seal;
pub mod sequencer;
pub mod server;
pub mod staff;
pub mod store;

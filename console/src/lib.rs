//! Hanpyo's staff console: an election drafted, founded, run and published without a terminal.
//!
//! ```text
//!   browser of a manager           console                 gateway
//!   passkey -> signing key   <--   words, drafts    -->    public log, submission
//!              (never leaves)      signatures
//! ```
//!
//! It holds no key of the election: staff sign on their own devices, in WebAssembly, with a key that
//! is made from their passkey, and what the console cannot verify it does not propose. It stands on
//! the staff's network and speaks to the gateway over its HTTP interface alone. What a false console
//! could still do is in docs/THREATS.md.

pub mod access;
pub mod api;
pub mod arrivals;
pub mod clock;
pub mod desk;
pub mod draft;
pub mod gateway;
pub mod import;
pub mod invitation;
pub mod log_end;
pub mod oidc;
pub mod operations;
pub mod passkeys;
pub mod problem;
pub mod seal;
pub mod simulation;
pub mod store;
pub mod token;

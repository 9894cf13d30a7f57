//! Hanpyo's core: the election's types, their canonical bytes, the cryptography and the log.
//!
//! Nothing here does I/O, reads a clock or draws randomness by itself: callers pass the time and a
//! generator in. The crate builds alone, for native targets and for wasm32 (without the `ceremony`
//! feature, which is the trustees' and brings FROST).
//!
//! `docs/PROTOCOL.md` is the specification; each module is named after the section it implements.

pub mod audit;
pub mod ballot;
pub mod cast;
pub mod ceremony;
pub mod codec;
pub mod credential;
pub mod decryption;
pub mod dleq;
pub mod elgamal;
pub mod entry;
pub mod group;
pub mod ids;
pub mod keys;
pub mod log;
pub mod manifest;
pub mod offline;
pub mod receipt;
pub mod rule;
pub mod staff;
pub mod submission;
pub mod tags;
pub mod tracking;
pub mod transcript;
pub mod trustee;

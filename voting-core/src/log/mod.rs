//! The append-only log (PROTOCOL.md, "Log"): RFC 6962 tree, C2SP tiles, notes, checkpoints, proofs.
//!
//! Everything here is pure: hashes, tiles and stored nodes come through [`tree::HashReader`] and
//! the readers of the other modules, text and bytes from the caller.

pub mod tile;
pub mod tree;

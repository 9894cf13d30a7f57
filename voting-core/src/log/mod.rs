//! The append-only log (PROTOCOL.md, "Log"): RFC 6962 tree, C2SP tiles, notes, checkpoints, proofs.
//!
//! Everything here is pure: hashes, tiles and stored nodes come through [`tree::HashReader`] and
//! [`tile::TileReader`], text and bytes from the caller. The formats are exactly those of
//! <https://c2sp.org/tlog-tiles>, <https://c2sp.org/signed-note>,
//! <https://c2sp.org/tlog-cosignature>, <https://c2sp.org/tlog-checkpoint>,
//! <https://c2sp.org/tlog-proof> and <https://c2sp.org/tlog-witness>, so that existing witnesses,
//! mirrors and tools can check the log.

pub mod note;
pub mod tile;
pub mod tree;

mod lines;

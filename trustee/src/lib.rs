//! A trustee's program (PROTOCOL.md, "Key ceremony" and "Decryption").
//!
//! It trusts nothing it reads: before every step the whole log is verified with the observer's
//! library. It takes no totals from anyone, computes every sum itself, and decrypts one ballot set
//! of one election, once: a second set that differs by a ballot would give that ballot away.
//!
//! Secrets stand in two files, both encrypted with a passphrase ([`vault`]): the trustee's keys
//! ([`keys`]), and what the ceremony gave and what was decrypted ([`state`]). A [`step`] stores
//! what it did before it hands out a message, so that a crash never makes it say two things.

pub mod keys;
pub mod message;
pub mod state;
pub mod step;
pub mod vault;

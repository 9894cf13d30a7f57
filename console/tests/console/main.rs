//! The console as hostile and honest requests find it, without a browser: passkeys' own tests are in
//! `web/test/browser/staff.test.mjs`.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod access;
mod decision;
mod desk;
mod drafts;
mod election;
mod members;
mod proposals;
mod rolls;
mod trustees;
mod world;

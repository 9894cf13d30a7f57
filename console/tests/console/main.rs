//! The console as hostile and honest requests find it, without a browser: passkeys of browsers are tried
//! in `web/test/browser/staff.test.mjs`.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod access;
mod decision;
mod desk;
mod drafts;
mod election;
mod members;
mod passkeys;
mod proposals;
mod rolls;
mod trustees;
mod world;

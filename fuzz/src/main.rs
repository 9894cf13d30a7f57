//! A fuzz target for every decoder of bytes from outside, chosen by the variable `FUZZ_TARGET`.
//!
//! Nothing may panic on any bytes, and whatever decodes must encode to the very bytes it was read
//! from: one encoding for every value. `deploy/fuzz` builds and runs all of them.

#![no_main]

mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
        let found = targets::ALL.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("there is no target {name}")).1
    });
    target(bytes);
});

//! A fuzz target for every decoder of bytes from outside, chosen by the variable `FUZZ_TARGET`.
//!
//! Nothing may panic on any bytes, and whatever decodes must encode to the very bytes it was read
//! from: one encoding for every value. `deploy/fuzz` builds and runs all of them, from the seeds that
//! this program writes itself with the variable `FUZZ_SEEDS`.

#![no_main]

mod seeds;
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

/// Writes the seeds and ends, where that is all that is wanted.
fn write_seeds() {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        seeds::write(folder.as_ref());
        std::process::exit(0);
    }
}

fuzz_target!(init: write_seeds(), |bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
        let found = targets::ALL.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("there is no target {name}")).1
    });
    target(bytes);
});

//! What the tests with real programs share.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use load_tests::replay::Programs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The programs of the folder HANPYO_PROGRAMS, or as they stand in the tree now.
pub(crate) fn programs() -> Programs {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> Programs {
    if let Some(folder) = std::env::var_os("HANPYO_PROGRAMS") {
        return Programs::in_folder(Path::new(&folder)).unwrap();
    }
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--locked", "--workspace", "--bins"]);
    // This test is in <profile>/deps.
    let folder = std::env::current_exe().unwrap();
    let folder = folder.parent().and_then(Path::parent).unwrap();
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success());
    Programs::in_folder(folder).unwrap()
}

/// Variables by which a gateway lets one address cast so many ballots a minute, and so many at once.
pub(crate) fn ceiling(per_minute: u32, burst: u32) -> Vec<(String, String)> {
    let parts = [("PER_MINUTE", per_minute), ("BURST", burst)];
    let name = |part| format!("HANPYO_GATEWAY__LIMITS__CASTING_ADDRESS__{part}");
    parts
        .map(|(part, value)| (name(part), value.to_string()))
        .into()
}

/// The made-up file.
pub(crate) fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/small.pb")
}

//! What the tests over real elections share. The files have no licence and stay out of the
//! repository: they are read from the folder named by `HANPYO_PABULIB`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of real elections, or a loud word on standard error.
pub(crate) fn folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/pabulib");
    let folder = std::env::var_os("HANPYO_PABULIB").map_or(default, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln!`, which a test that passes keeps to itself.
    let skipped = "SKIPPED, not passed: no folder of real elections";
    let _ = writeln!(
        std::io::stderr(),
        "{skipped} at {}; set HANPYO_PABULIB",
        folder.display()
    );
    None
}

/// Names and bytes of all `.pb` files, by name.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pb"))
        .collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths
        .iter()
        .map(|path| (name(path), fs::read(path).unwrap()))
        .collect()
}

/// The rows of a JSON Lines file of the folder.
pub(crate) fn rows(file: &str) -> Vec<serde_json::Value> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let text = fs::read_to_string(folder.join(file)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

//! The `tally` command itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod declared;
mod options;
mod results;
#[cfg(unix)]
mod signing;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn tally(arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn pb(arguments: &[&str]) -> Value {
    let output = tally(&[&["pb", "--json"], arguments].concat());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = tally(arguments);
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The help is part of the interface: a change of it is a change of the file.
#[test]
fn help_is_as_recorded() {
    for command in [
        "pb",
        "result",
        "sign",
        "ratify",
        "lot",
        "simulate",
        "anomalies",
    ] {
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/fixtures/help_{command}.txt"));
        let help = text(&tally(&[command, "--help"]));
        assert_eq!(help, fs::read_to_string(recorded).unwrap(), "{command}");
    }
}

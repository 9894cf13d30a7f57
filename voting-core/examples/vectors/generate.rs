//! Every vector: file name and content, the same bytes in every run.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::ballots;
use serde_json::Value;

/// All files.
pub(crate) fn all() -> Vec<(String, String)> {
    ballots::all()
        .into_iter()
        .map(|(name, value)| (format!("{name}.json"), text(&value)))
        .collect()
}

fn text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value prints");
    text.push('\n');
    text
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    data_encoding::HEXLOWER.encode(bytes.as_ref())
}

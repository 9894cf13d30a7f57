//! Every vector: file name and content, the same bytes in every run.

#![allow(
    clippy::expect_used,
    reason = "the inputs are constants; a panic is a bug in this command"
)]

use super::{ballots, election, logs, messages, signatures, tree};
use serde_json::Value;
use voting_core::manifest::testing;

/// All files.
pub(crate) fn all() -> Vec<(String, String)> {
    let file = |(name, value): (String, Value)| (format!("{name}.json"), text(&value));
    let vectors = [
        ballots::all(),
        election::all(),
        logs::all(),
        messages::all(),
        signatures::all(),
        tree::all(),
    ];
    vectors
        .into_iter()
        .flatten()
        .map(file)
        .chain([manifest()])
        .collect()
}

/// The canonical bytes of the sample manifest, whose hash is the election id.
fn manifest() -> (String, String) {
    let manifest = testing::manifest(2, 1);
    let canonical = String::from_utf8(manifest.to_canonical()).expect("JSON is UTF-8");
    ("manifest.json".to_owned(), canonical)
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

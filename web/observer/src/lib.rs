//! The observer for the browser: the very code of the `observer` command.
//!
//! It runs in a worker, where files of the log can be read synchronously. The worker provides two
//! functions on its global object:
//!
//! ```text
//! hanpyoRead(path, limit)       a file below /log/ of at most `limit` bytes; throws a sentence
//! hanpyoProgress(part, done, total)   how far a verification has come
//!
//! const log = new Log()         // reads the newest checkpoint and the manifest
//! log.refresh()                 // the newest checkpoint, consistent with the one before
//! log.page(0)                   // 256 entries, each in the tree
//! verify(checkpoints)           // the whole election: the observer's report
//! ```

mod read;

use observer::Expectations;
use observer::explore;
use observer::kept::KeptReceipt;
use observer::witness::{accept, read_manifest};
use read::{Browser, Told};
use serde::Serialize;
use voting_core::ids::DocumentHash;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::Note;
use voting_core::manifest::Manifest;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A log being followed.
#[wasm_bindgen]
pub struct Log {
    manifest: Manifest,
    latest: Option<Checkpoint>,
}

/// A checkpoint that the log's key signed.
#[derive(Serialize)]
struct Head {
    origin: String,
    size: u64,
    root: String,
    note: String,
}

#[wasm_bindgen]
impl Log {
    /// Begins with the manifest that entry 0 names. `kept` is a checkpoint from an earlier visit,
    /// or empty: the log must lead on from it.
    ///
    /// # Errors
    /// A sentence: the log cannot be read, or does not hold.
    #[wasm_bindgen(constructor)]
    pub fn new(kept: &[u8]) -> Result<Self, JsValue> {
        let manifest = read_manifest(&Browser).map_err(sentence)?;
        let latest = match kept.is_empty() {
            true => None,
            false => Some(checkpoint(kept)?),
        };
        Ok(Self { manifest, latest })
    }

    /// The election's id, 64 hexadecimal digits.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn election(&self) -> String {
        self.manifest.election_id().to_string()
    }

    /// Reads the newest checkpoint: signed by the log, and of a tree that the one before led to.
    /// JSON of `origin`, `size`, `root`, `note`.
    ///
    /// # Errors
    /// A sentence.
    pub fn refresh(&mut self) -> Result<String, JsValue> {
        let accepted = accept(&Browser, &self.manifest, self.latest.as_ref());
        let accepted = accepted.map_err(sentence)?;
        let checkpoint = accepted.checkpoint().clone();
        let head = Head {
            origin: checkpoint.origin().as_str().to_owned(),
            size: checkpoint.size().get(),
            root: checkpoint.root().to_string(),
            note: accepted.note().to_string(),
        };
        self.latest = Some(checkpoint);
        json(&head)
    }

    /// A page of 256 entries under the latest checkpoint, as JSON of `index`, `time`, `kind`,
    /// `facts`.
    ///
    /// # Errors
    /// A sentence.
    pub fn page(&self, number: u32) -> Result<String, JsValue> {
        let latest = self.latest.as_ref();
        let latest = latest.ok_or_else(|| JsValue::from_str("no checkpoint yet"))?;
        let lines = explore::page(&Browser, &self.manifest, latest, number.into());
        json(&lines.map_err(sentence)?)
    }
}

/// Verifies the whole election, from its first entry to its result: the observer's report as JSON.
/// `checkpoint` and `receipt` are kept from before, or empty.
///
/// # Errors
/// A sentence, where a kept one is not such a thing.
#[wasm_bindgen]
pub fn verify(name: &str, checkpoint: &[u8], receipt: &[u8]) -> Result<String, JsValue> {
    let mut expected = Expectations::default();
    if !checkpoint.is_empty() {
        let note = Note::parse(checkpoint).map_err(sentence)?;
        expected.checkpoints.push(note);
    }
    if !receipt.is_empty() {
        let kept = KeptReceipt::parse(receipt);
        let kept = kept.ok_or_else(|| JsValue::from_str("not a receipt"))?;
        expected.receipts.push(kept);
    }
    json(&observer::verify(
        &Browser,
        name,
        &expected,
        &Told::default(),
    ))
}

/// The content address that a log entry names a document by.
#[wasm_bindgen]
#[must_use]
pub fn address(document: &[u8]) -> String {
    DocumentHash::of(document).to_string()
}

/// Only its own log signed what a browser keeps: whether it did is checked when the log leads on.
fn checkpoint(note: &[u8]) -> Result<Checkpoint, JsValue> {
    let note = Note::parse(note).map_err(sentence)?;
    Checkpoint::parse(note.text()).map_err(sentence)
}

fn json(value: &impl Serialize) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(sentence)
}

fn sentence(error: impl std::fmt::Display) -> JsValue {
    JsValue::from_str(&error.to_string())
}

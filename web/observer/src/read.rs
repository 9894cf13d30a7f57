//! What the worker provides: files of the log, and somebody to tell of progress.

use observer::source::{LogPath, Source, SourceError};
use observer::{Part, Progress};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = hanpyoRead)]
    fn hanpyo_read(path: &str, limit: u32) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(js_name = hanpyoProgress)]
    fn hanpyo_progress(part: &str, done: u32, total: u32);
}

/// The log of the server that served the page.
pub(crate) struct Browser;

impl Source for Browser {
    fn read(&self, path: LogPath) -> Result<Vec<u8>, SourceError> {
        let (name, limit) = (path.to_string(), path.limit());
        let read = hanpyo_read(&name, u32::try_from(limit).unwrap_or(u32::MAX));
        let bytes = read.map_err(|error| SourceError::Http {
            path: name.clone(),
            reason: error.as_string().unwrap_or_default(),
        })?;
        match bytes.len() <= limit {
            true => Ok(bytes),
            false => Err(SourceError::TooLong { path: name, limit }),
        }
    }
}

/// Tells the worker how far a verification has come, not more often than anybody can see.
#[derive(Default)]
pub(crate) struct Told {
    total: Cell<u64>,
    told: Cell<u64>,
}

/// How many entries or ballots go by between two tellings.
const STEP: u64 = 32;

impl Told {
    fn tell(&self, part: Part, done: u64) {
        let name = match part {
            Part::Entries => "entries",
            Part::Ballots => "ballots",
            Part::Files => "files",
        };
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        hanpyo_progress(name, number(done), number(self.total.get()));
    }
}

impl Progress for Told {
    fn begin(&self, part: Part, total: u64) {
        self.total.set(total);
        self.tell(part, 0);
    }

    fn reached(&self, part: Part, done: u64) {
        if part == Part::Entries && done >= self.told.get() + STEP {
            self.told.set(done);
            self.tell(part, done);
        }
    }

    fn end(&self, part: Part) {
        if part == Part::Entries {
            self.tell(part, self.total.get());
        }
    }
}

//! Makes the JavaScript around `hanpyo-web`'s WebAssembly: `web-bindgen WASM FOLDER`.
//!
//! The library behind `wasm-bindgen-cli`, pinned beside the crate it must match, so that nothing
//! has to be installed.

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [wasm, folder] = arguments.as_slice() else {
        bail!("usage: web-bindgen WASM FOLDER");
    };
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .generate(folder)
        .with_context(|| format!("the bindings of {wasm}"))
}

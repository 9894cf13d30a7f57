//! Writes the test vectors of protocol version 1 into a folder (PROTOCOL.md, "Test vectors").
//!
//! ```text
//! cargo run -p voting-core --features testing --example vectors -- voting-core/tests/vectors/v1
//! ```

mod ballots;
mod election;
mod generate;
mod logs;
mod messages;
mod signatures;
mod tree;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: vectors FOLDER");
        std::process::exit(2);
    };
    for (name, content) in generate::all() {
        std::fs::write(Path::new(&folder).join(name), content)?;
    }
    Ok(())
}

//! Embeds the pages that `web/build` has built; where one is missing its server says how to build it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("assets.rs");
    println!("cargo:rerun-if-changed=build.rs");
    let mut code = String::new();
    table(&mut code, "DIST", "../dist")?;
    table(&mut code, "DIST_STAFF", "../dist-staff")?;
    fs::write(out, code)
}

/// Writes the table of one folder's files.
fn table(code: &mut String, name: &str, folder: &str) -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let list = dist.join("assets.json");
    println!("cargo:rerun-if-changed={}", list.display());
    let mut files = Vec::new();
    if list.is_file() {
        collect(&dist, &dist, &mut files)?;
        files.sort();
    }
    let _ = writeln!(code, "pub(super) const {name}: &[(&str, &[u8])] = &[");
    for (name, path) in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        let path = path.canonicalize()?;
        let _ = writeln!(code, "    ({name:?}, include_bytes!({path:?})),");
    }
    code.push_str("];\n");
    Ok(())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.clone()));
        }
    }
    Ok(())
}

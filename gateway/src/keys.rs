//! Key files: one line each, read strictly, written once, for their owner alone.
//!
//! ```text
//! hanpyo-key v1 <role> <64 lower-case hexadecimal digits>
//! ```

mod file;
mod folder;
#[cfg(test)]
mod tests;

pub use file::{KeyFileError, KeyRole, read_secret, read_signing_key, write_new};
pub use folder::{KeyFolder, PublicKeys};

//! Keys of those who sign documents of the tally.

use super::CliError;
use data_encoding::HEXLOWER;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use voting_core::keys::SecretKey;

/// Reads a staff key file as `gateway keygen` writes it: `hanpyo-key v1 staff <64 hex digits>`.
/// Messages hold nothing of its content.
pub(super) fn read_key(path: &Path) -> Result<SecretKey, CliError> {
    private(path)?;
    let text = fs::read_to_string(path).map_err(|error| CliError::Read(path.into(), error))?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let seed = match words[..] {
        ["hanpyo-key", "v1", "staff", digits] => HEXLOWER.decode(digits.as_bytes()).ok(),
        _ => None,
    };
    let seed: Option<[u8; 32]> = seed.and_then(|seed| seed.try_into().ok());
    let wrong = || CliError::Usage(format!("{}: not a staff key file", path.display()));
    seed.map(|seed| SecretKey::from_seed(&seed))
        .ok_or_else(wrong)
}

/// Refuses a key that others on the machine can read.
#[cfg(unix)]
fn private(path: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).map_err(|error| CliError::Read(path.into(), error))?;
    if metadata.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("{}: others can read this key; chmod 600 it", path.display());
    Err(CliError::Usage(message))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), CliError> {
    Ok(())
}

/// Writes a new file, never over an existing one.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| CliError::Write(path.into(), error))
}

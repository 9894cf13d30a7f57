//! Files with secrets: age-encrypted with a passphrase (scrypt), for the owner alone to read,
//! written whole or not at all.

use age::secrecy::SecretString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;
/// scrypt's `log2 N`: about a second and 256 MB.
const WORK_FACTOR: u8 = 18;
/// The most work that a file may demand.
const MAX_WORK_FACTOR: u8 = 22;

/// Why a file with secrets was refused. Holds nothing of them.
#[derive(Debug, Error)]
pub enum VaultError {
    /// It cannot be read or written.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may read it.
    #[error("{file}: mode {mode:03o} lets others read it; run `chmod 600`")]
    Mode {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The passphrase is another, or the file is damaged or no such file.
    #[error("{0}: the passphrase is wrong, or this is not a file of this program")]
    Decrypt(PathBuf),
    /// It cannot be encrypted.
    #[error("{0} cannot be encrypted")]
    Encrypt(PathBuf),
    /// What was encrypted is not what it should be.
    #[error("{file}: {what}")]
    Content {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// Encrypts and decrypts with one passphrase.
#[derive(Clone)]
pub struct Vault {
    passphrase: SecretString,
    work_factor: u8,
}

impl Vault {
    /// A vault of this passphrase.
    #[must_use]
    pub fn new(passphrase: SecretString) -> Self {
        Self {
            passphrase,
            work_factor: WORK_FACTOR,
        }
    }

    /// The same with another work factor: tests use a low one.
    #[must_use]
    pub fn with_work_factor(self, work_factor: u8) -> Self {
        let work_factor = work_factor.clamp(1, MAX_WORK_FACTOR);
        Self {
            work_factor,
            ..self
        }
    }

    /// Writes a new file; never over an existing one.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn create(&self, file: &Path, secret: &[u8]) -> Result<(), VaultError> {
        let bytes = self.encrypt(file, secret)?;
        write_new(file, &bytes)
            .and_then(|()| sync_folder(file))
            .map_err(|source| io(file, source))
    }

    /// Replaces a file, or writes a new one. A crash leaves the former or the new one, whole.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn replace(&self, file: &Path, secret: &[u8]) -> Result<(), VaultError> {
        let bytes = self.encrypt(file, secret)?;
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = file.with_file_name(name);
        let replace = || {
            // What a crash left there is encrypted, and superseded.
            match std::fs::remove_file(&new) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write_new(&new, &bytes)?;
            std::fs::rename(&new, file)?;
            sync_folder(file)
        };
        replace().map_err(|source| io(file, source))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bytes = read_bounded(file)?;
        let mut identity = age::scrypt::Identity::new(self.passphrase.clone());
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        let secret = age::decrypt(&identity, &bytes);
        let secret = secret.map_err(|_| VaultError::Decrypt(file.to_owned()))?;
        Ok(Zeroizing::new(secret))
    }

    fn encrypt(&self, file: &Path, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut recipient = age::scrypt::Recipient::new(self.passphrase.clone());
        recipient.set_work_factor(self.work_factor);
        let encrypted = age::encrypt(&recipient, secret);
        encrypted.map_err(|_| VaultError::Encrypt(file.to_owned()))
    }
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, VaultError> {
    let io = |source| io(file, source);
    let mut opened = File::open(file).map_err(io)?;
    let metadata = opened.metadata().map_err(io)?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let file = file.to_owned();
        return Err(VaultError::Mode { file, mode });
    }
    if metadata.len() > MAX_FILE {
        return Err(VaultError::Decrypt(file.to_owned()));
    }
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

fn write_new(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut out = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    out.write_all(bytes)?;
    out.sync_all()
}

/// Makes the file's name durable too.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn io(file: &Path, source: std::io::Error) -> VaultError {
    let file = file.to_owned();
    VaultError::Io { file, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(passphrase: &str) -> Vault {
        Vault::new(SecretString::from(passphrase.to_owned())).with_work_factor(2)
    }

    #[test]
    fn a_file_opens_with_its_passphrase_only_and_is_never_overwritten_silently() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.age");
        vault("right").create(&file, b"secret").unwrap();
        assert_eq!(*vault("right").read(&file).unwrap(), b"secret");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let error = vault("wrong").read(&file).unwrap_err();
        assert!(matches!(error, VaultError::Decrypt(_)));
        assert!(!error.to_string().contains("secret"));
        let again = vault("right").create(&file, b"other").unwrap_err();
        assert!(matches!(again, VaultError::Io { .. }));
        assert_eq!(*vault("right").read(&file).unwrap(), b"secret");
        vault("right").replace(&file, b"other").unwrap();
        assert_eq!(*vault("right").read(&file).unwrap(), b"other");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_others_may_read_or_was_damaged_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.age");
        vault("right").create(&file, b"secret").unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let damaged = folder.path().join("damaged.age");
        write_new(&damaged, &bytes).unwrap();
        let error = vault("right").read(&damaged).unwrap_err();
        assert!(matches!(error, VaultError::Decrypt(_)));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = vault("right").read(&file).unwrap_err();
        assert!(matches!(error, VaultError::Mode { mode: 0o644, .. }));
    }
}

//! One key file.

use data_encoding::HEXLOWER;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::keys::SecretKey;
use zeroize::Zeroizing;

/// The first two words of a key file.
const HEADER: [&str; 2] = ["hanpyo-key", "v1"];
/// The most bytes of a key file: header, role, digits and newline are fewer.
const MAX_FILE: u64 = 200;
/// In the place of the digits: the key is no more. A unit of systemd puts it where the file is gone.
const DESTROYED: &str = "destroyed";
/// The mode in which systemd 254 and later show a credential to a dynamic user, whom alone the access
/// list behind the group's bits lets read it.
const CREDENTIAL_MODE: u32 = 0o440;

/// What a key is for; a key of one role is refused in the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    /// Ed25519: signs credentials.
    Registrar,
    /// Ed25519: signs checkpoints and receipts.
    Log,
    /// Ed25519: signs refusals.
    BallotBox,
    /// HMAC-SHA-256: makes pseudonyms of CIs.
    Pseudonym,
    /// AES-256-GCM: seals sessions.
    Session,
    /// HKDF-SHA-256: what the gateways of one election seal their talk with.
    Cluster,
    /// Ed25519: signs staff actions.
    Staff,
    /// Ed25519: signs the totals of an offline group.
    OfflineGroup,
}

impl KeyRole {
    /// The role's word in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Log => "log",
            Self::BallotBox => "ballot-box",
            Self::Pseudonym => "pseudonym",
            Self::Session => "session",
            Self::Cluster => "cluster",
            Self::Staff => "staff",
            Self::OfflineGroup => "offline-group",
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a key file was refused. Holds nothing of the key.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{file}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read it.
    #[error("{file}: mode {mode:03o} lets others read a secret key; run `chmod 600`")]
    Mode {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not a key file, or of another role.
    #[error("{file}:{line}: {what}")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

/// Writes a secret to a new file that its owner alone can read; never over an existing one.
///
/// # Errors
/// [`KeyFileError::Io`].
pub fn write_new(file: &Path, role: KeyRole, secret: &[u8; 32]) -> Result<(), KeyFileError> {
    let digits = Zeroizing::new(HEXLOWER.encode(secret));
    let line = Zeroizing::new(format!("{} {} {role} {}\n", HEADER[0], HEADER[1], *digits));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let write = || {
        let mut out = options.open(file)?;
        out.write_all(line.as_bytes())?;
        out.sync_all()
    };
    write().map_err(|source| io(file, source))
}

/// Reads the secret of a role.
///
/// # Errors
/// [`KeyFileError`].
pub fn read_secret(file: &Path, role: KeyRole) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    secret_of(file, role, &read_text(file)?)
}

/// Reads the secret of a role, if the file is there and does not say that the key is destroyed.
///
/// # Errors
/// [`KeyFileError`].
pub(super) fn read_if_there(
    file: &Path,
    role: KeyRole,
) -> Result<Option<Zeroizing<[u8; 32]>>, KeyFileError> {
    if let Ok(false) = file.try_exists() {
        return Ok(None);
    }
    let text = read_text(file)?;
    if text.trim_end_matches('\n') == format!("{} {} {role} {DESTROYED}", HEADER[0], HEADER[1]) {
        return Ok(None);
    }
    secret_of(file, role, &text).map(Some)
}

/// Reads an Ed25519 key of a role.
///
/// # Errors
/// [`KeyFileError`].
pub fn read_signing_key(file: &Path, role: KeyRole) -> Result<SecretKey, KeyFileError> {
    Ok(SecretKey::from_seed(&*read_secret(file, role)?))
}

fn read_text(file: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    check_metadata(file, credentials.as_deref())?;
    let text = std::fs::read_to_string(file).map_err(|source| io(file, source))?;
    Ok(Zeroizing::new(text))
}

fn secret_of(file: &Path, role: KeyRole, text: &str) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    parse(text, role).map_err(|(line, what)| KeyFileError::Syntax {
        file: file.to_owned(),
        line,
        what,
    })
}

/// `credentials` is the folder in which systemd hands files over, if it does.
pub(super) fn check_metadata(file: &Path, credentials: Option<&Path>) -> Result<(), KeyFileError> {
    let metadata = std::fs::metadata(file).map_err(|source| io(file, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    let handed_over =
        credentials.is_some_and(|folder| folder.is_absolute() && file.parent() == Some(folder));
    if mode & 0o077 != 0 && !(handed_over && mode == CREDENTIAL_MODE) {
        let file = file.to_owned();
        return Err(KeyFileError::Mode { file, mode });
    }
    match metadata.len() {
        0..=MAX_FILE => Ok(()),
        _ => Err(KeyFileError::Syntax {
            file: file.to_owned(),
            line: 1,
            what: "this is too long for a key file".into(),
        }),
    }
}

/// The secret in a file's text, or the line and what is wrong with it.
fn parse(text: &str, role: KeyRole) -> Result<Zeroizing<[u8; 32]>, (usize, String)> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    if line.contains('\n') {
        return Err((2, "a key file has one line".into()));
    }
    let words: Vec<&str> = line.split(' ').collect();
    let [first, version, found, digits] = words[..] else {
        return Err((
            1,
            "a key file reads `hanpyo-key v1 <role> <64 digits>`".into(),
        ));
    };
    if [first, version] != HEADER {
        return Err((1, "the line does not begin with `hanpyo-key v1`".into()));
    }
    if found != role.name() {
        let shown: String = found.chars().take(20).collect();
        return Err((1, format!("this is a key of role {shown:?}, not {role}")));
    }
    secret(digits).ok_or((1, "the key is not 64 lower-case hexadecimal digits".into()))
}

fn secret(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(HEXLOWER.decode(digits.as_bytes()).ok()?);
    let mut secret = Zeroizing::new([0; 32]);
    (bytes.len() == secret.len()).then(|| secret.copy_from_slice(&bytes))?;
    Some(secret)
}

fn io(file: &Path, source: std::io::Error) -> KeyFileError {
    let file = file.to_owned();
    KeyFileError::Io { file, source }
}

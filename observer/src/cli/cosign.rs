//! `observer cosign`.

use super::read_manifest;
use anyhow::Context;
use clap::Args;
use data_encoding::HEXLOWER;
use observer::witness::{accept, read_manifest as manifest_of};
use observer::{kept::read_checkpoint, source};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use voting_core::audit::log_policy;
use voting_core::keys::SecretKey;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::{CosignatureTime, KeyName, Note};
use voting_core::manifest::Manifest;

/// Keeps the latest checkpoint in a state file, and prints the newest one with a cosignature.
#[derive(Args)]
pub(crate) struct Cosign {
    /// A gateway's or mirror's URL, or a folder with a log's files.
    #[arg(value_name = "URL|FOLDER")]
    address: String,
    /// The file with the latest checkpoint cosigned; made at the first time.
    #[arg(long)]
    state: PathBuf,
    /// The witness's name, as the manifest names it.
    #[arg(long)]
    name: KeyName,
    /// The witness's key: a file with the 64 hexadecimal digits of an Ed25519 seed.
    #[arg(long)]
    key: PathBuf,
    /// The election's manifest; without it, the one in the log.
    #[arg(long)]
    manifest: Option<PathBuf>,
}

impl Cosign {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let source = source::open(&self.address)?;
        let manifest = match &self.manifest {
            Some(file) => read_manifest(file)?,
            None => manifest_of(&*source)?,
        };
        let key = read_key(&self.key)?;
        let latest = self.latest(&manifest)?;
        let accepted = accept(&*source, &manifest, latest.as_ref())?;
        // From here on this checkpoint is the latest, whether or not anyone gets the cosignature.
        store(&self.state, accepted.note())?;
        let (_, note) = accepted.cosign(self.name, &key, now()?)?;
        print!("{note}");
        Ok(ExitCode::SUCCESS)
    }

    fn latest(&self, manifest: &Manifest) -> anyhow::Result<Option<Checkpoint>> {
        if !self.state.exists() {
            return Ok(None);
        }
        let note = read_checkpoint(&self.state)?;
        let opened = log_policy(manifest)?.open_without_quorum(&note);
        let opened = opened.context("the state file's checkpoint")?;
        Ok(Some(opened.checkpoint().clone()))
    }
}

fn read_key(file: &Path) -> anyhow::Result<SecretKey> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(name)?;
    let seed = HEXLOWER.decode(text.trim().as_bytes()).ok();
    let seed: Option<[u8; 32]> = seed.and_then(|seed| seed.try_into().ok());
    let seed = seed.with_context(|| format!("{}: not 64 hexadecimal digits", name()))?;
    Ok(SecretKey::from_seed(&seed))
}

fn store(file: &Path, note: &Note) -> anyhow::Result<()> {
    let new = file.with_extension("new");
    let write = || {
        let mut out = std::fs::File::create(&new)?;
        out.write_all(note.to_string().as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&new, file)
    };
    write().with_context(|| file.display().to_string())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the edge of the program: a cosignature has a time"
)]
fn now() -> anyhow::Result<CosignatureTime> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    CosignatureTime::new(since.as_secs()).context("the clock is out of range")
}

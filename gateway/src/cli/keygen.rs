//! `gateway keygen` and `gateway staff-keygen`.

use anyhow::Context;
use clap::Args;
use gateway::keys::{KeyFolder, KeyRole, write_new};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::path::PathBuf;
use voting_core::keys::SecretKey;

#[derive(Args)]
pub(crate) struct Keygen {
    /// The folder; made if it does not exist. Existing keys are never overwritten.
    folder: PathBuf,
}

impl Keygen {
    /// Prints the manifest's `keys` member.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let keys = KeyFolder::generate(&self.folder, &mut UnwrapErr(SysRng))?;
        println!("{}", serde_json::to_string_pretty(&keys.public())?);
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct StaffKeygen {
    /// The new file.
    file: PathBuf,
}

impl StaffKeygen {
    /// Prints the public key as it stands in the manifest's `staff` member.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let key = SecretKey::generate(&mut UnwrapErr(SysRng));
        write_new(&self.file, KeyRole::Staff, &key.to_seed())?;
        println!("{}", key.verify_key());
        Ok(())
    }
}

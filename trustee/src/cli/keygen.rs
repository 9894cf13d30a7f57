//! `trustee keygen`.

use super::Passphrase;
use clap::Args;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::path::PathBuf;
use std::process::ExitCode;
use trustee::keys::TrusteeSecrets;

#[derive(Args)]
pub(crate) struct Keygen {
    /// The new key file.
    #[arg(long)]
    out: PathBuf,
    /// The trustee's name, as it shall stand in the manifest.
    #[arg(long, default_value = "trustee")]
    name: String,
    #[command(flatten)]
    passphrase: Passphrase,
}

impl Keygen {
    /// Prints the trustee as it stands in the manifest's `trustees.members`.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(!self.out.exists(), "{} exists already", self.out.display());
        let vault = self.passphrase.vault(true)?;
        let secrets = TrusteeSecrets::generate(&mut UnwrapErr(SysRng));
        secrets.create(&vault, &self.out)?;
        println!(
            "{}",
            serde_json::to_string_pretty(&secrets.member(self.name))?
        );
        Ok(ExitCode::SUCCESS)
    }
}

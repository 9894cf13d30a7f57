//! `trustee submit`.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use trustee::message::{Outbox, read};

#[derive(Args)]
pub(crate) struct Submit {
    /// The gateway.
    #[arg(long)]
    url: String,
    /// Message files, posted in this order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Submit {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let gateway = Outbox::gateway(&self.url)?;
        for file in &self.files {
            let place = gateway.send("", &read(file)?)?;
            println!("{} is {place}", file.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

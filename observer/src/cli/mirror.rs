//! `observer mirror`.

use super::bars::Bars;
use clap::Args;
use observer::{mirror, source};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Mirror {
    /// A gateway's or mirror's URL, or a folder.
    #[arg(value_name = "URL|FOLDER")]
    address: String,
    /// The folder to write into; what is there already is checked and not fetched again.
    folder: PathBuf,
}

impl Mirror {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let source = source::open(&self.address)?;
        let size = mirror::mirror(&*source, &self.folder, &Bars::new(true))?;
        println!("{size} entries");
        Ok(ExitCode::SUCCESS)
    }
}

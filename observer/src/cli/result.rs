//! `observer result`.

use super::bars::Bars;
use super::verify::{Held, ranges};
use anyhow::Context;
use clap::Args;
use observer::outcome::{Supplement, result};
use observer::{Expectations, read_verified, source};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use voting_core::rule::LotSeed;

/// Verifies the log up to enough decryption shares and writes the result they give.
#[derive(Args)]
pub(crate) struct WriteResult {
    /// A gateway's or mirror's URL, or a folder with a log's files.
    #[arg(value_name = "URL|FOLDER")]
    address: String,
    /// The new file.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    held: Held,
    /// Believe these range files, which must cover the log, for signatures, proofs and sums: those
    /// that were verified since the close, while the trustees made their shares.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
    /// The revealed seed of a verifiable lot.
    #[arg(long = "seed", value_name = "HEX")]
    seeds: Vec<LotSeed>,
}

impl WriteResult {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let source = source::open(&self.address)?;
        let expected = Expectations {
            ranges: ranges(&self.merge)?,
            ..self.held.expectations()?
        };
        let log = read_verified(&*source, &expected, &Bars::new(true))?;
        let bytes = result(&log.state, &Supplement { seeds: self.seeds })?.to_canonical()?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(&self.out);
        let written = file.and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.with_context(|| self.out.display().to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

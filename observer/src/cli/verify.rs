//! `observer verify`.

use super::bars::Bars;
use super::read_manifest;
use clap::Args;
use observer::kept::{KeptReceipt, read_checkpoint};
use observer::{Expectations, Verdict, source, verify};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use voting_core::ids::ElectionId;

/// What a log is held to beyond itself.
#[derive(Args)]
pub(crate) struct Held {
    /// The election id that it must be.
    #[arg(long)]
    election: Option<ElectionId>,
    /// The manifest that it must be of.
    #[arg(long, conflicts_with = "election")]
    manifest: Option<PathBuf>,
    /// A checkpoint kept from before, which the log must still lead to.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// A receipt or tlog-proof kept from before, whose ballot must be in the log.
    #[arg(long = "receipt", value_name = "FILE")]
    receipts: Vec<PathBuf>,
}

impl Held {
    pub(crate) fn expectations(&self) -> anyhow::Result<Expectations> {
        let manifest = self.manifest.as_deref().map(read_manifest).transpose()?;
        let checkpoints = self.checkpoints.iter().map(|file| read_checkpoint(file));
        let receipts = self.receipts.iter().map(|file| KeptReceipt::read(file));
        Ok(Expectations {
            election: manifest.map(|m| m.election_id()).or(self.election),
            checkpoints: checkpoints.collect::<Result<_, _>>()?,
            receipts: receipts.collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Args)]
pub(crate) struct Verify {
    /// A gateway's or mirror's URL, or a folder with a log's files.
    #[arg(value_name = "URL|FOLDER")]
    address: String,
    #[command(flatten)]
    held: Held,
    /// Accept an election that has no result yet: exit 0 if everything so far holds.
    #[arg(long)]
    unfinished: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let expected = self.held.expectations()?;
        let source = source::open(&self.address)?;
        let report = verify(&*source, &self.address, &expected, &Bars::new(!self.json));
        let text = match self.json {
            true => serde_json::to_string_pretty(&report)?,
            false => report.to_string(),
        };
        writeln!(std::io::stdout(), "{text}")?;
        let good = match report.verdict {
            Verdict::Verified => true,
            Verdict::Unfinished => self.unfinished,
            Verdict::Failed => false,
        };
        Ok(if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

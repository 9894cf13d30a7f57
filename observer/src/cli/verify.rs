//! `observer verify`.

use super::bars::Bars;
use super::read_manifest;
use anyhow::Context;
use clap::Args;
use observer::kept::{KeptReceipt, read_checkpoint};
use observer::range::{RangeOfEntries, RangeReport, RangeResult, verify_range};
use observer::source::Source;
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
        let checkpoints = self.checkpoints.iter().map(|file| read_checkpoint(file));
        let receipts = self.receipts.iter().map(|file| KeptReceipt::read(file));
        Ok(Expectations {
            election: self.election()?,
            checkpoints: checkpoints.collect::<Result<_, _>>()?,
            receipts: receipts.collect::<Result<_, _>>()?,
            ranges: Vec::new(),
        })
    }

    fn election(&self) -> anyhow::Result<Option<ElectionId>> {
        let manifest = self.manifest.as_deref().map(read_manifest).transpose()?;
        Ok(manifest.map(|m| m.election_id()).or(self.election))
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
    /// Verify the signatures and proofs of these entries alone, A to B - 1, and write what came of
    /// it to --out: exit 0 if they hold. Without B, to the end of the log.
    #[arg(
        long,
        value_name = "A..B",
        requires = "out",
        conflicts_with_all = ["merge", "unfinished", "checkpoints", "receipts"]
    )]
    range: Option<RangeOfEntries>,
    /// The range file to write.
    #[arg(long, value_name = "FILE", requires = "range")]
    out: Option<PathBuf>,
    /// Verify all else, and believe these range files, which must cover the log, for signatures,
    /// proofs and sums.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let source = source::open(&self.address)?;
        match self.range {
            Some(range) => self.range(&*source, range),
            None => self.whole(&*source),
        }
    }

    fn whole(&self, source: &dyn Source) -> anyhow::Result<ExitCode> {
        let expected = Expectations {
            ranges: ranges(&self.merge)?,
            ..self.held.expectations()?
        };
        let report = verify(source, &self.address, &expected, &Bars::new(!self.json));
        self.print(&report)?;
        Ok(code(match report.verdict {
            Verdict::Verified => true,
            Verdict::Unfinished => self.unfinished,
            Verdict::Failed => false,
        }))
    }

    fn range(&self, source: &dyn Source, range: RangeOfEntries) -> anyhow::Result<ExitCode> {
        let out = self.out.as_deref().context("--out is needed")?;
        let (election, bars) = (self.held.election()?, Bars::new(!self.json));
        let result = verify_range(source, election, range, &bars)?;
        result.write(out)?;
        self.print(&RangeReport::of(&result))?;
        Ok(code(result.outcome.is_ok()))
    }

    fn print(&self, report: &(impl serde::Serialize + std::fmt::Display)) -> anyhow::Result<()> {
        let text = match self.json {
            true => serde_json::to_string_pretty(report)?,
            false => report.to_string(),
        };
        Ok(writeln!(std::io::stdout(), "{text}")?)
    }
}

/// Reads range files.
pub(super) fn ranges(files: &[PathBuf]) -> anyhow::Result<Vec<RangeResult>> {
    let read = files.iter().map(|file| RangeResult::read(file));
    Ok(read.collect::<Result<_, _>>()?)
}

fn code(good: bool) -> ExitCode {
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

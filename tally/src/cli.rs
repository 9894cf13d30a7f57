//! The `tally` command: what it is told, and what it does.

mod anomalies;
mod key;
mod lot;
mod pb;
mod result;
mod sign;
mod simulate;
mod table;

use crate::pb::PbError;
use crate::recompute::PlanError;
use clap::{Parser, Subcommand};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Exact tallies of participatory-budget votes.
#[derive(Clone, Debug, Parser)]
#[command(name = "tally", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Compute the outcome of a Pabulib file.
    Pb(Box<pb::PbArguments>),
    /// Print a published result, check its signatures and derive it again from its totals.
    Result(result::ResultArguments),
    /// Sign a result as staff; nothing is signed that its totals do not give.
    Sign(sign::SignArguments),
    /// Record an assembly's decision on a result (총회 승인).
    Ratify(sign::RatifyArguments),
    /// Print the commitment to a lot's seed for the manifest, and later the lot that it draws.
    Lot(lot::LotArguments),
    /// Show side by side what other settings would give.
    Simulate(simulate::SimulateArguments),
    /// Look for projects far out in single groups of a Pabulib file's ballots.
    Anomalies(anomalies::AnomalyArguments),
}

/// Why the command ends without a result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CliError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Read(PathBuf, io::Error),
    /// A `.pb` file is refused.
    #[error(transparent)]
    Pb(#[from] PbError),
    /// The plan does not fit the file.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A manifest is refused.
    #[error("the manifest is refused: {0}")]
    Manifest(#[from] voting_core::manifest::ManifestError),
    /// Strata cannot be made.
    #[error(transparent)]
    Strata(#[from] crate::anomaly::StrataError),
    /// A workbook cannot be written.
    #[error(transparent)]
    Xlsx(#[from] crate::report::XlsxError),
    /// Totals are refused.
    #[error(transparent)]
    Totals(#[from] crate::result::TotalsError),
    /// A signature is refused, or the document under it.
    #[error(transparent)]
    Signature(#[from] crate::result::SignatureError),
    /// A ratification does not fit its result.
    #[error(transparent)]
    Ratification(#[from] crate::result::RatificationError),
    /// Checks failed.
    #[error("{0} checks failed")]
    Checks(usize),
    /// A file cannot be written.
    #[error("{0}: {1}")]
    Write(PathBuf, io::Error),
    /// Options that do not go together.
    #[error("{0}")]
    Usage(String),
    /// Output cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// JSON cannot be read or written.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Runs a command, writing results to `out` and findings to `err`.
///
/// # Errors
/// [`CliError`].
pub fn run(
    arguments: &Arguments,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), CliError> {
    match &arguments.command {
        Command::Pb(arguments) => pb::run(arguments, out, err),
        Command::Result(arguments) => result::run(arguments, out),
        Command::Sign(arguments) => sign::sign(arguments, out),
        Command::Ratify(arguments) => sign::ratify(arguments, out),
        Command::Lot(arguments) => lot::run(arguments, out),
        Command::Simulate(arguments) => simulate::run(arguments, out),
        Command::Anomalies(arguments) => anomalies::run(arguments, out),
    }
}

/// Reads a whole file.
fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| CliError::Read(path.to_owned(), error))
}

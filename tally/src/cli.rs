//! The `tally` command: what it is told, and what it does.

mod pb;
mod table;

use crate::pb::PbError;
use crate::recompute::PlanError;
use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;
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
    Pb(pb::PbArguments),
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
    }
}

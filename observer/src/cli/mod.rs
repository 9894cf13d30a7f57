//! The command line.

mod bars;
mod cosign;
mod log;
mod mirror;
mod receipt;
mod result;
mod verify;

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::Path;
use std::process::ExitCode;
use voting_core::manifest::{MAX_BYTES, Manifest};

/// Hanpyo's observer: verifies a whole election from its public log, trusting nobody.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verify an election; exit code 0 only if every check passed.
    Verify(verify::Verify),
    /// Check a receipt or a tlog-proof without a network.
    Receipt(receipt::Receipt),
    /// Show single entries of a log, verified to be in it.
    Log(log::Log),
    /// Download a whole log as static files; run again to go on.
    Mirror(mirror::Mirror),
    /// Check that a log only grew since the last time, and cosign its newest checkpoint.
    Cosign(cosign::Cosign),
    /// Write the result document that a verified log gives, for staff to publish.
    Result(result::WriteResult),
}

/// Runs the command: 0 if everything holds, 1 if something does not, 2 on wrong usage.
pub(crate) fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Verify(command) => command.run(),
        Command::Receipt(command) => command.run(),
        Command::Log(command) => command.run(),
        Command::Mirror(command) => command.run(),
        Command::Cosign(command) => command.run(),
        Command::Result(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("observer: {error:#}");
        ExitCode::FAILURE
    })
}

fn read_manifest(file: &Path) -> anyhow::Result<Manifest> {
    let name = || file.display().to_string();
    let length = std::fs::metadata(file).with_context(name)?.len();
    anyhow::ensure!(
        length <= MAX_BYTES as u64,
        "{}: too long for a manifest",
        name()
    );
    let bytes = std::fs::read(file).with_context(name)?;
    Manifest::parse(&bytes).with_context(name)
}

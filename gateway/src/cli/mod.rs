//! The command line.

mod create;
mod desk;
mod export;
mod keygen;
mod logging;
mod migrate;
mod offline;
mod roll;
mod serve;
mod staff;

use anyhow::Context;
use clap::{Parser, Subcommand};
use gateway::config::LogConfig;
use std::path::Path;
use voting_core::manifest::{MAX_BYTES, Manifest};

/// Hanpyo's gateway: registrar, ballot box, log and board of one election.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draw the gateway's keys into a new folder and print what the manifest needs of them.
    Keygen(keygen::Keygen),
    /// Draw a staff member's key into a new file and print its public half.
    StaffKeygen(keygen::StaffKeygen),
    /// Check a manifest and print its election id.
    Check(create::Check),
    /// Create an election: a data folder whose log begins with the manifest.
    Create(create::Create),
    /// Print the HTTP interface as an OpenAPI document.
    Openapi,
    /// Rolls of graduates and committee members: import, report.
    Roll(roll::Roll),
    /// Draw a desk's token into a new file and print the desk's line of the configuration.
    DeskToken(desk::DeskToken),
    /// Issue a one-time kiosk code for a person whose identity was verified at the desk.
    KioskCode(desk::KioskCode),
    /// Make or update the tables of a PostgreSQL database, as its owner.
    Migrate(migrate::Migrate),
    /// Serve an election.
    Serve(serve::Serve),
    /// Propose, sign and submit an action that takes two people.
    Staff(staff::Staff),
    /// Sign the totals of a group that votes outside this system.
    #[command(subcommand)]
    Offline(offline::Offline),
    /// Write the whole log into a folder of static files.
    Export(export::Export),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let _logging = match &self.command {
            // Its configuration says how it logs.
            Command::Serve(_) => None,
            _ => Some(logging::start(&LogConfig::default())?),
        };
        match self.command {
            Command::Openapi => openapi(),
            Command::Keygen(command) => command.run(),
            Command::StaffKeygen(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Create(command) => command.run().await,
            Command::Roll(command) => command.run().await,
            Command::DeskToken(command) => command.run(),
            Command::KioskCode(command) => command.run().await,
            Command::Migrate(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::Staff(command) => command.run().await,
            Command::Offline(command) => command.run(),
            Command::Export(command) => command.run().await,
        }
    }
}

fn openapi() -> anyhow::Result<()> {
    println!("{}", gateway::api::openapi().to_pretty_json()?);
    Ok(())
}

/// Reads a manifest as staff write it.
fn read_manifest(file: &Path) -> anyhow::Result<Manifest> {
    let bytes = read_bounded(file, MAX_BYTES)?;
    Manifest::parse(&bytes).with_context(|| file.display().to_string())
}

/// Reads a file of at most `limit` bytes.
fn read_bounded(file: &Path, limit: usize) -> anyhow::Result<Vec<u8>> {
    let name = || file.display().to_string();
    let length = std::fs::metadata(file).with_context(name)?.len();
    anyhow::ensure!(
        length <= limit as u64,
        "{}: {length} bytes, at most {limit} are read",
        name()
    );
    std::fs::read(file).with_context(name)
}

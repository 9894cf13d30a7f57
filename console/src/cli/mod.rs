//! The command line.

mod invite;
mod serve;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Hanpyo's staff console.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console's page.
    Serve(serve::Serve),
    /// Print a one-time invitation, for the first manager or where nobody can sign in.
    Invite(invite::Invite),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new("info"))?;
        let lines = tracing_subscriber::fmt().with_writer(std::io::stderr);
        lines.with_env_filter(filter).init();
        match self.command {
            Command::Serve(command) => command.run().await,
            Command::Invite(command) => command.run().await,
        }
    }
}

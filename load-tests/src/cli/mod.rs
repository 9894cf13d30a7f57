//! The command line.

mod demo;
mod load;
mod replay;
mod roll;
mod vote;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Voters as programs: real elections replayed over HTTP.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play every voter of a .pb file against a running gateway.
    Vote(vote::Vote),
    /// Play made-up voters against a running gateway, whatever is voted on.
    VoteDemo(vote::VoteDemo),
    /// Hold a whole election with a .pb file's ballots, verify it, and compare its totals.
    ///
    /// A project that one ballot marks twice is marked once, and the report counts these. Limits
    /// are META's, widened where the file's own ballots go beyond them. A column `class` puts
    /// voters into classes of that name; everyone else is a citizen. Exits 0 only if the observer
    /// verified the election and every total equals a plain count of the same ballots.
    Replay(replay::Replay),
    /// Replay every approval and choose-1 file of a folder, one line each; run again to go on.
    ReplayAll(replay::ReplayAll),
    /// Load one or several gateways, open-loop, and reconcile every receipt with the log.
    ///
    /// When everything is sent is decided beforehand, and latency is counted from those times.
    /// Credentials are issued and ballots sealed before. Exits 0 only if the observer verified the
    /// log and no acknowledged ballot is missing, doubled or different.
    Load(load::Load),
    /// Import a made-up roll, and tell how long it took; the election of it is never opened.
    Roll(roll::Roll),
    /// Open the demonstration election and serve it until stopped.
    Demo(demo::Demo),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            // It is made to be stopped, and stops in order.
            Command::Demo(command) => command.run().await,
            command => tokio::select! {
                ended = command.run_to_end() => ended,
                () = stop_signal()? => Ok(ExitCode::FAILURE),
            },
        }
    }
}

impl Command {
    async fn run_to_end(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Vote(command) => command.run().await,
            Self::VoteDemo(command) => command.run().await,
            Self::Replay(command) => command.run().await,
            Self::ReplayAll(command) => command.run().await,
            Self::Load(command) => command.run().await,
            Self::Roll(command) => command.run().await,
            Self::Demo(command) => command.run().await,
        }
    }
}

/// Resolves at the first SIGTERM or SIGINT after this call. Whoever starts a gateway calls it before,
/// or a signal that comes between ends this process and leaves the gateway behind.
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

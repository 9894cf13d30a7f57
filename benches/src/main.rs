//! Measurements that are printed, never asserted: machines are noisy, so read the ratios.

mod ballot;
mod peers;
mod tally;

use clap::{Parser, Subcommand};

/// Measures Hanpyo's parts on one core and prints figures.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What one ballot costs: sealing, verifying alone and in batches, decompressing.
    Ballot(ballot::Arguments),
    /// What reading and tallying a Pabulib file takes, and how many times longer pabutools takes.
    Tally(tally::Arguments),
    /// The same work by others' programs, as ratios; installs what can be had.
    Peers(peers::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Ballot(arguments) => ballot::run(&arguments),
        Command::Tally(arguments) => tally::run(&arguments),
        Command::Peers(arguments) => peers::run(&arguments),
    }
}

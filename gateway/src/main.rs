//! The `gateway` command: keys, creating an election, serving it, staff actions, export.

mod cli;

use clap::Parser;
use std::process::ExitCode;

/// Ballots are taken apart by one thread and dropped by another, ten thousands of small pieces a
/// second: the system's allocator spends several hundredths of the processor on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let cli = cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(cli.run())
}

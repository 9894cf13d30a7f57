//! The same work by others' programs: what they take, over what this project takes.
//!
//! Processor time is compared, the least of some rounds, so that what else runs on the machine does
//! not enter. A peer that cannot be had here is named loudly and left out.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "durations are measured and printed here; no vote or amount is"
)]

mod belenios;
mod elastic;

use crate::ballot::Bench;
use crate::tally::{self, PABUTOOLS, Python};
use anyhow::{bail, ensure};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// A file whose tally is compared, made up for tests.
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../load-tests/fixtures/small.pb"
);

/// Options of the comparison.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many projects are on the ballot.
    #[arg(long, default_value_t = 100)]
    options: u32,
    /// How many may be picked at most.
    #[arg(long, default_value_t = 10)]
    max: u32,
    /// How often each figure is taken; the least is printed.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The Pabulib file whose tally is compared.
    #[arg(long, default_value = FILE)]
    file: PathBuf,
    /// A Python that has pabutools already; otherwise pip installs it into a folder of its own.
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Install nothing; what is missing is left out.
    #[arg(long)]
    no_install: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What one ballot costs somebody.
#[derive(Clone, Debug, Serialize)]
struct Figures {
    /// The program, with its version.
    name: String,
    /// Bytes of a ballot as it is sent; 0 where the peer has no form for sending.
    bytes: usize,
    /// Sealing it, in milliseconds of one core.
    seal_ms: f64,
    /// Verifying it, in milliseconds of one core.
    verify_ms: f64,
    /// What is different about the work.
    note: &'static str,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    ensure!(arguments.rounds > 0, "--rounds is at least 1");
    let own = own(arguments)?;
    let mut peers = vec![elastic::measure(arguments)?];
    let mut missing = Vec::new();
    match belenios::measure(arguments) {
        Ok(figures) => peers.push(figures),
        Err(error) => missing.push(format!("belenios-tool: {error:#}")),
    }
    let tallied = match compare_tally(arguments) {
        Ok(figures) => Some(figures),
        Err(error) => {
            missing.push(format!("{PABUTOOLS}: {error:#}"));
            None
        }
    };
    for why in &missing {
        eprintln!("NOT COMPARED: {why}");
    }
    if arguments.json {
        let document = serde_json::json!({
            "own": own, "peers": peers, "tally": tallied, "missing": missing,
        });
        println!("{document}");
    } else {
        print(arguments, &own, &peers);
        if let Some(tallied) = &tallied {
            print_tally(tallied);
        }
        for why in &missing {
            println!("NOT COMPARED: {why}");
        }
    }
    Ok(())
}

/// The same greedy rule on the same file by pabutools.
fn compare_tally(arguments: &Arguments) -> anyhow::Result<tally::Figures> {
    let python = match &arguments.python {
        Some(python) => Python::At(python.clone()),
        // Whoever has it has it in the first one that is found.
        None if arguments.no_install => Python::At("python3".into()),
        None => Python::Installed,
    };
    let figures = tally::measure(&arguments.file, arguments.rounds, &python)?;
    match &figures.missing {
        Some(why) => bail!("{why}"),
        None => Ok(figures),
    }
}

fn print_tally(figures: &tally::Figures) {
    let (ballots, projects) = (figures.ballots, figures.projects);
    println!(
        "\na tally of {ballots} ballots, {projects} projects; their processor time over our time"
    );
    if let Some([parse, whole]) = figures.ratios {
        println!("{PABUTOOLS:<28} parse x {parse:.0}, parse and tally x {whole:.0}");
    }
}

/// Ours, verified alone and in a batch of 64.
fn own(arguments: &Arguments) -> anyhow::Result<[Figures; 2]> {
    let bench = Bench::new(arguments.options, arguments.max)?;
    let ballots = (0..64).map(|_| bench.seal());
    let ballots = ballots.collect::<anyhow::Result<Vec<_>>>()?;
    let rounds = arguments.rounds;
    let seal_ms = least_ms(rounds, || bench.seal().map(drop))?;
    let alone = least_ms(rounds, || bench.verify(&ballots[..1]))?;
    let batch = least_ms(rounds, || bench.verify(&ballots))? / 64.0;
    let figures = |name: &str, verify_ms, note| Figures {
        name: name.to_owned(),
        bytes: ballots[0].len(),
        seal_ms,
        verify_ms,
        note,
    };
    Ok([
        figures("this project, one alone", alone, "with decoding"),
        figures("this project, batch of 64", batch, "with decoding"),
    ])
}

fn print(arguments: &Arguments, own: &[Figures; 2], peers: &[Figures]) {
    let (options, max) = (arguments.options, arguments.max);
    println!("a ballot of {options} options, at most {max}; milliseconds of one core");
    println!(
        "{:<28} {:>8} {:>9} {:>9} {:>12} {:>12} {:>12}",
        "", "bytes", "seal", "verify", "x our seal", "x our alone", "x our batch"
    );
    for f in own.iter().chain(peers) {
        println!(
            "{:<28} {:>8} {:>9.3} {:>9.3} {:>12.1} {:>12.1} {:>12.1}  {}",
            f.name,
            f.bytes,
            f.seal_ms,
            f.verify_ms,
            f.seal_ms / own[0].seal_ms,
            f.verify_ms / own[0].verify_ms,
            f.verify_ms / own[1].verify_ms,
            f.note
        );
    }
}

/// The least processor time of this thread over some rounds.
fn least_ms(rounds: usize, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut least = Duration::MAX;
    for _ in 0..rounds {
        let before = thread_time();
        work()?;
        least = least.min(thread_time().saturating_sub(before));
    }
    Ok(least.as_secs_f64() * 1000.0)
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn the_small_file_is_tallied_and_a_peer_that_is_not_there_is_named() {
        let given = [
            "benches",
            "peers",
            "--rounds",
            "1",
            "--python",
            "/nowhere/python",
        ];
        let crate::Command::Peers(arguments) = crate::Arguments::parse_from(given).command else {
            panic!("another command")
        };
        let python = Python::At("/nowhere/python".into());
        let own = tally::measure(&arguments.file, 1, &python).unwrap();
        assert_eq!((own.ballots, own.projects, own.ratios), (60, 12, None));
        let why = compare_tally(&arguments).err().unwrap();
        assert!(format!("{why:#}").contains("/nowhere/python"), "{why:#}");
    }
}

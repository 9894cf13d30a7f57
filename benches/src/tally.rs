//! Reading and tallying one Pabulib file, beside pabutools in the same run.

#![allow(
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "durations are measured and printed here; no vote or amount is"
)]

use ::tally::pb;
use ::tally::recompute::{Method, Plan, recompute};
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What ours is compared with.
pub(crate) const PABUTOOLS: &str = "pabutools==1.2.3";
const SCRIPT: &str = include_str!("pabutools.py");

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The Pabulib file.
    file: PathBuf,
    /// How often each of our figures is taken; the least is printed.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// A Python that has pabutools already; otherwise pip installs it into a folder of its own.
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Seconds; pabutools' are those of the processor, so that other programs on the machine are not
/// held against it.
#[derive(Serialize)]
pub(crate) struct Figures {
    pub(crate) ballots: usize,
    pub(crate) projects: usize,
    parse_s: f64,
    parse_and_tally_s: f64,
    equal_shares_add1_exact_s: f64,
    pabutools: Option<Pabutools>,
    /// How many times faster than pabutools, parsing alone and end to end.
    pub(crate) ratios: Option<[f64; 2]>,
    /// Why there is no comparison, where there is none.
    pub(crate) missing: Option<String>,
}

/// Where pabutools is.
pub(crate) enum Python {
    /// In this one.
    At(PathBuf),
    /// In one of its own, where pip installs it.
    Installed,
}

#[derive(Deserialize, Serialize)]
struct Pabutools {
    parse_s: f64,
    whole_s: f64,
    winners: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let python = arguments.python.clone();
    let python = python.map_or(Python::Installed, Python::At);
    let figures = measure(&arguments.file, arguments.rounds, &python)?;
    if let Some(why) = &figures.missing {
        eprintln!("SKIPPED: no comparison with {PABUTOOLS}: {why}");
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print(&figures);
    }
    Ok(())
}

/// What a file takes, the least of so many rounds, and what it takes pabutools.
///
/// # Errors
/// If it is no Pabulib file, or if pabutools chooses more or fewer projects.
pub(crate) fn measure(file: &Path, rounds: usize, python: &Python) -> anyhow::Result<Figures> {
    ensure!(rounds > 0, "at least one round");
    let (path, name) = (file, file.display().to_string());
    let bytes = std::fs::read(path).with_context(|| name.clone())?;
    let options = pb::Options::new(&name);
    let text = pb::decode(&bytes, &options)?;
    let file = pb::parse(&text, &options)?;
    let whole = |method: Method| -> anyhow::Result<usize> {
        let text = pb::decode(black_box(&bytes), &options)?;
        let file = pb::parse(&text, &options)?;
        let fill = (method == Method::Ranking).then_some(voting_core::rule::FillPolicy::Skip);
        let plan = Plan {
            method,
            fill,
            ..Plan::default()
        };
        Ok(recompute(&file, &plan)?.selected.len())
    };
    let parse_s = least(rounds, || {
        let text = pb::decode(black_box(&bytes), &options)?;
        Ok(pb::parse(&text, &options)?.ballot_count())
    })?;
    let parse_and_tally_s = least(rounds, || whole(Method::Ranking))?;
    let method = Method::EqualShares {
        add1: true,
        comparison: false,
    };
    let shares = || whole(method);
    let equal_shares_add1_exact_s = least(rounds, shares)?;
    let (pabutools, missing) = match theirs(path, python) {
        Ok(figures) => (Some(figures), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    if let Some(theirs) = &pabutools {
        let ours = whole(Method::Ranking)?;
        ensure!(
            theirs.winners == ours,
            "{PABUTOOLS} chose {}, we {ours}",
            theirs.winners
        );
    }
    let ratio = |p: &Pabutools| [p.parse_s / parse_s, p.whole_s / parse_and_tally_s];
    Ok(Figures {
        ballots: file.ballot_count(),
        projects: file.projects.len(),
        parse_s,
        parse_and_tally_s,
        equal_shares_add1_exact_s,
        ratios: pabutools.as_ref().map(ratio),
        pabutools,
        missing,
    })
}

fn print(figures: &Figures) {
    let (ballots, projects) = (figures.ballots, figures.projects);
    println!("{ballots} ballots, {projects} projects");
    println!(
        "parse                            {:>9.4} s",
        figures.parse_s
    );
    println!(
        "parse and tally                  {:>9.4} s",
        figures.parse_and_tally_s
    );
    println!(
        "parse and Equal Shares, Add1     {:>9.4} s",
        figures.equal_shares_add1_exact_s
    );
    if let (Some(theirs), Some([parse, whole])) = (&figures.pabutools, figures.ratios) {
        println!(
            "{PABUTOOLS}: parse           {:>9.4} s, {parse:.0} times ours",
            theirs.parse_s
        );
        println!(
            "{PABUTOOLS}: parse and tally {:>9.4} s, {whole:.0} times ours",
            theirs.whole_s
        );
    }
}

/// The least time of `rounds` calls, in seconds.
fn least(rounds: usize, mut f: impl FnMut() -> anyhow::Result<usize>) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        black_box(f()?);
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// What pabutools needs for the same file.
fn theirs(file: &Path, python: &Python) -> anyhow::Result<Pabutools> {
    let folder = tempfile::tempdir()?;
    let python = match python {
        Python::At(python) => python.clone(),
        Python::Installed => installed(folder.path())?,
    };
    let script = folder.path().join("pabutools_bench.py");
    std::fs::write(&script, SCRIPT)?;
    let mut command = Command::new(python);
    let printed = output(command.arg(script).arg(file))?;
    Ok(serde_json::from_slice(&printed)?)
}

/// A Python of its own in `folder`, with pabutools.
fn installed(folder: &Path) -> anyhow::Result<PathBuf> {
    let folder = folder.join("venv");
    output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let python = folder.join("bin/python");
    let pip = ["-m", "pip", "install", "--quiet", PABUTOOLS];
    output(Command::new(&python).args(pip))?;
    Ok(python)
}

fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let name = command.get_program().display().to_string();
    let output = command.output().context(name)?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}", error.lines().last().unwrap_or("failed"));
    }
    Ok(output.stdout)
}

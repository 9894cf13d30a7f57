//! `load-tests replay` and `load-tests replay-all`.

use anyhow::Context;
use clap::Args;
use load_tests::pb_ballots::{Ballots, BallotsError};
use load_tests::replay::{Options, Programs, Report, replay};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The most projects of a file that `replay-all` plays.
const MAX_PROJECTS: usize = 300;

#[derive(Args)]
struct Means {
    /// How many voters at once.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// The folder of the programs gateway, trustee, observer and tally; this program's if not given.
    #[arg(long)]
    programs: Option<PathBuf>,
}

impl Means {
    fn programs(&self) -> anyhow::Result<Programs> {
        match &self.programs {
            Some(folder) => Programs::in_folder(folder),
            None => Programs::beside_this_one(),
        }
    }
}

#[derive(Args)]
pub(crate) struct Replay {
    /// The .pb file.
    file: PathBuf,
    /// How many of its voters, from the first on.
    #[arg(long)]
    voters: Option<usize>,
    /// The folder to work in; a replay that was interrupted goes on from it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    means: Means,
}

impl Replay {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let options = Options {
            programs: self.means.programs()?,
            concurrency: self.means.concurrency,
            file: self.file,
            voters: self.voters,
            data: self.data,
            quiet: false,
        };
        let report = replay(&options).await?;
        match self.json {
            true => println!("{}", serde_json::to_string_pretty(&report)?),
            false => println!("{report}"),
        }
        Ok(exit(&report))
    }
}

#[derive(Args)]
pub(crate) struct ReplayAll {
    /// The folder with .pb files.
    folder: PathBuf,
    /// How many voters of each.
    #[arg(long, default_value_t = 300)]
    voters: usize,
    /// Where the lines are kept; files that have one are not replayed again.
    #[arg(long, default_value = "replayed")]
    lines: PathBuf,
    #[command(flatten)]
    means: Means,
}

impl ReplayAll {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let programs = self.means.programs()?;
        let known = std::fs::read_to_string(&self.lines).unwrap_or_default();
        let mut lines = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.lines)?;
        let mut equal = true;
        for file in files(&self.folder)? {
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if known
                .lines()
                .any(|line| line.starts_with(&format!("{name}: ")))
            {
                continue;
            }
            if let Some(why) = unplayable(&file)? {
                println!("{name}: not replayed: {why}");
                continue;
            }
            let options = Options {
                programs: programs.clone(),
                concurrency: self.means.concurrency,
                file,
                voters: Some(self.voters),
                data: None,
                quiet: true,
            };
            let report = replay(&options).await.with_context(|| name)?;
            equal &= report.comparison.is_equal();
            println!("{}", report.line());
            writeln!(lines, "{}", report.line())?;
        }
        let before = known.lines().all(|line| line.ends_with("equal, verified"));
        Ok(if equal && before {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Every `.pb` file of a folder, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pb") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Why a file is no election of ours; a file that is not sound is an error.
fn unplayable(file: &Path) -> anyhow::Result<Option<String>> {
    match Ballots::read(file, Some(1)) {
        Ok(ballots) if ballots.projects.len() > MAX_PROJECTS => {
            Ok(Some(format!("{} projects", ballots.projects.len())))
        }
        Ok(_) => Ok(None),
        Err(error @ BallotsError::VoteType(_)) => Ok(Some(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn exit(report: &Report) -> ExitCode {
    if report.comparison.is_equal() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

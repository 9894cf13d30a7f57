//! `tally lot`.

use super::CliError;
use super::result::read_manifest;
use clap::Args;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use voting_core::manifest::Contest;
use voting_core::rule::{LotSeed, ProjectId, TieOrder};

/// Options of `tally lot`.
#[derive(Clone, Debug, Args)]
pub(super) struct LotArguments {
    /// A file with the seed: 64 hexadecimal digits, secret until the result is published.
    seed: PathBuf,
    /// The manifest whose rules commit to the seed: print the lots that it draws.
    #[arg(long)]
    manifest: Option<PathBuf>,
}

pub(super) fn run(arguments: &LotArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let seed = read_seed(&arguments.seed)?;
    writeln!(out, "commitment {}", seed.commitment())?;
    let Some(path) = &arguments.manifest else {
        return Ok(());
    };
    let manifest = read_manifest(path)?;
    let committed: Vec<&Contest> = manifest
        .contests
        .iter()
        .filter(|contest| commits(contest, &seed))
        .collect();
    if committed.is_empty() {
        let message = "no rule of the manifest commits to this seed";
        return Err(CliError::Usage(message.to_owned()));
    }
    for contest in committed {
        writeln!(out, "\n{}", contest.id)?;
        let ids = contest.projects.iter().map(|project| &project.id);
        let drawn: Vec<&ProjectId> = seed.order(&contest.id, ids);
        for (place, id) in (1..).zip(drawn) {
            writeln!(out, "{place:>4}  {id}")?;
        }
    }
    Ok(())
}

fn commits(contest: &Contest, seed: &LotSeed) -> bool {
    let to_this = |tie: &TieOrder| matches!(tie, TieOrder::VerifiableLot { commitment } if *commitment == seed.commitment());
    contest.rule.ties.iter().any(to_this)
}

/// Messages hold nothing of the file's content.
fn read_seed(path: &Path) -> Result<LotSeed, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::Read(path.into(), error))?;
    let wrong = |_| CliError::Usage(format!("{}: not 64 hexadecimal digits", path.display()));
    text.trim().parse().map_err(wrong)
}

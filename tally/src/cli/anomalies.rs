//! `tally anomalies`.

use super::CliError;
use crate::anomaly::{DEFAULT_MINIMUM, ShareReport, file_strata, shares};
use crate::pb;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Options of `tally anomalies`.
#[derive(Clone, Debug, Args)]
pub(super) struct AnomalyArguments {
    /// The Pabulib file.
    file: PathBuf,
    /// Columns of VOTES whose values make the strata; ages fall into decades.
    #[arg(long, value_delimiter = ',', default_value = "age,voting_method")]
    columns: Vec<String>,
    /// The smallest stratum that is looked at.
    #[arg(long, default_value_t = DEFAULT_MINIMUM, value_parser = clap::value_parser!(u64).range(20..))]
    minimum: u64,
    /// Pass over what a strict reading refuses.
    #[arg(long)]
    lenient: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &AnomalyArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let path = &arguments.file;
    let bytes = super::read(path)?;
    let mut options = pb::Options::new(&path.display().to_string());
    options.lenient = arguments.lenient;
    let text = pb::decode(&bytes, &options)?;
    let file = pb::parse(&text, &options)?;
    let projects: Vec<String> = file.projects.iter().map(|p| p.id.to_string()).collect();
    let strata = file_strata(&file, &arguments.columns)?;
    let report = shares(&projects, &strata, arguments.minimum);
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(());
    }
    write_text(&report, out)
}

fn write_text(report: &ShareReport, out: &mut dyn Write) -> Result<(), CliError> {
    for found in &report.findings {
        writeln!(
            out,
            "{}: project {} has {} of {} ballots ({} %; elsewhere {} %), z {}",
            found.stratum,
            found.project,
            found.marks,
            found.ballots,
            found.percent_there,
            found.percent_elsewhere,
            found.z,
        )?;
        if let Some((project, z)) = &found.next {
            writeln!(out, "  the next project there is {project}, z {z}")?;
        }
    }
    let (strata, small, minimum) = (report.strata, report.too_small, report.minimum);
    let found = report.findings.len();
    writeln!(
        out,
        "{found} places to look in {strata} strata; {small} of under {minimum} not looked at"
    )?;
    writeln!(out, "{}", report.caveat.en)?;
    Ok(())
}

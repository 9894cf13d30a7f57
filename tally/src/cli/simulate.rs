//! `tally simulate`.

use super::CliError;
use super::result::{Lang, read_manifest, read_result};
use crate::report::Language;
use crate::simulate::{Scenario, simulate};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Options of `tally simulate`.
#[derive(Clone, Debug, Args)]
pub(super) struct SimulateArguments {
    /// The election's manifest.
    manifest: PathBuf,
    /// Its result, signed or bare.
    result: PathBuf,
    /// The language of the projects' names.
    #[arg(long, value_enum, default_value = "ko")]
    lang: Lang,
}

pub(super) fn run(arguments: &SimulateArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let manifest = read_manifest(&arguments.manifest)?;
    let signed = read_result(&arguments.result)?;
    let language: Language = arguments.lang.into();
    let scenarios = simulate(&manifest, &signed.result.totals());
    for (at, scenario) in scenarios.iter().enumerate() {
        let letter = letter(at);
        match &scenario.outcome {
            Ok(_) => writeln!(out, "{letter}  {}", scenario.name)?,
            Err(error) => writeln!(out, "{letter}  {} — {error}", scenario.name)?,
        }
    }
    for (contest_at, contest) in manifest.contests.iter().enumerate() {
        writeln!(out, "\n{}", language.of(&contest.title))?;
        let letters: Vec<String> = (0..scenarios.len()).map(letter).collect();
        writeln!(out, "{}  project", letters.join(" "))?;
        for (project_at, project) in contest.projects.iter().enumerate() {
            let marks: Vec<&str> = scenarios
                .iter()
                .map(|s| mark(s, contest_at, project_at))
                .collect();
            let differs = |mark: &&str| *mark != NO_RESULT && *mark != marks[0];
            let differs = marks.iter().any(differs);
            let note = if differs { "  *" } else { "" };
            let title = language.of(&project.title);
            writeln!(out, "{}  {} {title}{note}", marks.join(" "), project.id)?;
        }
    }
    writeln!(
        out,
        "\n● in  ◐ in part  · out  ? no result  * depends on the rule"
    )?;
    Ok(())
}

/// A project's mark under a rule that gives no result.
const NO_RESULT: &str = "?";

/// A, B, C ...
fn letter(at: usize) -> String {
    let offset = u8::try_from(at % 26).unwrap_or(0);
    char::from(b'A' + offset).to_string()
}

fn mark(scenario: &Scenario, contest: usize, project: usize) -> &'static str {
    use crate::engine::Outcome;
    match scenario.project(contest, project) {
        Some(Outcome::In) => "●",
        Some(Outcome::Partial) => "◐",
        Some(Outcome::Out) => "·",
        None => NO_RESULT,
    }
}

//! `tally result`.

use super::CliError;
use crate::report::{self, Language};
use crate::result::{
    ProjectResult, Ratification, ResultDocument, SignatureError, SignedRatification, SignedResult,
};
use clap::{Args, ValueEnum};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use voting_core::manifest::Manifest;

/// Options of `tally result`.
#[derive(Clone, Debug, Args)]
pub(super) struct ResultArguments {
    /// The published result: signed, or the bare document.
    result: PathBuf,
    /// The election's manifest; without it `manifest.json` beside the result, if there is one.
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// The language of what is printed and written.
    #[arg(long, value_enum, default_value = "ko")]
    lang: Lang,
    /// Write an HTML report.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the projects as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a workbook.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Write a contest's totals as a Pabulib file; the first contest's unless `--contest` names one.
    #[arg(long, value_name = "FILE")]
    pb: Option<PathBuf>,
    /// An assembly's decision on it, checked and shown beside it.
    #[arg(long, value_name = "FILE")]
    ratification: Option<PathBuf>,
    /// The contest of `--pb`.
    #[arg(long, value_name = "ID", requires = "pb")]
    contest: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Lang {
    Ko,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Ko => Self::Korean,
            Lang::En => Self::English,
        }
    }
}

pub(super) fn run(arguments: &ResultArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let signed = read_result(&arguments.result)?;
    let manifest = manifest_of(arguments)?;
    let language = arguments.lang.into();
    print(&signed.result, language, out)?;
    write_reports(arguments, &signed.result, language)?;
    let ratified = read_ratification(arguments)?;
    if let Some(ratified) = &ratified {
        print_ratification(&ratified.ratification, &signed.result, language, out)?;
    }
    match manifest {
        Some(manifest) => check(&signed, ratified.as_ref(), &manifest, out),
        None => {
            writeln!(
                out,
                "NOT CHECKED: no manifest beside the result, and none named"
            )?;
            Ok(())
        }
    }
}

/// Reads a signed result, or a bare document as one that nobody signed.
pub(super) fn read_result(path: &Path) -> Result<SignedResult, CliError> {
    let bytes = super::read(path)?;
    serde_json::from_slice::<SignedResult>(&bytes).or_else(|error| {
        let bare = serde_json::from_slice::<ResultDocument>(&bytes);
        bare.map(SignedResult::unsigned)
            .map_err(|_| CliError::Json(error))
    })
}

pub(super) fn read_manifest(path: &Path) -> Result<Manifest, CliError> {
    Ok(Manifest::parse(&super::read(path)?)?)
}

fn manifest_of(arguments: &ResultArguments) -> Result<Option<Manifest>, CliError> {
    if let Some(path) = &arguments.manifest {
        return read_manifest(path).map(Some);
    }
    let beside = arguments.result.with_file_name("manifest.json");
    if beside.is_file() {
        read_manifest(&beside).map(Some)
    } else {
        Ok(None)
    }
}

fn read_ratification(arguments: &ResultArguments) -> Result<Option<SignedRatification>, CliError> {
    let Some(path) = &arguments.ratification else {
        return Ok(None);
    };
    let bytes = super::read(path)?;
    // Bare, where the signatures are those of the log's entry that names it.
    let signed = serde_json::from_slice::<SignedRatification>(&bytes).or_else(|error| {
        let bare = serde_json::from_slice::<Ratification>(&bytes);
        bare.map(SignedRatification::unsigned).map_err(|_| error)
    });
    Ok(Some(signed?))
}

fn print_ratification(
    ratification: &Ratification,
    result: &ResultDocument,
    language: Language,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let changed = ratification.outcomes(result);
    let changed = changed.iter().filter(|p| p.citizens != p.assembly);
    let day = serde_json::to_value(ratification.decided_on)?;
    writeln!(
        out,
        "{} ({})",
        language.of(&ratification.assembly),
        day.as_str().unwrap_or("")
    )?;
    for project in changed {
        writeln!(
            out,
            "      {:<12} {} → {}  {}",
            project.project.to_string(),
            language.outcome(project.citizens),
            language.outcome(project.assembly),
            language.money(project.funded),
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// Runs every check by name; an error if any fails.
fn check(
    signed: &SignedResult,
    ratified: Option<&SignedRatification>,
    manifest: &Manifest,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let text = |outcome: Result<(), SignatureError>| outcome.map_err(|error| error.to_string());
    let election = if signed.result.election_id == manifest.election_id() {
        Ok(())
    } else {
        Err(SignatureError::OtherElection)
    };
    let mut checks = vec![
        ("of this election", text(election)),
        ("signed by staff", text(signed.verify(manifest))),
        (
            "re-derived from its totals",
            text(signed.rederive(manifest)),
        ),
    ];
    if let Some(ratified) = ratified {
        let fits = ratified.ratification.check(&signed.result);
        let fits = fits.map_err(|error| error.to_string());
        checks.push(("ratification of this result", fits));
        let recorded = text(ratified.verify(manifest));
        checks.push(("ratification recorded by staff", recorded));
    }
    let mut failed = 0;
    for (name, outcome) in checks {
        match outcome {
            Ok(()) => writeln!(out, "ok      {name}")?,
            Err(error) => {
                failed += 1;
                writeln!(out, "FAILED  {name}: {error}")?;
            }
        }
    }
    if failed > 0 {
        Err(CliError::Checks(failed))
    } else {
        Ok(())
    }
}

fn print(result: &ResultDocument, language: Language, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{}", language.of(&result.title))?;
    for turnout in &result.turnout {
        let percent = turnout
            .percent
            .as_ref()
            .map_or_else(String::new, |p| format!(" ({p} %)"));
        writeln!(
            out,
            "{}: {} / {}{percent}",
            language.of(&turnout.title),
            turnout.ballots,
            turnout.issued
        )?;
    }
    for contest in &result.contests {
        writeln!(out, "\n{}", language.of(&contest.title))?;
        for ranking in report::rankings(contest) {
            if let Some(title) = ranking.title {
                writeln!(out, "\n[{}]", language.of(title))?;
            }
            for (at, project) in ranking.projects.iter().enumerate() {
                if ranking.line() == Some(at) {
                    writeln!(out, "{}", "─".repeat(72))?;
                }
                print_project(project, language, out)?;
            }
        }
    }
    writeln!(out)?;
    Ok(())
}

fn print_project(
    project: &ProjectResult,
    language: Language,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let rank = project
        .rank
        .map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    writeln!(
        out,
        "{rank:>4}  {:<12} {:<10} {:>12}  {}  {}",
        project.id.to_string(),
        language.outcome(project.outcome),
        project.score_decimal,
        language.of(&project.title),
        language.of(&project.reason.sentence),
    )?;
    Ok(())
}

fn write_reports(
    arguments: &ResultArguments,
    result: &ResultDocument,
    language: Language,
) -> Result<(), CliError> {
    let write = |path: &PathBuf, bytes: &[u8]| {
        fs::write(path, bytes).map_err(|error| CliError::Write(path.clone(), error))
    };
    if let Some(path) = &arguments.html {
        write(path, report::html(result, language).as_bytes())?;
    }
    if let Some(path) = &arguments.csv {
        write(path, report::csv(result, language).as_bytes())?;
    }
    if let Some(path) = &arguments.xlsx {
        write(path, &report::xlsx(result, language)?)?;
    }
    if let Some(path) = &arguments.pb {
        let named = |c: &&crate::result::ContestResult| {
            arguments
                .contest
                .as_ref()
                .is_none_or(|id| c.id.as_str() == id)
        };
        let contest = result.contests.iter().find(named);
        let contest = contest.ok_or_else(|| CliError::Usage("no such contest".to_owned()))?;
        write(path, report::pb(result, contest, language).as_bytes())?;
    }
    Ok(())
}

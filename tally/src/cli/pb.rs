//! `tally pb`.

use super::{CliError, table};
use crate::pb::{self, Decimal, DuplicateMarks, PbFile};
use crate::recompute::{ClassShares, Method, Plan, Recomputed, TieChoice, recompute};
use clap::{Args, ValueEnum};
use num_rational::BigRational;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use voting_core::rule::{Bound, FillPolicy, Percent, Ratio, ShareBase};

/// Options of `tally pb`.
#[derive(Clone, Debug, Args)]
pub(super) struct PbArguments {
    /// The file.
    file: PathBuf,
    /// Take the rule from the file's META.
    #[arg(long)]
    as_declared: bool,
    /// Fund from the top: `stop` at the first project that does not fit, `skip` it and go on, or
    /// fund it in part where at least so many per cent are left (`partial:80`).
    #[arg(long, value_parser = fill_policy, value_name = "stop|skip|partial:80")]
    fill: Option<FillPolicy>,
    /// Leave out projects with a lower score.
    #[arg(long, value_name = "N")]
    min_score: Option<Number>,
    /// Drop the lowest-ranked projects worth so many per cent of the money. Without `--fill`, all
    /// others are chosen.
    #[arg(long, value_name = "PERCENT")]
    drop_bottom: Option<Number>,
    /// Whether the cut stops before exceeding the percentage or once it is reached.
    #[arg(
        long,
        value_enum,
        requires = "drop_bottom",
        default_value_if("drop_bottom", clap::builder::ArgPredicate::IsPresent, Some("at-most"))
    )]
    cut: Option<CutBound>,
    /// Give each field (first value of `category`) this part of its candidates' cost.
    #[arg(long, value_name = "10/13")]
    by_field: Option<Number>,
    /// The column that says each ballot's class.
    #[arg(long, requires = "shares", value_name = "COLUMN")]
    class_column: Option<String>,
    /// The classes that count and their shares in per cent; other ballots are reported and ignored.
    #[arg(long, requires = "class_column", value_delimiter = ',', value_parser = share, value_name = "internet=60,paper=40")]
    shares: Vec<(String, Percent)>,
    /// What a class's marks are divided by.
    #[arg(long, value_enum, requires = "shares", default_value = "voters")]
    share_base: Base,
    /// Which of two equal scores ranks first: the file's order, lower or higher cost (then natural
    /// id), or a file of ids, first drawn first.
    #[arg(
        long,
        value_name = "file|cost-asc|cost-desc|lot:FILE",
        default_value = "file"
    )]
    tie: String,
    /// Leave these projects out.
    #[arg(long, value_delimiter = ',', value_name = "ID,ID")]
    exclude: Vec<String>,
    /// What to do with a project that one ballot marks twice.
    #[arg(long, value_enum, default_value = "count")]
    duplicate_marks: Duplicates,
    /// Find winners by another method than the ranking.
    #[arg(
        long,
        value_enum,
        default_value = "ranking",
        conflicts_with = "as_declared"
    )]
    method: MethodName,
    /// Pass over what a strict reading refuses, and list it.
    #[arg(long)]
    lenient: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CutBound {
    AtMost,
    AtLeast,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Base {
    Voters,
    Marks,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Duplicates {
    Count,
    Once,
    Reject,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodName {
    Ranking,
    EqualShares,
    EqualSharesAdd1,
    Phragmen,
}

/// A fraction or a decimal, not negative.
#[derive(Clone, Copy, Debug)]
struct Number(Ratio);

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(ratio) = text.parse() {
            return Ok(Self(ratio));
        }
        let decimal = Decimal::parse(text).ok_or_else(|| format!("`{text}` is not a number"))?;
        let scale = decimal.scale();
        let units = decimal
            .units(scale)
            .and_then(|units| u64::try_from(units).ok());
        let units = units.ok_or_else(|| format!("`{text}` is negative or too large"))?;
        Ratio::new(units, 10_u64.pow(scale.into()))
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    vote_type: String,
    rule: String,
    scoring: String,
    recount: BTreeMap<&'static str, &'static str>,
    #[serde(flatten)]
    outcome: &'a Recomputed,
    findings: Vec<String>,
}

pub(super) fn run(
    arguments: &PbArguments,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), CliError> {
    let path = &arguments.file;
    let bytes = super::read(path)?;
    let options = pb::Options {
        file: path.display().to_string(),
        lenient: arguments.lenient,
        duplicate_marks: match arguments.duplicate_marks {
            Duplicates::Count => DuplicateMarks::Count,
            Duplicates::Once => DuplicateMarks::Once,
            Duplicates::Reject => DuplicateMarks::Reject,
        },
    };
    let text = pb::decode(&bytes, &options)?;
    let file = pb::parse(&text, &options)?;
    let mut plan = plan(arguments)?;
    let mut findings: Vec<String> = file
        .findings
        .kept()
        .iter()
        .map(ToString::to_string)
        .collect();
    if file.findings.beyond() > 0 {
        findings.push(format!("and {} more", file.findings.beyond()));
    }
    if arguments.as_declared {
        let (declared, notes) = plan.declared(&file)?;
        plan = declared;
        findings.extend(notes.iter().map(ToString::to_string));
    }
    let outcome = recompute(&file, &plan)?;
    for finding in &findings {
        writeln!(err, "{finding}")?;
    }
    if arguments.json {
        let report = report(&options.file, &file, &outcome, findings);
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    } else {
        table::write(&file, &outcome, out)?;
    }
    Ok(())
}

fn report<'a>(
    name: &'a str,
    file: &PbFile<'_>,
    outcome: &'a Recomputed,
    findings: Vec<String>,
) -> Report<'a> {
    Report {
        file: name,
        vote_type: file.meta.get("vote_type").unwrap_or("").to_owned(),
        rule: file.meta.get("rule").unwrap_or("").to_owned(),
        scoring: format!("{:?}", file.scoring()),
        recount: table::recount(file),
        outcome,
        findings,
    }
}

fn plan(arguments: &PbArguments) -> Result<Plan, CliError> {
    let usage = |error: voting_core::rule::ParseRatioError| CliError::Usage(error.to_string());
    let percent = arguments
        .drop_bottom
        .map(|n| Percent::new(n.0))
        .transpose()
        .map_err(usage)?;
    let bound = match arguments.cut {
        Some(CutBound::AtLeast) => Bound::AtLeast,
        Some(CutBound::AtMost) | None => Bound::AtMost,
    };
    let base = match arguments.share_base {
        Base::Voters => ShareBase::Voters,
        Base::Marks => ShareBase::Marks,
    };
    let classes = arguments.class_column.clone().map(|column| ClassShares {
        column,
        shares: arguments.shares.clone(),
        base,
    });
    let equal_shares = |add1| Method::EqualShares {
        add1,
        comparison: false,
    };
    Ok(Plan {
        method: match arguments.method {
            MethodName::Ranking => Method::Ranking,
            MethodName::EqualShares => equal_shares(false),
            MethodName::EqualSharesAdd1 => equal_shares(true),
            MethodName::Phragmen => Method::Phragmen,
        },
        fill: arguments.fill,
        min_score: arguments.min_score.map(|n| -> BigRational { n.0.to_big() }),
        drop_bottom: percent.map(|percent| (percent, bound)),
        by_field: arguments.by_field.map(|n| n.0),
        classes,
        tie: tie(&arguments.tie)?,
        exclude: arguments.exclude.clone(),
    })
}

fn tie(text: &str) -> Result<TieChoice, CliError> {
    Ok(match text {
        "file" => TieChoice::File,
        "cost-asc" => TieChoice::CostAsc,
        "cost-desc" => TieChoice::CostDesc,
        other => match other.strip_prefix("lot:") {
            Some(path) => TieChoice::Lot(lot(Path::new(path))?),
            None => return Err(CliError::Usage(format!("`{other}` is no tie order"))),
        },
    })
}

/// A recorded lot: one id a line, first drawn first.
fn lot(path: &Path) -> Result<Vec<String>, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::Read(path.into(), error))?;
    let ids = text
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|id| !id.is_empty());
    Ok(ids.collect())
}

fn fill_policy(text: &str) -> Result<FillPolicy, String> {
    Ok(match text {
        "stop" => FillPolicy::Stop,
        "skip" => FillPolicy::Skip,
        other => {
            let percent = other
                .strip_prefix("partial:")
                .ok_or("stop, skip or partial:PERCENT")?;
            let number: Number = percent.parse()?;
            let (n, d) = (
                number.0.numerator(),
                number.0.denominator().saturating_mul(100),
            );
            let from = Ratio::new(n, d).map_err(|error| error.to_string())?;
            if from.is_zero() || !from.is_part() {
                return Err("a part is above 0 and at most 100 per cent".to_owned());
            }
            FillPolicy::Partial { from }
        }
    })
}

fn share(text: &str) -> Result<(String, Percent), String> {
    let (class, share) = text
        .rsplit_once('=')
        .ok_or("a share is written CLASS=PERCENT")?;
    let number: Number = share.parse()?;
    let percent = Percent::new(number.0).map_err(|error| error.to_string())?;
    Ok((class.to_owned(), percent))
}

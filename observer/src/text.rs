//! The report as people read it.

use crate::report::{FirstFailure, Report, Status, Verdict};
use std::fmt::{self, Write};
use voting_core::audit::Stage;

/// A stage in words.
#[must_use]
pub(crate) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Empty => "not created",
        Stage::Ceremony => "in its key ceremony",
        Stage::Open => "open",
        Stage::Paused => "paused",
        Stage::Closed => "closed, its result not published",
        Stage::Published => "published",
        Stage::Ratified => "ratified",
        Stage::Annulled => "annulled",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        heading(self, f)?;
        for check in &self.checks {
            let (mark, detail) = match &check.status {
                Status::Pass => ("pass", ""),
                Status::Fail { detail } => ("FAIL", detail.as_str()),
                Status::NotAsked { detail } => ("-", detail.as_str()),
                Status::NotReached { detail } => ("not reached", detail.as_str()),
            };
            let line = format!("{mark:<12}{:<26}{detail}", check.name);
            writeln!(f, "{}", line.trim_end())?;
        }
        counts(self, f)?;
        writeln!(f, "\ntrusted, not verified | 검증이 아니라 신뢰하는 것:")?;
        for trusted in &self.trusted {
            writeln!(f, "- {}\n  {}", trusted.ko, trusted.en)?;
        }
        f.write_char('\n')?;
        verdict(self, f)
    }
}

impl fmt::Display for FirstFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.check)?;
        if let Some(entry) = self.entry {
            write!(f, " at entry {entry}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

fn heading(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let (Some(id), Some(title)) = (&report.election_id, &report.title) {
        writeln!(
            f,
            "election    {id}\n            {} | {}",
            title.ko, title.en
        )?;
    }
    if report.demonstration == Some(true) {
        writeln!(
            f,
            "            a demonstration: nothing is decided | 시연용"
        )?;
    }
    if let (Some(entries), Some(root)) = (report.entries, &report.root) {
        writeln!(f, "log         {entries} entries, root {root}")?;
    }
    if let Some(close) = &report.close {
        writeln!(f, "close       entry {}, root {}", close.entry, close.root)?;
    }
    if let Some(software) = &report.software {
        let (entry, document) = (software.entry, software.document);
        writeln!(f, "software    entry {entry}, document {document}")?;
    }
    writeln!(f)
}

fn counts(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if report.turnout.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nclass                       roll    issued      cast")?;
    for class in &report.turnout {
        let roll = class
            .roll
            .map_or("-".to_owned(), |people| people.to_string());
        let (name, issued, cast) = (class.class.to_string(), class.issued, class.cast);
        writeln!(f, "{name:<22}{roll:>10}{issued:>10}{cast:>10}")?;
        if class.roll.is_some_and(|people| issued > people) {
            writeln!(
                f,
                "  more credentials than people on the roll | 명부보다 많은 자격"
            )?;
        }
    }
    writeln!(
        f,
        "spoiled codes {}, superseded ballots {}",
        report.spoiled, report.superseded
    )?;
    if let Some(result) = &report.result {
        writeln!(f, "result document {result}")?;
    }
    if let Some(decision) = &report.ratification {
        writeln!(f, "ratification | 총회 승인 {decision}")?;
    }
    Ok(())
}

fn verdict(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (report.verdict, &report.first_failure, report.stage) {
        (Verdict::Verified, _, _) => f.write_str("VERIFIED: every check passed | 모든 검증 통과"),
        (Verdict::Unfinished, _, Some(at)) => write!(
            f,
            "UNFINISHED: every check so far passed; the election is {} | 아직 끝나지 않음",
            stage(at)
        ),
        (_, Some(failure), _) => write!(f, "FAILED: {failure} | 검증 실패"),
        _ => f.write_str("FAILED | 검증 실패"),
    }
}

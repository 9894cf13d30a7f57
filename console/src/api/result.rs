//! The published result: found in the log, computed again, shown, and given out in every form.

use super::Shared;
use super::actions::running;
use super::body::Asked;
use crate::access::Reader;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tally::report::{self, Language};
use tally::result::{FinalOutcome, Ratification, ResultDocument, SignedRatification, SignedResult};
use voting_core::ids::{DocumentHash, LeafIndex};
use voting_core::manifest::{Bilingual, Date, Manifest};
use voting_core::rule::ProjectId;

/// A result that the log names.
pub(super) struct Published {
    /// Its entry.
    entry: LeafIndex,
    /// The document as it was published, in its envelope where it has one.
    bytes: Vec<u8>,
    /// What it says.
    pub(super) result: ResultDocument,
}

/// A result of this election, canonical, and exactly what its totals give.
fn check_result(manifest: &Manifest, bytes: &[u8]) -> Result<ResultDocument, Problem> {
    let refused = |why: &dyn std::fmt::Display| Problem::from(ProblemKind::ResultRefused).hint(why);
    let (signed, canonical) = match serde_json::from_slice::<SignedResult>(bytes) {
        Ok(signed) => {
            signed.verify(manifest).map_err(|e| refused(&e))?;
            let canonical = signed.to_canonical();
            (signed, canonical)
        }
        Err(_) => {
            let bare: ResultDocument = serde_json::from_slice(bytes).map_err(|e| refused(&e))?;
            let canonical = bare.to_canonical();
            (SignedResult::unsigned(bare), canonical)
        }
    };
    if signed.result.election_id != manifest.election_id() {
        return Err(refused(&"it is of another election"));
    }
    signed.rederive(manifest).map_err(|e| refused(&e))?;
    match canonical {
        Ok(canonical) if canonical == bytes => Ok(signed.result),
        _ => Err(refused(&"its bytes are not canonical (RFC 8785)")),
    }
}

/// [`check_result`] where it holds nobody up.
pub(super) async fn check(
    manifest: &Arc<Manifest>,
    bytes: Vec<u8>,
) -> Result<ResultDocument, Problem> {
    let manifest = manifest.clone();
    let checked = tokio::task::spawn_blocking(move || check_result(&manifest, &bytes)).await;
    checked.map_err(|_| Problem::from(ProblemKind::Internal))?
}

/// The published result, if there is one.
pub(super) async fn published(
    console: &Shared,
    manifest: &Arc<Manifest>,
) -> Result<Option<Published>, Problem> {
    let end = console.gateway.log_end(manifest).await?;
    let Some((entry, named)) = end.published() else {
        return Ok(None);
    };
    let bytes = console.gateway.document(&named).await?;
    let result = check(manifest, bytes.clone()).await?;
    Ok(Some(Published {
        entry,
        bytes,
        result,
    }))
}

#[derive(Serialize)]
pub(super) struct Shown {
    entry: LeafIndex,
    /// Content address of the document, which the log's entry names.
    document: DocumentHash,
    /// Content address of the result in it, which a decision names.
    hash: DocumentHash,
    result: ResultDocument,
    /// The contests of which there is a Pabulib file.
    contests: Vec<String>,
    decision: Option<Decided>,
}

/// The assembly's decision, beside the citizens' result.
#[derive(Serialize)]
struct Decided {
    entry: LeafIndex,
    document: DocumentHash,
    assembly: Bilingual,
    decided_on: Date,
    /// What it decided otherwise.
    changes: Vec<Otherwise>,
}

#[derive(Serialize)]
struct Otherwise {
    project: ProjectId,
    reason: Bilingual,
    from: tally::engine::Outcome,
    to: tally::engine::Outcome,
    funded: u64,
}

/// `GET /result`.
pub(super) async fn shown(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Shown>, Problem> {
    let (manifest, _) = running(&console).await?;
    let found = published(&console, &manifest).await?;
    let found = found.ok_or(ProblemKind::NotFound)?;
    let decision = decided(&console, &manifest, &found.result).await?;
    let contests = found.result.contests.iter();
    Ok(Json(Shown {
        entry: found.entry,
        document: DocumentHash::of(&found.bytes),
        hash: found.result.hash().map_err(|_| ProblemKind::Internal)?,
        contests: contests.map(|contest| contest.id.to_string()).collect(),
        result: found.result,
        decision,
    }))
}

/// The decision that the log names, which must be one on this result.
async fn decided(
    console: &Shared,
    manifest: &Arc<Manifest>,
    result: &ResultDocument,
) -> Result<Option<Decided>, Problem> {
    let end = console.gateway.log_end(manifest).await?;
    let Some((entry, named)) = end.ratified() else {
        return Ok(None);
    };
    let bytes = console.gateway.document(&named).await?;
    let refused =
        |why: &dyn std::fmt::Display| Problem::from(ProblemKind::DecisionRefused).hint(why);
    let ratification = read_decision(&bytes).map_err(|error| refused(&error))?;
    ratification
        .check(result)
        .map_err(|error| refused(&error))?;
    Ok(Some(Decided {
        entry,
        document: named.hash,
        changes: changes(&ratification, result),
        assembly: ratification.assembly,
        decided_on: ratification.decided_on,
    }))
}

/// Bare, as it is proposed here, or in the envelope that `tally ratify` writes.
fn read_decision(bytes: &[u8]) -> serde_json::Result<Ratification> {
    match serde_json::from_slice::<SignedRatification>(bytes) {
        Ok(signed) => Ok(signed.ratification),
        Err(_) => serde_json::from_slice(bytes),
    }
}

fn changes(ratification: &Ratification, result: &ResultDocument) -> Vec<Otherwise> {
    let reason = |project: &ProjectId| match &ratification.decision {
        tally::result::Decision::AsItStands => None,
        tally::result::Decision::WithChanges(changes) => {
            changes.iter().find(|change| change.project == *project)
        }
    };
    let outcomes = ratification.outcomes(result).into_iter();
    let changed = outcomes.filter_map(|outcome| {
        let FinalOutcome {
            project,
            citizens,
            assembly,
            funded,
        } = outcome;
        let reason = reason(&project)?.reason.clone();
        Some(Otherwise {
            project,
            reason,
            from: citizens,
            to: assembly,
            funded,
        })
    });
    changed.collect()
}

/// What a download is asked in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    lang: Lang,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Lang {
    Ko,
    En,
}

/// `GET /result/{file}`: `result.json` as it was published; `report.html`, `projects.csv`,
/// `workbook.xlsx` and `CONTEST.pb` as `tally result` renders them.
pub(super) async fn file(
    State(console): State<Shared>,
    _: Reader,
    Path(name): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let (manifest, _) = running(&console).await?;
    let found = published(&console, &manifest).await?;
    let found = found.ok_or(ProblemKind::NotFound)?;
    let language = match wanted.lang {
        Lang::Ko => Language::Korean,
        Lang::En => Language::English,
    };
    let rendered = tokio::task::spawn_blocking(move || render(&found, &name, language)).await;
    let rendered = rendered.map_err(|_| Problem::from(ProblemKind::Internal))?;
    let (media_type, bytes) = rendered?;
    // Kept as a file and never shown here: a report's page is not one of the console's.
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, bytes).into_response())
}

fn render(
    found: &Published,
    name: &str,
    language: Language,
) -> Result<(&'static str, Vec<u8>), Problem> {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let result = &found.result;
    Ok(match name {
        "result.json" => ("application/json", found.bytes.clone()),
        "report.html" => (
            "text/html; charset=utf-8",
            report::html(result, language).into_bytes(),
        ),
        "projects.csv" => (
            "text/csv; charset=utf-8",
            report::csv(result, language).into_bytes(),
        ),
        "workbook.xlsx" => {
            let workbook = report::xlsx(result, language);
            (XLSX, workbook.map_err(|_| ProblemKind::Internal)?)
        }
        _ => {
            let id = name.strip_suffix(".pb").ok_or(ProblemKind::NotFound)?;
            let mut contests = result.contests.iter();
            let contest = contests.find(|contest| contest.id.as_str() == id);
            let contest = contest.ok_or(ProblemKind::NotFound)?;
            let text = report::pb(result, contest, language);
            ("text/plain; charset=utf-8", text.into_bytes())
        }
    })
}

//! Rolls, as staff import them: a claim that one of them has signed, and the file it names.
//!
//! The claim travels in a header, so that nobody's file but theirs is received. Answers say what
//! became of each row by its number, and nothing of a person.

use super::Shared;
use super::body::{BINARY, Received, receive};
use crate::problem::{Document as ProblemDocument, MEDIA_TYPE as PROBLEM, Problem, ProblemKind};
use crate::registrar::Importing;
use crate::registry::RollCounts;
use crate::rolls::{Encoding, Imported, Outcome, RollRow, Verdict};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::collections::BTreeMap;
use tracing::Instrument;
use utoipa::ToSchema;
use voting_core::codec::Decode;
use voting_core::ids::ClassIndex;
use voting_core::manifest::Manifest;
use voting_core::staff::{MAX_ROLL_FILE, SignedRollClaim};
use zeroize::Zeroizing;

/// The header that a claim travels in: base64url without padding.
const CLAIM: &str = "hanpyo-roll-claim";
/// How many rows an answer reports singly; the counts are of all.
const REPORTED: usize = 10_000;

/// How many imports there were, and how many people are on the rolls.
#[derive(Serialize, ToSchema)]
#[schema(as = Rolls)]
pub(super) struct Rolls {
    /// The number of the last import, which the next claim names; 0 before the first.
    imports: u64,
    /// By class, of those that have a roll.
    people: BTreeMap<String, u64>,
}

/// What became of a file.
#[derive(Serialize, ToSchema)]
#[schema(as = RollReport)]
pub(super) struct Report {
    /// The number of the last import: this one, where its rows were kept.
    number: u64,
    /// Whether the rows were kept, or judged only.
    kept: bool,
    /// `utf-8` or `cp949`; none for a workbook.
    encoding: Option<&'static str>,
    /// Rows of the file but blank ones.
    rows: usize,
    /// Of them by verdict.
    counts: BTreeMap<&'static str, usize>,
    /// The first of those that are on no roll by this file, in its order.
    not_accepted: Vec<Row>,
    /// What their codes say.
    codes: BTreeMap<&'static str, Code>,
    /// People on the rolls now, by class.
    people: BTreeMap<String, u64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RollReportRow)]
struct Row {
    /// Its number in the file, the heading being 1.
    row: u64,
    code: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RollReportCode)]
struct Code {
    verdict: &'static str,
    ko: &'static str,
    en: &'static str,
}

/// How many imports there were, and how many people are on the rolls.
#[utoipa::path(
    get,
    path = "/rolls",
    responses((status = 200, body = Rolls), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn counts(State(services): State<Shared>) -> Result<Json<Rolls>, Problem> {
    let counts = services.registrar.roll_counts().await?;
    Ok(Json(Rolls {
        imports: counts.imports,
        people: people(&services.manifest, &counts),
    }))
}

/// A roll file that a member of the staff has signed for: judged, and imported if the claim says so.
#[utoipa::path(
    post,
    path = "/rolls",
    params(("hanpyo-roll-claim" = String, Header, description = "A signed roll claim, base64url without padding")),
    request_body(content = Vec<u8>, content_type = BINARY, description = "The file, CSV or XLSX"),
    responses((status = 200, body = Report), (status = "default", body = ProblemDocument, content_type = PROBLEM)),
)]
pub(super) async fn import(
    State(services): State<Shared>,
    request: Request,
) -> Result<Json<Report>, Problem> {
    let signed = claim(request.headers())?;
    let now = services.clock.now();
    services.registrar.check_claim(&signed, now).await?;
    let turn = services.registrar.begin_import()?;
    let received = receive(&services, request, BINARY, MAX_ROLL_FILE).await?;
    // To its end, whoever hangs up: judging cannot be stopped, and the turn is over when it is.
    let work = work(services, signed, received, turn).in_current_span();
    let report = tokio::spawn(work).await;
    report
        .unwrap_or(Err(ProblemKind::Internal.into()))
        .map(Json)
}

async fn work(
    services: Shared,
    signed: SignedRollClaim,
    received: Received,
    turn: Importing,
) -> Result<Report, Problem> {
    let (claim, file) = (&signed.claim, Zeroizing::new(received.bytes));
    let imported = services.registrar.import_roll(claim, file, received.at);
    let imported = imported.await?;
    drop(turn);
    let (number, rows) = (imported.number, imported.rows.len());
    let (kept, accepted) = (claim.keep, imported.count(Verdict::Accepted));
    tracing::info!(number, kept, rows, accepted, member = signed.member, "roll");
    let counts = services.registrar.roll_counts().await?;
    let people = people(&services.manifest, &counts);
    Ok(report(&imported, kept, people))
}

fn claim(headers: &HeaderMap) -> Result<SignedRollClaim, Problem> {
    let malformed = || Problem::new(ProblemKind::MalformedRequest).hint(CLAIM);
    let header = headers.get(CLAIM).ok_or_else(malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(header).map_err(|_| malformed())?;
    Ok(SignedRollClaim::from_bytes(&bytes)?)
}

fn people(manifest: &Manifest, counts: &RollCounts) -> BTreeMap<String, u64> {
    let classes = (0..).map(ClassIndex::new).zip(&manifest.classes);
    let with_roll = classes.filter(|(index, _)| manifest.has_roll(*index));
    let people = with_roll.map(|(index, class)| {
        let on_roll = counts.people.get(&index).copied().unwrap_or_default();
        (class.id.to_string(), on_roll)
    });
    people.collect()
}

fn report(imported: &Imported, kept: bool, people: BTreeMap<String, u64>) -> Report {
    let counts = Verdict::ALL.map(|verdict| (verdict.name(), imported.count(verdict)));
    let refused = |row: &&RollRow| row.outcome != Outcome::Accepted;
    let refused = imported.rows.iter().filter(refused).take(REPORTED);
    let not_accepted: Vec<_> = refused.map(Row::of).collect();
    let codes = Outcome::ALL
        .iter()
        .map(|outcome| (outcome.code(), Code::of(*outcome)));
    Report {
        number: imported.number,
        kept,
        encoding: imported.encoding.map(Encoding::name),
        rows: imported.rows.len(),
        counts: counts.into(),
        not_accepted,
        codes: codes.collect(),
        people,
    }
}

impl Row {
    const fn of(row: &RollRow) -> Self {
        Self {
            row: row.number,
            code: row.outcome.code(),
        }
    }
}

impl Code {
    const fn of(outcome: Outcome) -> Self {
        Self {
            verdict: outcome.verdict().name(),
            ko: outcome.ko(),
            en: outcome.en(),
        }
    }
}

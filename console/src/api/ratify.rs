//! The assembly's decision (총회 승인) on the published result: beside it, never over it.

use super::Shared;
use super::actions::said;
use super::result::published;
use crate::problem::{Problem, ProblemKind};
use serde::Deserialize;
use std::sync::Arc;
use tally::engine::Outcome;
use tally::result::{Change, Decision, Ratification, RatificationFormat, ResultDocument};
use voting_core::manifest::{Bilingual, Date, Manifest};
use voting_core::rule::{ProjectId, Won};

/// The most projects decided otherwise; a manifest has no more projects.
const MAX_CHANGES: usize = 1_000;

/// What an assembly decided, as it is entered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    assembly: Bilingual,
    decided_on: Date,
    /// What it decided otherwise than the citizens; none where the result stands.
    changes: Vec<Otherwise>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Otherwise {
    project: ProjectId,
    to: Outcome,
    funded: Won,
    reason: Bilingual,
}

/// The decision's canonical document, checked against the published result.
pub(super) async fn decision(
    console: &Shared,
    manifest: &Arc<Manifest>,
    decided: Decided,
) -> Result<Vec<u8>, Problem> {
    let published = published(console, manifest).await?;
    let published = published.ok_or(ProblemKind::StageForbids)?;
    let result = &published.result;
    if decided.changes.len() > MAX_CHANGES {
        return Err(ProblemKind::Oversized.into());
    }
    let changes = decided
        .changes
        .into_iter()
        .map(|change| from(change, result));
    let changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
    let ratification = Ratification {
        format: RatificationFormat::V1,
        election_id: manifest.election_id(),
        result: result.hash().map_err(refused)?,
        assembly: said(decided.assembly)?,
        decided_on: decided.decided_on,
        decision: if changes.is_empty() {
            Decision::AsItStands
        } else {
            Decision::WithChanges(changes)
        },
    };
    ratification.check(result).map_err(refused)?;
    ratification.to_canonical().map_err(refused)
}

/// A change with what the citizens' result says of the project, which nobody enters.
fn from(change: Otherwise, result: &ResultDocument) -> Result<Change, Problem> {
    let mut projects = result.contests.iter().flat_map(|contest| &contest.projects);
    let found = projects.find(|project| project.id == change.project);
    let found = found.ok_or_else(|| refused("a project is not in the result"))?;
    Ok(Change {
        from: found.outcome,
        project: change.project,
        to: change.to,
        funded: change.funded,
        reason: said(change.reason)?,
    })
}

fn refused(why: impl ToString) -> Problem {
    Problem::from(ProblemKind::DecisionRefused).hint(why)
}

//! Drafts of elections, up to the proposal that founds one.

use super::Shared;
use super::body::{Asked, Id, Sent, binary};
use super::members::is_repeated;
use crate::access::{Manager, Reader};
use crate::draft::presets::{Offered, offered};
use crate::draft::{Assembled, Draft, Misfit, assemble, with_stand_ins};
use crate::import;
use crate::problem::{Problem, ProblemKind};
use crate::simulation::{Sample, simulate};
use crate::store::{NewProposal, StoredDraft};
use axum::Json;
use axum::extract::{Request, State};
use serde::{Deserialize, Serialize};
use tally::result::ResultDocument;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::{Bilingual, StaffMember};
use voting_core::staff::{Document, Proposal, StaffAction};

/// `GET /presets`.
pub(super) async fn presets(_: Reader) -> Json<Vec<Offered>> {
    Json(offered())
}

#[derive(Serialize)]
pub(super) struct Listed {
    id: i64,
    title: Option<Bilingual>,
    preset: String,
    projects: usize,
    changed_at: UnixMillis,
    founding: Option<i64>,
}

/// `GET /drafts`.
pub(super) async fn list(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Vec<Listed>>, Problem> {
    let drafts = console.store.drafts().await?;
    let listed = drafts.into_iter().map(|draft| Listed {
        id: draft.id,
        projects: draft.content.projects.projects.len(),
        title: draft.content.title,
        preset: draft.content.preset,
        changed_at: draft.changed_at,
        founding: draft.founding,
    });
    Ok(Json(listed.collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Started {
    preset: String,
}

#[derive(Serialize)]
pub(super) struct Made {
    id: i64,
}

/// `POST /drafts`.
pub(super) async fn create(
    State(console): State<Shared>,
    Manager(me): Manager,
    Sent(started): Sent<Started>,
) -> Result<Json<Made>, Problem> {
    let draft = Draft::new(&started.preset).ok_or(ProblemKind::NotFound)?;
    let id = console
        .store
        .new_draft(&draft, me.id, console.now())
        .await?;
    Ok(Json(Made { id }))
}

/// A draft, what it makes, and what it still lacks.
#[derive(Serialize)]
pub(super) struct Shown {
    id: i64,
    revision: u64,
    content: Draft,
    founding: Option<i64>,
    open: Vec<String>,
    missing: Vec<String>,
    misfits: Vec<Misfit>,
    /// The canonical manifest and its hash, once all is well.
    manifest: Option<String>,
    election: Option<ElectionId>,
}

/// `GET /drafts/{id}`.
pub(super) async fn one(
    State(console): State<Shared>,
    _: Reader,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    let draft = find(&console, id).await?;
    Ok(Json(shown(&console, draft).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    revision: u64,
    content: Draft,
}

/// `PUT /drafts/{id}`: all but the preset and the projects, which come from a spreadsheet alone.
pub(super) async fn change(
    State(console): State<Shared>,
    Manager(me): Manager,
    Id(id): Id,
    Sent(change): Sent<Change>,
) -> Result<Json<Shown>, Problem> {
    let stored = find(&console, id).await?;
    let content = Draft {
        preset: stored.content.preset,
        projects: stored.content.projects,
        ..change.content
    };
    if !content.is_bounded() {
        return Err(ProblemKind::Oversized.into());
    }
    replace(&console, (id, change.revision), &content, me.id).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revision {
    revision: u64,
}

/// `PUT /drafts/{id}/projects?revision=`: a spreadsheet's bytes.
pub(super) async fn projects(
    State(console): State<Shared>,
    Manager(me): Manager,
    Id(id): Id,
    Asked(Revision { revision }): Asked<Revision>,
    request: Request,
) -> Result<Json<Shown>, Problem> {
    let bytes = binary(request, import::MAX_FILE).await?;
    let stored = find(&console, id).await?;
    let imported = tokio::task::spawn_blocking(move || import::read(&bytes)).await;
    let imported = imported.map_err(|_| Problem::from(ProblemKind::Internal))?;
    let refused = |faults| Problem::from(ProblemKind::SpreadsheetRefused).faults(&faults);
    let content = Draft {
        projects: imported.map_err(refused)?,
        ..stored.content
    };
    replace(&console, (id, revision), &content, me.id).await
}

/// `POST /drafts/{id}/simulation`: what the rule makes of a made-up sample of totals.
pub(super) async fn simulation(
    State(console): State<Shared>,
    _: Reader,
    Id(id): Id,
    Sent(sample): Sent<Sample>,
) -> Result<Json<ResultDocument>, Problem> {
    let draft = find(&console, id).await?.content;
    let computed = tokio::task::spawn_blocking(move || {
        let manifest = complete(with_stand_ins(&draft), ProblemKind::SimulationImpossible)?;
        let impossible = |error| Problem::from(ProblemKind::SimulationImpossible).hint(error);
        simulate(&manifest, sample).map_err(impossible)
    });
    let computed = computed
        .await
        .map_err(|_| Problem::from(ProblemKind::Internal))?;
    Ok(Json(computed?))
}

/// `POST /drafts/{id}/founding`: proposes entry 0; the draft cannot change while it stands.
pub(super) async fn found(
    State(console): State<Shared>,
    Manager(me): Manager,
    Id(id): Id,
    Sent(Revision { revision }): Sent<Revision>,
) -> Result<Json<Made>, Problem> {
    let draft = find(&console, id).await?;
    if draft.revision != revision {
        return Err(ProblemKind::DraftChanged.into());
    }
    let assembled = assembled(&console, &draft.content).await?;
    let manifest = complete(assembled, ProblemKind::DraftIncomplete)?;
    let document = Document::of(manifest.canonical());
    let document = document.map_err(|_| Problem::from(ProblemKind::Oversized))?;
    let (checkpoint, action) = (Vec::new(), StaffAction::Create(document));
    let proposal = Proposal {
        number: 0,
        checkpoint,
        action,
    };
    let new = NewProposal {
        draft: Some(id),
        manifest: &manifest,
        proposal: &proposal,
        document: Some(manifest.canonical()),
    };
    match console.store.new_proposal(new, me.id, console.now()).await {
        Ok(id) => Ok(Json(Made { id })),
        Err(error) if is_repeated(&error) => Err(ProblemKind::DraftFixed.into()),
        Err(error) => Err(error.into()),
    }
}

fn complete(
    assembled: Assembled,
    kind: ProblemKind,
) -> Result<voting_core::manifest::Manifest, Problem> {
    let missing = |path: String| Misfit {
        path,
        message: "is missing".into(),
    };
    let (manifest, misfits) = (assembled.manifest, assembled.misfits);
    let faults = assembled.missing.into_iter().map(missing).chain(misfits);
    manifest.ok_or_else(|| Problem::from(kind).faults(&faults.collect::<Vec<_>>()))
}

async fn find(console: &Shared, id: i64) -> Result<StoredDraft, Problem> {
    let draft = console.store.draft(id).await?;
    draft.ok_or_else(|| ProblemKind::NotFound.into())
}

async fn replace(
    console: &Shared,
    (id, revision): (i64, u64),
    content: &Draft,
    by: i64,
) -> Result<Json<Shown>, Problem> {
    let changed = console
        .store
        .change_draft((id, revision), content, by, console.now())
        .await?;
    let now = find(console, id).await?;
    match (changed, now.founding) {
        (true, _) => Ok(Json(shown(console, now).await?)),
        (false, Some(_)) => Err(ProblemKind::DraftFixed.into()),
        (false, None) => Err(ProblemKind::DraftChanged.into()),
    }
}

async fn assembled(console: &Shared, draft: &Draft) -> Result<Assembled, Problem> {
    let members = console.store.members().await?;
    let staff = draft.staff.iter().filter_map(|id| {
        let member = members
            .iter()
            .find(|member| member.id == *id && !member.ended)?;
        Some(StaffMember {
            name: member.name.clone(),
            key: member.key?,
        })
    });
    Ok(assemble(draft, &staff.collect::<Vec<_>>()))
}

async fn shown(console: &Shared, draft: StoredDraft) -> Result<Shown, Problem> {
    let assembled = assembled(console, &draft.content).await?;
    let manifest = assembled.manifest;
    let canonical = manifest
        .as_ref()
        .map(|m| String::from_utf8_lossy(m.canonical()).into_owned());
    Ok(Shown {
        id: draft.id,
        revision: draft.revision,
        content: draft.content,
        founding: draft.founding,
        open: assembled.open,
        missing: assembled.missing,
        misfits: assembled.misfits,
        manifest: canonical,
        election: manifest.map(|manifest| manifest.election_id()),
    })
}

//! Proposing actions of a running election: built from what the gateway serves, verified first.

use super::Shared;
use super::body::{Sent, binary};
use super::proposals::{Shown, see};
use crate::access::Manager;
use crate::gateway::Status;
use crate::problem::{Problem, ProblemKind};
use crate::store::NewProposal;
use axum::Json;
use axum::extract::{Request, State};
use serde::Deserialize;
use std::sync::Arc;
use tally::result::{ResultDocument, SignedResult};
use voting_core::ids::UnixMillis;
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::staff::{Document, MAX_TEXT, Proposal, StaffAction};

/// The longest result document, in bytes.
const MAX_RESULT: usize = 8 << 20;

/// What staff want to do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "action", rename_all = "kebab-case")]
pub(super) enum Wanted {
    RestartCeremony { reason: Bilingual },
    Open {},
    Pause { reason: Bilingual },
    Resume { reason: Bilingual },
    Extend { closes_at: UnixMillis },
    Withdraw { project: u32, reason: Bilingual },
    Annul { reason: Bilingual },
    Close {},
}

/// The actions that a stage allows here, as PROTOCOL.md, "Stages", has them. The log decides.
pub(super) fn possible(stage: &str) -> &'static [&'static str] {
    match stage {
        "ceremony" => &["open", "restart-ceremony", "withdraw", "annul"],
        "open" => &["pause", "extend", "withdraw", "close", "annul"],
        "paused" => &["resume", "extend", "withdraw", "close", "annul"],
        "closed" => &["publish", "withdraw", "annul"],
        "published" | "ratified" => &["annul"],
        _ => &[],
    }
}

/// `POST /proposals`.
pub(super) async fn propose(
    State(console): State<Shared>,
    Manager(me): Manager,
    Sent(wanted): Sent<Wanted>,
) -> Result<Json<Shown>, Problem> {
    let (manifest, status) = running(&console).await?;
    let (action, checkpoint) = match wanted {
        Wanted::Open {} => {
            allowed(&status, "open")?;
            let (opening, note) = console.gateway.opening(&manifest).await?;
            (StaffAction::Open(opening), note.to_string().into_bytes())
        }
        Wanted::Close {} => {
            allowed(&status, "close")?;
            if status.server_time < status.drained_at {
                let hint = format!("not before {} ms", status.drained_at);
                return Err(Problem::from(ProblemKind::ActionInvalid).hint(hint));
            }
            (StaffAction::Close, checkpoint(&console, &manifest).await?)
        }
        other => (plain(other, &manifest, &status)?, Vec::new()),
    };
    let proposal = Proposal {
        number: status.next_action,
        checkpoint,
        action,
    };
    keep(&console, me.id, &manifest, &proposal, None).await
}

/// `POST /proposals/publish`: the result document, bare as `observer result` writes it or signed. It
/// is computed again from its totals before anything is proposed; that its totals are those of the
/// log is what `observer verify` shows.
pub(super) async fn publish(
    State(console): State<Shared>,
    Manager(me): Manager,
    request: Request,
) -> Result<Json<Shown>, Problem> {
    let bytes = binary(request, MAX_RESULT).await?;
    let (manifest, status) = running(&console).await?;
    allowed(&status, "publish")?;
    let checked = manifest.clone();
    let bytes = tokio::task::spawn_blocking(move || check_result(&checked, bytes)).await;
    let bytes = bytes.map_err(|_| Problem::from(ProblemKind::Internal))??;
    let document = Document::of(&bytes).map_err(|_| Problem::from(ProblemKind::Oversized))?;
    let proposal = Proposal {
        number: status.next_action,
        checkpoint: checkpoint(&console, &manifest).await?,
        action: StaffAction::Publish(document),
    };
    keep(&console, me.id, &manifest, &proposal, Some(&bytes)).await
}

/// A result of this election, canonical, and exactly what its totals give.
fn check_result(manifest: &Manifest, bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let refused = |why: &dyn std::fmt::Display| Problem::from(ProblemKind::ResultRefused).hint(why);
    let (signed, canonical) = match serde_json::from_slice::<SignedResult>(&bytes) {
        Ok(signed) => {
            signed.verify(manifest).map_err(|e| refused(&e))?;
            let canonical = signed.to_canonical();
            (signed, canonical)
        }
        Err(_) => {
            let bare: ResultDocument = serde_json::from_slice(&bytes).map_err(|e| refused(&e))?;
            let canonical = bare.to_canonical();
            (SignedResult::unsigned(bare), canonical)
        }
    };
    if signed.result.election_id != manifest.election_id() {
        return Err(refused(&"it is of another election"));
    }
    signed.rederive(manifest).map_err(|e| refused(&e))?;
    match canonical {
        Ok(canonical) if canonical == bytes => Ok(bytes),
        _ => Err(refused(&"its bytes are not canonical (RFC 8785)")),
    }
}

/// The manifest that the gateway serves and what it says of the election, which must be the same.
async fn running(console: &Shared) -> Result<(Arc<Manifest>, Status), Problem> {
    let manifest = console.gateway.manifest().await?;
    let status = console.gateway.status().await?;
    if status.election != manifest.election_id().to_string() {
        let hint = "the manifest is of another election";
        return Err(Problem::from(ProblemKind::LogRefused).hint(hint));
    }
    Ok((manifest, status))
}

fn allowed(status: &Status, action: &str) -> Result<(), Problem> {
    if possible(&status.stage).contains(&action) {
        Ok(())
    } else {
        Err(ProblemKind::StageForbids.into())
    }
}

async fn checkpoint(console: &Shared, manifest: &Manifest) -> Result<Vec<u8>, Problem> {
    let (note, _) = console.gateway.checkpoint(manifest).await?;
    Ok(note.to_string().into_bytes())
}

/// An action that says all it needs by itself.
fn plain(wanted: Wanted, manifest: &Manifest, status: &Status) -> Result<StaffAction, Problem> {
    let action = match wanted {
        Wanted::RestartCeremony { reason } => StaffAction::RestartCeremony(said(reason)?),
        Wanted::Pause { reason } => StaffAction::Pause(said(reason)?),
        Wanted::Resume { reason } => StaffAction::Resume(said(reason)?),
        Wanted::Annul { reason } => StaffAction::Annul(said(reason)?),
        Wanted::Extend { closes_at } => {
            let within =
                status.closes_at < closes_at.get() && closes_at.get() <= status.extension_limit;
            if !within || status.server_time >= status.closes_at {
                let hint = "before the close, to later than it, and within the manifest's limit";
                return Err(Problem::from(ProblemKind::ActionInvalid).hint(hint));
            }
            StaffAction::Extend(closes_at)
        }
        Wanted::Withdraw { project, reason } => {
            let known = usize::try_from(project).is_ok_and(|p| p < manifest.project_count());
            let before = status.withdrawn.iter().any(|w| w.project == project);
            if !known || before {
                let hint = "no such project, or withdrawn already";
                return Err(Problem::from(ProblemKind::ActionInvalid).hint(hint));
            }
            StaffAction::Withdraw(project, said(reason)?)
        }
        Wanted::Open {} | Wanted::Close {} => return Err(ProblemKind::Internal.into()),
    };
    allowed(status, action.name())?;
    Ok(action)
}

/// A reason that says something in both languages.
fn said(reason: Bilingual) -> Result<Bilingual, Problem> {
    let reason = Bilingual::new(reason.ko.trim(), reason.en.trim());
    let fits = |text: &str| !text.is_empty() && text.len() <= MAX_TEXT;
    if fits(&reason.ko) && fits(&reason.en) {
        Ok(reason)
    } else {
        let hint = "a reason is needed in Korean and in English, at most 2,000 bytes each";
        Err(Problem::from(ProblemKind::ActionInvalid).hint(hint))
    }
}

async fn keep(
    console: &Shared,
    by: i64,
    manifest: &Manifest,
    proposal: &Proposal,
    document: Option<&[u8]>,
) -> Result<Json<Shown>, Problem> {
    let new = NewProposal {
        draft: None,
        manifest,
        proposal,
        document,
    };
    let id = console.store.new_proposal(new, by, console.now()).await?;
    see(console, id).await
}

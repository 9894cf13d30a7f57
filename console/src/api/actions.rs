//! Proposing actions of a running election: built from what the gateway serves, verified first.

use super::Shared;
use super::body::Sent;
use super::proposals::{Shown, see};
use super::ratify::{Decided, decision};
use super::stages::{Facts, possible};
use crate::access::Manager;
use crate::gateway::Status;
use crate::problem::{Problem, ProblemKind};
use crate::store::NewProposal;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use voting_core::ids::{ClassIndex, UnixMillis};
use voting_core::manifest::{Admission, Bilingual, Manifest, VoterClass};
use voting_core::staff::{Document, MAX_TEXT, Proposal, StaffAction};

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
    Ratify(Decided),
    DestroyPseudonymKey {},
    Notice { text: Bilingual },
    Roll { class: ClassIndex, people: u64 },
}

impl Wanted {
    const fn name(&self) -> &'static str {
        match self {
            Self::RestartCeremony { .. } => "restart-ceremony",
            Self::Open {} => "open",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Extend { .. } => "extend",
            Self::Withdraw { .. } => "withdraw",
            Self::Annul { .. } => "annul",
            Self::Close {} => "close",
            Self::Ratify(_) => "ratify",
            Self::DestroyPseudonymKey {} => "destroy-pseudonym-key",
            Self::Notice { .. } => "notice",
            Self::Roll { .. } => "roll",
        }
    }
}

/// `POST /proposals`.
pub(super) async fn propose(
    State(console): State<Shared>,
    Manager(me): Manager,
    Sent(wanted): Sent<Wanted>,
) -> Result<Json<Shown>, Problem> {
    let (manifest, status) = running(&console).await?;
    allowed(&console, &manifest, &status, wanted.name()).await?;
    let mut document = None;
    let (action, checkpoint) = match wanted {
        Wanted::Open {} => {
            let (opening, note) = console.gateway.opening(&manifest).await?;
            (StaffAction::Open(opening), note.to_string().into_bytes())
        }
        Wanted::Close {} => {
            if status.server_time < status.drained_at {
                let hint = format!("not before {} ms", status.drained_at);
                return Err(Problem::from(ProblemKind::ActionInvalid).hint(hint));
            }
            (StaffAction::Close, checkpoint(&console, &manifest).await?)
        }
        Wanted::Ratify(decided) => {
            let bytes = decision(&console, &manifest, decided).await?;
            let action = StaffAction::Ratify(named(&bytes)?);
            document = Some(bytes);
            (action, checkpoint(&console, &manifest).await?)
        }
        other => (plain(other, &manifest, &status)?, Vec::new()),
    };
    let proposal = Proposal {
        number: status.next_action,
        checkpoint,
        action,
    };
    keep(&console, me.id, &manifest, &proposal, document.as_deref()).await
}

/// The reference to a document, as the action that names it has it.
pub(super) fn named(bytes: &[u8]) -> Result<Document, Problem> {
    Document::of(bytes).map_err(|_| Problem::from(ProblemKind::Oversized))
}

/// The manifest that the gateway serves and what it says of the election, which must be the same.
pub(super) async fn running(console: &Shared) -> Result<(Arc<Manifest>, Status), Problem> {
    let manifest = console.gateway.manifest().await?;
    let status = console.gateway.status().await?;
    if status.election != manifest.election_id().to_string() {
        let hint = "the manifest is of another election";
        return Err(Problem::from(ProblemKind::LogRefused).hint(hint));
    }
    Ok((manifest, status))
}

/// What of the log's end decides which actions there are at a stage.
///
/// # Errors
/// As [`crate::gateway::Gateway::log_end`].
pub(super) async fn facts(
    console: &Shared,
    manifest: &Arc<Manifest>,
    stage: &str,
) -> Result<Facts, Problem> {
    let has_roll = |class: &VoterClass| class.admission == Admission::Roll;
    let rolls = manifest.classes.iter().any(has_roll);
    if !Facts::matter(stage) {
        return Ok(Facts {
            rolls,
            ..Facts::default()
        });
    }
    let end = console.gateway.log_end(manifest).await?;
    Ok(Facts {
        offline_missing: !end.offline_missing().is_empty(),
        shares: end.has_shares(),
        key_destroyed: end.key_destroyed(),
        rolls,
    })
}

pub(super) async fn allowed(
    console: &Shared,
    manifest: &Arc<Manifest>,
    status: &Status,
    action: &str,
) -> Result<(), Problem> {
    let facts = facts(console, manifest, &status.stage).await?;
    if possible(&status.stage, facts).any(|known| known == action) {
        Ok(())
    } else {
        Err(ProblemKind::StageForbids.into())
    }
}

pub(super) async fn checkpoint(console: &Shared, manifest: &Manifest) -> Result<Vec<u8>, Problem> {
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
        Wanted::DestroyPseudonymKey {} => StaffAction::DestroyPseudonymKey,
        Wanted::Notice { text } => StaffAction::Notice(said(text)?),
        Wanted::Roll { class, people } => {
            if !manifest.has_roll(class) {
                let hint = "there is no such class, or it has no roll";
                return Err(Problem::from(ProblemKind::ActionInvalid).hint(hint));
            }
            StaffAction::Roll(class, people)
        }
        Wanted::Open {} | Wanted::Close {} | Wanted::Ratify(_) => {
            return Err(ProblemKind::Internal.into());
        }
    };
    Ok(action)
}

/// A text that says something in both languages.
pub(super) fn said(reason: Bilingual) -> Result<Bilingual, Problem> {
    let reason = Bilingual::new(reason.ko.trim(), reason.en.trim());
    let fits = |text: &str| !text.is_empty() && text.len() <= MAX_TEXT;
    if fits(&reason.ko) && fits(&reason.en) {
        Ok(reason)
    } else {
        let hint = "a text is needed in Korean and in English, at most 2,000 bytes each";
        Err(Problem::from(ProblemKind::ActionInvalid).hint(hint))
    }
}

pub(super) async fn keep(
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

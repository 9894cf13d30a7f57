//! Proposals: seen by everybody, signed by managers, submitted when enough have signed.

use super::Shared;
use super::body::{Id, Sent};
use super::members::{is_repeated, signature};
use crate::access::{Manager, Reader};
use crate::gateway::GatewayError;
use crate::problem::{Problem, ProblemKind};
use crate::store::{Member, ProposalState, Signed, StoredProposal};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use voting_core::codec::Encode;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::Bilingual;
use voting_core::staff::StaffEntry;

#[derive(Serialize)]
pub(super) struct Shown {
    id: i64,
    draft: Option<i64>,
    election: ElectionId,
    title: Bilingual,
    action: &'static str,
    proposer: String,
    created_at: UnixMillis,
    state: ProposalState,
    required: u16,
    signed: Vec<Signer>,
    entry: Option<u64>,
    refusal: Option<String>,
}

#[derive(Serialize)]
struct Signer {
    member: i64,
    name: String,
    time: UnixMillis,
}

/// `GET /proposals`.
pub(super) async fn list(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Vec<Shown>>, Problem> {
    let members = console.store.members().await?;
    let proposals = console.store.proposals().await?;
    Ok(Json(proposals.iter().map(|p| shown(p, &members)).collect()))
}

/// `GET /proposals/{id}`.
pub(super) async fn one(
    State(console): State<Shared>,
    _: Reader,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    see(&console, id).await
}

/// `GET /proposals/{id}/file`: the submission with the signatures so far. It is what `gateway create
/// --founding`, `gateway staff sign` and `gateway staff submit` take, and what the page reads to
/// show in words what is signed.
pub(super) async fn file(
    State(console): State<Shared>,
    _: Reader,
    Id(id): Id,
) -> Result<Response, Problem> {
    let proposal = find(&console, id).await?;
    let name = match proposal.draft {
        Some(_) => format!("attachment; filename=\"founding-{id}.hanpyo\""),
        None => format!("attachment; filename=\"action-{id}.hanpyo\""),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from(proposal.submission().to_bytes())).into_response())
}

/// `GET /proposals/{id}/manifest`: the canonical manifest of the election it is for.
pub(super) async fn manifest(
    State(console): State<Shared>,
    _: Reader,
    Id(id): Id,
) -> Result<Response, Problem> {
    let proposal = find(&console, id).await?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, Body::from(proposal.manifest.to_canonical())).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// 64 bytes, base64.
    signature: String,
}

/// `POST /proposals/{id}/signature`: keeps a signature that verifies, and submits the action when
/// as many have signed as the manifest demands.
pub(super) async fn sign(
    State(console): State<Shared>,
    Manager(me): Manager,
    Id(id): Id,
    Sent(given): Sent<Given>,
) -> Result<Json<Shown>, Problem> {
    let proposal = find(&console, id).await?;
    let signed = verified(&proposal, &me, &given.signature, console.now())?;
    match console.store.sign(id, &signed).await {
        Ok(true) => {}
        Ok(false) => return Err(ProblemKind::ProposalClosed.into()),
        Err(error) if is_repeated(&error) => return Err(ProblemKind::AlreadySigned.into()),
        Err(error) => return Err(error.into()),
    }
    tracing::info!(proposal = id, member = me.id, "signed");
    finish(&console, id).await?;
    see(&console, id).await
}

/// A signature of this member on exactly this proposal of this election.
fn verified(
    proposal: &StoredProposal,
    me: &Member,
    text: &str,
    time: UnixMillis,
) -> Result<Signed, Problem> {
    let manifest = &proposal.manifest;
    let keys: Vec<_> = manifest
        .staff
        .members
        .iter()
        .map(|member| member.key)
        .collect();
    let place = me
        .key
        .and_then(|key| keys.iter().position(|known| *known == key));
    let place = place.and_then(|place| u16::try_from(place).ok());
    let position = place.ok_or(ProblemKind::NotInManifest)?;
    let invalid = || Problem::from(ProblemKind::SignatureInvalid);
    let signature = signature(text).ok_or_else(invalid)?;
    let entry = StaffEntry::new(proposal.proposal.clone(), vec![(position, signature)]);
    let holds = entry.verify(&manifest.election_id(), &keys, 1);
    holds.map_err(|_| invalid())?;
    Ok(Signed {
        member: me.id,
        position,
        signature,
        time,
    })
}

/// Submits a complete action; a complete founding is a file for the gateway's operator.
async fn finish(console: &Shared, id: i64) -> Result<(), Problem> {
    let proposal = find(console, id).await?;
    if !proposal.is_complete() {
        return Ok(());
    }
    if proposal.draft.is_some() {
        console
            .store
            .advance(id, ProposalState::Open, ProposalState::Signed)
            .await?;
        return Ok(());
    }
    // Whoever moves it submits it; a crash from here on leaves it to be asked again.
    if !console
        .store
        .advance(id, ProposalState::Open, ProposalState::Submitting)
        .await?
    {
        return Ok(());
    }
    // Seen through whether or not whoever signed last waits for it.
    let submitting = tokio::spawn(submit_now(console.clone(), proposal));
    submitting
        .await
        .unwrap_or(Err(ProblemKind::Internal.into()))
}

/// Submits an action that is being submitted, and keeps what the gateway answers.
async fn submit_now(console: Shared, proposal: StoredProposal) -> Result<(), Problem> {
    let id = proposal.id;
    let answer = console.gateway.submit(&proposal.submission()).await;
    let refusal = answer.as_ref().err().map(ToString::to_string);
    let kept = answer
        .as_ref()
        .map_err(|_| refusal.as_deref().unwrap_or_default());
    console.store.answered(id, kept.copied()).await?;
    if let Ok(entry) = answer {
        tracing::info!(proposal = id, entry, "in the log");
    }
    Ok(())
}

/// `POST /proposals/{id}/submission`: asks the gateway again, where it did not answer or refused.
pub(super) async fn submit(
    State(console): State<Shared>,
    Manager(_): Manager,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    let proposal = find(&console, id).await?;
    if proposal.state != ProposalState::Open || !proposal.is_complete() {
        return Err(ProblemKind::ProposalClosed.into());
    }
    finish(&console, id).await?;
    see(&console, id).await
}

/// `POST /proposals/{id}/withdrawal`: gives a proposal up. A finished founding can be given up too;
/// its file, where it was downloaded, still founds an election.
pub(super) async fn withdraw(
    State(console): State<Shared>,
    Manager(_): Manager,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    let store = &console.store;
    let gone = store
        .advance(id, ProposalState::Open, ProposalState::Withdrawn)
        .await?
        || store
            .advance(id, ProposalState::Signed, ProposalState::Withdrawn)
            .await?;
    if !gone {
        return Err(ProblemKind::ProposalClosed.into());
    }
    see(&console, id).await
}

async fn find(console: &Shared, id: i64) -> Result<StoredProposal, Problem> {
    let proposal = console.store.proposal(id).await?;
    proposal.ok_or_else(|| ProblemKind::NotFound.into())
}

pub(super) async fn see(console: &Shared, id: i64) -> Result<Json<Shown>, Problem> {
    let members = console.store.members().await?;
    Ok(Json(shown(&find(console, id).await?, &members)))
}

fn shown(proposal: &StoredProposal, members: &[Member]) -> Shown {
    let name = |id: i64| {
        let found = members.iter().find(|member| member.id == id);
        found.map_or_else(String::new, |member| member.name.clone())
    };
    let signed = proposal.signatures.iter().map(|signed| Signer {
        member: signed.member,
        name: name(signed.member),
        time: signed.time,
    });
    Shown {
        id: proposal.id,
        draft: proposal.draft,
        election: proposal.manifest.election_id(),
        title: proposal.manifest.title.clone(),
        action: proposal.proposal.action.name(),
        proposer: name(proposal.proposer),
        created_at: proposal.created_at,
        state: proposal.state,
        required: proposal.manifest.staff.required,
        signed: signed.collect(),
        entry: proposal.entry,
        refusal: proposal.refusal.clone(),
    }
}

/// What whoever proposes is told of the gateway.
impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        match &error {
            GatewayError::Unreachable => ProblemKind::GatewayUnreachable.into(),
            GatewayError::Refused { .. } => Self::from(ProblemKind::GatewayRefused).hint(error),
            GatewayError::Unverified(_) => Self::from(ProblemKind::LogRefused).hint(error),
            GatewayError::Ceremony(_) => Self::from(ProblemKind::CeremonyUnfinished).hint(error),
        }
    }
}

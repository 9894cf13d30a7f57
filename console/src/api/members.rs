//! Members, their signing keys, and invitations.

use super::Shared;
use super::body::{Id, Sent};
use crate::access::{Manager, Reader, SignedIn, session};
use crate::invitation::invite as new_invitation;
use crate::problem::{Problem, ProblemKind};
use crate::store::{Member, Role};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use voting_core::ids::UnixMillis;
use voting_core::keys::{Signature, VerifyKey};
use voting_core::staff::KeyClaim;

#[derive(Serialize)]
pub(super) struct Me {
    id: i64,
    /// 16 bytes, base64: what a claim to a key names.
    handle: String,
    name: String,
    role: Role,
    key: Option<VerifyKey>,
    /// Credential ids, URL-safe base64: which passkey the signing key is made from.
    credentials: Vec<String>,
    /// Whether an account of the OpenID provider stands for the member.
    account: bool,
    origin: String,
}

/// `GET /me`.
pub(super) async fn me(
    State(console): State<Shared>,
    SignedIn(me): SignedIn,
) -> Result<Json<Me>, Problem> {
    let credentials = console.store.credentials(me.id).await?;
    let account = console.store.has_account(me.id).await?;
    Ok(Json(Me {
        account,
        id: me.id,
        handle: STANDARD.encode(me.handle.as_bytes()),
        name: me.name,
        role: me.role,
        key: me.key,
        credentials: credentials
            .iter()
            .map(|id| URL_SAFE_NO_PAD.encode(id))
            .collect(),
        origin: console.origin.clone(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    key: VerifyKey,
    /// 64 bytes, base64.
    signature: String,
}

/// `POST /me/key`: registers the signing key, with proof of possession. It comes from a passkey, and
/// so does the session: whoever runs the OpenID provider could otherwise register one for a member.
pub(super) async fn set_key(
    State(console): State<Shared>,
    Manager(me): Manager,
    headers: HeaderMap,
    Sent(claim): Sent<Claim>,
) -> Result<StatusCode, Problem> {
    let session = session(&headers).ok_or(ProblemKind::SignedOut)?;
    if !console.store.is_by_passkey(&session).await? {
        return Err(ProblemKind::PasskeyNeeded.into());
    }
    let invalid = || Problem::from(ProblemKind::KeyInvalid);
    let signature = signature(&claim.signature).ok_or_else(invalid)?;
    let said = KeyClaim {
        origin: &console.origin,
        member: me.handle.as_bytes(),
    };
    said.verify(&claim.key, &signature).map_err(|_| invalid())?;
    match console.store.set_key(me.id, &claim.key).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(ProblemKind::KeyExists.into()),
        Err(error) if is_repeated(&error) => Err(invalid()),
        Err(error) => Err(error.into()),
    }
}

/// A signature from its base64.
pub(super) fn signature(text: &str) -> Option<Signature> {
    let bytes = STANDARD.decode(text).ok()?;
    Some(Signature::new(bytes.try_into().ok()?))
}

/// Whether a statement broke a uniqueness.
pub(super) fn is_repeated(error: &sqlx::Error) -> bool {
    let database = error.as_database_error();
    database.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

#[derive(Serialize)]
pub(super) struct Listed {
    id: i64,
    name: String,
    role: Role,
    key: Option<VerifyKey>,
    /// Whether an account of the OpenID provider stands for the member.
    account: bool,
    ended: bool,
}

impl Listed {
    fn new(member: Member, accounts: &BTreeSet<i64>) -> Self {
        let Member {
            id,
            name,
            role,
            key,
            ended,
            ..
        } = member;
        Self {
            id,
            name,
            role,
            key,
            account: accounts.contains(&id),
            ended,
        }
    }
}

/// `GET /members`.
pub(super) async fn list(
    State(console): State<Shared>,
    _: Reader,
) -> Result<Json<Vec<Listed>>, Problem> {
    let members = console.store.members().await?;
    let accounts = console.store.accounts().await?;
    let listed = members
        .into_iter()
        .map(|member| Listed::new(member, &accounts));
    Ok(Json(listed.collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    name: String,
    role: Role,
}

#[derive(Serialize)]
pub(super) struct Invitation {
    token: String,
    expires_at: UnixMillis,
}

/// `POST /members`: invites somebody.
pub(super) async fn invite(
    State(console): State<Shared>,
    Manager(_): Manager,
    Sent(wanted): Sent<Wanted>,
) -> Result<Json<Invitation>, Problem> {
    let name = wanted.name.trim();
    let made = new_invitation(&console.store, name, wanted.role, console.now()).await?;
    let (token, expires_at) = made.ok_or(ProblemKind::MalformedRequest)?;
    Ok(Json(Invitation { token, expires_at }))
}

/// `POST /members/{id}/end`.
pub(super) async fn end(
    State(console): State<Shared>,
    Manager(me): Manager,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if me.id == id {
        return Err(ProblemKind::OwnMembership.into());
    }
    if console.store.end_member(id, console.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ProblemKind::NotFound.into())
    }
}

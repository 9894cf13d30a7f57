//! Signing in with an account of the office's OpenID provider, enrolling one, and linking one.

use super::Shared;
use super::body::{Id, Sent};
use super::enrol::begin_session;
use super::members::is_repeated;
use crate::access::{Manager, Reader};
use crate::oidc::{Callback, Oidc, OidcError};
use crate::passkeys::Begun;
use crate::problem::{Problem, ProblemKind};
use crate::store::{Member, Way};
use crate::token;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::Uuid;

/// What an account will stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A session of the member that it is.
    SignIn,
    /// A new member, by an invitation's hash.
    Enrol([u8; 32]),
    /// This member, who is signed in.
    Link(i64),
}

#[derive(Serialize)]
pub(super) struct Ways {
    /// The provider's host, where there is one.
    openid: Option<String>,
}

/// `GET /signin/ways`: how one may sign in here.
pub(super) async fn ways(State(console): State<Shared>) -> Json<Ways> {
    let openid = console.oidc.as_ref().map(Oidc::host);
    Json(Ways { openid })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    invitation: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Begins {
    ticket: String,
    url: String,
}

/// `POST /openid/start`: signs in, or enrols with an invitation.
pub(super) async fn start(
    State(console): State<Shared>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Json<Begins>, Problem> {
    let purpose = match wanted.invitation {
        None => Purpose::SignIn,
        Some(invitation) => {
            let hash = token::hash(&invitation);
            let found = console.store.invitation(&hash, console.now()).await?;
            found.ok_or(ProblemKind::InvitationInvalid)?;
            Purpose::Enrol(hash)
        }
    };
    begin(&console, purpose).await
}

/// `POST /me/openid`: links an account to whoever is signed in.
pub(super) async fn link(
    State(console): State<Shared>,
    Reader(me): Reader,
) -> Result<Json<Begins>, Problem> {
    begin(&console, Purpose::Link(me.id)).await
}

/// `POST /members/{id}/openid/end`: the member's account opens no more sessions.
pub(super) async fn unlink(
    State(console): State<Shared>,
    Manager(_): Manager,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if console.store.unlink_account(id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ProblemKind::NotFound.into())
    }
}

async fn begin(console: &Shared, purpose: Purpose) -> Result<Json<Begins>, Problem> {
    let (url, started) = provider(console)?.begin().await?;
    let begun = Begun::OpenId { started, purpose };
    let ticket = console.passkeys.begin(begun, console.now())?;
    Ok(Json(Begins { ticket, url }))
}

fn provider(console: &Shared) -> Result<&Oidc, Problem> {
    console
        .oidc
        .as_ref()
        .ok_or_else(|| ProblemKind::NotFound.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    ticket: String,
    callback: Callback,
}

/// `POST /openid/finish`: what the provider sent the browser back with, for a session.
pub(super) async fn finish(
    State(console): State<Shared>,
    Sent(answer): Sent<Answer>,
) -> Result<Response, Problem> {
    let now = console.now();
    let (begun, finishing) = console.passkeys.resume(&answer.ticket, now)?;
    let Begun::OpenId { started, purpose } = begun else {
        return Err(ProblemKind::CeremonyExpired.into());
    };
    let account = provider(&console)?.finish(started, answer.callback, now);
    let account = account.await?;
    let store = &console.store;
    let finish = || console.passkeys.finish(finishing, now);
    let member = match purpose {
        Purpose::SignIn => {
            let found: Option<Member> = store.account(&account).await?;
            let member = found.ok_or(ProblemKind::AccountUnknown)?.id;
            finish()?;
            member
        }
        Purpose::Enrol(invitation) => {
            finish()?;
            let enrolled = store.enrol_account(&invitation, Uuid::new_v4(), &account, now);
            let member = enrolled.await.map_err(known)?;
            member.ok_or(ProblemKind::InvitationInvalid)?
        }
        Purpose::Link(member) => {
            finish()?;
            store.link_account(member, &account).await.map_err(known)?;
            // The session that it was begun in goes on.
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    };
    tracing::info!(member, "signed in at the OpenID provider");
    begin_session(&console, member, now, Way::Account).await
}

/// An account that stands for a member already, or a member who has one.
fn known(error: sqlx::Error) -> Problem {
    if is_repeated(&error) {
        ProblemKind::AccountKnown.into()
    } else {
        error.into()
    }
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Self {
        tracing::warn!(%error, "OpenID");
        match error {
            OidcError::Unavailable => ProblemKind::OpenIdUnavailable.into(),
            OidcError::Refused => ProblemKind::OpenIdRefused.into(),
        }
    }
}

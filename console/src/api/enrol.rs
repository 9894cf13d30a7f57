//! Enrolling with an invitation, signing in and out.

use super::Shared;
use super::body::Sent;
use crate::access::{SESSION_SECONDS, cookie, session};
use crate::passkeys::Begun;
use crate::problem::{Problem, ProblemKind};
use crate::store::Way;
use crate::token;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use serde::{Deserialize, Serialize};
use voting_core::ids::UnixMillis;
use webauthn_rs::prelude::{
    CreationChallengeResponse, PublicKeyCredential, RegisterPublicKeyCredential,
    RequestChallengeResponse, Uuid,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invited {
    invitation: String,
}

#[derive(Serialize)]
pub(super) struct Ceremony<T> {
    ticket: String,
    options: T,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer<T> {
    ticket: String,
    credential: T,
}

/// `POST /enrol/start`.
pub(super) async fn start(
    State(console): State<Shared>,
    Sent(invited): Sent<Invited>,
) -> Result<Json<Ceremony<CreationChallengeResponse>>, Problem> {
    let (invitation, now) = (token::hash(&invited.invitation), console.now());
    let found = console.store.invitation(&invitation, now).await?;
    let (name, _) = found.ok_or(ProblemKind::InvitationInvalid)?;
    let handle = Uuid::new_v4();
    let begun = console
        .passkeys
        .webauthn
        .start_passkey_registration(handle, &name, &name, None);
    let (options, state) = begun.map_err(|error| {
        tracing::error!(%error, "passkey");
        Problem::from(ProblemKind::Internal)
    })?;
    let begun = Begun::Enrolment {
        state: Box::new(state),
        invitation,
        handle,
    };
    let ticket = console.passkeys.begin(begun, now)?;
    Ok(Json(Ceremony { ticket, options }))
}

/// `POST /enrol/finish`: makes the member and signs them in.
pub(super) async fn finish(
    State(console): State<Shared>,
    Sent(answer): Sent<Answer<RegisterPublicKeyCredential>>,
) -> Result<Response, Problem> {
    let now = console.now();
    let (begun, finishing) = console.passkeys.resume(&answer.ticket, now)?;
    let Begun::Enrolment {
        state,
        invitation,
        handle,
    } = begun
    else {
        return Err(ProblemKind::CeremonyExpired.into());
    };
    let passkey = console
        .passkeys
        .webauthn
        .finish_passkey_registration(&answer.credential, &state);
    let passkey = passkey.map_err(refused)?;
    console.passkeys.finish(finishing, now)?;
    let member = console
        .store
        .enrol(&invitation, handle, &passkey, now)
        .await?;
    let member = member.ok_or(ProblemKind::InvitationInvalid)?;
    tracing::info!(member, "enrolled");
    begin_session(&console, member, now, Way::Passkey).await
}

/// `POST /signin/start`.
pub(super) async fn signin_start(
    State(console): State<Shared>,
) -> Result<Json<Ceremony<RequestChallengeResponse>>, Problem> {
    let begun = console
        .passkeys
        .webauthn
        .start_discoverable_authentication();
    let (options, state) = begun.map_err(refused)?;
    let begun = Begun::SignIn(Box::new(state));
    let ticket = console.passkeys.begin(begun, console.now())?;
    Ok(Json(Ceremony { ticket, options }))
}

/// `POST /signin/finish`.
pub(super) async fn signin_finish(
    State(console): State<Shared>,
    Sent(answer): Sent<Answer<PublicKeyCredential>>,
) -> Result<Response, Problem> {
    let now = console.now();
    let (begun, finishing) = console.passkeys.resume(&answer.ticket, now)?;
    let Begun::SignIn(state) = begun else {
        return Err(ProblemKind::CeremonyExpired.into());
    };
    let webauthn = &console.passkeys.webauthn;
    let identified = webauthn.identify_discoverable_authentication(&answer.credential);
    let (handle, credential) = identified.map_err(refused)?;
    let found = console.store.passkey(credential).await?;
    let (member, mut passkey) = found.ok_or(ProblemKind::PasskeyRefused)?;
    if member.handle != handle || member.ended {
        return Err(ProblemKind::PasskeyRefused.into());
    }
    let result =
        webauthn.finish_discoverable_authentication_v2(&answer.credential, *state, &passkey);
    let result = result.map_err(refused)?;
    console.passkeys.finish(finishing, now)?;
    if passkey.update_credential(&result) == Some(true) {
        console.store.update_passkey(&passkey).await?;
    }
    begin_session(&console, member.id, now, Way::Passkey).await
}

/// `POST /signout`.
pub(super) async fn signout(
    State(console): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(hash) = session(&headers) {
        console.store.end_session(&hash).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie("")?)]).into_response())
}

pub(super) async fn begin_session(
    console: &Shared,
    member: i64,
    now: UnixMillis,
    way: Way,
) -> Result<Response, Problem> {
    let token = token::draw(&mut UnwrapErr(SysRng));
    let until = UnixMillis::new(now.get().saturating_add(SESSION_SECONDS * 1_000));
    console
        .store
        .begin_session(&token::hash(&token), member, now, until, way)
        .await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie(&token)?)],
    )
        .into_response())
}

/// A passkey that does not verify; why is logged and not told.
fn refused(error: webauthn_rs::prelude::WebauthnError) -> Problem {
    tracing::warn!(%error, "passkey refused");
    ProblemKind::PasskeyRefused.into()
}

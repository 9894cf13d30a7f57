//! Who asks: sessions in a cookie, and the three roles.
//!
//! A session is a random token in a `__Host-` cookie (`HttpOnly`, `Secure`, `SameSite=Strict`), kept
//! here as its hash. Changes must come from the console's own page: see [`guard`].

use crate::api::Shared;
use crate::problem::{Problem, ProblemKind};
use crate::store::{Member, Role};
use crate::token;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The cookie's name.
const COOKIE: &str = "__Host-hanpyo-console";
/// How long a session lasts, seconds: a working day.
pub const SESSION_SECONDS: u64 = 9 * 3_600;

/// Whoever is signed in.
pub struct SignedIn(pub Member);

/// A manager who is signed in.
pub struct Manager(pub Member);

/// A manager or an observer who is signed in: they read everything.
pub struct Reader(pub Member);

/// A manager or a clerk who is signed in: they open the desk.
pub struct Attendant(pub Member);

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let signed_out = || Problem::from(ProblemKind::SignedOut);
        let hash = session(&parts.headers).ok_or_else(signed_out)?;
        let member = console.store.session(&hash, console.now()).await?;
        member.map(Self).ok_or_else(signed_out)
    }
}

impl FromRequestParts<Shared> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let (roles, otherwise) = (&[Role::Manager], ProblemKind::NotAManager);
        one_of(roles, otherwise, parts, console).await.map(Self)
    }
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let (roles, otherwise) = (&[Role::Manager, Role::Observer], ProblemKind::RoleForbids);
        one_of(roles, otherwise, parts, console).await.map(Self)
    }
}

impl FromRequestParts<Shared> for Attendant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Problem> {
        let (roles, otherwise) = (&[Role::Manager, Role::Clerk], ProblemKind::RoleForbids);
        one_of(roles, otherwise, parts, console).await.map(Self)
    }
}

async fn one_of(
    roles: &[Role],
    otherwise: ProblemKind,
    parts: &mut Parts,
    console: &Shared,
) -> Result<Member, Problem> {
    let SignedIn(member) = SignedIn::from_request_parts(parts, console).await?;
    match roles.contains(&member.role) {
        true => Ok(member),
        false => Err(otherwise.into()),
    }
}

/// The hash of the session's token, if the request has one.
#[must_use]
pub fn session(headers: &HeaderMap) -> Option<[u8; 32]> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut cookies = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(';'));
    let token = cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    Some(token::hash(token))
}

/// The header that begins a session, or with an empty token ends it.
///
/// # Errors
/// [`ProblemKind::Internal`]; a token of [`token::draw`] always fits.
pub fn cookie(token: &str) -> Result<HeaderValue, Problem> {
    let age = if token.is_empty() { 0 } else { SESSION_SECONDS };
    let value =
        format!("{COOKIE}={token}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::try_from(value).map_err(|_| ProblemKind::Internal.into())
}

/// Takes changes only from the console's own page, and lets nobody keep answers.
///
/// A page of another origin cannot set `Origin`, nor send JSON or bytes here without a preflight,
/// which is not answered.
pub async fn guard(State(console): State<Shared>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = request.headers().get(header::ORIGIN);
    let own = origin.is_some_and(|origin| origin.as_bytes() == console.origin.as_bytes());
    let mut response = if reads || own {
        next.run(request).await
    } else {
        Problem::from(ProblemKind::WrongOrigin).into_response()
    };
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    let no_sniff = HeaderValue::from_static("nosniff");
    response
        .headers_mut()
        .insert(header::X_CONTENT_TYPE_OPTIONS, no_sniff);
    response
}

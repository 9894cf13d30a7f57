//! Signing in at the office's OpenID provider, where one is named (OpenID Connect Core 1.0, 3.1).
//!
//! ```text
//! browser -> provider    authorize?response_type=code&state=..&nonce=..&code_challenge=..
//! provider -> browser    /openid?code=..&state=..
//! console -> provider    code, code_verifier        -> ID token, signed
//! ID token               issuer, audience, expiry, nonce; and the subject
//! ```
//!
//! An account stands for a member whom an invitation has enrolled. It opens a session and signs
//! nothing: a signing key comes from a passkey alone, which no provider has.

mod http;

use crate::token;
use chrono::{DateTime, TimeDelta};
use http::Http;
pub use http::HttpError;
use openidconnect::core::{
    CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, TokenResponse,
};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use voting_core::ids::UnixMillis;

/// Where the provider sends the browser back to, below the console's origin.
pub const RETURN_PATH: &str = "/openid";
/// The longest subject that is taken; the specification has 255.
const MAX_SUBJECT: usize = 255;
/// Signatures that are believed: no shared secrets, and nothing without a signature.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// How far the provider's clock may be ahead of ours.
const SKEW: TimeDelta = TimeDelta::minutes(5);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody was signed in. The page says no more of it, and neither does a log.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OidcError {
    /// The provider does not answer as one.
    #[error("the OpenID provider does not answer")]
    Unavailable,
    /// What came back is not what was begun here, or not the provider's.
    #[error("the OpenID provider's answer is refused")]
    Refused,
}

/// A provider and the registration with it.
pub struct Oidc {
    http: Http,
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    return_url: RedirectUrl,
}

/// What is remembered of a sign-in that was begun.
#[derive(Serialize, Deserialize)]
pub struct Started {
    state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// What the provider sent the browser back with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    code: String,
    state: String,
    iss: Option<String>,
}

/// Who it is, to the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider.
    pub issuer: String,
    /// Whom it knows.
    pub subject: String,
}

impl Oidc {
    /// The provider at an address; `origin` is the console's own.
    ///
    /// # Errors
    /// [`HttpError::Address`].
    pub fn new(
        issuer: &str,
        client: &str,
        secret: Option<String>,
        origin: &str,
    ) -> Result<Self, HttpError> {
        let address = |_| HttpError::Address;
        Ok(Self {
            http: Http::new(issuer)?,
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(address)?,
            client: ClientId::new(client.to_owned()),
            secret: secret.map(ClientSecret::new),
            return_url: RedirectUrl::new(format!("{origin}{RETURN_PATH}")).map_err(address)?,
        })
    }

    /// The provider's host, as the page names it.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.issuer.url().host_str();
        host.unwrap_or_default().to_owned()
    }

    /// Where the browser goes, and what to remember meanwhile.
    ///
    /// # Errors
    /// [`OidcError::Unavailable`].
    pub async fn begin(&self) -> Result<(String, Started), OidcError> {
        let client = self.discover().await?;
        let draw = || token::draw(&mut UnwrapErr(SysRng));
        let started = Started {
            state: draw(),
            nonce: Nonce::new(draw()),
            verifier: PkceCodeVerifier::new(draw()),
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&started.verifier);
        let (state, nonce) = (CsrfToken::new(started.state.clone()), started.nonce.clone());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, || state, || nonce);
        let (url, ..) = request.set_pkce_challenge(challenge).url();
        Ok((url.into(), started))
    }

    /// Who came back, by a token that is signed and meant for us.
    ///
    /// # Errors
    /// [`OidcError`].
    pub async fn finish(
        &self,
        started: Started,
        callback: Callback,
        now: UnixMillis,
    ) -> Result<Account, OidcError> {
        // Hashes: how long the comparison takes says nothing of what is remembered.
        let ours = token::hash(&started.state) == token::hash(&callback.state);
        let issuer = callback.iss.as_deref();
        if !ours || issuer.is_some_and(|issuer| issuer != self.issuer.as_str()) {
            return Err(OidcError::Refused);
        }
        let client = self.discover().await?;
        let code = AuthorizationCode::new(callback.code);
        let request = client.exchange_code(code);
        let request = request.map_err(|_| OidcError::Unavailable)?;
        let request = request.set_pkce_verifier(started.verifier);
        let answer = request.request_async(&self.http).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(_) => OidcError::Refused,
            _ => OidcError::Unavailable,
        })?;
        let token = answer.id_token().ok_or(OidcError::Refused)?;
        let subject = subject(&client, token, &started.nonce, now);
        Ok(Account {
            issuer: self.issuer.as_str().to_owned(),
            subject: subject.ok_or(OidcError::Refused)?,
        })
    }

    /// The provider as it says it is now: its keys are asked for each time, as staff are few.
    async fn discover(&self) -> Result<Client, OidcError> {
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = metadata.map_err(|_| OidcError::Unavailable)?;
        let address = metadata.authorization_endpoint().as_str();
        http::check(address).map_err(|_| OidcError::Unavailable)?;
        let (client, secret) = (self.client.clone(), self.secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, client, secret);
        Ok(client.set_redirect_uri(self.return_url.clone()))
    }
}

/// The subject of a token whose issuer, audience (ours alone), signature, hours and nonce hold.
fn subject(client: &Client, token: &CoreIdToken, nonce: &Nonce, now: UnixMillis) -> Option<String> {
    let now = DateTime::from_timestamp_millis(i64::try_from(now.get()).ok()?)?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| match issued <= now + SKEW {
            true => Ok(()),
            false => Err("issued in the future".to_owned()),
        });
    let claims = token.claims(&verifier, nonce).ok()?;
    let subject = claims.subject().as_str();
    let fits = !subject.is_empty() && subject.len() <= MAX_SUBJECT;
    fits.then(|| subject.to_owned())
}

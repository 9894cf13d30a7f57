//! An OpenID Connect provider: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0,
//! section 3.1).
//!
//! ```text
//! browser -> provider    authorize?response_type=code&state=..&nonce=..&code_challenge=..
//! provider -> browser    return_url?code=..&state=..
//! gateway -> provider    code, code_verifier        -> ID token, signed
//! ID token               issuer, audience, expiry, nonce; and the configured claims
//! ```
//!
//! The state is the transaction's id; nonce and verifier are in the transaction that the browser
//! keeps sealed. Only what the ID token says is believed: it alone is signed and meant for us.

mod claims;
mod published;

pub use published::ContractError;

use super::{Begin, IdentityError, IdentityProvider, Started, Transactions, Verified};
use crate::config::{OidcConfig, Secret};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use claims::Claims;
use openidconnect::core::{CoreIdToken, CoreJwsSigningAlgorithm, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, CsrfToken, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse,
};
use published::{Client, Contract, Published};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::UnixMillis;
use zeroize::Zeroizing;

/// The provider's name.
const NAME: &str = "oidc";
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

/// An OpenID Connect provider.
pub struct Oidc {
    published: Published,
    scopes: Vec<Scope>,
    claims: Claims,
    costs_money: bool,
    transactions: Transactions,
}

/// What is remembered of a transaction.
struct Memory {
    nonce: [u8; 32],
    verifier: [u8; 32],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    transaction: Secret,
    callback: Callback,
}

/// What of the returning browser's query is read; providers add more.
#[derive(Deserialize)]
struct Callback {
    code: Secret,
    state: Secret,
    iss: Option<String>,
}

impl Oidc {
    /// A provider as it is configured; `None` if it is not.
    ///
    /// # Errors
    /// [`ContractError`].
    pub fn new(
        config: &OidcConfig,
        secret: Option<&Secret>,
        transactions: Transactions,
    ) -> Result<Option<Self>, ContractError> {
        let Some(contract) = Contract::new(config, secret)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            published: Published::new(contract)?,
            scopes: config.scopes.iter().cloned().map(Scope::new).collect(),
            claims: Claims::new(config),
            costs_money: config.costs_money,
            transactions,
        }))
    }

    async fn token(
        &self,
        client: &Client,
        code: Secret,
        verifier: &[u8; 32],
    ) -> Result<CoreIdToken, IdentityError> {
        let code = AuthorizationCode::new(code.reveal().to_owned());
        let request = client.exchange_code(code);
        let request = request.map_err(|_| IdentityError::Unavailable)?;
        let answer = request
            .set_pkce_verifier(PkceCodeVerifier::new(URL_SAFE_NO_PAD.encode(verifier)))
            .request_async(self.published.http())
            .await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(_) => IdentityError::Refused,
            _ => IdentityError::Unavailable,
        })?;
        answer.id_token().cloned().ok_or(IdentityError::Refused)
    }

    /// Checks a token; once more with fresh keys if none of the known ones signed it.
    async fn check(
        &self,
        client: &Client,
        token: &CoreIdToken,
        (nonce, now): (&Nonce, UnixMillis),
    ) -> Result<(), IdentityError> {
        let unknown = SignatureVerificationError::NoMatchingKey;
        let checked = match verify(client, token, (nonce, now)) {
            Err(ClaimsVerificationError::SignatureVerification(error)) if error == unknown => {
                let client = self.published.renewed(now).await?;
                verify(&client, token, (nonce, now))
            }
            checked => checked,
        };
        checked.map_err(|_| IdentityError::Refused)
    }
}

#[async_trait]
impl IdentityProvider for Oidc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn costs_money(&self) -> bool {
        self.costs_money
    }

    fn takes_newcomers(&self) -> bool {
        false
    }

    async fn begin(&self, now: UnixMillis) -> Result<Begin, IdentityError> {
        let client = self.published.get(now).await?;
        let id = Transactions::draw()?;
        let memory = Memory {
            nonce: Transactions::draw()?,
            verifier: Transactions::draw()?,
        };
        let verifier = PkceCodeVerifier::new(URL_SAFE_NO_PAD.encode(memory.verifier));
        let (state, nonce) = (CsrfToken::new(state(&id)), memory.nonce());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, ..) = client
            .authorize_url(flow, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.scopes.iter().cloned())
            .url();
        let memory = Zeroizing::new(memory.to_bytes());
        let transaction = self.transactions.seal(NAME, Started { id, memory }, now)?;
        Ok(Begin::Redirect {
            transaction,
            url: url.into(),
        })
    }

    async fn finish(&self, evidence: &[u8], now: UnixMillis) -> Result<Verified, IdentityError> {
        let evidence = serde_json::from_slice::<Evidence>(evidence);
        let Evidence {
            transaction,
            callback,
        } = evidence.map_err(|_| IdentityError::Refused)?;
        let taken = self.transactions.take(NAME, transaction.reveal(), now);
        let started = taken.await?;
        let memory = Memory::from_bytes(&started.memory).map_err(|_| IdentityError::Refused)?;
        let ours = callback.state.reveal().as_bytes();
        let ours = ours.ct_eq(state(&started.id).as_bytes());
        let issuer = callback.iss.as_deref();
        if !bool::from(ours) || issuer.is_some_and(|issuer| !self.published.is_issuer(issuer)) {
            return Err(IdentityError::Refused);
        }
        let client = self.published.get(now).await?;
        let token = self.token(&client, callback.code, &memory.verifier).await?;
        self.check(&client, &token, (&memory.nonce(), now)).await?;
        let person = self.claims.person(&token);
        let person = person.ok_or(IdentityError::Refused)?;
        Ok(Verified::Person(Box::new(person)))
    }
}

/// Issuer, audience (ours alone), signature, expiry, nonce; and not from the future.
fn verify(
    client: &Client,
    token: &CoreIdToken,
    (nonce, now): (&Nonce, UnixMillis),
) -> Result<(), ClaimsVerificationError> {
    let millis = i64::try_from(now.get()).unwrap_or(i64::MAX);
    let now = DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH);
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| match issued <= now + SKEW {
            true => Ok(()),
            false => Err("issued in the future".to_owned()),
        });
    token.claims(&verifier, nonce).map(drop)
}

fn state(id: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

impl Memory {
    fn nonce(&self) -> Nonce {
        Nonce::new(URL_SAFE_NO_PAD.encode(self.nonce))
    }
}

impl Encode for Memory {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.nonce);
        w.fixed(&self.verifier);
    }
}

impl Decode for Memory {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            nonce: r.array("nonce")?,
            verifier: r.array("verifier")?,
        })
    }
}

//! What the provider publishes of itself: its addresses and its keys.
//!
//! Asked for when it is first needed, kept for an hour, and asked for again when a token is signed
//! with a key that was not there. While the provider does not answer, what was kept serves for a day.

use super::super::IdentityError;
use super::super::http::{Http, HttpError, check};
use crate::config::{OidcConfig, Secret};
use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{
    ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, RedirectUrl,
};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Mutex;
use voting_core::ids::UnixMillis;

/// How long it is kept without asking again.
const FRESH: Duration = Duration::from_secs(3_600);
/// How long it serves while the provider does not answer.
const STALE: Duration = Duration::from_secs(24 * 3_600);
/// How long to wait after asking before asking again, so that made-up keys cost nobody anything.
const PAUSE: Duration = Duration::from_secs(10);

/// The provider, ready to be asked.
pub(super) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A registration that cannot be used.
#[derive(Debug, Error)]
pub enum ContractError {
    /// An address is not one, or is not HTTPS.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A field is missing.
    #[error("oidc.issuer is given, and oidc.client_id or oidc.return_url is not")]
    Incomplete,
}

/// A registration with a provider.
pub(super) struct Contract {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    return_url: RedirectUrl,
}

impl Contract {
    /// A registration as it is configured; `None` without an issuer.
    ///
    /// # Errors
    /// [`ContractError`].
    pub(super) fn new(
        config: &OidcConfig,
        secret: Option<&Secret>,
    ) -> Result<Option<Self>, ContractError> {
        let Some(issuer) = config.issuer.clone() else {
            return Ok(None);
        };
        let client = config.client_id.clone().ok_or(ContractError::Incomplete)?;
        let return_url = config.return_url.clone();
        let return_url = return_url.ok_or(ContractError::Incomplete)?;
        let secret = secret.map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        Ok(Some(Self {
            issuer: IssuerUrl::new(issuer).map_err(|_| HttpError::Address)?,
            client: ClientId::new(client),
            secret,
            return_url: RedirectUrl::new(return_url).map_err(|_| HttpError::Address)?,
        }))
    }
}

/// What is known of the provider, and how to ask for it.
pub(super) struct Published {
    http: Http,
    contract: Contract,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    asked: Option<UnixMillis>,
    answer: Option<(Arc<Client>, UnixMillis)>,
}

impl Published {
    pub(super) fn new(contract: Contract) -> Result<Self, ContractError> {
        let http = Http::new(contract.issuer.as_str())?;
        Ok(Self {
            http,
            contract,
            kept: Mutex::default(),
        })
    }

    pub(super) const fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn is_issuer(&self, named: &str) -> bool {
        self.contract.issuer.as_str() == named
    }

    /// The provider as it was within the hour.
    ///
    /// # Errors
    /// [`IdentityError::Unavailable`].
    pub(super) async fn get(&self, now: UnixMillis) -> Result<Arc<Client>, IdentityError> {
        self.within(FRESH, now).await
    }

    /// The provider as it is now, as far as it may be asked again.
    ///
    /// # Errors
    /// [`IdentityError::Unavailable`].
    pub(super) async fn renewed(&self, now: UnixMillis) -> Result<Arc<Client>, IdentityError> {
        self.within(PAUSE, now).await
    }

    async fn within(&self, age: Duration, now: UnixMillis) -> Result<Arc<Client>, IdentityError> {
        // Who comes meanwhile waits for the same answer.
        let mut kept = self.kept.lock().await;
        let fresh = |at: UnixMillis| younger(at, age, now);
        let ask = kept.answer.as_ref().is_none_or(|(_, at)| !fresh(*at));
        if ask && kept.asked.is_none_or(|at| !younger(at, PAUSE, now)) {
            kept.asked = Some(now);
            match self.ask().await {
                Some(client) => kept.answer = Some((Arc::new(client), now)),
                None => tracing::warn!("the OpenID provider does not say who it is"),
            }
        }
        let usable = |(_, at): &&(Arc<Client>, UnixMillis)| younger(*at, STALE, now);
        let usable = kept.answer.as_ref().filter(usable);
        let client = usable.map(|(client, _)| client.clone());
        client.ok_or(IdentityError::Unavailable)
    }

    async fn ask(&self) -> Option<Client> {
        let Contract {
            issuer,
            client,
            secret,
            return_url,
        } = &self.contract;
        let metadata = CoreProviderMetadata::discover_async(issuer.clone(), &self.http).await;
        let metadata = metadata.ok()?;
        check(metadata.authorization_endpoint().as_str()).ok()?;
        let client = CoreClient::from_provider_metadata(metadata, client.clone(), secret.clone());
        Some(client.set_redirect_uri(return_url.clone()))
    }
}

fn younger(at: UnixMillis, age: Duration, now: UnixMillis) -> bool {
    let millis = now.get().saturating_sub(at.get());
    Duration::from_millis(millis) < age
}

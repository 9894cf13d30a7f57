//! Which identity providers a configuration and a manifest together offer.

use super::StartError;
use crate::config::{Config, IdentityChoice, OidcConfig};
use crate::identity::{
    Agency, Demonstration, HttpError, Kiosk, Oidc, Providers, SealedCallback, Transactions,
};
use crate::registry::Registry;
use axum::http::HeaderValue;
use voting_core::manifest::Manifest;
use web_assets::policy_with_form;

/// The claim that names a person within one provider, and to nobody else.
const SUBJECT: &str = "sub";
/// The claim that is a CI, and what people are named by where they have one.
const CI: &str = "ci";

/// What a gateway offers.
pub(super) struct Offered {
    pub(super) providers: Providers,
    pub(super) kiosk: Option<Kiosk>,
    /// What its providers name people by; the demonstration's makes up whatever it is asked to, and
    /// a kiosk's codes stand for people who were named before.
    pub(super) namespace: Option<String>,
    /// Of the voters' page, where a provider takes a form from it.
    pub(super) page_policy: Option<HeaderValue>,
}

pub(super) fn offered(
    config: &Config,
    manifest: &Manifest,
    (session_key, registry): (&[u8; 32], &Registry),
) -> Result<Offered, StartError> {
    let mut providers = Providers::default();
    let election = manifest.election_id();
    if wants_demonstration(config.identity.provider, manifest) {
        providers.add(Demonstration::new(manifest)?);
    }
    let transactions = Transactions::new(session_key, registry.clone(), election);
    let transactions = transactions.ok_or(StartError::SessionKey)?;
    let agency = Agency::new(&config.agency, config.agency.access_token()?)?;
    let secret = config.oidc.client_secret()?;
    let oidc = Oidc::new(&config.oidc, secret.as_ref(), transactions.clone())?;
    if agency.is_some() && oidc.is_some() && config.oidc.person_claim == SUBJECT {
        return Err(StartError::Namespaces);
    }
    let namespace = namespace(agency.is_some(), oidc.is_some().then_some(&config.oidc));
    let form = agency.as_ref().map(Agency::form_source);
    let page_policy = form.as_deref().and_then(policy_with_form);
    if page_policy.is_none() && form.is_some() {
        return Err(HttpError::Address.into());
    }
    if let Some(agency) = agency {
        providers.add(SealedCallback::new(agency, transactions));
    }
    if let Some(oidc) = oidc {
        providers.add(oidc);
    }
    let validity = config.desk.code_validity();
    let kiosk = Kiosk::new(session_key, &election, registry.clone(), validity);
    let kiosk = (!config.desk.desks.is_empty()).then_some(kiosk);
    if let Some(kiosk) = &kiosk {
        providers.add(kiosk.clone());
    }
    Ok(Offered {
        providers,
        kiosk,
        namespace,
        page_policy,
    })
}

/// Keeps what people are named by at the first start with providers, and refuses to start with
/// another name from then on: everybody would be somebody new, with a vote of their own.
pub(super) async fn keep_namespace(registry: &Registry, offered: &str) -> Result<(), StartError> {
    let kept = registry.keep_namespace(offered).await?;
    if kept == offered {
        return Ok(());
    }
    let offered = offered.to_owned();
    Err(StartError::Namespace { kept, offered })
}

fn namespace(agency: bool, oidc: Option<&OidcConfig>) -> Option<String> {
    match oidc {
        None => agency.then(|| CI.to_owned()),
        // Beside an agency whatever claim was configured is said to be the CI.
        Some(oidc) if agency || oidc.person_claim == CI => Some(CI.to_owned()),
        Some(oidc) => {
            let issuer = oidc.issuer.as_deref().unwrap_or_default();
            Some(format!("oidc:{issuer}#{}", oidc.person_claim))
        }
    }
}

/// With `none` the configured providers remain, and nobody's identity is made up.
fn wants_demonstration(choice: IdentityChoice, manifest: &Manifest) -> bool {
    match choice {
        IdentityChoice::Automatic => manifest.demonstration,
        IdentityChoice::Demonstration => true,
        IdentityChoice::None => false,
    }
}

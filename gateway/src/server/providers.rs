//! Which identity providers a configuration and a manifest together offer.

use super::StartError;
use crate::config::{Config, IdentityChoice};
use crate::identity::{
    Agency, Demonstration, HttpError, Kiosk, Oidc, Providers, SealedCallback, Transactions,
};
use crate::registry::Registry;
use axum::http::HeaderValue;
use voting_core::manifest::Manifest;
use web_assets::policy_with_form;

/// The claim that names a person within one provider, and to nobody else.
const SUBJECT: &str = "sub";

/// What a gateway offers.
pub(super) struct Offered {
    pub(super) providers: Providers,
    pub(super) kiosk: Option<Kiosk>,
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
        page_policy,
    })
}

/// With `none` the configured providers remain, and nobody's identity is made up.
fn wants_demonstration(choice: IdentityChoice, manifest: &Manifest) -> bool {
    match choice {
        IdentityChoice::Automatic => manifest.demonstration,
        IdentityChoice::Demonstration => true,
        IdentityChoice::None => false,
    }
}

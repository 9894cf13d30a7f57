//! The demonstration's provider: everyone is who they say.

use super::{Ci, IdentityProvider, IdentityRefused};
use serde::Deserialize;
use thiserror::Error;
use voting_core::manifest::Manifest;

/// A manifest that decides something and so cannot be used with made-up identities.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the manifest is not marked as a demonstration: identities cannot be made up")]
pub struct NotADemonstration;

/// Believes any CI. Exists only for elections whose own manifest says that they decide nothing.
pub struct Demonstration(());

impl Demonstration {
    /// The provider of a demonstration.
    ///
    /// # Errors
    /// [`NotADemonstration`].
    pub fn new(manifest: &Manifest) -> Result<Self, NotADemonstration> {
        if manifest.demonstration {
            Ok(Self(()))
        } else {
            Err(NotADemonstration)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    ci: String,
}

impl IdentityProvider for Demonstration {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn verify(&self, evidence: &[u8]) -> Result<Ci, IdentityRefused> {
        let evidence: Evidence = serde_json::from_slice(evidence).map_err(|_| IdentityRefused)?;
        let ci = zeroize::Zeroizing::new(evidence.ci);
        Ci::new(&ci).ok_or(IdentityRefused)
    }
}

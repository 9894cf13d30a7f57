//! The demonstration's provider: everyone is who they say.

use super::{Begin, Ci, IdentityError, IdentityProvider, Person, Verified};
use crate::config::Secret;
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeSet;
use thiserror::Error;
use voting_core::ids::UnixMillis;
use voting_core::manifest::{Claim, Manifest};

/// The birth date of whoever states none: old enough for every election.
const BIRTH_DATE: &str = "1900-01-01";

/// A manifest that decides something and so cannot be used with made-up identities.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the manifest is not marked as a demonstration: identities cannot be made up")]
pub struct NotADemonstration;

/// Believes anything. Exists only for elections whose own manifest says that they decide nothing.
pub struct Demonstration(Vec<Claim>);

impl Demonstration {
    /// The provider of a demonstration.
    ///
    /// # Errors
    /// [`NotADemonstration`].
    pub fn new(manifest: &Manifest) -> Result<Self, NotADemonstration> {
        if manifest.demonstration {
            Ok(Self(manifest.eligibility.claims.clone()))
        } else {
            Err(NotADemonstration)
        }
    }
}

/// A made-up person; what is left out is made up so that it admits them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    ci: Secret,
    name: Option<Secret>,
    birth_date: Option<Secret>,
    mobile: Option<Secret>,
    ties: Option<BTreeSet<Claim>>,
}

#[async_trait]
impl IdentityProvider for Demonstration {
    fn name(&self) -> &'static str {
        "demo"
    }

    async fn begin(&self, _: UnixMillis) -> Result<Begin, IdentityError> {
        Ok(Begin::Direct)
    }

    async fn finish(&self, evidence: &[u8], _: UnixMillis) -> Result<Verified, IdentityError> {
        let evidence = serde_json::from_slice::<Evidence>(evidence);
        let evidence = evidence.map_err(|_| IdentityError::Refused)?;
        let ci = Ci::new(evidence.ci.reveal()).ok_or(IdentityError::Refused)?;
        let birth = evidence
            .birth_date
            .as_ref()
            .map_or(BIRTH_DATE, Secret::reveal);
        let name = evidence.name.as_ref().map(Secret::reveal);
        let mobile = evidence.mobile.as_ref().map(Secret::reveal);
        let mut person = Person::new(ci).with(name, Some(birth), mobile);
        let everything = || self.0.iter().copied().collect();
        person.ties = evidence.ties.unwrap_or_else(everything);
        Ok(Verified::Person(Box::new(person)))
    }
}

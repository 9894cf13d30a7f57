//! Who someone is (본인확인): providers, and the sealed sessions that follow.
//!
//! ```text
//! begin:  browser <- where to go, and a sealed transaction that this browser keeps
//!         browser -> provider -> browser, with the provider's answer
//! finish: browser -> transaction and answer -> person -> session
//! ```
//!
//! An answer without the transaction that its browser keeps is worth nothing, so that one stolen
//! from an address bar or a log cannot be used; and a transaction is used once.

mod demonstration;
pub mod desk;
mod http;
mod kiosk;
mod oidc;
mod pass;
mod person;
mod sealed_callback;
mod session;
#[cfg(test)]
mod tests;
mod transaction;

pub use demonstration::{Demonstration, NotADemonstration};
pub use desk::{Desk, DeskError, Desks};
pub use http::HttpError;
pub(crate) use http::{Http, check as check_address};
pub use kiosk::{CodeError, IssuedCode, Kiosk};
pub use oidc::{ContractError, Oidc};
pub use pass::{Attendant, Clerk, Drawn, PassError, Passes};
pub use person::{Ci, Person};
pub use sealed_callback::{Agency, SealedCallback};
pub use session::{Device, Session, SessionError, Sessions};
pub use transaction::{Started, Transactions};

use crate::store::StoreError;
use async_trait::async_trait;
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// Why there is no person.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The identity was not verified. Says nothing more.
    #[error("the identity was not verified")]
    Refused,
    /// The provider does not answer, or not in time.
    #[error("the identity provider does not answer")]
    Unavailable,
    /// What is kept of transactions and codes failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How an identity check begins.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Begin {
    /// The evidence is typed in: there is nowhere to go.
    Direct,
    /// The browser goes to an address.
    Redirect {
        /// To be kept by the browser and sent with the answer.
        transaction: String,
        /// Where to go.
        url: String,
    },
    /// The browser submits a form.
    Form {
        /// To be kept by the browser and sent with the answer.
        transaction: String,
        /// Where the form goes, by POST.
        action: String,
        /// Its fields.
        fields: BTreeMap<&'static str, String>,
    },
}

/// Whom the evidence is about.
#[derive(Debug)]
pub enum Verified {
    /// A person, for the registrar to admit.
    Person(Box<Person>),
    /// Someone who was admitted before, on a device that others use as well.
    Admitted(Pseudonym, ClassIndex),
}

/// Someone who can say who a person is.
#[async_trait]
pub trait IdentityProvider: Send + Sync + 'static {
    /// The last part of its address.
    fn name(&self) -> &'static str;

    /// Whether each check costs money, so that there is none while nobody can count them.
    fn costs_money(&self) -> bool {
        false
    }

    /// Whether evidence may come from somebody who has not been here before, so that the waiting
    /// room is for them. It is not where it takes a transaction that was begun here, or a desk's
    /// code: without one there is nothing to let in.
    fn takes_newcomers(&self) -> bool {
        true
    }

    /// What the browser does first.
    ///
    /// # Errors
    /// [`IdentityError`].
    async fn begin(&self, now: UnixMillis) -> Result<Begin, IdentityError>;

    /// The person that the evidence, whatever the provider sends, is about.
    ///
    /// # Errors
    /// [`IdentityError`].
    async fn finish(&self, evidence: &[u8], now: UnixMillis) -> Result<Verified, IdentityError>;
}

/// The providers that a gateway offers.
#[derive(Default)]
pub struct Providers(Vec<Box<dyn IdentityProvider>>);

impl Providers {
    /// Adds a provider.
    pub fn add(&mut self, provider: impl IdentityProvider) {
        self.0.push(Box::new(provider));
    }

    /// The provider of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn IdentityProvider> {
        let found = self.0.iter().find(|provider| provider.name() == name);
        found.map(|provider| &**provider)
    }

    /// The providers' names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|provider| provider.name())
    }
}

//! Passkeys (WebAuthn): what was begun and not finished yet, and the library around it.
//!
//! Begun ceremonies are in memory alone, for five minutes: a restart means to begin again.

use crate::api::Purpose;
use crate::oidc::Started;
use crate::problem::{Problem, ProblemKind};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use voting_core::ids::UnixMillis;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder,
    WebauthnError,
};

/// How long a begun ceremony may take, ms.
const PATIENCE_MS: u64 = 5 * 60_000;
/// The most that are begun at once; the oldest gives way.
const MOST: usize = 200;

/// A ceremony that was begun.
pub enum Begun {
    /// Enrolment with an invitation, by its hash.
    Enrolment {
        /// What the library remembers.
        state: Box<PasskeyRegistration>,
        /// The invitation's hash.
        invitation: [u8; 32],
        /// The member to be.
        handle: Uuid,
    },
    /// Signing in.
    SignIn(Box<DiscoverableAuthentication>),
    /// At the OpenID provider.
    OpenId {
        /// What the provider's answer is held to.
        started: Started,
        /// What the account will stand for.
        purpose: Purpose,
    },
}

/// The library, and what was begun.
pub struct Passkeys {
    /// The library.
    pub webauthn: Webauthn,
    /// By ticket, with the instant at which it is too late.
    begun: Mutex<BTreeMap<String, (UnixMillis, Begun)>>,
}

impl Passkeys {
    /// For the console at an origin, whose host is what passkeys are bound to.
    ///
    /// # Errors
    /// The library's, e.g. for an origin that is no URL with a host.
    pub fn new(origin: &Url) -> Result<Self, WebauthnError> {
        let host = origin.host_str().ok_or(WebauthnError::Configuration)?;
        let webauthn = WebauthnBuilder::new(host, origin)?
            .rp_name("한표 운영")
            .build()?;
        Ok(Self {
            webauthn,
            begun: Mutex::default(),
        })
    }

    /// Keeps a begun ceremony under a ticket.
    pub fn begin(&self, ticket: String, ceremony: Begun, now: UnixMillis) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, (until, _)| *until > now);
        if begun.len() >= MOST {
            let oldest = begun.iter().min_by_key(|(_, (until, _))| *until);
            if let Some(oldest) = oldest.map(|(ticket, _)| ticket.clone()) {
                begun.remove(&oldest);
            }
        }
        let until = UnixMillis::new(now.get().saturating_add(PATIENCE_MS));
        begun.insert(ticket, (until, ceremony));
    }

    /// Takes a begun ceremony: each can be finished once.
    ///
    /// # Errors
    /// [`ProblemKind::CeremonyExpired`].
    pub fn finish(&self, ticket: &str, now: UnixMillis) -> Result<Begun, Problem> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match begun.remove(ticket) {
            Some((until, ceremony)) if until > now => Ok(ceremony),
            _ => Err(ProblemKind::CeremonyExpired.into()),
        }
    }
}

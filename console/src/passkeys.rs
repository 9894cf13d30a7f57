//! Passkeys (WebAuthn) and accounts: what was begun and not finished yet, and the library around it.
//!
//! ```text
//! start    -> ticket: what was begun, until when, a random id; sealed
//! finish   <- ticket, answer; then the id is kept until the ticket has run out
//! ```
//!
//! Whoever begins keeps what was begun: anybody may begin, as often as they like, and it costs nobody
//! else their place. What is kept here is the ids of those who came through, so that an answer opens one
//! session only. The key is the process's: a restart means to begin again.

use crate::api::Purpose;
use crate::oidc::Started;
use crate::problem::{Problem, ProblemKind};
use crate::seal::Seal;
use rand::rngs::SysRng;
use rand_core::{Rng, UnwrapErr};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use voting_core::ids::UnixMillis;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder,
    WebauthnError,
};

/// How long a begun ceremony may take, ms.
const PATIENCE_MS: u64 = 5 * 60_000;

/// A ceremony that was begun.
#[derive(Serialize, Deserialize)]
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

/// What a ticket holds.
#[derive(Serialize, Deserialize)]
struct Ticket {
    id: [u8; 16],
    /// When it is too late, ms.
    until: u64,
    begun: Begun,
}

/// The right to finish what was begun, once.
pub struct Finishing {
    id: [u8; 16],
    until: UnixMillis,
}

/// The library, and what was finished.
pub struct Passkeys {
    /// The library.
    pub webauthn: Webauthn,
    seal: Seal,
    /// Ids, with the instant at which the ticket has run out.
    finished: Mutex<BTreeMap<[u8; 16], UnixMillis>>,
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
            seal: Seal::draw(&mut UnwrapErr(SysRng)).ok_or(WebauthnError::Configuration)?,
            finished: Mutex::default(),
        })
    }

    /// The ticket of a begun ceremony.
    ///
    /// # Errors
    /// [`ProblemKind::Internal`]; what the library remembers can always be sealed.
    pub fn begin(&self, begun: Begun, now: UnixMillis) -> Result<String, Problem> {
        let rng = &mut UnwrapErr(SysRng);
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let until = now.get().saturating_add(PATIENCE_MS);
        let ticket = serde_json::to_vec(&Ticket { id, until, begun });
        let sealed = ticket.ok().and_then(|bytes| self.seal.seal(bytes, rng));
        sealed.ok_or_else(|| ProblemKind::Internal.into())
    }

    /// What was begun with a ticket. Whoever has judged the answer finishes it with [`Self::finish`].
    ///
    /// # Errors
    /// [`ProblemKind::CeremonyExpired`].
    pub fn resume(&self, ticket: &str, now: UnixMillis) -> Result<(Begun, Finishing), Problem> {
        let expired = || Problem::from(ProblemKind::CeremonyExpired);
        let bytes = self.seal.open(ticket).ok_or_else(expired)?;
        let ticket: Ticket = serde_json::from_slice(&bytes).map_err(|_| expired())?;
        let until = UnixMillis::new(ticket.until);
        if until <= now {
            return Err(expired());
        }
        let id = ticket.id;
        Ok((ticket.begun, Finishing { id, until }))
    }

    /// Finishes what was begun, before anything comes of it. Called where the answer holds, and so as
    /// often as somebody comes through: that bounds what is kept.
    ///
    /// # Errors
    /// [`ProblemKind::CeremonyExpired`] the second time.
    pub fn finish(&self, finishing: Finishing, now: UnixMillis) -> Result<(), Problem> {
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.retain(|_, until| *until > now);
        match finished.insert(finishing.id, finishing.until) {
            None => Ok(()),
            Some(_) => Err(ProblemKind::CeremonyExpired.into()),
        }
    }
}

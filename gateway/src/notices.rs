//! Notices (알림) that people ask for: a text message or a mail when something has happened.
//!
//! ```text
//! page --contact, events--> outbox (sealed) --event happens--> webhook --2xx--> row deleted
//!                                             ^                  | anything else
//!                                             +--later, doubled--+  after so many tries: deleted
//! ```
//!
//! A contact comes without a session and is kept without a time, under a keyed hash of itself, so
//! that nothing leads from it to a pseudonym, a ballot or a session. It is sealed at rest, handed
//! over once, and gone. The receiver may get one twice, under the same id: a gateway that dies after
//! handing over and before deleting hands over again.

mod contact;
mod event;
mod sending;
mod webhook;

pub use contact::Contact;
pub use event::{Event, Moment};
pub(crate) use sending::Sending;
pub use webhook::{Webhook, WebhookError};

use crate::config::{Channel, NoticesConfig, Secret};
use crate::registry::{Registry, StoredNotice};
use crate::seal::Seal;
use crate::store::StoreError;
use ring::hmac;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::{Bilingual, Manifest};
use zeroize::Zeroizing;

/// What the hashes that name contacts are bound to.
const NAMING: &[u8] = b"hanpyo v1 notice id";
/// What sealed contacts are bound to.
const SEALING: &[u8] = b"hanpyo v1 notice contact";
/// Sealed contacts are padded to so many bytes, so that their length tells nothing.
const PADDED: usize = 512;

/// The language of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeLanguage {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// Why notices cannot be offered as configured.
#[derive(Debug, Error)]
pub enum NoticesError {
    /// The webhook cannot be used.
    #[error("notices.webhook")]
    Webhook(#[from] WebhookError),
    /// The page that notices lead to is missing or no address.
    #[error("notices.page_url is the voters' page, https://.. without a slash at its end")]
    Page,
    /// The session key cannot seal.
    #[error("the session key cannot seal contacts")]
    Key,
}

/// Why a notice is not kept.
#[derive(Debug, Error)]
pub enum AskError {
    /// As many wait as may.
    #[error("as many notices wait as may")]
    Full,
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
    /// The outbox failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is sealed of whoever waits for a notice.
#[derive(Serialize, Deserialize)]
struct Addressee {
    channel: Channel,
    to: Zeroizing<String>,
    language: NoticeLanguage,
}

/// What the webhook's receiver is handed.
#[derive(Serialize)]
struct Handed<'a> {
    #[serde(rename = "type")]
    event: Event,
    election: ElectionId,
    title: &'a Bilingual,
    channel: Channel,
    to: &'a str,
    language: NoticeLanguage,
    /// What to send, in that language.
    text: String,
}

/// The outbox and what empties it.
pub struct Notices {
    config: NoticesConfig,
    registry: Registry,
    webhook: Webhook,
    naming: hmac::Key,
    seal: Seal,
    election: ElectionId,
    title: Bilingual,
    page: String,
}

impl Notices {
    /// Notices as they are configured; `None` if they are not.
    ///
    /// # Errors
    /// [`NoticesError`].
    pub fn new(
        config: &NoticesConfig,
        secret: Option<&Secret>,
        session_key: &[u8; 32],
        (registry, manifest): (Registry, &Manifest),
    ) -> Result<Option<Self>, NoticesError> {
        let (Some(url), Some(secret)) = (&config.webhook_url, secret) else {
            return Ok(None);
        };
        let page = config.page_url.clone().ok_or(NoticesError::Page)?;
        if page.ends_with('/') || crate::identity::check_address(&page).is_err() {
            return Err(NoticesError::Page);
        }
        let sealing = derived(session_key, SEALING);
        Ok(Some(Self {
            webhook: Webhook::new(url, secret)?,
            naming: hmac::Key::new(hmac::HMAC_SHA256, &*derived(session_key, NAMING)),
            seal: Seal::new(&sealing, SEALING).ok_or(NoticesError::Key)?,
            config: config.clone(),
            registry,
            election: manifest.election_id(),
            title: manifest.title.clone(),
            page,
        }))
    }

    /// How notices can be had.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.config.channels
    }

    /// Keeps what somebody wants to be told, and forgets what they wanted before and no longer do.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn ask(
        &self,
        contact: &Contact,
        language: NoticeLanguage,
        wanted: &[Event],
    ) -> Result<(), AskError> {
        for event in Event::ALL {
            let id = self.id(*event, contact);
            if !wanted.contains(event) {
                self.registry.drop_notice(&id).await?;
                continue;
            }
            let sealed = self.sealed(contact, language);
            let sealed = sealed.ok_or(AskError::Randomness)?;
            let notice = StoredNotice {
                id,
                sealed,
                attempts: 0,
            };
            let most = self.config.max_waiting;
            let kept = self.registry.put_notice(event.name(), &notice, most);
            if !kept.await? {
                return Err(AskError::Full);
            }
        }
        Ok(())
    }

    /// The same contact and event have the same name, which tells nothing without the key.
    fn id(&self, event: Event, contact: &Contact) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.naming);
        for part in [
            self.election.to_string().as_str(),
            event.name(),
            contact.channel_name(),
        ] {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        context.update(contact.as_str().as_bytes());
        let mut id = [0; 32];
        id.copy_from_slice(context.sign().as_ref());
        id
    }

    fn sealed(&self, contact: &Contact, language: NoticeLanguage) -> Option<String> {
        let addressee = Addressee {
            channel: contact.channel(),
            to: Zeroizing::new(contact.as_str().to_owned()),
            language,
        };
        let mut plain = Zeroizing::new(Vec::with_capacity(PADDED));
        serde_json::to_writer(&mut *plain, &addressee).ok()?;
        // Spaces after JSON are nothing.
        let padded = plain.len().max(PADDED);
        plain.resize(padded, b' ');
        self.seal.seal(&plain)
    }

    /// Hands one over; whether the receiver took it. One that does not open is of another key, which
    /// is gone: nobody can ever send it.
    async fn hand_over(&self, event: Event, notice: &StoredNotice, now: UnixMillis) -> bool {
        let plain = self.seal.open(&notice.sealed).map(Zeroizing::new);
        let addressee = plain.and_then(|plain| serde_json::from_slice::<Addressee>(&plain).ok());
        let Some(addressee) = addressee else {
            tracing::warn!("a notice was sealed under another key and is deleted");
            return true;
        };
        let handed = Handed {
            event,
            election: self.election,
            title: &self.title,
            channel: addressee.channel,
            to: &addressee.to,
            language: addressee.language,
            text: event.text(&self.title, &self.page, addressee.language),
        };
        let Ok(body) = serde_json::to_vec(&handed).map(Zeroizing::new) else {
            return false;
        };
        self.webhook.deliver(&notice.id, &body, now).await.is_ok()
    }
}

fn derived(key: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), purpose);
    let mut derived = Zeroizing::new([0; 32]);
    derived.copy_from_slice(tag.as_ref());
    derived
}

//! Handing a notice over: an HTTP request, signed as Standard Webhooks has it.
//!
//! ```text
//! POST <webhook_url>
//! content-type: application/json
//! webhook-id: <32 hexadecimal digits>, the same at every try of the same notice
//! webhook-timestamp: <seconds since 1970-01-01T00:00:00Z>
//! webhook-signature: v1,base64( HMAC-SHA-256( secret, id || "." || timestamp || "." || body ) )
//! ```

use crate::config::Secret;
use crate::identity::{Http, HttpError};
use data_encoding::{BASE64, HEXLOWER};
use ring::hmac;
use thiserror::Error;
use voting_core::ids::UnixMillis;

/// The fewest characters of a secret that cannot be tried out.
const MIN_SECRET: usize = 24;
/// How many bytes of a notice's id the receiver is given: enough to know it again.
const ID_BYTES: usize = 16;

/// Why there is no webhook. Says nothing of the secret.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// Its address cannot be used.
    #[error("the webhook's address")]
    Address(#[from] HttpError),
    /// Its secret could be tried out.
    #[error("the webhook's secret has fewer than {MIN_SECRET} characters")]
    Secret,
}

/// Whoever sends text messages and mails, behind an address.
pub struct Webhook {
    http: Http,
    url: String,
    key: hmac::Key,
}

impl Webhook {
    /// A webhook.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub fn new(url: &str, secret: &Secret) -> Result<Self, WebhookError> {
        if secret.reveal().len() < MIN_SECRET {
            return Err(WebhookError::Secret);
        }
        Ok(Self {
            http: Http::new(url)?,
            url: url.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()),
        })
    }

    /// Hands a notice over; `Ok` if the receiver answered with 2xx in time.
    pub(super) async fn deliver(
        &self,
        id: &[u8; 32],
        body: &[u8],
        now: UnixMillis,
    ) -> Result<(), HttpError> {
        let id = HEXLOWER.encode(&id[..ID_BYTES]);
        let timestamp = (now.get() / 1000).to_string();
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
        let signature = hmac::sign(&self.key, &signed);
        let signature = format!("v1,{}", BASE64.encode(signature.as_ref()));
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ];
        self.http.post_bytes(&self.url, &headers, body).await
    }
}

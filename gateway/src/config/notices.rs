//! Notices that people ask for, and where they are handed over.

use super::{ConfigError, Secret, SecretError, within};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use utoipa::ToSchema;

/// How a notice reaches someone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A text message to a mobile number.
    Sms,
    /// A mail.
    Mail,
}

/// `[notices]`: offered if `webhook_url` and the webhook's secret are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticesConfig {
    /// Where each notice is handed to whoever sends text messages and mails.
    pub webhook_url: Option<String>,
    /// The secret that signs what is handed over, from the environment alone.
    #[serde(skip_serializing)]
    pub webhook_secret: Option<Secret>,
    /// A file that holds the webhook's secret.
    pub webhook_secret_file: Option<PathBuf>,
    /// The voters' page, which notices lead to, without a slash at its end.
    pub page_url: Option<String>,
    /// How notices can be had.
    pub channels: Vec<Channel>,
    /// How many may wait in all; whoever comes then is told to come later.
    pub max_waiting: u32,
    /// How many are handed over at once.
    pub at_once: u32,
    /// How often it is looked whether there is something to send, in milliseconds.
    pub poll_ms: u32,
    /// After how long a failed one is tried again, in milliseconds; twice as long after each failure.
    pub first_retry_ms: u32,
    /// The longest pause between two tries, in milliseconds.
    pub longest_retry_ms: u32,
    /// After how many tries one is given up and deleted.
    pub attempts: u32,
}

impl NoticesConfig {
    /// The webhook's secret, if there is one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn webhook_secret(&self) -> Result<Option<Secret>, SecretError> {
        Secret::or_file(
            self.webhook_secret.as_ref(),
            self.webhook_secret_file.as_deref(),
        )
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bounded =
            |field, value: u32, (low, high), text| within(field, value.into(), (low, high), text);
        let waiting = (1, 10_000_000);
        let text = "1 to 10000000 notices";
        bounded("notices.max_waiting", self.max_waiting, waiting, text)?;
        bounded("notices.at_once", self.at_once, (1, 64), "1 to 64 notices")?;
        let (poll, text) = ((50, 600_000), "50 to 600000 ms");
        bounded("notices.poll_ms", self.poll_ms, poll, text)?;
        let (retry, text) = ((10, 86_400_000), "10 to 86400000 ms");
        bounded("notices.first_retry_ms", self.first_retry_ms, retry, text)?;
        let longest = self.longest_retry_ms;
        bounded("notices.longest_retry_ms", longest, retry, text)?;
        bounded(
            "notices.attempts",
            self.attempts,
            (1, 100),
            "1 to 100 tries",
        )
    }
}

impl Default for NoticesConfig {
    fn default() -> Self {
        Self {
            webhook_url: None,
            webhook_secret: None,
            webhook_secret_file: None,
            page_url: None,
            channels: vec![Channel::Sms, Channel::Mail],
            max_waiting: 300_000,
            at_once: 8,
            poll_ms: 5_000,
            first_retry_ms: 5_000,
            longest_retry_ms: 3_600_000,
            attempts: 20,
        }
    }
}

//! Who says who people are, and for how long it is believed.

use super::{ConfigError, within};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// `[identity]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityConfig {
    /// Who says who people are.
    pub provider: IdentityChoice,
    /// How long a session is valid, in minutes; 1 to 1440.
    pub session_minutes: u32,
}

/// Which identity provider a gateway offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityChoice {
    /// The demonstration's where the manifest is one, otherwise none.
    #[default]
    Automatic,
    /// The demonstration's, or the gateway does not start.
    Demonstration,
    /// None.
    None,
}

impl IdentityConfig {
    /// How long a session is valid.
    #[must_use]
    pub fn session_length(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.session_minutes))
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within(
            "identity.session_minutes",
            self.session_minutes.into(),
            (1, 1440),
            "1 to 1440 minutes",
        )
    }
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            provider: IdentityChoice::Automatic,
            session_minutes: 30,
        }
    }
}

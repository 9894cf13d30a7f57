//! Desks where staff help people, and kiosks.

use super::{ConfigError, within};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// `[desk]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskConfig {
    /// Every desk, as `gateway desk-token` prints it: a name, `:`, and the hash of its token.
    /// Kiosk codes are offered if there is one.
    pub desks: Vec<String>,
    /// How long a kiosk code is valid, in minutes; 1 to 1440.
    pub code_minutes: u32,
    /// How long a session on a shared device is valid, in minutes; 1 to 60.
    pub shared_session_minutes: u32,
    /// How long a clerk's pass of a desk is valid, in minutes; 1 to 1440.
    pub pass_minutes: u32,
}

impl Default for DeskConfig {
    fn default() -> Self {
        Self {
            desks: Vec::new(),
            code_minutes: 30,
            shared_session_minutes: 10,
            pass_minutes: 540,
        }
    }
}

impl DeskConfig {
    /// How long a kiosk code is valid.
    #[must_use]
    pub fn code_validity(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.code_minutes))
    }

    /// How long a session on a shared device is valid.
    #[must_use]
    pub fn shared_session_length(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.shared_session_minutes))
    }

    /// How long a clerk's pass of a desk is valid.
    #[must_use]
    pub fn pass_validity(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.pass_minutes))
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let minutes = |field, value: u32, most, text| within(field, value.into(), (1, most), text);
        minutes(
            "desk.code_minutes",
            self.code_minutes,
            1440,
            "1 to 1440 minutes",
        )?;
        let shared = self.shared_session_minutes;
        minutes("desk.shared_session_minutes", shared, 60, "1 to 60 minutes")?;
        let pass = self.pass_minutes;
        minutes("desk.pass_minutes", pass, 1440, "1 to 1440 minutes")
    }
}

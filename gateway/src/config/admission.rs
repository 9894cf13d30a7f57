//! How much is taken in at once, and when newcomers wait.

use super::{ConfigError, within};
use serde::{Deserialize, Serialize};

/// `[admission]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdmissionConfig {
    /// How long an accepted ballot or credential should take inside the gateway, in milliseconds;
    /// 1 to 10000. The numbers in work at once follow from it by measurement.
    pub target_delay_ms: u32,
    /// The fewest in work at once, of ballots and of the rest each.
    pub min_in_flight: u32,
    /// The most in work at once; also in the last minutes before the close, when being counted
    /// matters more than being quick. At most 2048, which is what the queues hold.
    pub max_in_flight: u32,
    /// How full the gateway is, in percent of what it can have in work, when the waiting room
    /// opens for those without a session; 1 to 100.
    pub waiting_room_opens_percent: u32,
    /// How many are called from the waiting room each second at first; measured from then on.
    pub newcomers_per_second: u32,
    /// How long a waiting-room ticket is good for, in minutes; 1 to 1440.
    pub ticket_minutes: u32,
}

impl Default for AdmissionConfig {
    fn default() -> Self {
        Self {
            target_delay_ms: 250,
            min_in_flight: 32,
            max_in_flight: 2_048,
            waiting_room_opens_percent: 70,
            newcomers_per_second: 50,
            ticket_minutes: 360,
        }
    }
}

impl AdmissionConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let most = self.max_in_flight.into();
        let check = |field, value: u32, bounds, text| within(field, value.into(), bounds, text);
        check(
            "admission.target_delay_ms",
            self.target_delay_ms,
            (1, 10_000),
            "1 to 10000 ms",
        )?;
        check(
            "admission.max_in_flight",
            self.max_in_flight,
            (1, 2_048),
            "1 to 2048",
        )?;
        check(
            "admission.min_in_flight",
            self.min_in_flight,
            (1, most),
            "1 to max_in_flight",
        )?;
        check(
            "admission.waiting_room_opens_percent",
            self.waiting_room_opens_percent,
            (1, 100),
            "1 to 100 percent",
        )?;
        check(
            "admission.newcomers_per_second",
            self.newcomers_per_second,
            (1, 10_000),
            "1 to 10000 a second",
        )?;
        check(
            "admission.ticket_minutes",
            self.ticket_minutes,
            (1, 1_440),
            "1 to 1440 minutes",
        )
    }
}

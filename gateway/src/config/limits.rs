//! How much one person, one session, one address may ask.

use super::{ConfigError, within};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// So many requests at once, and so many a minute after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Requests a minute.
    pub per_minute: NonZeroU32,
    /// Requests at once, after a pause.
    pub burst: NonZeroU32,
}

/// `[limits]`. The limits that matter key on sessions and persons. Addresses have ceilings only,
/// high enough for a carrier's shared address with thousands of voters behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Identity checks with the same evidence or transaction.
    pub identity_transaction: Quota,
    /// Identity checks from one address prefix.
    pub identity_address: Quota,
    /// Identity checks that cost money, of everybody together. While Redis is configured and not
    /// reachable there are none: this limit alone fails closed.
    pub identity_paid: Quota,
    /// Identity checks that cost money, from one address prefix: nobody spends everybody's alone.
    pub identity_paid_address: Quota,
    /// Credentials for one session.
    pub credential_session: Quota,
    /// Tracking codes that one person registers or spoils.
    pub code_person: Quota,
    /// Ballots that one person casts, beside those that are in the log already.
    pub casting_person: Quota,
    /// Credentials, codes and ballots from one address prefix.
    pub casting_address: Quota,
    /// Waiting-room tickets taken from one address prefix.
    pub ticket_address: Quota,
    /// Reports of having checked from one address prefix.
    pub check_address: Quota,
    /// Requests for notices to the same contact.
    pub notice_contact: Quota,
    /// Requests for notices from one address prefix.
    pub notice_address: Quota,
    /// Staff actions and trustees' messages from one address prefix.
    pub officials_address: Quota,
    /// What is read from one address prefix; counted by each gateway for itself.
    pub reading_address: Quota,
    /// Leading bits of an IPv4 address that count as one address; 8 to 32.
    pub ipv4_prefix_bits: u8,
    /// Leading bits of an IPv6 address that count as one address; 16 to 128.
    pub ipv6_prefix_bits: u8,
    /// The most keys in memory for each limit; beyond it new keys share a thousand places.
    pub max_keys: u32,
}

const fn quota(per_minute: u32, burst: u32) -> Quota {
    let one = NonZeroU32::MIN;
    Quota {
        per_minute: one.saturating_add(per_minute - 1),
        burst: one.saturating_add(burst - 1),
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            identity_transaction: quota(20, 20),
            identity_address: quota(6_000, 6_000),
            identity_paid: quota(6_000, 6_000),
            identity_paid_address: quota(300, 300),
            credential_session: quota(20, 20),
            code_person: quota(60, 60),
            casting_person: quota(30, 30),
            casting_address: quota(12_000, 12_000),
            ticket_address: quota(6_000, 6_000),
            check_address: quota(60, 60),
            notice_contact: quota(3, 6),
            notice_address: quota(60, 60),
            officials_address: quota(300, 300),
            reading_address: quota(120_000, 60_000),
            ipv4_prefix_bits: 24,
            ipv6_prefix_bits: 56,
            max_keys: 500_000,
        }
    }
}

impl LimitsConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bits = |field, value: u8, bounds, text| within(field, value.into(), bounds, text);
        bits(
            "limits.ipv4_prefix_bits",
            self.ipv4_prefix_bits,
            (8, 32),
            "8 to 32",
        )?;
        bits(
            "limits.ipv6_prefix_bits",
            self.ipv6_prefix_bits,
            (16, 128),
            "16 to 128",
        )?;
        within(
            "limits.max_keys",
            self.max_keys.into(),
            (1, 100_000_000),
            "1 to 100000000 keys",
        )
    }
}

//! The limits by name, and what counting says.

use crate::config::{LimitsConfig, Quota};
use std::time::Duration;

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $field:ident;)*) => {
        /// A limit. The names are those of the `RateLimit` headers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Limit { $($(#[$doc])* $name,)* }

        impl Limit {
            /// Every limit.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// How much it lets through.
            #[must_use]
            pub const fn quota(self, config: &LimitsConfig) -> Quota {
                match self { $(Self::$name => config.$field),* }
            }
        }
    };
}

limits! {
    /// Identity checks with the same evidence or transaction.
    IdentityTransaction = "identity-transaction", identity_transaction;
    /// Identity checks from one address prefix.
    IdentityAddress = "identity-address", identity_address;
    /// Identity checks that cost money, of everybody together.
    IdentityPaid = "identity-paid", identity_paid;
    /// Identity checks that cost money, from one address prefix.
    IdentityPaidAddress = "identity-paid-address", identity_paid_address;
    /// Credentials for one session.
    CredentialSession = "credential-session", credential_session;
    /// Tracking codes that one person registers or spoils.
    CodePerson = "code-person", code_person;
    /// Ballots that one person casts.
    CastingPerson = "casting-person", casting_person;
    /// Credentials, codes and ballots from one address prefix.
    CastingAddress = "casting-address", casting_address;
    /// Waiting-room tickets from one address prefix.
    TicketAddress = "ticket-address", ticket_address;
    /// Reports of having checked from one address prefix.
    CheckAddress = "check-address", check_address;
    /// Requests for notices to the same contact.
    NoticeContact = "notice-contact", notice_contact;
    /// Requests for notices from one address prefix.
    NoticeAddress = "notice-address", notice_address;
    /// Staff actions and trustees' messages from one address prefix.
    OfficialsAddress = "officials-address", officials_address;
    /// What is read from one address prefix.
    ReadingAddress = "reading-address", reading_address;
}

impl Limit {
    /// Whether all gateways count together. Reading is frequent, cheap, and better cached than
    /// counted.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::ReadingAddress)
    }

    /// Whether a request costs money, so that not being able to count means no.
    #[must_use]
    pub const fn costs_money(self) -> bool {
        matches!(self, Self::IdentityPaid)
    }
}

/// What counting a request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it goes on.
    pub allowed: bool,
    /// How many more could follow at once.
    pub remaining: u32,
    /// When refused: after how long it may be tried again.
    pub retry_after: Duration,
}

/// How long a quota takes for one request.
pub(super) fn interval(quota: Quota) -> Duration {
    Duration::from_secs(60) / quota.per_minute.get()
}

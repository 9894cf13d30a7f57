//! Names that documents refer to things by.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest name, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 128;

/// A text that cannot be a name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} must be 1 to 128 bytes without control characters or blanks at either end")]
pub struct NameError {
    /// What the name is of.
    pub what: &'static str,
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len())
        && !text.chars().any(char::is_control)
        && text.trim() == text
}

fn is_plain(text: &str) -> bool {
    text.len() <= 32
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// Wide enough for names from other cities' files; a manifest allows plain ones only.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether a manifest may use it: at most 32 ASCII letters, digits, `-`, `_` and `.`.
            #[must_use]
            pub fn is_plain(&self) -> bool {
                is_plain(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if is_name(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameError { what: $what })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name! {
    /// A contest of the election.
    ContestId, "a contest id"
}
name! {
    /// A project, unique in the whole election.
    ProjectId, "a project id"
}
name! {
    /// A field (분야) of a contest.
    FieldId, "a field id"
}
name! {
    /// A list (유형) of a contest: 광역제안형, 광역협치형.
    ListId, "a list id"
}
name! {
    /// A class of voters, or an offline group whose totals arrive signed.
    ClassId, "a class id"
}

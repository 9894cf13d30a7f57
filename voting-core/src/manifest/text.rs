//! Texts, dates and key names.

use crate::log::note::KeyName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A text in Korean and English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// The two texts.
    #[must_use]
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        let (ko, en) = (ko.into(), en.into());
        Self { ko, en }
    }
}

/// A text that is not a date.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a date is written YYYY-MM-DD, from 1900-01-01 to 2999-12-31")]
pub struct DateError;

/// A day of the Gregorian calendar. JSON: text, `"2026-08-03"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day from 1900 to 2999.
    ///
    /// # Errors
    /// [`DateError`] if there is no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let known = year >= 1900 && year <= 2999 && month >= 1 && month <= 12;
        if !known || day < 1 || day > days_in(year, month) {
            return Err(DateError);
        }
        Ok(Self { year, month, day })
    }

    /// The year.
    #[must_use]
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(&self) -> u8 {
        self.day
    }

    /// Full years (만 나이) on this day of someone born on `birth`; born on 29 February, the year
    /// is full on 1 March where there is no 29th. `None` if born later.
    #[must_use]
    pub fn age_of(&self, birth: Self) -> Option<u16> {
        let before_birthday = (self.month, self.day) < (birth.month, birth.day);
        let years = self.year.checked_sub(birth.year)?;
        years.checked_sub(u16::from(before_birthday))
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    let century = year.is_multiple_of(100);
    let leap = year.is_multiple_of(if century { 400 } else { 4 });
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let digits = |range| -> Result<u16, DateError> {
            let part: &str = text.get(range).ok_or(DateError)?;
            let plain = part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten().ok_or(DateError)
        };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(DateError);
        }
        let small = |n: u16| u8::try_from(n).map_err(|_| DateError);
        Self::new(digits(0..4)?, small(digits(5..7)?)?, small(digits(8..10)?)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Reads the name of a key, or the origin of a log, as C2SP's signed-note allows it and as this
/// project narrows it: 1 to 128 visible ASCII characters without `+`.
pub(super) fn key_name<'de, D: serde::Deserializer<'de>>(d: D) -> Result<KeyName, D::Error> {
    let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
    let visible = text.bytes().all(|b| b.is_ascii_graphic());
    let name = if visible && text.len() <= 128 {
        KeyName::new(text.as_ref()).ok()
    } else {
        None
    };
    name.ok_or_else(|| {
        serde::de::Error::custom("a key name is 1 to 128 visible ASCII characters without '+'")
    })
}

macro_rules! text_form {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
text_form!(Date);

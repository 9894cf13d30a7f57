//! Money.

use std::fmt;
use thiserror::Error;

/// An amount over [`Won::MAX`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{0} won is over the limit of 10,000,000,000,000 (10조)")]
pub struct TooMuch(pub u64);

/// Whole won, at most 10^13 (10조). JSON: a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Won(u64);

impl Won {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most one amount, or all amounts of a vote together, may be.
    pub const MAX: Self = Self(10_000_000_000_000);

    /// An amount in won.
    ///
    /// # Errors
    /// [`TooMuch`] over [`Self::MAX`].
    pub const fn new(won: u64) -> Result<Self, TooMuch> {
        if won > Self::MAX.0 {
            Err(TooMuch(won))
        } else {
            Ok(Self(won))
        }
    }

    /// The amount in won.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sum, unless it exceeds [`Self::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0 + other.0).ok()
    }

    /// The difference, unless it is negative.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum of all, unless it exceeds [`Self::MAX`].
    #[must_use]
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Won({})", self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Won {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

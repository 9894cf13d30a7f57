//! Exact fractions as people write them in a manifest.

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio as Fraction};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The largest numerator or denominator, as written.
pub const MAX_TERM: u64 = 1_000_000_000_000;

/// A text that is not a fraction.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseRatioError {
    /// Neither digits nor digits, a slash and digits; or a leading zero.
    #[error("a fraction is written \"15\" or \"10/13\", without sign, blanks or leading zeros")]
    Form,
    /// A term over [`MAX_TERM`].
    #[error("a fraction's terms are at most 1000000000000")]
    TooLarge,
    /// The denominator is 0.
    #[error("a fraction's denominator is not 0")]
    ZeroDenominator,
    /// A percentage over 100.
    #[error("a percentage is at most 100")]
    Over100,
}

/// An exact fraction, not negative. JSON: text, `"10/13"` or `"15"`.
///
/// Read in any terms, written in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(Fraction<u64>);

impl Ratio {
    /// `numerator / denominator`.
    ///
    /// # Errors
    /// [`ParseRatioError::TooLarge`] or [`ParseRatioError::ZeroDenominator`].
    pub fn new(numerator: u64, denominator: u64) -> Result<Self, ParseRatioError> {
        if denominator == 0 {
            return Err(ParseRatioError::ZeroDenominator);
        }
        if numerator > MAX_TERM || denominator > MAX_TERM {
            return Err(ParseRatioError::TooLarge);
        }
        Ok(Self(Fraction::new(numerator, denominator)))
    }

    /// The numerator in lowest terms.
    #[must_use]
    pub fn numerator(&self) -> u64 {
        *self.0.numer()
    }

    /// The denominator in lowest terms, at least 1.
    #[must_use]
    pub fn denominator(&self) -> u64 {
        *self.0.denom()
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.numerator() == 0
    }

    /// Whether it is at most 1.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.numerator() <= self.denominator()
    }

    /// The same number, for arithmetic of any size.
    #[must_use]
    pub fn to_big(&self) -> BigRational {
        // Lowest terms and not zero below: what `new_raw` asks for.
        BigRational::new_raw(
            BigInt::from(self.numerator()),
            BigInt::from(self.denominator()),
        )
    }
}

impl FromStr for Ratio {
    type Err = ParseRatioError;

    fn from_str(text: &str) -> Result<Self, ParseRatioError> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Self::new(term(numerator)?, term(denominator)?)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ratio({self})")
    }
}

/// A percentage: an exact fraction from 0 to 100. JSON: text, `"15"` or `"25/2"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Ratio);

impl Percent {
    /// So many hundredths.
    ///
    /// # Errors
    /// [`ParseRatioError::Over100`].
    pub fn new(hundredths: Ratio) -> Result<Self, ParseRatioError> {
        if hundredths.0 > Fraction::from_integer(100) {
            return Err(ParseRatioError::Over100);
        }
        Ok(Self(hundredths))
    }

    /// The percentage as it is written: 15 for 15 %.
    #[must_use]
    pub const fn hundredths(&self) -> Ratio {
        self.0
    }

    /// The part of 1: 3/20 for 15 %.
    #[must_use]
    pub fn to_big(&self) -> BigRational {
        self.0.to_big() / BigInt::from(100)
    }
}

impl FromStr for Percent {
    type Err = ParseRatioError;

    fn from_str(text: &str) -> Result<Self, ParseRatioError> {
        Self::new(text.parse()?)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Percent({self})")
    }
}

macro_rules! text_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
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
text_serde!(Ratio);
text_serde!(Percent);

fn term(text: &str) -> Result<u64, ParseRatioError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits || leading_zero {
        return Err(ParseRatioError::Form);
    }
    text.parse().map_err(|_| ParseRatioError::TooLarge)
}

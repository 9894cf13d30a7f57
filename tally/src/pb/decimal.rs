//! Exact decimals, as costs, budgets and points are written.

use num_bigint::BigInt;
use num_rational::BigRational;
use std::cmp::Ordering;
use std::fmt;

/// A decimal number: `digits / 10^scale`, without trailing zeros after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i64,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self {
        digits: 0,
        scale: 0,
    };

    /// Decimal places read at most.
    pub const MAX_SCALE: u8 = 9;

    /// A whole number.
    #[must_use]
    pub const fn whole(n: i64) -> Self {
        Self {
            digits: n,
            scale: 0,
        }
    }

    /// Reads `-12`, `363734.88`, `+5.` or `1.5e6`: at most 18 significant digits and
    /// [`Self::MAX_SCALE`] decimal places. Anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, unsigned) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (digits, places) = digits(unsigned)?;
        let digits = if negative { -digits } else { digits };
        shifted(digits, i32::from(places).checked_sub(exponent)?)
    }

    /// Decimal places.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Whether it is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// `self * 10^scale` as an integer; `None` where `scale` is too small or above
    /// [`Self::MAX_SCALE`].
    #[must_use]
    pub fn units(self, scale: u8) -> Option<i128> {
        if scale > Self::MAX_SCALE {
            return None;
        }
        let shift = u32::from(scale.checked_sub(self.scale)?);
        i128::from(self.digits).checked_mul(10_i128.checked_pow(shift)?)
    }

    /// The sum, where it can be held.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let sum = self.units(scale)?.checked_add(other.units(scale)?)?;
        shifted(i64::try_from(sum).ok()?, i32::from(scale))
    }

    /// The number as a fraction.
    #[must_use]
    pub fn to_rational(self) -> BigRational {
        let denominator = BigInt::from(10).pow(u32::from(self.scale));
        BigRational::new(BigInt::from(self.digits), denominator)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.units(scale).cmp(&other.units(scale))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_units(i128::from(self.digits), self.scale))
    }
}

/// Writes `units / 10^scale` as a decimal without trailing zeros after the point.
#[must_use]
pub fn format_units(units: i128, scale: u8) -> String {
    let one = 10_u128.pow(u32::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:0width$}", width = usize::from(scale));
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

/// The digits of `123.45` as an integer, and how many stand after the point.
fn digits(text: &str) -> Option<(i64, u8)> {
    let (mut value, mut places, mut seen, mut point) = (0_i64, 0_u8, false, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                let digit = i64::from(byte - b'0');
                value = value.checked_mul(10)?.checked_add(digit)?;
                places = places.checked_add(u8::from(point))?;
                seen = true;
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    seen.then_some((value, places))
}

/// `digits / 10^places` in lowest form.
fn shifted(mut digits: i64, mut places: i32) -> Option<Decimal> {
    while places > 0 && digits % 10 == 0 {
        (digits, places) = (digits / 10, places - 1);
        if digits == 0 {
            return Some(Decimal::ZERO);
        }
    }
    if places < 0 {
        let factor = 10_i64.checked_pow(places.unsigned_abs())?;
        (digits, places) = (digits.checked_mul(factor)?, 0);
    }
    let scale = u8::try_from(places).ok()?;
    (scale <= Decimal::MAX_SCALE).then_some(Decimal { digits, scale })
}

#[cfg(test)]
mod tests {
    use super::{Decimal, format_units};
    use proptest::prelude::*;

    #[test]
    fn reads_what_files_hold() {
        let cases = [
            ("363734.88", "363734.88"),
            ("827838.50", "827838.5"),
            ("1000000", "1000000"),
            ("0", "0"),
            ("0.000", "0"),
            ("-3.5", "-3.5"),
            ("+5.", "5"),
            (".25", "0.25"),
            ("1e+06", "1000000"),
            ("1.5e-3", "0.0015"),
            (" 7 ", "7"),
        ];
        for (text, shown) in cases {
            assert_eq!(
                Decimal::parse(text).map(|d| d.to_string()).as_deref(),
                Some(shown)
            );
        }
    }

    #[test]
    fn refuses_what_is_not_a_decimal() {
        for text in [
            "",
            ".",
            "-",
            "1,5",
            "1 000",
            "abc",
            "1.2.3",
            "0x10",
            "1e",
            "e5",
            "1e999",
            "inf",
            "NaN",
            "99999999999999999999",
            "0.0000000001",
            "--1",
            "١",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn prints_and_reads_back(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u8..9) {
            let text = format_units(i128::from(units), scale);
            let read = Decimal::parse(&text).unwrap();
            prop_assert_eq!(read.units(scale), Some(i128::from(units)));
            prop_assert_eq!(read.to_string(), text);
        }
    }
}

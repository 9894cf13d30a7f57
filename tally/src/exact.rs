//! Exact fractions as text, and rounded for reading.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A whole number as a fraction.
#[must_use]
pub fn whole(n: impl Into<BigInt>) -> BigRational {
    BigRational::from(n.into())
}

/// Rounds to `places` decimals, halves away from zero, without trailing zeros.
///
/// ```
/// use num_rational::BigRational;
/// let third = BigRational::new(2.into(), 3.into());
/// assert_eq!(tally::exact::rounded(&third, 4), "0.6667");
/// assert_eq!(tally::exact::rounded(&tally::exact::whole(12), 4), "12");
/// ```
#[must_use]
pub fn rounded(value: &BigRational, places: u32) -> String {
    let scale = BigInt::from(10).pow(places);
    let units: BigInt = (value.abs() * &scale).round().to_integer();
    let sign = if value.is_negative() && !units.is_zero() {
        "-"
    } else {
        ""
    };
    let (head, tail) = (&units / &scale, &units % &scale);
    if tail.is_zero() {
        return format!("{sign}{head}");
    }
    let digits = format!("{tail:0>width$}", width = places as usize);
    format!("{sign}{head}.{}", digits.trim_end_matches('0'))
}

/// A whole number with its digits in threes.
#[must_use]
pub fn grouped(n: u128) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, rounded};
    use num_rational::BigRational;

    #[test]
    fn rounds_halves_away_from_zero() {
        let cases = [
            (1, 8, 2, "0.13"),
            (-1, 8, 2, "-0.13"),
            (-1, 1000, 2, "0"),
            (999, 1000, 2, "1"),
            (5, 2, 0, "3"),
            (1, 100, 2, "0.01"),
        ];
        for (n, d, places, text) in cases {
            assert_eq!(rounded(&BigRational::new(n.into(), d.into()), places), text);
        }
    }

    #[test]
    fn groups_digits() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (49_580_000_000, "49,580,000,000"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}

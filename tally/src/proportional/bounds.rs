//! Numbers as bounds in fixed point, which decide nearly every comparison.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

/// How many binary places bounds have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale(u32);

/// A number between two fixed-point numbers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) lo: i128,
    pub(super) hi: i128,
}

impl Bounds {
    pub(super) const ZERO: Self = Self { lo: 0, hi: 0 };

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            lo: self.lo + other.lo,
            hi: self.hi + other.hi,
        }
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self {
            lo: self.lo - other.hi,
            hi: self.hi - other.lo,
        }
    }

    pub(super) fn times(self, count: u64) -> Self {
        Self {
            lo: self.lo * i128::from(count),
            hi: self.hi * i128::from(count),
        }
    }

    pub(super) fn over(self, divisor: u64) -> Self {
        let divisor = i128::from(divisor);
        Self {
            lo: self.lo.div_euclid(divisor),
            hi: -((-self.hi).div_euclid(divisor)),
        }
    }

    /// Whether it is below, or not below, `other`; `None` where the bounds overlap.
    pub(super) const fn below(self, other: Self) -> Option<bool> {
        if self.hi < other.lo {
            Some(true)
        } else if self.lo >= other.hi {
            Some(false)
        } else {
            None
        }
    }
}

impl Scale {
    /// The finest scale at which a product of two costs fits, and all costs together in the hands
    /// of each voter; `None` if even the coarsest does not.
    pub(super) fn new<'c>(costs: impl Iterator<Item = &'c u128>, voters: u64) -> Option<Self> {
        let (mut largest, mut all) = (0_u128, 0_u128);
        for &cost in costs {
            largest = largest.max(cost);
            all = all.checked_add(cost)?;
        }
        let bits = |n: u128| 128 - n.leading_zeros() + 2;
        let needed = (2 * bits(largest)).max(bits(all) + bits(voters.into()));
        let places = 124_u32.checked_sub(needed)?;
        (places >= 4).then_some(Self(places.min(60)))
    }

    /// A whole number.
    pub(super) fn whole(self, n: u128) -> Bounds {
        let fixed = i128::try_from(n).unwrap_or(0) << self.0;
        Bounds {
            lo: fixed,
            hi: fixed,
        }
    }

    /// A fraction that is not negative.
    pub(super) fn fraction(self, numerator: &BigInt, denominator: &BigInt) -> Bounds {
        let lo = (numerator << self.0)
            .div_floor(denominator)
            .to_i128()
            .unwrap_or(i128::MAX - 1);
        Bounds { lo, hi: lo + 1 }
    }
}

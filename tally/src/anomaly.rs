//! Places to look, from aggregate data alone: never a verdict, never about a person.
//!
//! # Shares by stratum
//!
//! Ballots fall into strata (a voter class; in a `.pb` file, values of columns such as age and
//! channel). For a project with `m` marks of which `k` are on the `n` ballots of a stratum, out of
//! `N` ballots, the share elsewhere is `r = (m - k + 1) / (N - n + 2)` (Laplace's rule, so that it
//! is never 0 or 1), and
//!
//! ```text
//! z^2 = (k - n r)^2 / (n r (1 - r)),   z > 0 where k > n r
//! ```
//!
//! is the square of the binomial z, an exact fraction. Tastes differ between the young and the old
//! and between channels, so a large z alone is ordinary: on large clean elections single strata reach
//! 60. What is not ordinary is *one* project far out where the stratum agrees with everyone else about
//! all others. A stratum is reported if its highest z is at least [`LEAST_Z`] and at least
//! [`TIMES_NEXT`] times its second highest (taken as 2 where it is lower). On 44 real files the
//! highest such ratio of a clean one, by age, sex and channel, is 9.8; the known fraud has 58.
//!
//! Places (district, neighbourhood) are no default strata: people vote for where they live.
//!
//! # Arrivals
//!
//! For ballots per minute of a class and channel, a minute with `x` arrivals is compared with the
//! mean `l` of up to 30 minutes on either side: `z^2 = (x - l)^2 / (l + 1)`, reported from
//! [`LEAST_Z`] on.
//!
//! Strata and minutes smaller than the minimum size are counted, never named.

mod arrivals;
mod strata;

pub use arrivals::{ArrivalFinding, ArrivalSeries, arrivals};
pub use strata::{ShareFinding, ShareReport, StrataError, Stratum, file_strata, shares};

use num_bigint::BigInt;
use num_rational::BigRational;

/// The least z that is reported.
pub const LEAST_Z: u64 = 20;
/// How many times the second highest z of its stratum a reported z is.
pub const TIMES_NEXT: u64 = 15;
/// The second highest z is taken as at least this.
pub const LEAST_NEXT: u64 = 2;
/// The smallest stratum that is looked at, unless the caller asks for more.
pub const DEFAULT_MINIMUM: u64 = 50;

/// What every report says of itself.
#[must_use]
pub fn caveat() -> voting_core::manifest::Bilingual {
    voting_core::manifest::Bilingual {
        ko: "살펴볼 곳을 알려 줄 뿐이며, 부정의 증거나 판정이 아닙니다.".to_owned(),
        en: "A place to look, not evidence of wrongdoing and never a verdict.".to_owned(),
    }
}

/// The square root of a square, rounded down to hundredths, as text.
fn root_text(square: &BigRational) -> String {
    let hundredths = (square * BigRational::from_integer(BigInt::from(10_000))).floor();
    let root = hundredths.to_integer().sqrt();
    crate::exact::rounded(&BigRational::new(root, BigInt::from(100)), 2)
}

#[cfg(test)]
mod tests;

//! Ballots per minute.

use super::{LEAST_Z, root_text};
use crate::exact::{rounded, whole};
use num_rational::BigRational;
use serde::Serialize;

/// Minutes on either side that a minute is compared with.
const WINDOW: usize = 30;

/// Accepted ballots of one class and channel, minute by minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalSeries {
    /// The class and channel.
    pub name: String,
    /// The first minute, counted from 1970-01-01T00:00Z.
    pub first_minute: u64,
    /// Ballots of each minute.
    pub ballots: Vec<u64>,
}

/// A minute with far more arrivals than those around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArrivalFinding {
    /// The class and channel.
    pub series: String,
    /// The minute, counted from 1970-01-01T00:00Z.
    pub minute: u64,
    /// Ballots in it.
    pub ballots: u64,
    /// The mean of the minutes around it, rounded to 2 decimals.
    pub around: String,
    /// The z, rounded down to hundredths.
    pub z: String,
}

/// Looks for minutes far above those around them, of at least `minimum` ballots.
#[must_use]
pub fn arrivals(series: &[ArrivalSeries], minimum: u64) -> Vec<ArrivalFinding> {
    let mut found: Vec<(BigRational, ArrivalFinding)> = Vec::new();
    for series in series {
        for (at, &ballots) in series.ballots.iter().enumerate() {
            if ballots < minimum {
                continue;
            }
            let Some(mean) = around(&series.ballots, at) else {
                continue;
            };
            let above = whole(ballots) - &mean;
            let square = &above * &above / (&mean + whole(1));
            if above <= whole(0) || square < whole(LEAST_Z * LEAST_Z) {
                continue;
            }
            let finding = ArrivalFinding {
                series: series.name.clone(),
                minute: series.first_minute + at as u64,
                ballots,
                around: rounded(&mean, 2),
                z: root_text(&square),
            };
            found.push((square, finding));
        }
    }
    found.sort_by(|(a, x), (b, y)| {
        b.cmp(a)
            .then_with(|| (x.minute, &x.series).cmp(&(y.minute, &y.series)))
    });
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// The mean of the minutes around one, without it.
fn around(ballots: &[u64], at: usize) -> Option<BigRational> {
    let from = at.saturating_sub(WINDOW);
    let to = ballots.len().min(at + WINDOW + 1);
    let others = to - from - 1;
    let sum: u64 = ballots[from..to].iter().sum::<u64>() - ballots[at];
    (others > 0).then(|| whole(sum) / whole(others))
}

//! When people vote in four weeks. Made up, as steep at its end as votes are known to be; no real
//! vote's arrivals are in it. In per mille of all ballots:
//!
//! ```text
//! first week 225   second 150   third 150   fourth 475, of which the last day 225, its last hour 50
//! ```

/// Each day's share in per mille, from the Monday of the opening to the Sunday of the close.
const DAYS: [u64; 28] = [
    60, 40, 35, 30, 30, 15, 15, //
    25, 25, 25, 25, 25, 12, 13, //
    25, 25, 25, 25, 25, 12, 13, //
    35, 35, 40, 45, 55, 40, 225,
];
/// Each hour's share of a day in per mille, from midnight on.
const HOURS: [u64; 24] = [
    8, 4, 3, 2, 2, 4, 10, 30, 55, 70, 75, 65, //
    70, 65, 60, 60, 60, 60, 55, 60, 65, 60, 35, 22,
];
/// Each hour of the last day, in per mille of all: they rise into the night.
const LAST_DAY: [u64; 24] = [
    2, 1, 1, 0, 0, 1, 2, 4, 7, 9, 10, 9, //
    10, 9, 9, 9, 9, 10, 10, 11, 13, 16, 23, 50,
];
/// The minutes of an hour.
const MINUTES: usize = 60;

/// The weight of every minute; the last hour has the shape of these weights.
#[must_use]
pub(super) fn minutes(last_hour: &[u64]) -> Vec<u64> {
    let shape: u64 = last_hour.iter().sum();
    let mut hours = hours();
    let last = hours.pop().unwrap_or_default() * MINUTES as u64;
    let even = hours.iter().flat_map(|hour| [hour * shape; MINUTES]);
    even.chain(last_hour.iter().map(|minute| last * minute))
        .collect()
}

/// The weight of every hour, in millionths of the whole.
fn hours() -> Vec<u64> {
    let days = DAYS.iter().take(DAYS.len() - 1);
    let hours = days.flat_map(|day| HOURS.map(|hour| day * hour));
    hours.chain(LAST_DAY.map(|hour| 1000 * hour)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_is_of_the_whole() {
        let sum = |shares: &[u64]| shares.iter().sum::<u64>();
        assert_eq!((sum(&DAYS), sum(&HOURS)), (1000, 1000));
        assert_eq!(sum(&LAST_DAY), DAYS[27]);
        let weeks: Vec<u64> = DAYS.chunks(7).map(sum).collect();
        assert_eq!(weeks, [225, 150, 150, 475]);
        assert_eq!(sum(&hours()), 1_000_000);
    }

    #[test]
    fn people_vote_by_day_and_on_working_days() {
        assert!(DAYS[..27].chunks(7).take(3).all(|week| week[4] > week[5]));
        let night = HOURS[..6].iter().sum::<u64>();
        assert!(40 * night < 1000 && HOURS.iter().max() == Some(&HOURS[10]));
    }
}

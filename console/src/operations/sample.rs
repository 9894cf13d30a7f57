//! One look at a gateway's metrics: Prometheus text, read in whole numbers.

use super::Refused;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most bytes of a gateway's metrics.
pub const MAX_TEXT: usize = 1 << 20;
/// The most reasons that are told apart.
const MAX_REASONS: usize = 200;
/// A number's decimal places that are kept: micros.
const PLACES: usize = 6;
const MICROS: u64 = 1_000_000;

/// What a gateway measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// When it was asked, ms by the console's clock.
    pub at: u64,
    /// Ballots that wait for their proof to be verified.
    pub proof_queue: u64,
    /// Requests that wait for their place in the log.
    pub log_queue: u64,
    /// Requests in work.
    pub in_work: u64,
    /// How many may be.
    pub in_work_limit: u64,
    /// Entries of the log, as this gateway knows it.
    pub log_entries: u64,
    /// Seconds since the newest checkpoint was first seen.
    pub checkpoint_age: u64,
    /// People in the waiting room.
    pub waiting: u64,
    /// Whether it limits alone although others should be asked.
    pub alone: bool,
    /// Refusals since it started, by the problem's name.
    #[serde(skip)]
    refused: BTreeMap<String, u64>,
    /// Requests that the log answered within so many micros, cumulated.
    #[serde(skip)]
    lag: BTreeMap<u64, u64>,
    /// All that it answered.
    #[serde(skip)]
    answered: u64,
}

impl Sample {
    /// Reads what concerns us; `None` if a number that does is none, or the text is no metrics.
    #[must_use]
    pub fn read(text: &str, at: u64) -> Option<Self> {
        let mut sample = Self {
            at,
            ..Self::default()
        };
        for line in text.lines() {
            if !line.starts_with('#') && line.starts_with("hanpyo_") {
                let (series, value) = line.rsplit_once(' ')?;
                let (name, label) = split(series);
                sample.take(name, label, value)?;
            }
        }
        Some(sample)
    }

    fn take(&mut self, name: &str, label: Option<(&str, &str)>, value: &str) -> Option<()> {
        let whole = || Some(micros(value)? / MICROS);
        match name {
            "hanpyo_proof_queue_depth" => self.proof_queue = whole()?,
            "hanpyo_log_queue_depth" => self.log_queue = whole()?,
            "hanpyo_in_work" => self.in_work = self.in_work.checked_add(whole()?)?,
            "hanpyo_in_work_limit" => {
                self.in_work_limit = self.in_work_limit.checked_add(whole()?)?;
            }
            "hanpyo_log_entries" => self.log_entries = whole()?,
            "hanpyo_checkpoint_age_seconds" => self.checkpoint_age = whole()?,
            "hanpyo_waiting_room_people" => self.waiting = whole()?,
            "hanpyo_limits_fallback" => self.alone = whole()? > 0,
            "hanpyo_log_lag_seconds_count" => self.answered = whole()?,
            "hanpyo_log_lag_seconds_bucket" => {
                if let Some(("le", bound)) = label
                    && bound != "+Inf"
                {
                    self.lag.insert(micros(bound)?, whole()?);
                }
            }
            "hanpyo_refused_total" => {
                if let Some(("reason", reason)) = label
                    && is_name(reason)
                    && self.refused.len() < MAX_REASONS
                {
                    self.refused.insert(reason.to_owned(), whole()?);
                }
            }
            _ => {}
        }
        Some(())
    }

    /// Whether nothing has been counted backwards since.
    pub(super) fn continues(&self, earlier: &Self) -> bool {
        let grown = |(reason, n): (&String, &u64)| self.refused.get(reason) >= Some(n);
        self.answered >= earlier.answered && earlier.refused.iter().all(grown)
    }

    /// Refusals, with those since an earlier look.
    pub(super) fn refused_since(&self, earlier: &Self) -> Vec<Refused> {
        let refused = self.refused.iter().map(|(reason, &now)| {
            let before = earlier.refused.get(reason).copied().unwrap_or(0);
            Refused {
                reason: reason.clone(),
                last_minute: now.saturating_sub(before),
                since_start: now,
            }
        });
        refused.collect()
    }

    /// The least bound, in ms, that 99 of 100 answers since an earlier look were within.
    pub(super) fn lag_since(&self, earlier: &Self) -> Option<u64> {
        let since = |now: u64, before: u64| u128::from(now.saturating_sub(before));
        let all = since(self.answered, earlier.answered);
        let within = |(bound, n): (&u64, &u64)| {
            let before = earlier.lag.get(bound).copied().unwrap_or(0);
            let enough = since(*n, before) * 100 >= all * 99;
            enough.then(|| bound.div_ceil(1_000))
        };
        (all > 0)
            .then(|| self.lag.iter().find_map(within))
            .flatten()
    }
}

/// A series' name and its first label.
fn split(series: &str) -> (&str, Option<(&str, &str)>) {
    let Some((name, labels)) = series.split_once('{') else {
        return (series, None);
    };
    let label = labels.split_once("=\"");
    let label = label.and_then(|(key, rest)| Some((key, rest.split_once('"')?.0)));
    (name, label)
}

/// A problem's name, as this project makes them.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 60 && text.chars().all(plain)
}

/// A decimal number in millionths; what is smaller is dropped, and anything else is none.
fn micros(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(PLACES).collect();
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(MICROS)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP hanpyo_log_lag_seconds From being handed to the log\n\
        # TYPE hanpyo_log_lag_seconds histogram\n\
        hanpyo_log_lag_seconds_bucket{le=\"0.003\"} 90\n\
        hanpyo_log_lag_seconds_bucket{le=\"0.01\"} 99\n\
        hanpyo_log_lag_seconds_bucket{le=\"0.25\"} 100\n\
        hanpyo_log_lag_seconds_bucket{le=\"+Inf\"} 100\n\
        hanpyo_log_lag_seconds_sum 0.35\nhanpyo_log_lag_seconds_count 100\n\
        hanpyo_refused_total{reason=\"late\"} 4\n\
        hanpyo_refused_total{reason=\"not-a-name<script>\"} 9\n\
        hanpyo_in_work{gate=\"ballots\"} 3\nhanpyo_in_work{gate=\"entries\"} 1\n\
        hanpyo_in_work_limit{gate=\"ballots\"} 64.5\n\
        hanpyo_proof_queue_depth 7\nhanpyo_log_queue_depth 2\nhanpyo_log_entries 1234\n\
        hanpyo_checkpoint_age_seconds 5\nhanpyo_cast_ballots 800\nprocess_open_fds 12\n";

    #[test]
    fn a_gateways_text_is_read_in_whole_numbers() {
        let sample = Sample::read(TEXT, 9).unwrap();
        assert_eq!((sample.in_work, sample.in_work_limit), (4, 64));
        assert_eq!((sample.proof_queue, sample.log_queue), (7, 2));
        assert_eq!((sample.log_entries, sample.checkpoint_age), (1_234, 5));
        assert_eq!(sample.refused, [("late".to_owned(), 4)].into());
        let before = Sample::default();
        assert_eq!(sample.lag_since(&before), Some(10));
        assert_eq!(sample.lag_since(&sample), None);
        // The number of ballots is nowhere in what is shown.
        let shown = serde_json::to_string(&sample).unwrap();
        assert!(!shown.contains("800") && !shown.contains("cast"), "{shown}");
    }

    #[test]
    fn what_is_no_number_is_no_metrics() {
        for value in [
            "",
            "NaN",
            "-1",
            "1e3",
            "1.",
            ".5",
            "99999999999999999999",
            "0x1",
        ] {
            let text = format!("hanpyo_log_entries {value}\n");
            assert_eq!(Sample::read(&text, 0), None, "{value:?}");
        }
        assert_eq!(micros("1.0000019"), Some(1_000_001));
        assert_eq!(Sample::read("", 0), Some(Sample::default()));
    }
}

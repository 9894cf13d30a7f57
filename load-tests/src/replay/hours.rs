//! Moving the close. An election closes by its clock alone, never by hand: so a replay's first
//! close comes soon after its opening, and two staff members extend it for as long as voting takes.

use super::setting::Setting;
use crate::casting::Progress;
use crate::clock::{Stopwatch, millis, now};
use crate::demonstration::Hours;
use crate::election::Election;
use std::time::Duration;
use voting_core::ids::UnixMillis;

/// How many ballots make a measure of how long the others will take.
const MEASURE: usize = 50;
/// What is assumed of each before there is a measure, and at most of all.
const UNMEASURED_EACH_MS: u64 = 30;
const UNMEASURED_MS: u64 = 20_000;
/// How far ahead of the expected end the close must be, and how much further it is put.
const MARGIN_MS: u64 = 4_000;
const EXTRA_MS: u64 = 5_000;
/// How many times as long as drawing the keys, with six programs, all until the opening may take,
/// with a dozen.
const UNTIL_OPENING: u64 = 6;

/// The first hours of a replay: time for the ceremony, judged by how long drawing the keys took on
/// this machine just now.
#[must_use]
pub fn first(keys_took: Duration) -> Hours {
    let opens_at = now();
    let ceremony = millis(keys_took) * UNTIL_OPENING;
    let closes_at = UnixMillis::new(opens_at.get() + ceremony + MARGIN_MS + EXTRA_MS);
    Hours {
        opens_at,
        closes_at,
    }
}

/// Extends the election whenever its close would come before voting is done. Ends only by an error;
/// to be dropped when voting is done.
///
/// # Errors
/// Those of the extension.
pub async fn keep_open(
    setting: &Setting,
    election: &Election,
    total: usize,
    progress: &Progress,
) -> anyhow::Result<()> {
    let (since, before) = (Stopwatch::start(), progress.done());
    let mut closes_at = election.moment().await?.closes_at.get();
    loop {
        let done = progress.done();
        let rest = expected_ms(millis(since.elapsed()), done - before, total - done);
        if closes_at < now().get() + rest + MARGIN_MS {
            closes_at = now().get() + rest + rest / 10 + MARGIN_MS + EXTRA_MS;
            let to = closes_at.to_string();
            setting
                .staff(election.http().base(), &["extend", &to])
                .await?;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// How long `left` ballots will take, where `done` took `elapsed` ms.
fn expected_ms(elapsed: u64, done: usize, left: usize) -> u64 {
    let (done, left) = (done as u64, left as u64);
    match (left, done) {
        (0, _) => 0,
        (_, measured) if measured >= MEASURE as u64 => elapsed * left / done,
        _ => (left * UNMEASURED_EACH_MS).min(UNMEASURED_MS),
    }
}

/// Waits until the close can be finalised.
///
/// # Errors
/// Those of the gateway.
pub async fn wait_for_close(election: &Election) -> anyhow::Result<()> {
    loop {
        let moment = election.moment().await?;
        let rest = moment
            .drained_at
            .get()
            .saturating_sub(moment.server_time.get());
        if rest == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(rest.min(2_000))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_judged_by_what_is_done() {
        assert_eq!(expected_ms(1_000, 100, 900), 9_000);
        assert_eq!(expected_ms(1_000, 0, 900), UNMEASURED_MS);
        assert_eq!(expected_ms(1_000, 0, 9), 270);
        assert_eq!(expected_ms(1_000, 1_000, 0), 0);
    }
}

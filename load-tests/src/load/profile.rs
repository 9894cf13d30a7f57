//! The profiles: what is sent, and when.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are found by measuring; no vote or amount is"
)]

use super::figures::Phase;
use super::filling::Recipe;
use super::plan::{Curve, Plan, Sent};
use super::pool::Purpose;
use super::run::{Options, Runner, last_trouble_us};
use super::windows::Window;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// How many of the attackers there are and how many bad ballots each has.
const ATTACKERS: usize = 16;
const BAD_EACH: usize = 32;
/// A step of the ramp that keeps up answers 99 in 100 within this.
const KEEPS_UP: Duration = Duration::from_secs(1);
/// The steps of the ramp, in per cent of what a burst went at.
const STEPS: [u64; 6] = [50, 70, 85, 100, 115, 130];
/// After a flash, a voter who waits no longer than this finds the gateway recovered.
const RECOVERED: Duration = Duration::from_secs(1);
/// In a race, how many different ballots each voter has, and how often each is tried.
const RIVALS: usize = 10;
const TRIES: usize = 10;
/// The flash, in multiples of the capacity.
const FLASH: u64 = 5;
/// What a gateway takes from one address unless configured otherwise, at once and again in a minute.
const CEILING: u64 = 12_000;

/// What is sent, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The same rate throughout.
    Steady,
    /// Higher and higher, until the gateway does not keep up; then half of that.
    Ramp,
    /// The last hour of a vote, compressed.
    LastHour,
    /// All of a vote of four weeks, compressed, with its nights, its last day and its last hour.
    FourWeeks,
    /// Five times the capacity at once, and what comes after.
    Flash,
    /// Clients who lose answers and send the same bytes again, also at the same time.
    RetryStorm,
    /// Bad proofs, bad signatures, replays and second ballots from the voters' own networks, and
    /// noise from one address, more than it may send, beside good voters.
    Attack,
    /// Every voter tries ten different ballots, each many times, at every gateway at once.
    Race,
    /// The same rate throughout, while gateways, Redis and the database's server are killed.
    Failures,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steady => "steady",
            Self::Ramp => "ramp",
            Self::LastHour => "last-hour",
            Self::FourWeeks => "four-weeks",
            Self::Flash => "flash",
            Self::RetryStorm => "retry-storm",
            Self::Attack => "attack",
            Self::Race => "race",
            Self::Failures => "failures",
        })
    }
}

impl Profile {
    /// The pool that it needs for so many voters.
    #[must_use]
    pub const fn recipe(&self, voters: usize) -> Recipe {
        let (second, second_each, attackers) = match self {
            Self::Attack => (voters / 8, 1, ATTACKERS),
            Self::Race => (voters, RIVALS - 1, 0),
            _ => (0, 0, 0),
        };
        Recipe {
            good: voters,
            second,
            second_each,
            attackers,
            bad_each: BAD_EACH,
        }
    }

    pub(super) async fn play(
        &self,
        options: &Options,
        runner: &mut Runner<'_>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Steady => {
                one_phase(options, runner, "steady", &Curve::flat(), Sent::Ballot).await
            }
            Self::LastHour => {
                let curve = Curve::last_hour();
                one_phase(options, runner, "last hour", &curve, Sent::Ballot).await
            }
            Self::FourWeeks => four_weeks(options, runner).await,
            Self::RetryStorm => {
                one_phase(options, runner, "retry storm", &Curve::flat(), Sent::Lossy).await
            }
            Self::Ramp => ramp(options, runner).await,
            Self::Flash => flash(options, runner).await,
            Self::Attack => attack(options, runner).await,
            Self::Race => race(options, runner).await,
            Self::Failures => super::failures::failures(options, runner).await,
        }
    }
}

async fn one_phase(
    options: &Options,
    runner: &mut Runner<'_>,
    name: &str,
    curve: &Curve,
    sent: impl Fn(usize) -> Sent,
) -> anyhow::Result<()> {
    let ballots = throughout(options, runner)?;
    let sent = ballots.into_iter().map(sent);
    let plan = Plan::new().with(curve, options.length, options.seed, sent);
    runner.phase(name, options.length, &plan).await?;
    Ok(())
}

/// The ballots of the whole time.
pub(super) fn throughout(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<Vec<usize>> {
    let wanted = match options.rate {
        Some(rate) => count(rate, options.length),
        None => runner.left(),
    };
    runner.take(wanted)
}

async fn four_weeks(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let whole = options.length;
    let sent = throughout(options, runner)?.into_iter().map(Sent::Ballot);
    let plan = Plan::new().with(&Curve::four_weeks(), whole, options.seed, sent);
    let (day, hour) = (whole / 28, whole / (28 * 24));
    let windows = [
        Window::new("27 days", Duration::ZERO, whole - day),
        Window::new("last day", whole - day, day - hour),
        Window::new("last hour", whole - hour, hour),
    ];
    runner.windows(&windows, &plan).await?;
    Ok(())
}

/// So many at one instant: how fast they are answered is about the capacity.
async fn burst(runner: &mut Runner<'_>, count: usize) -> anyhow::Result<u64> {
    let ballots = runner.take(count)?;
    let instant = Duration::from_micros(1);
    let sent = ballots.into_iter().map(Sent::Ballot);
    let plan = Plan::new().with(&Curve::flat(), instant, 0, sent);
    let phase = runner.phase("burst", instant, &plan).await?;
    Ok((phase.accepted_per_second as u64).max(1))
}

async fn flat(
    options: &Options,
    runner: &mut Runner<'_>,
    name: &str,
    rate: u64,
    length: Duration,
) -> anyhow::Result<Phase> {
    let ballots = runner.take(count(rate, length))?;
    let sent = ballots.into_iter().map(Sent::Ballot);
    let plan = Plan::new().with(&Curve::flat(), length, options.seed, sent);
    runner.phase(name, length, &plan).await
}

async fn ramp(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let first = match options.rate {
        Some(rate) => rate,
        None => burst(runner, runner.left() / 8).await?,
    };
    let step = options.length / (STEPS.len() as u32 + 1);
    let (mut best, mut half) = (0, first / 2);
    for percent in STEPS {
        let rate = (first * percent / 100).max(1);
        if runner.left() < count(rate, step) + count(half, step) {
            runner.note(
                "ended early",
                "the pool has too few voters for the next step",
            );
            break;
        }
        let phase = flat(options, runner, &format!("{rate}/s"), rate, step).await?;
        best = best.max(phase.accepted_per_second as u64);
        half = (best / 2).max(1);
        if !keeps_up(&phase) {
            break;
        }
    }
    runner.note("capacity, ballots/s", best);
    flat(options, runner, "half of it", half, step).await?;
    Ok(())
}

fn keeps_up(phase: &Phase) -> bool {
    phase.voters().is_some_and(|voters| {
        voters.refused.count + voters.failed == 0
            && voters.accepted.p99_ms < KEEPS_UP.as_secs_f64() * 1000.0
    })
}

async fn flash(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let capacity = match options.rate {
        Some(rate) => rate,
        None => burst(runner, runner.left() / 8).await?,
    };
    let flash = options.length;
    let (before, after) = (flash * 3 / 5, flash * 3);
    let half = Curve::flat();
    let mut plan = Plan::new();
    let mut start = Duration::ZERO;
    let mut windows = Vec::new();
    for (name, rate, length) in [
        ("before", capacity / 2, before),
        ("flash", FLASH * capacity, flash),
        ("after", capacity / 2, after),
    ] {
        let ballots = runner.take(count(rate, length))?;
        let sent = ballots.into_iter().map(Sent::Ballot);
        plan = plan.with_after(start, &half, length, options.seed, sent);
        windows.push(Window::new(name, start, length));
        start += length;
    }
    let fired = runner.windows(&windows, &plan).await?;
    let flash_end = super::plan::micros(before + flash);
    let trouble = last_trouble_us(&fired, RECOVERED).unwrap_or(0);
    let recovery = trouble.saturating_sub(flash_end) / 1000;
    runner.note("capacity, ballots/s", capacity);
    runner.note("recovered after the flash, ms", recovery);
    Ok(())
}

async fn attack(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let rate = match options.rate {
        Some(rate) => rate,
        None => burst(runner, runner.left() / 8).await? / 3,
    };
    let rate = rate.max(8);
    let length = options.length / 2;
    flat(options, runner, "alone", rate, length).await?;
    let plan = attacked(options, runner, rate, length)?;
    let phase = runner.phase("attacked", length, &plan).await?;
    let others: u64 = phase.streams.iter().map(|stream| stream.offered).sum();
    let voters = phase.voters().map_or(0, |voters| voters.offered);
    runner.note(
        "attacking requests for each voter's, %",
        (others - voters) * 100 / voters.max(1),
    );
    Ok(())
}

/// The same good voters, and beside them a quarter as many bad proofs, bad signatures and replays
/// each, an eighth as many second ballots, and the flood.
fn attacked(
    options: &Options,
    runner: &mut Runner<'_>,
    rate: u64,
    length: Duration,
) -> anyhow::Result<Plan> {
    let voted = runner.voted().to_vec();
    let ballots = runner.take(count(rate, length))?;
    let bad: Vec<usize> = runner.pool().of(Purpose::BadProof).collect();
    let places = runner.pool().places();
    let in_the_log: BTreeSet<usize> = voted.iter().map(|&n| places[n].voter).collect();
    let second = runner.pool().of(Purpose::Second);
    let second: Vec<usize> = second
        .filter(|&n| in_the_log.contains(&places[n].voter))
        .collect();
    let curve = Curve::flat();
    let over = |list: &[usize], part: u64, sent: fn(usize) -> Sent| {
        let wanted = if list.is_empty() {
            0
        } else {
            count(rate / part, length)
        };
        let cycled = list.iter().copied().cycle().take(wanted).map(sent);
        cycled.collect::<Vec<_>>().into_iter()
    };
    let noise = (0..flood(options, rate, length)).map(|_| Sent::Noise);
    let seed = options.seed;
    Ok(Plan::new()
        .with(&curve, length, seed, ballots.into_iter().map(Sent::Ballot))
        .with(&curve, length, seed + 1, over(&bad, 4, Sent::BadProof))
        .with(
            &curve,
            length,
            seed + 2,
            over(&voted, 4, Sent::BadSignature),
        )
        .with(&curve, length, seed + 3, over(&voted, 4, Sent::Replay))
        .with(&curve, length, seed + 4, over(&second, 8, Sent::Second))
        .with(&curve, length, seed + 5, noise))
}

/// As much noise as there are voters at least, and a quarter more than one address may send.
fn flood(options: &Options, rate: u64, length: Duration) -> usize {
    let allowed = CEILING as usize + count(CEILING / 60, length);
    match options.flood {
        Some(flood) => count(flood, length),
        None => count(rate, length).max(allowed + allowed / 4),
    }
}

/// A hundred attempts of each voter, all within the time, in no order.
async fn race(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let first = runner.take(runner.left())?;
    let places = runner.pool().places();
    let racing = first
        .iter()
        .filter_map(|&n| Some(places.get(n)?.voter))
        .collect::<BTreeSet<usize>>();
    let places = places.iter().enumerate();
    let rivals = places.filter(|(_, place)| racing.contains(&place.voter));
    let mut sent: Vec<Sent> = rivals.flat_map(|(n, _)| [Sent::Rival(n); TRIES]).collect();
    sent.shuffle(&mut StdRng::seed_from_u64(options.seed));
    runner.note("attempts", sent.len());
    let plan = Plan::new().with(
        &Curve::flat(),
        options.length,
        options.seed,
        sent.into_iter(),
    );
    runner.phase("race", options.length, &plan).await?;
    Ok(())
}

/// How many are so many a second.
pub(super) fn count(rate: u64, length: Duration) -> usize {
    let count = u128::from(rate) * length.as_millis() / 1000;
    usize::try_from(count).unwrap_or(usize::MAX)
}

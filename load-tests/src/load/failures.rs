//! Blows under load: what dies, and how long nobody gets a receipt.

use super::cluster::Cluster;
use super::figures::longest_gap_us;
use super::plan::{Curve, Plan, Sent};
use super::profile::throughout;
use super::run::{Options, Runner};
use super::windows::Window;
use anyhow::Context;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The same rate throughout, in as many parts as there are blows and one before them. Each blow falls
/// a fifth into its part; a gateway that was killed is started again half of the part later. The last
/// one, where there is a standby, ends the primary for good.
pub(super) async fn failures(options: &Options, runner: &mut Runner<'_>) -> anyhow::Result<()> {
    let cluster = runner.cluster.take();
    let cluster = cluster.context("failures are of several gateways: give --gateways")?;
    let blows = cluster.blows();
    let part = options.length / (blows.len() as u32 + 1);
    let mut windows = vec![Window::new("before", Duration::ZERO, part)];
    for (n, blow) in (1..).zip(blows) {
        windows.push(Window::new(blow.name(), part * n, part));
    }
    let sent = throughout(options, runner)?.into_iter().map(Sent::Ballot);
    let plan = Plan::new().with(&Curve::flat(), options.length, options.seed, sent);
    let (fired, struck) = runner
        .windows_while(&windows, &plan, strike_all(cluster, part))
        .await?;
    struck?;
    let gap = longest_gap_us(&fired) / 1000;
    runner.note("the longest time in which nobody got a receipt, ms", gap);
    Ok(())
}

async fn strike_all(cluster: &mut Cluster, part: Duration) -> anyhow::Result<()> {
    let start = Instant::now();
    for (n, blow) in (1..).zip(cluster.blows()) {
        let at = start + part * n + part / 5;
        sleep_until(at).await;
        if let Some(killed) = cluster.strike(*blow).await? {
            sleep_until(at + part / 2).await;
            cluster.revive(&killed).await?;
        }
    }
    Ok(())
}

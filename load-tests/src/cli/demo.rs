//! `load-tests demo`: the demonstration election, opened and served.

use super::stop_signal;
use anyhow::Context;
use clap::Args;
use load_tests::clock::now;
use load_tests::demonstration::{Hours, of_projects};
use load_tests::election::moment;
use load_tests::http::Http;
use load_tests::replay::{Programs, Serving, Setting};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use voting_core::ids::UnixMillis;
use voting_core::manifest::Manifest;

const HOUR_MS: u64 = 3_600_000;
/// How many made-up people are on each roll.
const ON_A_ROLL: usize = 3;

#[derive(Args)]
pub(crate) struct Demo {
    /// The contests with their projects: a manifest's `contests`.
    #[arg(long, default_value = "deploy/demo-projects.json")]
    projects: PathBuf,
    /// The folder to work in; an election that is there is served again.
    #[arg(long, default_value = "run/demo")]
    data: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// How many hours the election is open.
    #[arg(long, default_value_t = 168, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    hours: u64,
    /// After how many seconds it opens; the keys are made before.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=31_536_000))]
    opens_in_seconds: u64,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let setting = Setting::new(&self.data, Programs::beside_this_one()?)?;
        let manifest = match setting.manifest()? {
            Some(manifest) => manifest,
            None => self.create(&setting).await?,
        };
        let stop = stop_signal()?;
        let mut serving = setting.serve(&self.listen).await?;
        let http = Http::new(serving.url(), Duration::from_secs(30))?;
        if moment(&http).await?.stage == "ceremony" {
            eprintln!("the three trustees make the key, two staff members open the election ...");
            setting.open(serving.url()).await?;
        }
        tell(&manifest, &serving, &self.data.display().to_string());
        let stopped = tokio::select! {
            ended = serving.ended() => ended,
            () = stop => Ok(()),
        };
        stopped?;
        serving.stop().await?;
        println!("stopped; run again to go on");
        Ok(ExitCode::SUCCESS)
    }

    async fn create(&self, setting: &Setting) -> anyhow::Result<Manifest> {
        let name = || self.projects.display().to_string();
        let json = std::fs::read(&self.projects).with_context(name)?;
        let offices = setting.draw_keys().await?;
        let opens_at = UnixMillis::new(now().get() + self.opens_in_seconds * 1000);
        let closes_at = UnixMillis::new(opens_at.get() + self.hours * HOUR_MS);
        let manifest = of_projects(
            &json,
            offices,
            Hours {
                opens_at,
                closes_at,
            },
        );
        let manifest = manifest.with_context(name)?;
        setting.create(&manifest, &roll()).await?;
        Ok(manifest)
    }
}

/// Some people of `vote-demo --name committee` and so on.
fn roll() -> String {
    let mut roll = String::from("class,ci\n");
    for class in ["committee", "proposer", "graduate"] {
        for n in 1..=ON_A_ROLL {
            roll += &format!("{class},made-up-{class}-{n}\n");
        }
    }
    roll
}

fn tell(manifest: &Manifest, serving: &Serving, data: &str) {
    let (url, id) = (serving.url(), manifest.election_id());
    println!(
        "
{title}
election {id}

  vote in a browser     {url}/

  the election          curl {url}/api/v1/election
  its manifest          curl {url}/api/v1/manifest
  who has voted         curl {url}/api/v1/status
  the public log        curl {url}/log/checkpoint

  vote, 10 people       target/release/load-tests vote-demo --url {url} --voters 10
  one on a roll         target/release/load-tests vote-demo --url {url} --voters 1 --name committee
  identify yourself     curl -H 'content-type: application/json' -d '{{\"ci\":\"anyone\"}}' \\
                          {url}/api/v1/identity/demo
  verify so far         target/release/observer verify {url} --unfinished
  pause (two staff)     target/release/gateway staff --url {url} \\
                          --key {data}/staff-1.key --key {data}/staff-2.key \\
                          pause --reason-ko 이유 --reason-en reason

Ctrl-C stops it.",
        title = manifest.title.ko
    );
}

//! `load-tests load`.

use anyhow::ensure;
use clap::{Args, ValueEnum};
use load_tests::load::{ClusterShape, Options, Persistence, Profile, Size, Target, run};
use load_tests::replay::Programs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Load {
    /// What is sent, and when.
    #[arg(value_enum)]
    profile: Chosen,
    /// Gateways that serve one election already; without any, one is started with an election of its
    /// own. New made-up people vote in every run.
    #[arg(long)]
    url: Vec<String>,
    /// A process of these gateways or of their database, whose processor time is counted.
    #[arg(long, requires = "url")]
    process: Vec<u32>,
    /// So many gateways on one PostgreSQL with Redis, started by deploy/cluster with an election of
    /// their own, which ends with the run.
    #[arg(long, conflicts_with_all = ["url", "data"], value_parser = clap::value_parser!(u16).range(1..=32))]
    gateways: Option<u16>,
    /// With a synchronous standby of their database, which the profile failures then promotes.
    #[arg(long, requires = "gateways")]
    standby: bool,
    /// Through a TLS proxy before these gateways.
    #[arg(long, requires = "gateways")]
    proxy: bool,
    /// Start a gateway with an election of its own; this is what happens without --url.
    #[arg(long, conflicts_with_all = ["url", "gateways"])]
    start: bool,
    /// The folder of the election that is started, kept with its pool of sealed ballots for the next
    /// run; one that is removed afterwards if not given.
    #[arg(long, conflicts_with = "url")]
    data: Option<PathBuf>,
    /// How many voters there are at most.
    #[arg(long, default_value_t = 2_000)]
    voters: usize,
    /// How many seconds it takes; of a flash, the flash itself, with three fifths of it before and
    /// three times it after.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Ballots a second: of steady and retry-storm, all voters over the time if not given; of ramp,
    /// flash and attack, found by a burst if not given.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: Option<u64>,
    /// Requests of noise a second in an attack, all from one address; if not given, so many that they
    /// go beyond what a gateway takes from one address.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    flood: Option<u64>,
    /// The most connections of voters at once.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// What arrival times are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many projects the election that is started has.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(10..=500))]
    options: u32,
    /// For how many seconds it is open.
    #[arg(long, default_value_t = 2_592_000)]
    open_for: u64,
    /// Devices send again what was refused for the moment or not answered, as a voter's page does.
    #[arg(long)]
    persistent: bool,
    /// The folder of the programs gateway, trustee and observer; this program's if not given.
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Chosen {
    /// The same rate throughout.
    Steady,
    /// Higher and higher, until the gateway does not keep up; then half of that.
    Ramp,
    /// The last hour of a vote, compressed.
    LastHour,
    /// All of a vote of four weeks, compressed: nights, weekends, last day and last hour.
    FourWeeks,
    /// Five times the capacity at once, and what comes after.
    Flash,
    /// Clients who lose answers and send the same bytes again, also at the same time.
    RetryStorm,
    /// Bad proofs, bad signatures, replays, second ballots and a flood from one address beside good
    /// voters.
    Attack,
    /// Every voter tries ten different ballots, each ten times, at every gateway at once.
    Race,
    /// The same rate, while gateways, Redis and the database's server are killed; with --gateways, and
    /// with --standby the primary for good.
    Failures,
}

impl Load {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        ensure!(self.voters > 0, "--voters is at least 1");
        let report = run(&self.options()?).await?;
        match self.json {
            true => println!("{}", serde_json::to_string_pretty(&report)?),
            false => println!("{report}"),
        }
        Ok(match report.is_lawful() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            target: match (self.gateways, self.url.is_empty()) {
                (Some(gateways), _) => Target::Cluster(ClusterShape {
                    gateways,
                    standby: self.standby,
                    proxy: self.proxy,
                }),
                (None, true) => Target::Start(self.data.clone()),
                (None, false) => Target::Running(self.url.clone(), self.process.clone()),
            },
            profile: match self.profile {
                Chosen::Steady => Profile::Steady,
                Chosen::Ramp => Profile::Ramp,
                Chosen::LastHour => Profile::LastHour,
                Chosen::FourWeeks => Profile::FourWeeks,
                Chosen::Flash => Profile::Flash,
                Chosen::RetryStorm => Profile::RetryStorm,
                Chosen::Attack => Profile::Attack,
                Chosen::Race => Profile::Race,
                Chosen::Failures => Profile::Failures,
            },
            voters: self.voters,
            length: Duration::from_secs(self.seconds),
            rate: self.rate,
            flood: self.flood,
            connections: self.connections.into(),
            seed: self.seed,
            size: Size {
                options: self.options,
                open_for: Duration::from_secs(self.open_for),
            },
            persistence: match self.persistent {
                true => Persistence::UntilAnswered,
                false => Persistence::Once,
            },
            // Whatever is in this program's environment is in the gateways'.
            configured: Vec::new(),
            programs: match &self.programs {
                Some(folder) => Programs::in_folder(folder)?,
                None => Programs::beside_this_one()?,
            },
        })
    }
}

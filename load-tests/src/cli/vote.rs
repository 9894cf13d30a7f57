//! `load-tests vote` and `load-tests vote-demo`.

use anyhow::ensure;
use clap::Args;
use load_tests::casting::{Person, Progress, cast_all};
use load_tests::clock::{Stopwatch, millis};
use load_tests::election::Election;
use load_tests::evidence::check_proof;
use load_tests::ledger::Ledger;
use load_tests::made_up;
use load_tests::pb_ballots::Ballots;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use voting_core::ids::ElectionId;

/// How long to try a request before giving up.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args)]
struct Target {
    /// The gateway.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The election id that the gateway must hold.
    #[arg(long)]
    election: Option<ElectionId>,
    /// How many voters at once.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Where receipts are kept; voters whose receipt is there do not vote again. Named after the
    /// election in the current folder if not given.
    #[arg(long)]
    receipts: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Vote {
    /// The .pb file; the election must be of its projects.
    file: PathBuf,
    /// How many of its voters, from the first on.
    #[arg(long)]
    voters: Option<usize>,
    #[command(flatten)]
    target: Target,
}

#[derive(Args)]
pub(crate) struct VoteDemo {
    /// How many voters.
    #[arg(long, default_value_t = 10)]
    voters: usize,
    /// What their names begin with; the same names are the same people.
    #[arg(long, default_value = "demo")]
    name: String,
    #[command(flatten)]
    target: Target,
}

impl Vote {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let ballots = Ballots::read(&self.file, self.voters)?;
        let election = self.target.election().await?;
        let ids = election
            .manifest()
            .projects()
            .map(|candidate| &candidate.project.id);
        let same = ids.eq(ballots.projects.iter().map(|project| &project.id));
        ensure!(same, "the election is not of this file's projects");
        self.target.cast(election, ballots.people()).await
    }
}

impl VoteDemo {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let election = self.target.election().await?;
        let shape = &election.parameters().shape;
        let people = made_up::people(&self.name, self.voters, shape, &mut rand::rng());
        self.target.cast(election, people).await
    }
}

impl Target {
    async fn election(&self) -> anyhow::Result<Arc<Election>> {
        Ok(Arc::new(
            Election::fetch(&self.url, self.election, PATIENCE).await?,
        ))
    }

    async fn cast(&self, election: Arc<Election>, people: Vec<Person>) -> anyhow::Result<ExitCode> {
        let path = self
            .receipts
            .clone()
            .unwrap_or_else(|| default_receipts(election.id()));
        let ledger = Ledger::open(&path, election.manifest())?;
        let (people, progress) = (Arc::new(people), Arc::new(Progress::default()));
        let watch = Stopwatch::start();
        let cast = cast_all(
            &election,
            people.clone(),
            ledger,
            self.concurrency,
            &progress,
        );
        let (cast, ledger) = cast.await?;
        let ms = millis(watch.elapsed()).max(1);
        println!(
            "{} voted in {ms} ms, {} a second",
            cast.now,
            cast.now as u64 * 1000 / ms
        );
        println!("{} had voted before", cast.earlier + cast.found);
        let last = people
            .last()
            .and_then(|person| ledger.receipts().get(&person.name));
        if let Some(receipt) = last {
            let checkpoint = check_proof(&election, receipt).await?;
            let (code, size) = (receipt.code.prefix(), checkpoint.size());
            println!(
                "the last one's ballot {code} is entry {} of {size}",
                receipt.index
            );
        }
        println!("receipts are in {}", path.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// A name of its own for each election.
fn default_receipts(election: ElectionId) -> PathBuf {
    let start: String = election.to_string().chars().take(12).collect();
    PathBuf::from(format!("receipts-{start}"))
}

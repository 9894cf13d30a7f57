//! A run: prepare, play the profile, reconcile, verify.

use super::cluster::{Cluster, ClusterShape, Proxy};
use super::cost::batch_us;
use super::election::{self, PATIENCE, Prepared, Size};
use super::figures::{Phase, is_accepted, is_voter};
use super::filling::fill;
use super::fire::{Fired, Gun, Persistence};
use super::machine::{Meter, Usage, most_memory_kib};
use super::plan::Plan;
use super::pool::{Pool, Purpose};
use super::profile::Profile;
use super::reconcile::{Ledger, Reconciled};
use super::report::Report;
use super::windows::{self, Readings, Window};
use crate::clock::{Stopwatch, millis};
use crate::election::Election;
use crate::replay::{Programs, Serving, Setting};
use anyhow::{Context, ensure};
use rand::RngExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How many receipts the observer is given.
const KEPT: usize = 32;

/// The generator says in `X-Forwarded-For` whom it sends for, as a proxy does, so that nobody comes
/// from this machine's own addresses, which have no ceiling. The number of proxies before a gateway.
const PROXIES: &str = "HANPYO_GATEWAY__SERVER__TRUSTED_PROXIES";

/// In a race a person's limit would keep most attempts from being made.
const UNLIMITED: [(&str, &str); 2] = [
    (
        "HANPYO_GATEWAY__LIMITS__CASTING_PERSON__PER_MINUTE",
        "100000",
    ),
    ("HANPYO_GATEWAY__LIMITS__CASTING_PERSON__BURST", "100000"),
];

/// What is loaded.
#[derive(Clone, Debug)]
pub enum Target {
    /// An election of its own in this folder, which is kept for the next run; in one that is removed
    /// afterwards if not said.
    Start(Option<PathBuf>),
    /// Several gateways on one PostgreSQL with Redis, with an election of their own.
    Cluster(ClusterShape),
    /// Gateways that run already, all of one election, and the processes whose time is counted.
    Running(Vec<String>, Vec<u32>),
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is loaded.
    pub target: Target,
    /// How.
    pub profile: Profile,
    /// How many voters there are at most.
    pub voters: usize,
    /// How long it takes.
    pub length: Duration,
    /// Ballots a second, where the profile does not find it by itself.
    pub rate: Option<u64>,
    /// Requests of noise a second in an attack, all from one address; more than a gateway lets one
    /// address send, unless given.
    pub flood: Option<u64>,
    /// The most connections of voters at once.
    pub connections: usize,
    /// What arrival times are drawn from.
    pub seed: u64,
    /// The election, where one is made.
    pub size: Size,
    /// Whether devices send again what was refused for the moment.
    pub persistence: Persistence,
    /// Variables in the environment of the gateways that are started, beside the profile's own.
    pub configured: Vec<(String, String)>,
    /// The programs.
    pub programs: Programs,
}

impl Options {
    /// The variables in the environment of the gateways that are started.
    fn environment(&self) -> Vec<(String, String)> {
        let unlimited: &[_] = match self.profile {
            Profile::Race => &UNLIMITED,
            _ => &[],
        };
        let proxies = match self.target {
            Target::Cluster(ClusterShape { proxy: true, .. }) => "2",
            _ => "1",
        };
        let own = [(PROXIES, proxies)]
            .into_iter()
            .chain(unlimited.iter().copied());
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.chain(self.configured.iter().cloned()).collect()
    }
}

/// Plays a profile.
///
/// # Errors
/// Whatever kept it from being played. A broken law is no error but in the [`Report`].
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let fleeting = tempfile::tempdir().context("a folder to work in")?;
    match &options.target {
        Target::Start(folder) => {
            let folder = folder.as_deref().unwrap_or(fleeting.path());
            let setting = Setting::new(folder, options.programs.clone())?;
            let setting = setting.configured(options.environment());
            let recipe = options.profile.recipe(options.voters);
            let prepared = Prepared::new(setting, options.size, &recipe).await?;
            let mut serving = prepared.serve().await?;
            let urls = vec![serving.url().to_owned()];
            let processes: Vec<u32> = serving.process().into_iter().collect();
            let (setting, pool) = prepared.into_parts();
            let place = Place {
                urls,
                processes,
                proxy: None,
                folder: setting.path(""),
                is_own: true,
                cluster: None,
            };
            let report = while_served(&mut serving, play(options, place, pool)).await;
            let stopped = serving.stop().await;
            let report = report?;
            stopped?;
            Ok(report)
        }
        Target::Running(urls, processes) => {
            let place = Place {
                urls: urls.clone(),
                processes: processes.clone(),
                proxy: None,
                folder: fleeting.path().to_owned(),
                is_own: false,
                cluster: None,
            };
            let pool = fleeting_pool(options, &place).await?;
            play(options, place, pool).await
        }
        Target::Cluster(shape) => {
            let setting = Setting::new(fleeting.path(), options.programs.clone())?;
            election::write(&setting, options.size).await?;
            let mut cluster =
                Cluster::start(&setting, &options.programs, *shape, &options.environment()).await?;
            let report = on_cluster(options, &setting, &mut cluster).await;
            let stopped = cluster.stop().await;
            let report = report?;
            stopped?;
            Ok(report)
        }
    }
}

async fn on_cluster(
    options: &Options,
    setting: &Setting,
    cluster: &mut Cluster,
) -> anyhow::Result<Report> {
    let urls = cluster.urls().to_vec();
    let url = urls.first().context("a cluster has a gateway")?;
    setting.open(url).await?;
    let place = Place {
        processes: cluster.process().into_iter().collect(),
        urls,
        proxy: cluster.proxy().cloned(),
        folder: setting.path(""),
        is_own: true,
        cluster: Some(cluster),
    };
    let pool = fleeting_pool(options, &place).await?;
    play(options, place, pool).await
}

/// Where a run takes place.
struct Place<'a> {
    /// The gateways', from which the election is also read and verified.
    urls: Vec<String>,
    /// What everything that is measured goes through, if there is one.
    proxy: Option<Proxy>,
    processes: Vec<u32>,
    folder: PathBuf,
    /// Whether nobody else votes there.
    is_own: bool,
    cluster: Option<&'a mut Cluster>,
}

async fn while_served(
    serving: &mut Serving,
    playing: impl Future<Output = anyhow::Result<Report>>,
) -> anyhow::Result<Report> {
    tokio::select! {
        ended = serving.ended() => {
            ended?;
            anyhow::bail!("the gateway has ended")
        }
        report = playing => report,
    }
}

/// New people for an election that runs: whoever voted in a former run cannot again.
async fn fleeting_pool(options: &Options, place: &Place<'_>) -> anyhow::Result<Pool> {
    let url = place.urls.first().context("no gateway was named")?;
    let election = Arc::new(Election::fetch(url, None, PATIENCE).await?);
    let mut pool = Pool::open(&place.folder.join("pool"), election.parameters())?;
    let name = format!("load-{:016x}", rand::rng().random::<u64>());
    let recipe = options.profile.recipe(options.voters);
    fill(&mut pool, &recipe, &election, &name, |_| ()).await?;
    Ok(pool)
}

async fn play(options: &Options, place: Place<'_>, pool: Pool) -> anyhow::Result<Report> {
    let url = place.urls.first().context("no gateway was named")?;
    let election = Election::fetch(url, None, PATIENCE).await?;
    let pool = Arc::new(pool);
    let persistence = match options.profile {
        // Nobody is to be lost for having been at a gateway that died.
        Profile::Failures => Persistence::UntilAnswered,
        _ => options.persistence,
    };
    let (urls, certificate) = match &place.proxy {
        Some(proxy) => (
            std::slice::from_ref(&proxy.url),
            Some(proxy.certificate.as_slice()),
        ),
        None => (place.urls.as_slice(), None),
    };
    let gun = Gun::new(
        urls,
        certificate,
        pool.clone(),
        options.connections,
        persistence,
    )?;
    let mut runner = Runner {
        gun: Arc::new(gun),
        batch_us: batch_us(&pool, election.parameters())?,
        ballots: pool.of(Purpose::Good).take(options.voters).collect(),
        taken: 0,
        pool,
        processes: place.processes,
        cluster: place.cluster,
        ledger: Ledger::default(),
        phases: Vec::new(),
        notes: Vec::new(),
    };
    options.profile.play(options, &mut runner).await?;
    // The least of before and after: what others do on the machine is not the ballot's cost.
    let again = batch_us(&runner.pool, election.parameters())?;
    let kept = keep(&runner.ledger, &place.folder)?;
    let reconciled = runner.ledger.reconcile(&election, &runner.pool).await?;
    let observed = observe(&options.programs, &election, &kept).await?;
    let memory = most_memory_kib(&runner.processes, "gateway");
    Ok(Report {
        profile: options.profile.to_string(),
        election: election.id(),
        gateways: place.urls.len(),
        proxied: place.proxy.is_some(),
        options: election.parameters().shape.options(),
        ballot_bytes: election.parameters().shape.ballot_len(),
        voters: options.voters,
        connections: options.connections,
        batch_us: runner.batch_us.min(again),
        phases: runner.phases,
        notes: runner.notes,
        gateway_memory_kib: memory,
        observer_ms: observed,
        foreign_allowed: !place.is_own,
        reconciled,
    })
}

/// What a profile plays with.
pub(super) struct Runner<'a> {
    gun: Arc<Gun>,
    pool: Arc<Pool>,
    processes: Vec<u32>,
    /// The cluster that was started for the run, if one was.
    pub(super) cluster: Option<&'a mut Cluster>,
    batch_us: u64,
    ballots: Vec<usize>,
    taken: usize,
    ledger: Ledger,
    phases: Vec<Phase>,
    notes: Vec<(String, String)>,
}

impl Runner<'_> {
    /// The pool.
    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// How many voters have not voted yet.
    pub(super) fn left(&self) -> usize {
        self.ballots.len() - self.taken
    }

    /// The next voters' ballots.
    pub(super) fn take(&mut self, count: usize) -> anyhow::Result<Vec<usize>> {
        let left = self.left();
        ensure!(
            count <= left,
            "{count} ballots are needed and {left} are left: give more --voters"
        );
        let taken = self.ballots.iter().skip(self.taken).take(count);
        let taken = taken.copied().collect();
        self.taken += count;
        Ok(taken)
    }

    /// Those who have voted, first ones first.
    pub(super) fn voted(&self) -> &[usize] {
        &self.ballots[..self.taken]
    }

    /// Notes something that is not a phase's figure.
    pub(super) fn note(&mut self, name: &str, value: impl ToString) {
        self.notes.push((name.to_owned(), value.to_string()));
    }

    /// Sends a plan and waits for every answer.
    pub(super) async fn phase(
        &mut self,
        name: &str,
        length: Duration,
        plan: &Plan,
    ) -> anyhow::Result<Phase> {
        let (fired, usage) = self.fire(plan).await?;
        let phase = Phase::new(name, length, &fired, &usage, self.batch_us);
        self.phases.push(phase.clone());
        Ok(phase)
    }

    /// Sends a plan at one go and takes the figures of each window of it.
    pub(super) async fn windows(
        &mut self,
        windows: &[Window],
        plan: &Plan,
    ) -> anyhow::Result<Vec<Fired>> {
        let (fired, ()) = self.windows_while(windows, plan, async {}).await?;
        Ok(fired)
    }

    /// The same, while something else happens.
    pub(super) async fn windows_while<T>(
        &mut self,
        windows: &[Window],
        plan: &Plan,
        meanwhile: impl Future<Output = T>,
    ) -> anyhow::Result<(Vec<Fired>, T)> {
        let meter = Meter::start(&self.processes);
        // A task of its own: nothing that is sent waits for it.
        let reading = tokio::spawn(Readings::take(windows::borders(windows), meter));
        let (fired, happened) = tokio::join!(self.gun.fire(plan), meanwhile);
        let fired = fired?;
        self.ledger.take(&fired);
        let readings = reading.await?.until_now();
        self.phases
            .extend(readings.phases(windows, &fired, self.batch_us));
        Ok((fired, happened))
    }

    async fn fire(&mut self, plan: &Plan) -> anyhow::Result<(Vec<Fired>, Usage)> {
        let meter = Meter::start(&self.processes);
        let before = meter.read();
        let fired = self.gun.fire(plan).await?;
        let usage = meter.read().since(&before);
        self.ledger.take(&fired);
        Ok((fired, usage))
    }
}

/// When the last voter before whom something went wrong was answered.
pub(super) fn last_trouble_us(fired: &[Fired], longest: Duration) -> Option<u64> {
    let longest = super::plan::micros(longest);
    let troubled = |one: &&Fired| is_voter(one) && (!is_accepted(one) || one.latency_us > longest);
    fired
        .iter()
        .filter(troubled)
        .map(|one| one.shot.at_us)
        .max()
}

/// Some receipts as files, as voters keep them.
fn keep(ledger: &Ledger, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let receipts = ledger.receipts();
    let step = receipts.len().div_ceil(KEPT).max(1);
    let mut kept = Vec::new();
    for (n, receipt) in receipts.values().step_by(step).enumerate() {
        let file = folder.join(format!("kept-{n}.receipt"));
        std::fs::write(&file, receipt)?;
        kept.push(file);
    }
    Ok(kept)
}

/// `observer verify` of the whole log over HTTP; how long it took, in milliseconds.
async fn observe(
    programs: &Programs,
    election: &Election,
    kept: &[PathBuf],
) -> anyhow::Result<u64> {
    let watch = Stopwatch::start();
    let (url, id) = (election.http().base(), election.id().to_string());
    let mut args: Vec<String> = ["verify", url, "--unfinished", "--election", &id]
        .map(str::to_owned)
        .into();
    for file in kept {
        args.push("--receipt".to_owned());
        args.push(file.to_string_lossy().into_owned());
    }
    programs.run("observer", &args).await?;
    Ok(millis(watch.elapsed()))
}

/// Whether every law held.
pub(super) fn is_lawful(reconciled: &Reconciled, foreign_allowed: bool) -> bool {
    reconciled.broken.count == 0 && (foreign_allowed || reconciled.foreign == 0)
}

//! Several gateways on one PostgreSQL with Redis: `deploy/cluster`, started and told what to do.

mod said;

use crate::replay::{Programs, Setting};
use anyhow::{Context, bail, ensure};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// The script of this tree.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/cluster");
/// How long the script may take over anything.
const STEP: Duration = Duration::from_secs(120);

/// What is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterShape {
    /// How many gateways.
    pub gateways: u16,
    /// With a synchronous standby of the database, which the profile `failures` then promotes.
    pub standby: bool,
    /// With a TLS proxy before the gateways, which everything that is measured goes through.
    pub proxy: bool,
}

/// The TLS proxy before the gateways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    /// Its URL.
    pub(super) url: String,
    /// Its certificate as PEM, signed by itself.
    pub(super) certificate: Vec<u8>,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// The gateway that sequences is killed.
    Sequencer,
    /// One of the others is killed.
    Follower,
    /// Redis is killed and started again, empty.
    Redis,
    /// The database's server is killed and started again.
    Database,
    /// It is killed for good, and the standby takes its place.
    Primary,
}

impl Blow {
    /// All that can happen without a standby, then what needs one.
    const ALL: &'static [Self] = &[
        Self::Sequencer,
        Self::Follower,
        Self::Redis,
        Self::Database,
        Self::Primary,
    ];

    /// All that can happen to such a cluster.
    fn all(shape: ClusterShape) -> &'static [Self] {
        match shape.standby {
            true => Self::ALL,
            false => Self::ALL.split_last().map_or(&[], |(_, others)| others),
        }
    }

    /// What it is called: what is told to the script first.
    pub(super) fn name(self) -> &'static str {
        self.commands().first().copied().unwrap_or_default()
    }

    /// What is told to the script.
    const fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Sequencer => &["kill sequencer"],
            Self::Follower => &["kill follower"],
            Self::Redis => &["restart redis"],
            Self::Database => &["restart database"],
            Self::Primary => &["crash", "promote"],
        }
    }
}

/// The script, while it runs.
pub(super) struct Cluster {
    child: Child,
    commands: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    shape: ClusterShape,
    urls: Vec<String>,
    proxy: Option<Proxy>,
}

impl Cluster {
    /// Creates the election of a setting's manifest in a new database, and serves it by gateways
    /// that are configured by these variables of their environment.
    ///
    /// # Errors
    /// If the script does not get it going.
    pub(super) async fn start(
        setting: &Setting,
        programs: &Programs,
        shape: ClusterShape,
        configured: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(SCRIPT);
        command
            .envs(configured.iter().cloned())
            .args(["--gateways", &shape.gateways.to_string()])
            .args(shape.standby.then_some("--standby"))
            .args(shape.proxy.then_some("--proxy"))
            .arg("--programs")
            .arg(programs.folder());
        for (flag, file) in [
            ("--manifest", "manifest.json"),
            ("--keys", "keys"),
            ("--roll", "roll.csv"),
            ("--staff-key", "staff-1.key"),
            ("--staff-key", "staff-2.key"),
        ] {
            command.arg(flag).arg(setting.path(file));
        }
        // Ctrl-C is for this program alone, which then closes the script's input.
        command.process_group(0);
        let mut child = command
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context(SCRIPT)?;
        let commands = child.stdin.take().context("the script's input")?;
        let output = child.stdout.take().context("the script's output")?;
        let mut cluster = Self {
            child,
            commands,
            lines: BufReader::new(output).lines(),
            shape,
            urls: Vec::new(),
            proxy: None,
        };
        let said = cluster.until("ready").await?;
        cluster.urls = said::gateways(&said);
        cluster.proxy = said::proxy(&said)?;
        let count = cluster.urls.len();
        ensure!(
            count == usize::from(shape.gateways) && cluster.proxy.is_some() == shape.proxy,
            "the script named {count} gateways, and {:?}",
            cluster.proxy.map(|proxy| proxy.url)
        );
        Ok(cluster)
    }

    /// The gateways', which they keep when they are started again.
    pub(super) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The proxy before them, if there is one.
    pub(super) const fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// All that can happen to it.
    pub(super) fn blows(&self) -> &'static [Blow] {
        Blow::all(self.shape)
    }

    /// The script's process, whose descendants are all the servers.
    pub(super) fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Strikes; the gateway that was killed, if one was.
    ///
    /// # Errors
    /// If the script has ended, or does not answer.
    pub(super) async fn strike(&mut self, blow: Blow) -> anyhow::Result<Option<String>> {
        let mut killed = None;
        for command in blow.commands() {
            let said = self.tell(command).await?;
            killed = killed.or(said::killed(&said));
        }
        Ok(killed)
    }

    /// Starts a gateway again.
    ///
    /// # Errors
    /// As [`Self::strike`].
    pub(super) async fn revive(&mut self, gateway: &str) -> anyhow::Result<()> {
        self.tell(&format!("start {gateway}")).await.map(drop)
    }

    /// Stops everything in order.
    ///
    /// # Errors
    /// If it does not stop well.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let Self {
            mut child,
            commands,
            ..
        } = self;
        drop(commands);
        let status = timeout(STEP, child.wait())
            .await
            .context("the cluster does not stop")??;
        ensure!(status.success(), "{SCRIPT} ended with {status}");
        Ok(())
    }

    async fn tell(&mut self, command: &str) -> anyhow::Result<Vec<String>> {
        let line = format!("{command}\n");
        self.commands.write_all(line.as_bytes()).await?;
        self.until(&format!("done {command}")).await
    }

    /// What the script says before it says this.
    async fn until(&mut self, last: &str) -> anyhow::Result<Vec<String>> {
        let mut said = Vec::new();
        loop {
            let line = timeout(STEP, self.lines.next_line())
                .await
                .with_context(|| format!("the cluster does not say {last:?}"))??;
            match line {
                None => bail!("{SCRIPT} has ended"),
                Some(line) if line == last => return Ok(said),
                Some(line) => said.push(line),
            }
        }
    }
}

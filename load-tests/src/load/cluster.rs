//! Several gateways on one PostgreSQL with Redis: `deploy/cluster`, started and told what to do.

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
}

impl Blow {
    /// All of them.
    pub(super) const ALL: [Self; 4] =
        [Self::Sequencer, Self::Follower, Self::Redis, Self::Database];

    /// What is told to the script.
    pub(super) const fn command(self) -> &'static str {
        match self {
            Self::Sequencer => "kill sequencer",
            Self::Follower => "kill follower",
            Self::Redis => "restart redis",
            Self::Database => "restart database",
        }
    }
}

/// The script, while it runs.
pub(super) struct Cluster {
    child: Child,
    commands: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    urls: Vec<String>,
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
        gateways: u16,
        configured: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(SCRIPT);
        command
            .envs(configured.iter().cloned())
            .args(["--gateways", &gateways.to_string()])
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
            urls: Vec::new(),
        };
        for line in cluster.until("ready").await? {
            if let Some(url) = line
                .strip_prefix("gateway ")
                .and_then(|rest| rest.split(' ').nth(1))
            {
                cluster.urls.push(url.to_owned());
            }
        }
        ensure!(
            cluster.urls.len() == usize::from(gateways),
            "the script named {} gateways",
            cluster.urls.len()
        );
        Ok(cluster)
    }

    /// The gateways', which they keep when they are started again.
    pub(super) fn urls(&self) -> &[String] {
        &self.urls
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
        let said = self.tell(blow.command()).await?;
        let killed = said.iter().find_map(|line| line.strip_prefix("killed "));
        Ok(killed.map(str::to_owned))
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

//! The real programs as processes.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a gateway may take to read its log before it listens.
const START: Duration = Duration::from_secs(3600);
/// How long it may take to finish what it has begun when it is told to stop.
const STOP: Duration = Duration::from_secs(60);

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// The programs in a folder.
    ///
    /// # Errors
    /// Naming the first that is missing.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        for name in ["gateway", "trustee", "observer", "tally"] {
            let program = folder.join(name);
            ensure!(
                program.is_file(),
                "{} is missing: build it with `cargo build --release --bins`",
                program.display()
            );
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The programs beside the one that is running.
    ///
    /// # Errors
    /// As [`Self::in_folder`].
    pub fn beside_this_one() -> anyhow::Result<Self> {
        let this = std::env::current_exe()?;
        Self::in_folder(this.parent().context("this program is in no folder")?)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one to its end; what it wrote to its output.
    ///
    /// # Errors
    /// With what it said, if it failed.
    pub async fn run<A: AsRef<OsStr>>(&self, name: &str, args: &[A]) -> anyhow::Result<String> {
        let mut command = Command::new(self.folder.join(name));
        command
            .args(args)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .env("RUST_LOG", "warn");
        let output = command.output().await.with_context(|| name.to_owned())?;
        if !output.status.success() {
            let shown: Vec<_> = args
                .iter()
                .map(|arg| arg.as_ref().to_string_lossy())
                .collect();
            let said = String::from_utf8_lossy(&output.stderr);
            let wrote = String::from_utf8_lossy(&output.stdout);
            bail!(
                "`{name} {}` failed: {}\n{}",
                shown.join(" "),
                said.trim(),
                wrote.trim()
            );
        }
        String::from_utf8(output.stdout).with_context(|| format!("the output of {name}"))
    }

    /// Starts a gateway and waits until it listens. What it logs goes to a file, which it holds
    /// locked: a gateway that outlived a run killed before is not joined by a second one.
    /// `configured` are variables of its environment.
    ///
    /// # Errors
    /// If one is still running, or if it ends before it listens.
    pub async fn serve<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        configured: &[(String, String)],
        log: &Path,
    ) -> anyhow::Result<Serving> {
        let file = locked(log)?;
        let mut command = Command::new(self.folder.join("gateway"));
        command
            .arg("serve")
            .args(args)
            .envs(configured.iter().cloned())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        // Ctrl-C is for this program alone, which then stops the gateway in order.
        command.process_group(0);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .context("gateway")?;
        std::fs::write(pid_file(log), child.id().unwrap_or(0).to_string())?;
        let output = child.stdout.take().context("the gateway's output")?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(START, lines.next_line())
            .await
            .context("the gateway does not start")??;
        let url = line
            .as_deref()
            .and_then(|line| line.strip_prefix("listening on "));
        let said = || format!("the gateway did not start; see {}", log.display());
        let url = url.with_context(said)?.to_owned();
        Ok(Serving { child, url })
    }
}

/// Opens and locks a log file; the lock goes with the open file to the gateway.
fn locked(log: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).append(true).open(log);
    let file = file.with_context(|| log.display().to_string())?;
    if file.try_lock().is_err() {
        let pid = std::fs::read_to_string(pid_file(log)).unwrap_or_default();
        bail!("a gateway is still serving this folder: process {pid}; stop it first");
    }
    Ok(file)
}

fn pid_file(log: &Path) -> PathBuf {
    log.with_extension("pid")
}

/// A gateway that listens. Dropped, it is killed; nothing it has acknowledged is lost by that.
pub struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Resolves when it has ended by itself.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        let status = self.child.wait().await?;
        bail!("the gateway has ended: {status}")
    }

    /// Kills it as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Tells it to stop, and waits until it has.
    ///
    /// # Errors
    /// If it does not stop, or not well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self
            .child
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // Fails only if it has ended already, which the wait below tells.
            let _ = kill_process(pid, Signal::TERM);
        }
        let status = timeout(STOP, self.child.wait())
            .await
            .context("the gateway does not stop")??;
        ensure!(status.success(), "the gateway ended with {status}");
        Ok(())
    }
}

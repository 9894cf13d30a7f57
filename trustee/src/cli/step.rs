//! `trustee round1`, `round2`, `confirm`, `share` and `status`.

use super::Passphrase;
use anyhow::Context;
use clap::Args;
use observer::kept::read_checkpoint;
use observer::{Expectations, Silent, VerifiedLog, read_verified, source};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::path::PathBuf;
use std::process::ExitCode;
use trustee::keys::TrusteeSecrets;
use trustee::message::Outbox;
use trustee::state::StateFile;
use trustee::step::{Session, Taken, describe, name};
use voting_core::ids::{ElectionId, LogHash, UnixMillis};
use voting_core::manifest::Manifest;

/// Which step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    RoundOne,
    RoundTwo,
    Confirm,
    Share(Option<LogHash>),
    Status,
}

/// `share`: a step, and what others say of the close.
#[derive(Args)]
pub(crate) struct ShareArgs {
    #[command(flatten)]
    step: StepArgs,
    /// The root of the close as the other trustees and observers see it, learnt from them and not
    /// from this log. Needed where the manifest names no witnesses; `status` prints this log's.
    #[arg(long, value_name = "HEX")]
    close_root: Option<LogHash>,
}

impl ShareArgs {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        self.step.run(Kind::Share(self.close_root))
    }
}

#[derive(Args)]
pub(crate) struct StepArgs {
    /// The gateway: the log is read from it, and messages are posted to it.
    #[arg(long, required_unless_present = "dir", conflicts_with = "dir")]
    url: Option<String>,
    /// A folder with the log's files, instead of a gateway.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Write messages into this folder instead of posting them.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
    /// The trustee's state file; made at the first round. Keep it: it holds the key share.
    #[arg(long)]
    state: PathBuf,
    #[command(flatten)]
    passphrase: Passphrase,
    /// The election id that the log must be of.
    #[arg(long)]
    election: Option<ElectionId>,
    /// The manifest that the log must be of.
    #[arg(long, conflicts_with = "election")]
    manifest: Option<PathBuf>,
    /// A checkpoint kept from before, which the log must still lead to.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// For tests: the time here, in milliseconds since 1970.
    #[arg(long, hide = true)]
    test_clock: Option<u64>,
}

impl StepArgs {
    pub(crate) fn run(self, kind: Kind) -> anyhow::Result<ExitCode> {
        let vault = self.passphrase.vault(false)?;
        let secrets = TrusteeSecrets::read(&vault, &self.key)?;
        let log = self.log().context("the log is not believed")?;
        let file = StateFile::open(vault, &self.state)?;
        let mut session = Session::open(&log, &secrets, &file)?;
        self.heading(&log, &session);
        let rng = &mut UnwrapErr(SysRng);
        let taken = match kind {
            Kind::RoundOne => session.round_one(rng)?,
            Kind::RoundTwo => session.round_two(rng)?,
            Kind::Confirm => session.confirm(rng)?,
            Kind::Share(agreed) => session.share(self.now()?, agreed, rng)?,
            Kind::Status => return Ok(status(&log, &session)),
        };
        self.send(&log, &taken)
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the edge of the program: nothing is decrypted before the close"
    )]
    fn now(&self) -> anyhow::Result<UnixMillis> {
        if let Some(millis) = self.test_clock {
            return Ok(UnixMillis::new(millis));
        }
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        Ok(UnixMillis::new(u64::try_from(since.as_millis())?))
    }

    fn log(&self) -> anyhow::Result<VerifiedLog> {
        let address = match (&self.url, &self.dir) {
            (Some(url), _) => url.clone(),
            (None, Some(dir)) => dir.display().to_string(),
            (None, None) => anyhow::bail!("--url or --dir is needed"),
        };
        let checkpoints = self.checkpoints.iter().map(|file| read_checkpoint(file));
        let expected = Expectations {
            election: self.expected_election()?,
            checkpoints: checkpoints.collect::<Result<_, _>>()?,
            receipts: Vec::new(),
            // Every ballot is verified here, and no sum is taken from anyone.
            ranges: Vec::new(),
        };
        let source = source::open(&address)?;
        Ok(read_verified(&*source, &expected, &Silent)?)
    }

    fn expected_election(&self) -> anyhow::Result<Option<ElectionId>> {
        let Some(file) = &self.manifest else {
            return Ok(self.election);
        };
        let name = || file.display().to_string();
        let manifest = Manifest::parse(&std::fs::read(file).with_context(name)?);
        Ok(Some(manifest.with_context(name)?.election_id()))
    }

    fn heading(&self, log: &VerifiedLog, session: &Session<'_>) {
        let manifest = log.state.manifest();
        eprintln!("election {} {}", log.state.election(), manifest.title.ko);
        eprintln!("log      {} entries, verified", log.state.size());
        eprintln!("acting as {}", name(log, session.id()));
        if let Some((close, root)) = log.state.close() {
            eprintln!("\nCLOSE AT ENTRY {close}\nCLOSE ROOT {root}");
            eprintln!("compare both with the other trustees and with observers\n");
        }
    }

    fn send(&self, log: &VerifiedLog, taken: &Taken) -> anyhow::Result<ExitCode> {
        let outbox = match (&self.out, &self.url) {
            (Some(folder), _) => Outbox::Folder(folder.clone()),
            (None, Some(url)) => Outbox::gateway(url)?,
            (None, None) => anyhow::bail!("--out is needed with --dir"),
        };
        for message in &taken.messages {
            let place = match message.in_log {
                true => "in the log already".to_owned(),
                false => outbox.send(&message.name, &message.bytes)?,
            };
            println!("{}: {place}", message.name);
        }
        if let Some(accused) = taken.accused {
            println!(
                "a COMPLAINT: the share from {} is wrong",
                name(log, accused)
            );
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn status(log: &VerifiedLog, session: &Session<'_>) -> ExitCode {
    let (state, memory) = (&log.state, session.memory());
    let ceremony = state.ceremony();
    let trustees = state.manifest().trustees.members.len();
    println!("stage         {:?}", state.stage());
    println!("attempt       {}", ceremony.setup().attempt());
    println!("round 1       {} of {trustees}", ceremony.round_one().len());
    println!("round 2       {} of {trustees}", ceremony.round_two().len());
    println!(
        "confirmations {} of {trustees}",
        ceremony.confirmations().len()
    );
    if let Some(complaint) = log.complaint {
        println!("complaint     {}", describe(log, complaint));
    }
    if let Some((close, root)) = state.close() {
        println!("close entry   {close}");
        println!("close root    {root}");
    }
    let grouping = state.grouping();
    for group in grouping.map_or(&[][..], |grouping| &grouping.groups) {
        let given = state
            .shares()
            .map_or(0, |shares| shares.of_group(group.id).count());
        println!(
            "group {:<7} {} ballots, {given} shares",
            group.id, group.ballots
        );
    }
    let confirmed = memory.confirmed.as_ref();
    let share = confirmed.is_some_and(|step| step.secret.is_some());
    println!("key share     {}", if share { "held" } else { "none" });
    match &memory.decrypted {
        Some(done) => println!(
            "decrypted     up to entry {} (root {})",
            done.close, done.root
        ),
        None => println!("decrypted     nothing"),
    }
    ExitCode::SUCCESS
}

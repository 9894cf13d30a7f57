//! A whole election without a person: keys, manifest, ceremony, opening, every ballot of a file,
//! close, decryption, result, verification, and the comparison with a plain count.
//!
//! Each part is played by the program that plays it in earnest, as a process of its own; this module
//! only tells them when. A replay in a folder that was named goes on where it stopped.

mod compare;
pub mod hours;
mod programs;
mod report;
mod setting;

pub use compare::{Comparison, Difference, ProjectTotals};
pub use programs::{Programs, Serving};
pub use report::{Report, Stage, Stages};
pub use setting::{Setting, TRUSTEES};

use crate::casting::{Cast, Progress, cast_all};
use crate::clock::Stopwatch;
use crate::demonstration::of_ballots;
use crate::election::{Election, fetch_manifest, moment};
use crate::evidence::{check_entry, check_proof};
use crate::http::Http;
use crate::ledger::Ledger;
use crate::log::LogReader;
use crate::pb_ballots::Ballots;
use anyhow::{Context, ensure};
use compare::{compare, published};
use hours::{first, keep_open, wait_for_close};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use voting_core::codec::{Decode, Encode};
use voting_core::entry::Entry;
use voting_core::manifest::Manifest;
use voting_core::receipt::Receipt;

/// How long to try a request before giving up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many receipts get their proofs of inclusion fetched and verified offline.
const PROOFS: usize = 32;
/// How often to say how far casting is.
const EVERY: Duration = Duration::from_secs(30);

/// What to replay.
#[derive(Clone, Debug)]
pub struct Options {
    /// The `.pb` file.
    pub file: PathBuf,
    /// How many of its voters, from the first on; all if not said.
    pub voters: Option<usize>,
    /// The folder to work in and to go on from; one that is removed afterwards if not said.
    pub data: Option<PathBuf>,
    /// How many voters at once.
    pub concurrency: usize,
    /// The programs.
    pub programs: Programs,
    /// Whether to say what happens.
    pub quiet: bool,
}

/// Replays an election from its manifest to its verified result.
///
/// # Errors
/// Whatever went wrong on the way. Totals that differ are no error but in the [`Report`].
pub async fn replay(options: &Options) -> anyhow::Result<Report> {
    let ballots = Ballots::read(&options.file, options.voters)?;
    let fleeting = tempfile::tempdir().context("a folder to work in")?;
    let folder = options.data.as_deref().unwrap_or(fleeting.path());
    let setting = Setting::new(folder, options.programs.clone())?;
    let run = Run {
        options,
        ballots,
        setting,
        stages: Stages::new(!options.quiet),
    };
    run.play().await
}

/// A replay under way.
struct Run<'a> {
    options: &'a Options,
    ballots: Ballots,
    setting: Setting,
    stages: Stages,
}

impl Run<'_> {
    async fn play(mut self) -> anyhow::Result<Report> {
        let manifest = self.create().await?;
        let mut serving = self.setting.serve("127.0.0.1:0").await?;
        let url = serving.url().to_owned();
        let played = tokio::select! {
            ended = serving.ended() => ended.map(|()| None),
            report = self.while_served(&url, &manifest) => report.map(Some),
        };
        let stopped = serving.stop().await;
        let report = played?.context("the gateway has ended")?;
        stopped?;
        Ok(report)
    }

    async fn while_served(&mut self, url: &str, manifest: &Manifest) -> anyhow::Result<Report> {
        self.open(url, manifest).await?;
        let election = Election::fetch(url, Some(manifest.election_id()), PATIENCE).await?;
        let election = Arc::new(election);
        let (cast, receipts) = self.vote(&election).await?;
        self.check_receipts(&election, &receipts).await?;
        self.close(&election).await?;
        self.publish(&election).await?;
        self.verify(&election, &receipts).await?;
        let published = self.check_result(&election).await?;
        let watch = Stopwatch::start();
        let comparison = compare(&published, &self.ballots)?;
        self.stages.end("comparison", watch);
        Ok(Report {
            file: self.ballots.file.clone(),
            voters: self.ballots.ballots.len(),
            in_file: self.ballots.in_file,
            picks: self.ballots.picks,
            repeated_marks: self.ballots.repeated_marks,
            election: manifest.election_id(),
            earlier: cast.earlier + cast.found,
            stages: self.stages.all().to_vec(),
            comparison,
        })
    }

    /// Keys, manifest and entry 0; or the manifest of the election that is there.
    async fn create(&mut self) -> anyhow::Result<Manifest> {
        if let Some(manifest) = self.setting.manifest()? {
            let ids = manifest.projects().map(|candidate| &candidate.project.id);
            let same = ids.eq(self.ballots.projects.iter().map(|project| &project.id));
            ensure!(
                same,
                "the folder holds the replay of another file: {}",
                manifest.title.en
            );
            return Ok(manifest);
        }
        let watch = Stopwatch::start();
        let offices = self.setting.draw_keys().await?;
        let hours = first(watch.elapsed());
        self.stages.end("keys", watch);
        let watch = Stopwatch::start();
        let manifest = of_ballots(&self.ballots, offices, hours)?;
        self.setting.create(&manifest, &self.ballots.roll()).await?;
        self.stages.end("creation", watch);
        Ok(manifest)
    }

    async fn open(&mut self, url: &str, manifest: &Manifest) -> anyhow::Result<()> {
        let http = Http::new(url, PATIENCE)?;
        fetch_manifest(&http, Some(manifest.election_id())).await?;
        if moment(&http).await?.stage != "ceremony" {
            return Ok(());
        }
        let watch = Stopwatch::start();
        self.setting.open(url).await?;
        self.stages.end("ceremony and opening", watch);
        Ok(())
    }

    async fn vote(&mut self, election: &Arc<Election>) -> anyhow::Result<(Cast, Vec<Receipt>)> {
        let path = self.setting.path("receipts");
        let ledger = Ledger::open(&path, election.manifest())?;
        let people = self.ballots.people();
        let total = people.len();
        ensure!(
            ledger.receipts().len() == total || election.moment().await?.accepting,
            "the election closed before everyone had voted: {} of {total} receipts are there",
            ledger.receipts().len()
        );
        let progress = Arc::new(Progress::default());
        let watch = Stopwatch::start();
        let (people, at_once) = (Arc::new(people), self.options.concurrency);
        let casting = cast_all(election, people, ledger, at_once, &progress);
        let (cast, ledger) = tokio::select! {
            cast = casting => cast?,
            failed = keep_open(&self.setting, election, total, &progress) => {
                failed?;
                anyhow::bail!("the close was not watched any more")
            }
            () = self.tell(total, &progress) => anyhow::bail!("nothing was told any more"),
        };
        self.stages.end("voting", watch);
        Ok((cast, ledger.receipts().values().cloned().collect()))
    }

    async fn tell(&self, total: usize, progress: &Progress) {
        loop {
            tokio::time::sleep(EVERY).await;
            self.stages
                .say(&format!("{} of {total} ballots are in", progress.done()));
        }
    }

    /// Every receipt against the entry at its index; for some of them the proof file as well.
    async fn check_receipts(
        &mut self,
        election: &Election,
        receipts: &[Receipt],
    ) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let mut by_index: Vec<&Receipt> = receipts.iter().collect();
        by_index.sort_by_key(|receipt| receipt.index);
        let log = election.log()?;
        let size = log.checkpoint().await?.size();
        let mut waiting = by_index.iter().peekable();
        for path in LogReader::bundles(size) {
            let (first, entries) = (256 * path.index(), log.bundle(path).await?);
            let end = first + entries.len() as u64;
            while let Some(receipt) = waiting.next_if(|receipt| receipt.index.get() < end) {
                let place = usize::try_from(receipt.index.get() - first)?;
                let entry = Entry::from_bytes(&entries[place])?;
                check_entry(receipt, &entry).context("a receipt and its entry")?;
            }
        }
        ensure!(
            waiting.next().is_none(),
            "a receipt names an entry beyond the checkpoint"
        );
        let step = by_index.len().div_ceil(PROOFS).max(1);
        for receipt in by_index.iter().step_by(step) {
            check_proof(election, receipt)
                .await
                .context("the proof of a receipt")?;
        }
        self.stages.end("receipts and proofs", watch);
        Ok(())
    }

    async fn close(&mut self, election: &Election) -> anyhow::Result<()> {
        if election.moment().await?.stage != "open" {
            return Ok(());
        }
        let watch = Stopwatch::start();
        wait_for_close(election).await?;
        self.stages.end("waiting for the close", watch);
        let watch = Stopwatch::start();
        self.setting
            .staff(election.http().base(), &["close"])
            .await?;
        self.stages.end("close", watch);
        Ok(())
    }

    /// Shares of two trustees, then the result that the verified log gives, signed by the staff.
    async fn publish(&mut self, election: &Election) -> anyhow::Result<()> {
        if election.moment().await?.stage != "closed" {
            return Ok(());
        }
        let url = election.http().base();
        let watch = Stopwatch::start();
        self.setting.share(url, &[1, TRUSTEES]).await?;
        self.stages.end("decryption shares", watch);
        let watch = Stopwatch::start();
        let id = election.id().to_string();
        let [result, signed] = ["result.json", "signed.json"].map(|name| self.setting.file(name));
        for file in [&result, &signed] {
            // A former run may have ended before it was published.
            let _ = std::fs::remove_file(file);
        }
        let args = ["result", url, "--election", &id, "--out", &result];
        self.setting.programs().run("observer", &args).await?;
        self.setting.sign_result(&result, &signed).await?;
        self.setting.staff(url, &["publish", &signed]).await?;
        self.stages.end("result", watch);
        Ok(())
    }

    async fn verify(&mut self, election: &Election, receipts: &[Receipt]) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let (url, id) = (election.http().base(), election.id().to_string());
        let mut args = vec![
            "verify".to_owned(),
            url.to_owned(),
            "--election".to_owned(),
            id,
        ];
        let step = receipts.len().div_ceil(PROOFS).max(1);
        for (n, receipt) in receipts.iter().step_by(step).enumerate() {
            let file = self.setting.path(&format!("kept-{n}.receipt"));
            std::fs::write(&file, receipt.to_bytes())?;
            args.push("--receipt".to_owned());
            args.push(file.to_string_lossy().into_owned());
        }
        let said = self.setting.programs().run("observer", &args).await?;
        self.stages.end("verification", watch);
        std::fs::write(self.setting.path("verification.txt"), said)?;
        Ok(())
    }

    /// The published document beside the manifest, as anyone would check it: its signatures, and
    /// that its totals give it.
    async fn check_result(&mut self, election: &Election) -> anyhow::Result<Vec<u8>> {
        let watch = Stopwatch::start();
        let bytes = published(election).await?;
        std::fs::write(self.setting.path("published.json"), &bytes)?;
        let args = ["result", &self.setting.file("published.json")];
        let said = self.setting.programs().run("tally", &args).await?;
        self.stages.end("check of the result", watch);
        std::fs::write(self.setting.path("result.txt"), said)?;
        Ok(bytes)
    }
}

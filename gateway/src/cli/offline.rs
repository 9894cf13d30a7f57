//! `gateway offline`: what whoever counts a survey or paper ballots does, on a machine of their own.

use super::{read_bounded, read_manifest};
use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use gateway::keys::{KeyRole, read_signing_key, write_new};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use voting_core::codec::Encode;
use voting_core::keys::SecretKey;
use voting_core::manifest::Manifest;
use voting_core::offline::OfflineTotals;
use voting_core::rule::ClassId;

/// The most bytes of a file of marks.
const MAX_MARKS_FILE: usize = 1 << 20;

#[derive(Subcommand)]
pub(crate) enum Offline {
    /// Draw an offline group's key into a new file and print its public half for the manifest.
    Keygen {
        /// The new file.
        file: PathBuf,
    },
    /// Sign a group's totals, for staff to enter with `gateway staff offline-totals`.
    Sign(Sign),
}

#[derive(Args)]
pub(crate) struct Sign {
    /// The election's manifest.
    #[arg(long)]
    manifest: PathBuf,
    /// The group's id in the manifest.
    #[arg(long)]
    group: ClassId,
    /// The group's key file.
    #[arg(long)]
    key: PathBuf,
    /// How many ballots were counted.
    #[arg(long)]
    ballots: u64,
    /// A line `project id,marks` for each project of the manifest, in any order.
    #[arg(long)]
    marks: PathBuf,
    /// The new file of signed totals.
    #[arg(long)]
    out: PathBuf,
}

impl Offline {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Keygen { file } => {
                let key = SecretKey::generate(&mut UnwrapErr(SysRng));
                write_new(&file, KeyRole::OfflineGroup, &key.to_seed())?;
                println!("{}", key.verify_key());
                Ok(())
            }
            Self::Sign(sign) => sign.run(),
        }
    }
}

impl Sign {
    fn run(&self) -> anyhow::Result<()> {
        let manifest = read_manifest(&self.manifest)?;
        let key = read_signing_key(&self.key, KeyRole::OfflineGroup)?;
        let mut groups = (0u16..).zip(&manifest.offline_groups);
        let group = groups.find(|(_, group)| group.id == self.group);
        let (position, group) =
            group.with_context(|| format!("the manifest has no offline group {}", self.group))?;
        ensure!(
            group.key == key.verify_key(),
            "{}: not the key that the manifest names for {}",
            self.key.display(),
            self.group
        );
        let totals = OfflineTotals {
            group: position,
            ballots: self.ballots,
            marks: marks(&manifest, &self.marks, self.ballots)?,
        };
        let signed = totals.sign(&manifest.election_id(), &key);
        let mut file =
            std::fs::File::create_new(&self.out).with_context(|| self.out.display().to_string())?;
        file.write_all(&signed.to_bytes())?;
        file.sync_all()?;
        println!("{} ballots of {} are signed", self.ballots, self.group);
        Ok(())
    }
}

/// Each project's marks in the manifest's order; every project once, none above the ballots.
fn marks(manifest: &Manifest, file: &Path, ballots: u64) -> anyhow::Result<Vec<u64>> {
    let text = String::from_utf8(read_bounded(file, MAX_MARKS_FILE)?)
        .with_context(|| format!("{}: not UTF-8", file.display()))?;
    let mut by_project = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let at = || format!("{}:{number}", file.display());
        let (id, marks) = parse(line, ballots).with_context(at)?;
        let first = by_project.insert(id, marks).is_none();
        ensure!(first, "{}: project {id} stands twice", at());
    }
    let take = |id: &str| {
        let marks = by_project.remove(id);
        marks.with_context(|| format!("{}: project {id} is missing", file.display()))
    };
    let ids = manifest.projects().map(|candidate| &candidate.project.id);
    let mut take = take;
    let marks = ids
        .map(|id| take(id.as_str()))
        .collect::<anyhow::Result<_>>()?;
    if let Some((id, _)) = by_project.first_key_value() {
        anyhow::bail!("{}: {id} is no project of the manifest", file.display());
    }
    Ok(marks)
}

fn parse(line: &str, ballots: u64) -> anyhow::Result<(&str, u64)> {
    let (id, marks) = line
        .split_once(',')
        .context("a line is a project id, a comma and its marks")?;
    let marks: u64 = marks
        .trim()
        .parse()
        .context("column marks is no whole number")?;
    ensure!(
        marks <= ballots,
        "column marks: {marks} on {ballots} ballots"
    );
    Ok((id.trim(), marks))
}

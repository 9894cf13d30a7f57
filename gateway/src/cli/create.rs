//! `gateway check` and `gateway create`.

use super::{read_bounded, read_manifest};
use anyhow::Context;
use clap::Args;
use gateway::clock::SystemClock;
use gateway::config::Config;
use gateway::create::{create, found};
use gateway::keys::{KeyFolder, KeyRole, read_signing_key};
use gateway::store::Place;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use voting_core::audit::State;
use voting_core::codec::Decode;
use voting_core::ids::ElectionId;
use voting_core::manifest::Manifest;
use voting_core::submission::Submission;

#[derive(Args)]
pub(crate) struct Check {
    /// The manifest.
    manifest: PathBuf,
}

impl Check {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let manifest = read_manifest(&self.manifest)?;
        let state = State::new(Arc::new(manifest))?;
        summarise(state.manifest(), state.shape().ballot_len());
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct Create {
    /// The manifest.
    #[arg(long, required_unless_present = "founding")]
    manifest: Option<PathBuf>,
    /// A founding file of the console, instead: the manifest as staff have signed it there.
    #[arg(long, conflicts_with_all = ["manifest", "staff_keys"])]
    founding: Option<PathBuf>,
    /// The new data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A configuration file whose `[database]` the election is created in, as its owner, instead.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The folder of the gateway's keys.
    #[arg(long)]
    keys: PathBuf,
    /// A staff member's key file; give as many as the manifest demands.
    #[arg(long = "staff-key", required_unless_present = "founding")]
    staff_keys: Vec<PathBuf>,
}

impl Create {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let keys = KeyFolder::read(&self.keys)?;
        let election = match (&self.founding, &self.manifest) {
            (Some(file), _) => self.found(file, keys).await?,
            (None, Some(file)) => self.create(file, keys).await?,
            (None, None) => anyhow::bail!("give --manifest or --founding"),
        };
        println!("{election}");
        Ok(())
    }

    async fn create(&self, manifest: &Path, keys: KeyFolder) -> anyhow::Result<ElectionId> {
        let manifest = read_manifest(manifest)?;
        let staff = self
            .staff_keys
            .iter()
            .map(|file| read_signing_key(file, KeyRole::Staff));
        let staff = staff.collect::<Result<Vec<_>, _>>()?;
        let election = manifest.election_id();
        let place = self.place()?;
        create(manifest, &place, keys, &staff, Arc::new(SystemClock)).await?;
        Ok(election)
    }

    async fn found(&self, founding: &Path, keys: KeyFolder) -> anyhow::Result<ElectionId> {
        let bytes = read_bounded(founding, Submission::MAX_LEN)?;
        let submission = Submission::from_bytes(&bytes);
        let submission = submission.with_context(|| format!("{}", founding.display()))?;
        Ok(found(submission, &self.place()?, keys, Arc::new(SystemClock)).await?)
    }

    fn place(&self) -> anyhow::Result<Place> {
        let config = Config::load(self.config.as_deref())?;
        Ok(Place::new(&config.database, self.data.clone())?)
    }
}

fn summarise(manifest: &Manifest, ballot_bytes: usize) {
    println!("election  {}", manifest.election_id());
    println!("title     {}", manifest.title.ko);
    println!("projects  {}", manifest.project_count());
    println!("ballot    {ballot_bytes} bytes");
    let trustees = &manifest.trustees;
    println!(
        "trustees  {} of {}",
        trustees.threshold,
        trustees.members.len()
    );
    println!(
        "staff     {} of {}",
        manifest.staff.required,
        manifest.staff.members.len()
    );
    if manifest.demonstration {
        println!("a demonstration: nothing is decided by it");
    }
}

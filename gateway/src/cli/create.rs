//! `gateway check` and `gateway create`.

use super::read_manifest;
use clap::Args;
use gateway::clock::SystemClock;
use gateway::config::Config;
use gateway::create::create;
use gateway::keys::{KeyFolder, KeyRole, read_signing_key};
use gateway::store::Place;
use std::path::PathBuf;
use std::sync::Arc;
use voting_core::audit::State;
use voting_core::manifest::Manifest;

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
    #[arg(long)]
    manifest: PathBuf,
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
    #[arg(long = "staff-key", required = true)]
    staff_keys: Vec<PathBuf>,
}

impl Create {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let manifest = read_manifest(&self.manifest)?;
        let keys = KeyFolder::read(&self.keys)?;
        let staff = self
            .staff_keys
            .iter()
            .map(|file| read_signing_key(file, KeyRole::Staff));
        let staff = staff.collect::<Result<Vec<_>, _>>()?;
        let election = manifest.election_id();
        let config = Config::load(self.config.as_deref())?;
        let place = Place::new(&config.database, self.data)?;
        create(manifest, &place, keys, &staff, Arc::new(SystemClock)).await?;
        println!("{election}");
        Ok(())
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

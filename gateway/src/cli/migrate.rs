//! `gateway migrate`.

use anyhow::bail;
use clap::Args;
use gateway::config::Config;
use gateway::store::{Place, PostgresStore};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Migrate {
    /// The configuration file, whose `[database]` is the one, as its owner.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl Migrate {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(self.config.as_deref())?;
        let Place::Database(options) = Place::new(&config.database, None)? else {
            bail!("no database: a data folder is brought up to date when it is served");
        };
        PostgresStore::migrate(&options).await?;
        Ok(())
    }
}

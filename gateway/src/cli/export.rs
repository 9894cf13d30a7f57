//! `gateway export`.

use clap::Args;
use gateway::board::export;
use gateway::config::Config;
use gateway::store::Place;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Export {
    /// The data folder; a gateway may be serving it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A configuration file whose `[database]` holds the election instead.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The folder to write into.
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(self.config.as_deref())?;
        let store = Place::new(&config.database, self.data)?.open().await?;
        let size = export(&store, &self.out).await?;
        store.close().await;
        println!("{size} entries");
        Ok(())
    }
}

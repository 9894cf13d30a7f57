//! `gateway export`.

use clap::Args;
use gateway::board::export;
use gateway::store::Store;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Export {
    /// The data folder; a gateway may be serving it.
    #[arg(long)]
    data: PathBuf,
    /// The folder to write into.
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let store = Store::open(&self.data).await?;
        let size = export(&store, &self.out).await?;
        store.close().await;
        println!("{size} entries");
        Ok(())
    }
}

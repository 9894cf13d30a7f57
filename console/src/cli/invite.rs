//! `console invite`.

use anyhow::Context;
use clap::Args;
use console::clock;
use console::invitation::invite;
use console::store::{Role, Store};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Invite {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// What the member may do.
    #[arg(long)]
    role: Role,
    /// The member's name, as colleagues know them.
    #[arg(long)]
    name: String,
}

impl Invite {
    /// Prints the token; it goes after `#invite=` in the page's address.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let store = Store::open(&self.data).await?;
        let made = invite(&store, self.name.trim(), self.role, clock::system()()).await?;
        let (token, _) = made.context("the name has 1 to 100 characters")?;
        println!("{token}");
        Ok(())
    }
}

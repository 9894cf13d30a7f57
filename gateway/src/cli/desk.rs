//! `gateway desk-token` and `gateway kiosk-code`.

use anyhow::{Context, ensure};
use clap::Args;
use gateway::client::Client;
use gateway::identity::desk;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The most bytes of a token.
const MAX_TOKEN: u64 = 2_000;

#[derive(Args)]
pub(crate) struct DeskToken {
    /// The desk's name, as it stands beside the codes it issues.
    name: String,
    /// The new file for the token, which the desk keeps.
    #[arg(long)]
    out: PathBuf,
}

impl DeskToken {
    /// Prints the desk's line for the configuration's `desk.desks`.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let drawn = desk::draw(&self.name);
        let (token, line) = drawn.context("a desk's name has 1 to 64 characters and no colon")?;
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.out);
        let mut file = file.with_context(|| self.out.display().to_string())?;
        writeln!(file, "{}", *token)?;
        file.sync_all()?;
        println!("{line}");
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct KioskCode {
    /// The gateway.
    #[arg(long)]
    url: String,
    /// The file of the desk's token, or of a pass.
    #[arg(long)]
    desk_token: PathBuf,
    /// The file of the session of the person whom a provider verified at the desk; standard input
    /// if it is left out.
    #[arg(long)]
    session: Option<PathBuf>,
}

impl KioskCode {
    /// Prints the code for the person.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let token = read(&self.desk_token)?;
        let session = match &self.session {
            Some(file) => read(file)?,
            None => bounded(std::io::stdin().lock()).context("the session")?,
        };
        let code = Client::new(&self.url)?.kiosk_code(&token, &session).await?;
        println!("{}", *code);
        Ok(())
    }
}

fn read(file: &std::path::Path) -> anyhow::Result<Zeroizing<String>> {
    let name = || file.display().to_string();
    bounded(std::fs::File::open(file).with_context(name)?).with_context(name)
}

fn bounded(from: impl Read) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    from.take(MAX_TOKEN).read_to_string(&mut text)?;
    ensure!(!text.trim().is_empty(), "it is empty");
    Ok(Zeroizing::new(text.trim().to_owned()))
}

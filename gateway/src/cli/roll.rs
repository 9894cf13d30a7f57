//! `gateway roll`: who is a graduate of 예산학교, who sits on a committee (docs/ROLLS.md).

use anyhow::Context;
use clap::{Args, Subcommand};
use gateway::clock::{Clock, SystemClock};
use gateway::config::Config;
use gateway::keys::{KeyRole, read_secret};
use gateway::registry::{Registry, ReportedRow};
use gateway::rolls::{
    Encoding, ImportError, Imported, Order, RollKey, RollRow, Verdict, import, read,
};
use gateway::store::Place;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use voting_core::manifest::Manifest;
use voting_core::rule::ClassId;

/// Rows that are read from the registry at once.
const PAGE: u32 = 10_000;
/// The report's heading.
const HEADING: &str = "import,row,verdict,code,ko,en";

#[derive(Args)]
pub(crate) struct Roll {
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A configuration file whose `[database]` holds the election instead; as the registrar's user.
    #[arg(long)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: RollCommand,
}

#[derive(Subcommand)]
enum RollCommand {
    /// Put the people of a .csv or .xlsx file on the rolls; every row is reported.
    Import(Import),
    /// Print what became of every row of every import.
    Report,
    /// Print the rows that are on no roll until staff have settled them.
    ListConflicts,
}

#[derive(Args)]
struct Import {
    /// The file: a heading, then a row for each person.
    file: PathBuf,
    /// The folder of the gateway's keys.
    #[arg(long)]
    keys: PathBuf,
    /// The class of every row, instead of a column.
    #[arg(long)]
    class: Option<ClassId>,
    /// Empty the rolls of the file's classes first.
    #[arg(long)]
    replace: bool,
    /// A new file for the report of every row.
    #[arg(long)]
    report: Option<PathBuf>,
}

impl Roll {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(self.config.as_deref())?;
        let place = Place::new(&config.database, self.data)?;
        let manifest = Arc::new(stored_manifest(&place).await?);
        let registry = Registry::at(&place).await?;
        let done = match self.command {
            RollCommand::Import(command) => command.run(&registry, &manifest).await,
            RollCommand::Report => print(&registry, false).await,
            RollCommand::ListConflicts => print(&registry, true).await,
        };
        registry.close().await;
        done
    }
}

impl Import {
    async fn run(self, registry: &Registry, manifest: &Arc<Manifest>) -> anyhow::Result<()> {
        let secret = read_secret(&self.keys.join("pseudonym.key"), KeyRole::Pseudonym)?;
        let key = RollKey::new(&secret, &manifest.election_id());
        let report = self.report.as_deref().map(create).transpose()?;
        let class = |id: &ClassId| manifest.class_index(id).ok_or(ImportError::Class);
        let order = Order {
            class: self.class.as_ref().map(class).transpose()?,
            replace: self.replace,
            keep: true,
            after: None,
        };
        let (file, how) = (read(&self.file)?, (order, SystemClock.now()));
        let imported = import((registry, manifest), &key, file, how).await;
        let imported = imported.with_context(|| self.file.display().to_string())?;
        if let Some(report) = report {
            write_report(report, &imported)?;
        }
        summarise(&imported);
        Ok(())
    }
}

async fn stored_manifest(place: &Place) -> anyhow::Result<Manifest> {
    let store = place.open().await?;
    let election = store.election().await?;
    let (_, address) = election.context("there is no election")?;
    let document = store.document(&address).await?;
    store.close().await;
    let document = document.context("there is no manifest")?;
    Ok(Manifest::parse_canonical(&document)?)
}

fn create(file: &Path) -> anyhow::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    opened.with_context(|| file.display().to_string())
}

fn write_report(file: std::fs::File, imported: &Imported) -> anyhow::Result<()> {
    let mut out = BufWriter::new(file);
    writeln!(out, "{HEADING}")?;
    for row in &imported.rows {
        writeln!(out, "{}", line(imported.number, row))?;
    }
    Ok(out
        .into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?)
}

fn summarise(imported: &Imported) {
    println!("import     {}", imported.number);
    if imported.encoding == Some(Encoding::Cp949) {
        println!("encoding   CP949 (EUC-KR)");
    }
    println!("rows       {}", imported.rows.len());
    for verdict in Verdict::ALL {
        println!("{:<10} {}", verdict.name(), imported.count(verdict));
    }
}

async fn print(registry: &Registry, unsettled: bool) -> anyhow::Result<()> {
    println!("{HEADING}");
    let mut after = (0, 0);
    loop {
        let rows = registry.roll_rows(after, unsettled, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = (last.import, last.row.number);
        for ReportedRow { import, row } in &rows {
            writeln!(std::io::stdout(), "{}", line(*import, row))?;
        }
    }
}

/// One line of a report. Nothing in it needs quoting but the sentences, which may hold commas.
fn line(import: u64, row: &RollRow) -> String {
    let outcome = row.outcome;
    let verdict = outcome.verdict().name();
    let (number, code) = (row.number, outcome.code());
    format!(
        "{import},{number},{verdict},{code},\"{}\",\"{}\"",
        outcome.ko(),
        outcome.en()
    )
}

//! `observer log`.

use anyhow::Context;
use clap::Args;
use observer::explore::{Line, PAGE, page};
use observer::source;
use observer::witness::{accept, read_manifest};
use std::io::Write;
use std::process::ExitCode;

/// Shows entries of a log, each verified to be in the tree of its newest checkpoint.
#[derive(Args)]
pub(crate) struct Log {
    /// A gateway's or mirror's URL, or a folder with a log's files.
    #[arg(value_name = "URL|FOLDER")]
    address: String,
    /// The first entry; without it the last ones are shown.
    #[arg(long, value_name = "INDEX")]
    from: Option<u64>,
    /// How many entries.
    #[arg(long, value_name = "N", default_value_t = 20)]
    count: u64,
    /// Print each entry as a line of JSON.
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let source = source::open(&self.address)?;
        let manifest = read_manifest(&*source)?;
        let accepted = accept(&*source, &manifest, None)?;
        let size = accepted.checkpoint().size().get();
        let from = self.from.unwrap_or(size.saturating_sub(self.count));
        let end = from.saturating_add(self.count).min(size);
        anyhow::ensure!(from < size, "the log has {size} entries");
        let mut out = std::io::stdout().lock();
        for number in from / PAGE..end.div_ceil(PAGE) {
            let lines = page(&*source, &manifest, accepted.checkpoint(), number)?;
            let shown = |line: &&Line| (from..end).contains(&line.index.get());
            for line in lines.iter().filter(shown) {
                match self.json {
                    true => writeln!(out, "{}", serde_json::to_string(line)?),
                    false => writeln!(out, "{line}"),
                }
                .context("standard output")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

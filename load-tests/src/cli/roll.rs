//! `load-tests roll`: how long a roll takes to be imported.

use anyhow::Context;
use clap::Args;
use data_encoding::BASE64;
use load_tests::clock::{Stopwatch, millis, now};
use load_tests::demonstration::{Hours, of_projects};
use load_tests::replay::{Programs, Setting};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use voting_core::ids::UnixMillis;

/// How long the election of the roll is open.
const HOUR_MS: u64 = 3_600_000;
/// One row in so many is the one before it once more.
const DUPLICATE: u64 = 1000;
/// One row in so many, another one, cannot be read.
const MALFORMED: u64 = 997;
/// The heading of the roll.
const HEADING: &str = "구분,연계정보,성명,생년월일,휴대전화,소속";

#[derive(Args)]
pub(crate) struct Roll {
    /// How many rows the roll has.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=5_000_000))]
    rows: u64,
    /// The folder to work in.
    #[arg(long, default_value = "run/roll")]
    data: PathBuf,
    /// The contests of the election that the roll is for.
    #[arg(long, default_value = "deploy/demo-projects.json")]
    projects: PathBuf,
}

impl Roll {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let setting = Setting::new(&self.data, Programs::beside_this_one()?)?;
        if setting.manifest()?.is_none() {
            self.create(&setting).await?;
        }
        let (file, report) = (setting.path("made-up.csv"), setting.path("report.csv"));
        write(&file, self.rows)?;
        let [store, keys] = ["store", "keys"].map(|name| setting.file(name));
        let [roll, rows] = [&file, &report].map(|path| path.display().to_string());
        let _ = std::fs::remove_file(&report);
        let args = [
            "roll",
            "--data",
            &store,
            "import",
            "--keys",
            &keys,
            "--replace",
            "--report",
            &rows,
            &roll,
        ];
        let stopwatch = Stopwatch::start();
        let said = setting.programs().run("gateway", &args).await?;
        let took = stopwatch.elapsed();
        let reported = BufReader::new(File::open(&report)?).lines().count() - 1;
        anyhow::ensure!(reported as u64 == self.rows, "{reported} rows are reported");
        print!("{said}");
        println!("file       {} bytes", std::fs::metadata(&file)?.len());
        println!("reported   {reported} rows");
        let rate = self.rows * 1000 / millis(took).max(1);
        println!("took       {} ms, {rate} rows/s", millis(took));
        Ok(ExitCode::SUCCESS)
    }

    async fn create(&self, setting: &Setting) -> anyhow::Result<()> {
        let name = || self.projects.display().to_string();
        let contests = std::fs::read(&self.projects).with_context(name)?;
        let offices = setting.draw_keys().await?;
        let opens_at = now();
        let closes_at = UnixMillis::new(opens_at.get().saturating_add(HOUR_MS));
        let hours = Hours {
            opens_at,
            closes_at,
        };
        let manifest = of_projects(&contests, offices, hours).with_context(name)?;
        setting.create(&manifest, "class,ci\n").await
    }
}

/// Everyone with everything that a roll can say of them, and a column that it does not read.
fn write(file: &Path, rows: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, "{HEADING}")?;
    for n in 0..rows {
        let person = if n % DUPLICATE == 1 { n - 1 } else { n };
        let ci = BASE64.encode(format!("{person:064}").as_bytes());
        let class = ["graduate", "committee", "proposer"]
            [usize::from(person % 3 == 1) + usize::from(person % 50 == 0)];
        let (year, month, day) = (1940 + person % 70, 1 + person % 12, 1 + person % 28);
        let mobile = if n % MALFORMED == 500 {
            "없음".to_owned()
        } else {
            format!("010-{:04}-{:04}", person / 10_000 % 10_000, person % 10_000)
        };
        writeln!(
            out,
            "{class},{ci},홍 길동{person},{year}-{month:02}-{day:02},{mobile},예산학교"
        )?;
    }
    out.into_inner().map_err(|error| error.into_error())?;
    Ok(())
}

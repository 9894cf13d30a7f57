//! The election that is loaded: its manifest, and the folder with its keys, pool and store.
//!
//! ```text
//! the demonstration's files, and
//! store/      after the opening, with every credential of the pool, and no ballot
//! pool        the sealed ballots
//! run/        a copy of store/, which ballots are cast into; made anew for every run
//! ```

use super::filling::{Recipe, fill};
use super::pool::Pool;
use crate::clock::now;
use crate::demonstration::{Hours, of_projects};
use crate::election::Election;
use crate::replay::{Serving, Setting};
use anyhow::Context;
use std::sync::Arc;
use std::time::Duration;
use voting_core::ids::UnixMillis;
use voting_core::manifest::{Bilingual, Contest, CostCaps, Kind, List, Manifest, Picks, Project};
use voting_core::rule::{ClassFactor, FillScope, Ratio, Rule, Selection, TieOrder, Weighting, Won};

/// How long to try a request before giving up, outside of what is measured.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// The folder that ballots are cast into.
const RUN: &str = "run";

/// What the election is like.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many projects are on the ballot.
    pub options: u32,
    /// How long it is open.
    pub open_for: Duration,
}

/// An election of one's own, opened, with a pool.
pub struct Prepared {
    setting: Setting,
    pool: Pool,
}

impl Prepared {
    /// Makes the election in a folder, or goes on with the one that is there; then issues and seals
    /// what the recipe lacks.
    ///
    /// # Errors
    /// Those of the programs, and of the pool.
    pub async fn new(setting: Setting, size: Size, recipe: &Recipe) -> anyhow::Result<Self> {
        if setting.manifest()?.is_none() {
            create(&setting, size).await?;
        }
        let serving = setting.serve("127.0.0.1:0").await?;
        let http = crate::http::Http::new(serving.url(), PATIENCE)?;
        if crate::election::moment(&http).await?.stage == "ceremony" {
            setting.open(serving.url()).await?;
        }
        let election = Arc::new(Election::fetch(serving.url(), None, PATIENCE).await?);
        let mut pool = Pool::open(&setting.path("pool"), election.parameters())?;
        if !recipe.is_met(&pool) {
            eprintln!("issuing credentials and sealing ballots; they are kept for the next run");
            let say = |done| {
                if done % 1024 == 0 {
                    eprintln!("{done} voters are ready");
                }
            };
            fill(&mut pool, recipe, &election, "load", say).await?;
        }
        serving.stop().await?;
        Ok(Self { setting, pool })
    }

    /// Serves a fresh copy of it, without a ballot.
    ///
    /// # Errors
    /// If it cannot be copied, or the gateway does not start.
    pub async fn serve(&self) -> anyhow::Result<Serving> {
        let run = self.setting.path(RUN);
        if run.exists() {
            std::fs::remove_dir_all(&run).context("the former run's folder")?;
        }
        std::fs::create_dir(&run).context("the run's folder")?;
        for entry in std::fs::read_dir(self.setting.path("store"))? {
            let entry = entry?;
            std::fs::copy(entry.path(), run.join(entry.file_name()))?;
        }
        self.setting.serve_from(RUN, "127.0.0.1:0").await
    }

    /// The folder.
    #[must_use]
    pub const fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The pool, to be sent.
    #[must_use]
    pub fn into_parts(self) -> (Setting, Pool) {
        (self.setting, self.pool)
    }
}

/// The roll: everyone is a citizen.
const ROLL: &str = "class,ci\n";

/// What a cluster's election is created from: its keys, manifest and roll.
pub(super) async fn write(setting: &Setting, size: Size) -> anyhow::Result<()> {
    setting.write(&manifest(setting, size).await?, ROLL)
}

async fn create(setting: &Setting, size: Size) -> anyhow::Result<()> {
    setting.create(&manifest(setting, size).await?, ROLL).await
}

/// Draws the keys of everyone for it.
async fn manifest(setting: &Setting, size: Size) -> anyhow::Result<Manifest> {
    let offices = setting.draw_keys().await?;
    let opens_at = now();
    let length = u64::try_from(size.open_for.as_millis())?;
    let closes_at = UnixMillis::new(opens_at.get().saturating_add(length));
    let contests = serde_json::to_vec(&[contest(size.options)?])?;
    let hours = Hours {
        opens_at,
        closes_at,
    };
    Ok(of_projects(&contests, offices, hours)?)
}

/// One contest of two lists, 7 picks of the first and 3 of the second, 1 to 10 in all; every tenth
/// project is of the second list times three.
fn contest(options: u32) -> anyhow::Result<Contest> {
    let (first, second) = ("proposal", "governance");
    let list = |id: &str, max| {
        anyhow::Ok(List {
            id: id.parse()?,
            title: text(id),
            picks: Some(Picks { min: 0, max }),
        })
    };
    let project = |n: u32| {
        anyhow::Ok(Project {
            id: format!("P{n}").parse()?,
            title: text(&format!("P{n}")),
            field: None,
            list: Some(if n % 10 < 7 { first } else { second }.parse()?),
            district: None,
            cost: Won::new(100_000_000)?,
            kind: Kind::General,
            place: None,
            summary: None,
            proposal_order: u64::from(n) + 1,
        })
    };
    Ok(Contest {
        id: "load".parse()?,
        title: text("부하 시험"),
        lists: vec![list(first, 7)?, list(second, 3)?],
        fields: Vec::new(),
        picks: Picks { min: 1, max: 10 },
        cost_caps: CostCaps::default(),
        projects: (0..options).map(project).collect::<anyhow::Result<_>>()?,
        rule: rule()?,
    })
}

fn rule() -> anyhow::Result<Rule> {
    let one = Ratio::new(1, 1)?;
    let factor = |id: &str| {
        anyhow::Ok(ClassFactor {
            class: id.parse()?,
            factor: one,
        })
    };
    let classes = [
        "committee",
        "proposer",
        "graduate",
        crate::pb_ballots::CITIZEN,
    ];
    Ok(Rule {
        weighting: Weighting::Multiplier {
            factors: classes
                .map(factor)
                .into_iter()
                .collect::<anyhow::Result<_>>()?,
        },
        selection: Selection::Fill(voting_core::rule::Fill {
            policy: voting_core::rule::FillPolicy::Skip,
            scope: FillScope::Overall {
                budget: Won::new(1_000_000_000)?,
            },
        }),
        minimum: None,
        ties: vec![TieOrder::CostAsc, TieOrder::EarlierProposal],
        conflicts: Vec::new(),
    })
}

fn text(text: &str) -> Bilingual {
    Bilingual {
        ko: text.to_owned(),
        en: text.to_owned(),
    }
}

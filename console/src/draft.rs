//! A draft of an election: a preset of the rule and what staff enter, until it is a manifest.
//!
//! Nothing is guessed: what the preset leaves open is asked for by its path in the manifest, and
//! [`assemble`] says what is still missing and what does not fit.

mod parts;
pub mod presets;
mod stand_ins;

pub use stand_ins::with_stand_ins;

use crate::import::Imported;
use presets::preset_json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use voting_core::ids::UnixMillis;
use voting_core::manifest::preset::{Preset, PresetError};
use voting_core::manifest::{Bilingual, Keys, Manifest, ManifestError, StaffMember, Trustees};

/// How many staff members sign an act.
const STAFF_REQUIRED: u16 = 2;
/// The most answers, and the most characters of an answer's JSON.
const MAX_ANSWERS: usize = 300;
const MAX_ANSWER: usize = 20_000;

/// A draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Draft {
    /// Which preset it starts from, by name.
    pub preset: String,
    /// Whether nothing is decided by it: a rehearsal, in which identities may be made up.
    pub demonstration: bool,
    /// The log's origin.
    pub origin: String,
    /// The election's title.
    pub title: Option<Bilingual>,
    /// When it runs.
    pub hours: Hours,
    /// The projects, as imported.
    pub projects: Imported,
    /// What the preset leaves open beside all this, by path.
    pub answers: BTreeMap<String, Value>,
    /// The preset's questions that staff answered with yes.
    pub confirmed: BTreeSet<usize>,
    /// Who decrypts, from `trustee keygen`.
    pub trustees: Option<Trustees>,
    /// The members who act, by row.
    pub staff: Vec<i64>,
    /// The gateway's public keys, from `gateway keygen`.
    pub keys: Option<Keys>,
}

/// When an election runs, ms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    /// The first instant at which a ballot is accepted.
    pub opens_at: Option<UnixMillis>,
    /// The first instant at which a ballot is late.
    pub closes_at: Option<UnixMillis>,
    /// The latest that the close may be moved to.
    pub extension_limit: Option<UnixMillis>,
    /// Until when objections are heard.
    pub objections_until: Option<UnixMillis>,
}

/// Something in a draft that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// Its path in the manifest.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// What a draft makes.
#[derive(Debug, Default)]
pub struct Assembled {
    /// Paths that staff must still enter beside what the draft's own members are: `answers`.
    pub open: Vec<String>,
    /// Paths that are missing.
    pub missing: Vec<String>,
    /// What does not fit; empty while something is missing.
    pub misfits: Vec<Misfit>,
    /// The manifest, once all is well.
    pub manifest: Option<Manifest>,
}

impl Draft {
    /// A new draft of a preset; `None` if there is none of that name.
    #[must_use]
    pub fn new(preset: &str) -> Option<Self> {
        preset_json(preset)?;
        let mut draft = Self {
            preset: preset.to_owned(),
            ..Self::default()
        };
        // What hardly any election has otherwise; shown and changed like every other answer.
        let usual = [
            ("contests[0].cost_caps", json!({})),
            ("schedule.drain_ms", json!(10_000)),
            ("ballot.voting_again", json!(false)),
            ("ballot.max_spoiled", json!(5)),
            ("witnesses", json!({"quorum": 0})),
        ];
        let open = assemble(&draft, &[]).open;
        let usual = usual
            .into_iter()
            .filter(|(path, _)| open.iter().any(|o| o == path));
        draft.answers = usual
            .map(|(path, value)| (path.to_owned(), value))
            .collect();
        Some(draft)
    }

    /// Whether its sizes are within bounds; what a manifest bounds is checked there.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        let small = |value: &Value| value.to_string().len() <= MAX_ANSWER;
        self.answers.len() <= MAX_ANSWERS
            && self
                .answers
                .iter()
                .all(|(path, value)| path.len() <= 200 && small(value))
            && self.staff.len() <= 100
            && self.confirmed.len() <= 100
            && self
                .trustees
                .as_ref()
                .is_none_or(|t| t.members.len() <= 255)
    }
}

/// Makes a manifest of a draft, as far as it goes. `staff` are the members it names, in its order,
/// with their keys.
#[must_use]
pub fn assemble(draft: &Draft, staff: &[StaffMember]) -> Assembled {
    let Some(mut preset) = base(draft) else {
        let message = "there is no such preset".to_owned();
        let misfits = vec![Misfit {
            path: "preset".into(),
            message,
        }];
        return Assembled {
            misfits,
            ..Assembled::default()
        };
    };
    for (path, value) in own_members(draft, staff) {
        // A preset that knows a member already does not ask for it.
        let _known = preset.enter(&path, value);
    }
    parts::enter(&mut preset, &draft.projects);
    let mut open: Vec<String> = preset.missing();
    open.retain(|path| !is_own(path));
    let mut assembled = Assembled {
        open,
        ..Assembled::default()
    };
    for (path, value) in &draft.answers {
        if let Err(error) = preset.enter(path, value.clone()) {
            let misfit = Misfit {
                path: path.clone(),
                message: error.to_string(),
            };
            assembled.misfits.push(misfit);
        }
    }
    for index in &draft.confirmed {
        let _unknown = preset.confirm(*index);
    }
    finish(&preset, &mut assembled);
    assembled
}

/// The draft's preset, as a rehearsal if it is to be one.
fn base(draft: &Draft) -> Option<Preset> {
    let mut value: Value = serde_json::from_str(preset_json(&draft.preset)?).ok()?;
    value["manifest"]["demonstration"] = draft.demonstration.into();
    Preset::parse(&serde_json::to_vec(&value).ok()?).ok()
}

/// What the draft has members of its own for, as far as it is entered.
fn own_members(draft: &Draft, staff: &[StaffMember]) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut add = |path: &str, value: Option<Value>| {
        all.extend(value.map(|value| (path.to_owned(), value)));
    };
    let text = |text: &str| (!text.is_empty()).then(|| text.into());
    add("origin", text(&draft.origin));
    add("title", draft.title.as_ref().map(|title| json!(title)));
    let hours = &draft.hours;
    add("schedule.opens_at", hours.opens_at.map(|t| json!(t)));
    add("schedule.closes_at", hours.closes_at.map(|t| json!(t)));
    add(
        "schedule.extension_limit",
        hours.extension_limit.map(|t| json!(t)),
    );
    add(
        "schedule.objections_until",
        hours.objections_until.map(|t| json!(t)),
    );
    add("trustees", draft.trustees.as_ref().map(|t| json!(t)));
    add("keys", draft.keys.as_ref().map(|keys| json!(keys)));
    let members =
        (!staff.is_empty()).then(|| json!({"required": STAFF_REQUIRED, "members": staff}));
    add("staff", members);
    all
}

/// Whether a path is one that a member of the draft's own or the import fills.
fn is_own(path: &str) -> bool {
    const OWN: [&str; 9] = [
        "origin",
        "title",
        "trustees",
        "keys",
        "staff",
        "schedule.opens_at",
        "schedule.closes_at",
        "schedule.extension_limit",
        "schedule.objections_until",
    ];
    let imported = ["projects", "fields", "lists"].map(|part| format!("contests[0].{part}"));
    path.starts_with("confirm[") || OWN.contains(&path) || imported.iter().any(|own| own == path)
}

fn finish(preset: &Preset, assembled: &mut Assembled) {
    let misfit = |path: &str, message: String| Misfit {
        path: path.to_owned(),
        message,
    };
    match preset.complete() {
        Ok(manifest) if assembled.misfits.is_empty() => assembled.manifest = Some(manifest),
        Ok(_) => {}
        Err(PresetError::Incomplete(missing)) => assembled.missing = missing,
        Err(PresetError::NotMissing(path)) => {
            assembled
                .misfits
                .push(misfit(&path, "is not asked for".into()));
        }
        Err(PresetError::Manifest(ManifestError::Invalid(problems))) => {
            let problems = problems.into_iter();
            let problems = problems.map(|p| Misfit {
                path: p.path,
                message: p.message,
            });
            assembled.misfits.extend(problems);
        }
        Err(PresetError::Manifest(ManifestError::Json(problem))) => {
            assembled
                .misfits
                .push(misfit(&problem.path, problem.message));
        }
        Err(PresetError::Manifest(error)) => {
            assembled.misfits.push(misfit(".", error.to_string()));
        }
    }
}

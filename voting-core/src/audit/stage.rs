//! The stages of an election and what may happen in each (PROTOCOL.md, "Stages").

use super::violation::{Check, Violation, ensure};
use crate::ids::{ClassIndex, UnixMillis};
use crate::manifest::Bilingual;
use crate::staff::StaffAction;
use std::collections::BTreeMap;

/// Where an election stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Before entry 0.
    Empty,
    /// The manifest is fixed; the trustees make the key.
    Ceremony,
    /// Credentials are issued; ballots are taken within the schedule.
    Open,
    /// Paused by staff.
    Paused,
    /// Closed; the trustees decrypt the totals.
    Closed,
    /// The result is out.
    Published,
    /// The assembly (총회) has decided on it.
    Ratified,
    /// Ended without a result.
    Annulled,
}

/// What staff told everybody (공지).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When it entered the log.
    pub time: UnixMillis,
    /// What it says.
    pub text: Bilingual,
}

/// The hours of the vote, in milliseconds of the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Ballots are taken from this instant on.
    pub opens_at: UnixMillis,
    /// Ballots received at or after this instant are refused.
    pub closes_at: UnixMillis,
    /// The latest instant an extension may move the close to.
    pub extension_limit: UnixMillis,
    /// How long after the close a ballot received before it may still get its entry.
    pub drain_ms: u64,
}

impl Schedule {
    /// The first instant at which no ballot can get an entry any more, and the close can be
    /// finalised.
    #[must_use]
    pub fn drained_at(&self) -> UnixMillis {
        UnixMillis::new(self.closes_at.get().saturating_add(self.drain_ms))
    }
}

/// The stage, the effective schedule and the projects withdrawn.
#[derive(Clone, Debug)]
pub(super) struct Stages {
    pub(super) stage: Stage,
    pub(super) schedule: Schedule,
    pub(super) withdrawn: BTreeMap<u32, Bilingual>,
    pub(super) notices: Vec<Notice>,
    pub(super) rolls: BTreeMap<ClassIndex, u64>,
    pub(super) key_destroyed: bool,
    options: usize,
}

impl Stages {
    pub(super) fn new(schedule: Schedule, options: usize) -> Self {
        Self {
            stage: Stage::Empty,
            schedule,
            withdrawn: BTreeMap::new(),
            notices: Vec::new(),
            rolls: BTreeMap::new(),
            key_destroyed: false,
            options,
        }
    }

    /// Checks that the action is allowed now. What it says is checked by its own section.
    pub(super) fn check(&self, action: &StaffAction, now: UnixMillis) -> Result<(), Violation> {
        let voting = matches!(self.stage, Stage::Open | Stage::Paused);
        let allowed = match action {
            StaffAction::Create(_) => self.stage == Stage::Empty,
            StaffAction::RestartCeremony(_) | StaffAction::Open(_) => self.stage == Stage::Ceremony,
            StaffAction::Pause(_) => self.stage == Stage::Open,
            StaffAction::Resume(_) => self.stage == Stage::Paused,
            StaffAction::Extend(_) | StaffAction::SoftwareChanged(_) | StaffAction::Close => voting,
            StaffAction::Withdraw(..) => {
                voting || matches!(self.stage, Stage::Ceremony | Stage::Closed)
            }
            StaffAction::Annul(_) => !matches!(self.stage, Stage::Empty | Stage::Annulled),
            StaffAction::Notice(_) => self.stage != Stage::Empty,
            StaffAction::Roll(..) => voting || self.stage == Stage::Ceremony,
            StaffAction::OfflineTotals(_) | StaffAction::Publish(_) => self.stage == Stage::Closed,
            StaffAction::Ratify(_) => self.stage == Stage::Published,
            StaffAction::DestroyPseudonymKey => {
                matches!(
                    self.stage,
                    Stage::Published | Stage::Ratified | Stage::Annulled
                ) && !self.key_destroyed
            }
        };
        ensure(allowed, Check::Stage, || {
            format!(
                "{} is not allowed while the election is {:?}",
                action.name(),
                self.stage
            )
        })?;
        self.check_content(action, now)
    }

    fn check_content(&self, action: &StaffAction, now: UnixMillis) -> Result<(), Violation> {
        match action {
            StaffAction::Extend(to) => self.check_extension(*to, now),
            StaffAction::Close => {
                ensure(now >= self.schedule.drained_at(), Check::Schedule, || {
                    format!(
                        "the close cannot be finalised before {}",
                        self.schedule.drained_at()
                    )
                })
            }
            StaffAction::Withdraw(project, reason) => {
                let known = (*project as usize) < self.options;
                ensure(
                    known && !self.withdrawn.contains_key(project),
                    Check::Stage,
                    || format!("project {project} is unknown or already withdrawn"),
                )?;
                check_reason(reason)
            }
            _ => action.text().map_or(Ok(()), check_reason),
        }
    }

    fn check_extension(&self, to: UnixMillis, now: UnixMillis) -> Result<(), Violation> {
        let Schedule {
            closes_at,
            extension_limit,
            ..
        } = self.schedule;
        ensure(
            now < closes_at && closes_at < to && to <= extension_limit,
            Check::Schedule,
            || {
                format!(
                    "an extension at {now} to {to} must be before the close, later than it, and by {extension_limit}"
                )
            },
        )
    }

    /// Applies a checked action of an entry at `time`.
    pub(super) fn apply(&mut self, action: &StaffAction, time: UnixMillis) {
        self.stage = match action {
            StaffAction::Create(_) => Stage::Ceremony,
            StaffAction::Open(_) | StaffAction::Resume(_) => Stage::Open,
            StaffAction::Pause(_) => Stage::Paused,
            StaffAction::Close => Stage::Closed,
            StaffAction::Publish(_) => Stage::Published,
            StaffAction::Ratify(_) => Stage::Ratified,
            StaffAction::Annul(_) => Stage::Annulled,
            StaffAction::Extend(_)
            | StaffAction::Withdraw(..)
            | StaffAction::RestartCeremony(_)
            | StaffAction::SoftwareChanged(_)
            | StaffAction::OfflineTotals(_)
            | StaffAction::DestroyPseudonymKey
            | StaffAction::Notice(_)
            | StaffAction::Roll(..) => self.stage,
        };
        match action {
            StaffAction::Extend(to) => self.schedule.closes_at = *to,
            StaffAction::Withdraw(project, reason) => {
                self.withdrawn.insert(*project, reason.clone());
            }
            StaffAction::Notice(text) => self.notices.push(Notice {
                time,
                text: text.clone(),
            }),
            StaffAction::Roll(class, people) => {
                self.rolls.insert(*class, *people);
            }
            StaffAction::DestroyPseudonymKey => self.key_destroyed = true,
            _ => {}
        }
    }

    /// Credentials are issued from the opening entry until the last ballot can be in.
    pub(super) fn check_issuing(&self, now: UnixMillis) -> Result<(), Violation> {
        self.check_open()?;
        ensure(now < self.schedule.drained_at(), Check::Schedule, || {
            "after the close".into()
        })
    }

    /// Ballots and spoiled codes get entries from the opening hour until the queue is drained.
    pub(super) fn check_voting(&self, now: UnixMillis) -> Result<(), Violation> {
        self.check_issuing(now)?;
        ensure(now >= self.schedule.opens_at, Check::Schedule, || {
            "before the opening hour".into()
        })
    }

    fn check_open(&self) -> Result<(), Violation> {
        ensure(self.stage == Stage::Open, Check::Stage, || {
            format!("voting is not open: the election is {:?}", self.stage)
        })
    }
}

fn check_reason(reason: &Bilingual) -> Result<(), Violation> {
    let blank = [&reason.ko, &reason.en]
        .iter()
        .any(|text| text.trim().is_empty());
    ensure(!blank, Check::Stage, || {
        "the reason is empty in Korean or in English".into()
    })
}

//! What a verification found, for people and for machines.
//!
//! The JSON form has these keys, which stay: `format`, `source`, `verdict` (`verified`, `failed`,
//! `unfinished`), `election_id`, `title`, `demonstration`, `stage`, `entries`, `root`, `close`,
//! `software` (`entry`, `document`) or null, `cosignatures`, `checks` (`name`, `status`, `detail`), `first_failure` (`check`, `entry`,
//! `detail`) or null, `turnout` (`class`, `title`, `roll` or null, `issued`, `cast`), `spoiled`, `superseded`,
//! `totals` (as the tally's class totals) or null, `result` and `ratification` (content addresses) or null, `trusted`
//! (`id`, `ko`, `en`).

use crate::check::{CheckName, Failure, OwnCheck};
use crate::outcome::{self, Supplement, Turnout};
use crate::progress::Progress;
use crate::replay::{Expectations, VerifiedLog, read_verified};
use crate::source::Source;
use crate::trusted::{Trusted, trusted};
use serde::Serialize;
use std::collections::BTreeMap;
use tally::result::{ClassTotals, ResultDocument};
use voting_core::audit::{Check, Stage};
use voting_core::ids::{DocumentHash, ElectionId, LeafIndex, LogHash};
use voting_core::manifest::Bilingual;

/// The form of a report.
const FORMAT: &str = "hanpyo verification v1";

/// Whether an election is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every check passed, to the published result.
    Verified,
    /// A check failed.
    Failed,
    /// Every check that could be made passed; the election has no result yet, or never will.
    Unfinished,
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// It holds for the whole log.
    Pass,
    /// It does not.
    Fail {
        /// What is wrong.
        detail: String,
    },
    /// There was nothing to hold the log to.
    NotAsked {
        /// What would have to be given.
        detail: String,
    },
    /// The verification or the election has not come this far.
    NotReached {
        /// Why.
        detail: String,
    },
}

/// A check and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The check's name.
    pub name: &'static str,
    /// What became of it.
    #[serde(flatten)]
    pub status: Status,
}

/// The first failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstFailure {
    /// The check's name.
    pub check: &'static str,
    /// The entry, where one can be named.
    pub entry: Option<u64>,
    /// What is wrong.
    pub detail: String,
}

/// What trustees and observers compare before anything is decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CloseReport {
    /// The close's entry.
    pub entry: LeafIndex,
    /// The root of the tree up to and with it.
    pub root: LogHash,
}

/// What software staff say is served: a document that lists its files' hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SoftwareReport {
    /// The entry that says so.
    pub entry: LeafIndex,
    /// The document's content address.
    pub document: DocumentHash,
}

/// The report of a verification.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The form of this document.
    pub format: &'static str,
    /// Where the log was read from.
    pub source: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// The election, once its manifest is verified.
    pub election_id: Option<ElectionId>,
    /// Its title.
    pub title: Option<Bilingual>,
    /// Whether nothing is decided by it.
    pub demonstration: Option<bool>,
    /// Where it stands.
    pub stage: Option<Stage>,
    /// How many entries the checkpoint has.
    pub entries: Option<u64>,
    /// The checkpoint's root.
    pub root: Option<LogHash>,
    /// The close, once there is one.
    pub close: Option<CloseReport>,
    /// The newest list of the served software's hashes.
    pub software: Option<SoftwareReport>,
    /// How many of the manifest's witnesses cosigned the checkpoint.
    pub cosignatures: Option<usize>,
    /// Every check.
    pub checks: Vec<CheckReport>,
    /// What failed first.
    pub first_failure: Option<FirstFailure>,
    /// Issued and cast counts by class.
    pub turnout: Vec<Turnout>,
    /// Tracking codes spoiled.
    pub spoiled: u64,
    /// Ballots superseded by later ones.
    pub superseded: u64,
    /// The decrypted totals.
    pub totals: Option<ClassTotals>,
    /// The content address of the published result.
    pub result: Option<DocumentHash>,
    /// The content address of the assembly's decision on it (총회 승인).
    pub ratification: Option<DocumentHash>,
    /// What no verification can show.
    pub trusted: Vec<Trusted>,
}

/// Verifies a whole election.
#[must_use]
pub fn verify(
    source: &dyn Source,
    name: &str,
    expected: &Expectations,
    progress: &dyn Progress,
) -> Report {
    match read_verified(source, expected, progress) {
        Ok(log) => Judgement::of(source, &log, expected).report(name, &log),
        Err(failure) => failed(name, failure),
    }
}

fn failed(name: &str, failure: Failure) -> Report {
    let statuses = Statuses::failed(&failure, &[]);
    Report {
        format: FORMAT,
        source: name.to_owned(),
        verdict: Verdict::Failed,
        election_id: None,
        title: None,
        demonstration: None,
        stage: None,
        entries: None,
        root: None,
        close: None,
        software: None,
        cosignatures: None,
        checks: statuses.checks(),
        first_failure: Some(failure.into()),
        turnout: Vec::new(),
        spoiled: 0,
        superseded: 0,
        totals: None,
        result: None,
        ratification: None,
        trusted: trusted(None),
    }
}

/// What a log of which every entry holds comes to.
struct Judgement {
    statuses: Statuses,
    failure: Option<Failure>,
    result: Option<(DocumentHash, ResultDocument)>,
    totals: Option<ClassTotals>,
}

impl Judgement {
    fn of(source: &dyn Source, log: &VerifiedLog, expected: &Expectations) -> Self {
        let mut statuses = Statuses::default();
        entry_checks(&mut statuses, log, expected);
        let published = log.state.result().copied();
        let entry = published.and_then(|result| {
            let mut documents = log.documents.iter().rev();
            documents.find(|(_, document)| *document == result)
        });
        let Some((entry, document)) = entry else {
            return Self::unfinished(statuses, log);
        };
        let comparison = outcome::compare(source, log, *entry, *document);
        comparison
            .passed
            .iter()
            .for_each(|check| statuses.set(*check, Status::Pass));
        match comparison.outcome {
            Ok(published) => Self {
                totals: Some(published.result.totals()),
                result: Some((published.document.hash, published.result)),
                statuses,
                failure: None,
            },
            Err(failure) => Self {
                statuses: statuses.with_failure(&failure),
                failure: Some(failure),
                result: None,
                totals: None,
            },
        }
    }

    fn unfinished(mut statuses: Statuses, log: &VerifiedLog) -> Self {
        let totals = outcome::class_totals(&log.state, &Supplement::default()).ok();
        if totals.is_some() {
            statuses.set(OwnCheck::DecryptionProofs.into(), Status::Pass);
        }
        Self {
            statuses,
            failure: None,
            result: None,
            totals,
        }
    }

    fn report(self, name: &str, log: &VerifiedLog) -> Report {
        let state = &log.state;
        let verdict = match (&self.failure, &self.result) {
            (Some(_), _) => Verdict::Failed,
            (None, Some(_)) if state.stage() != Stage::Annulled => Verdict::Verified,
            _ => Verdict::Unfinished,
        };
        let manifest = state.manifest();
        Report {
            format: FORMAT,
            source: name.to_owned(),
            verdict,
            election_id: Some(state.election()),
            title: Some(manifest.title.clone()),
            demonstration: Some(manifest.demonstration),
            stage: Some(state.stage()),
            entries: Some(state.size()),
            root: Some(log.checkpoint.checkpoint().root()),
            close: state
                .close()
                .map(|(entry, root)| CloseReport { entry, root }),
            software: log.software.map(|(entry, document)| SoftwareReport {
                entry,
                document: document.hash,
            }),
            cosignatures: Some(log.checkpoint.cosignatures().len()),
            checks: self.statuses.checks(),
            first_failure: self.failure.map(FirstFailure::from),
            turnout: outcome::turnout(state),
            spoiled: log.spoiled,
            superseded: log.superseded,
            totals: self.totals,
            result: self.result.map(|(hash, _)| hash),
            ratification: state.ratification().map(|document| document.hash),
            trusted: trusted(Some(log)),
        }
    }
}

/// The checks of a log whose every entry holds, as far as the election has come.
fn entry_checks(statuses: &mut Statuses, log: &VerifiedLog, expected: &Expectations) {
    let stage = log.state.stage();
    for check in CheckName::all() {
        let status = match check {
            CheckName::Own(
                OwnCheck::Files
                | OwnCheck::CheckpointSignature
                | OwnCheck::MerkleTree
                | OwnCheck::Documents,
            ) => Status::Pass,
            CheckName::Own(OwnCheck::Consistency) => {
                let proofs = expected.receipts.iter();
                let asked = !expected.checkpoints.is_empty()
                    || proofs
                        .into_iter()
                        .any(|kept| matches!(kept, crate::kept::KeptReceipt::Proof(_)));
                asked_for(asked, "no kept checkpoint was given (--checkpoint)")
            }
            CheckName::Own(OwnCheck::Receipts) => {
                let asked = !expected.receipts.is_empty();
                asked_for(asked, "no receipt was given (--receipt)")
            }
            CheckName::Own(OwnCheck::Ranges) => asked_for(
                !expected.ranges.is_empty(),
                "signatures and proofs were verified here, not merged (--merge)",
            ),
            CheckName::Own(OwnCheck::Sums) if log.state.close().is_some() => Status::Pass,
            CheckName::Entry(Check::DecryptionShare) if log.state.close().is_none() => {
                waiting(stage)
            }
            CheckName::Entry(_) => Status::Pass,
            CheckName::Own(_) => waiting(stage),
        };
        statuses.set(check, status);
    }
}

fn asked_for(asked: bool, otherwise: &str) -> Status {
    match asked {
        true => Status::Pass,
        false => Status::NotAsked {
            detail: otherwise.to_owned(),
        },
    }
}

fn waiting(stage: Stage) -> Status {
    let detail = match stage {
        Stage::Annulled => "the election was annulled".to_owned(),
        other => format!("the election is {}", crate::text::stage(other)),
    };
    Status::NotReached { detail }
}

/// A status for each check.
#[derive(Default)]
struct Statuses(BTreeMap<CheckName, Status>);

impl Statuses {
    /// Everything after the first failure is not known, but for what passed before.
    fn failed(failure: &Failure, passed: &[CheckName]) -> Self {
        let mut statuses = Self::default();
        for check in passed {
            statuses.set(*check, Status::Pass);
        }
        statuses.with_failure(failure)
    }

    fn with_failure(mut self, failure: &Failure) -> Self {
        for check in CheckName::all() {
            let open = !matches!(
                self.0.get(&check),
                Some(Status::Pass | Status::NotAsked { .. })
            );
            if open {
                let detail = format!("the verification ended with {}", failure.check);
                self.set(check, Status::NotReached { detail });
            }
        }
        let detail = failure.detail.clone();
        self.set(failure.check, Status::Fail { detail });
        self
    }

    fn set(&mut self, check: CheckName, status: Status) {
        self.0.insert(check, status);
    }

    fn checks(&self) -> Vec<CheckReport> {
        let report = |check: CheckName| {
            let status = self.0.get(&check)?.clone();
            let name = check.name();
            Some(CheckReport { name, status })
        };
        CheckName::all().filter_map(report).collect()
    }
}

impl From<Failure> for FirstFailure {
    fn from(failure: Failure) -> Self {
        Self {
            check: failure.check.name(),
            entry: failure.entry.map(LeafIndex::get),
            detail: failure.detail,
        }
    }
}

//! What a result is computed from.

use crate::engine::RuleError;
use crate::weights::WeightError;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use voting_core::manifest::{Bilingual, Contest, Manifest};
use voting_core::rule::{ClassId, LotSeed, ProjectId};

/// The totals of an election: one entry for each class and offline group of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassTotals {
    /// Each class and offline group once, in any order.
    pub classes: Vec<ClassTotal>,
    /// Projects withdrawn during the vote, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<Withdrawal>,
    /// The revealed seeds of the verifiable lots that the rules draw, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "seed_text")]
    pub seeds: Vec<LotSeed>,
}

/// What a class cast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassTotal {
    /// The class or offline group.
    pub class: ClassId,
    /// Whether its totals are known.
    pub standing: Standing,
    /// Counted ballots. Those of a merged class count in the class it was merged into.
    pub ballots: u64,
    /// Credentials issued and not revoked; 0 for an offline group.
    pub issued: u64,
    /// Marks of every project of all contests, in the manifest's order; empty unless counted.
    pub marks: Vec<u64>,
}

/// Whether a class's totals are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its totals were decrypted, or arrived signed.
    Counted,
    /// Too small: its ballots are not decrypted, and it counts as an empty class.
    Withheld,
    /// Too small: its ballots were added to this class before decryption, and its own share counts
    /// as an empty class's.
    MergedInto(ClassId),
}

/// A project withdrawn during the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The project.
    pub project: ProjectId,
    /// Why.
    pub reason: Bilingual,
}

/// Totals that cannot be a result of this manifest.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TotalsError {
    /// A class or group of the manifest has no entry.
    #[error("class {0} has no totals")]
    MissingClass(ClassId),
    /// An entry is of no class of the manifest.
    #[error("class {0} is not in the manifest")]
    UnknownClass(ClassId),
    /// A class has two entries.
    #[error("class {0} has totals twice")]
    RepeatedClass(ClassId),
    /// A class that is not counted has marks, or a counted one has not one for each project.
    #[error("class {class} has {found} totals where {expected} belong")]
    Length {
        /// The class.
        class: ClassId,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// More ballots than credentials.
    #[error("class {class} has {ballots} ballots of {issued} credentials")]
    MoreBallotsThanCredentials {
        /// The class.
        class: ClassId,
        /// Counted ballots.
        ballots: u64,
        /// Issued credentials.
        issued: u64,
    },
    /// A project has more marks than there are ballots.
    #[error("class {class} has {marks} marks of project {project} on {ballots} ballots")]
    MoreMarksThanBallots {
        /// The class.
        class: ClassId,
        /// The project.
        project: ProjectId,
        /// Its marks.
        marks: u64,
        /// Counted ballots.
        ballots: u64,
    },
    /// A contest's marks together are more or fewer than its limits allow on so many ballots.
    #[error("class {class} has {marks} marks in contest {contest}, {least} to {most} are possible")]
    ImpossibleSum {
        /// The class.
        class: ClassId,
        /// The contest.
        contest: String,
        /// Its marks together.
        marks: u64,
        /// The least possible.
        least: u64,
        /// The most possible.
        most: u64,
    },
    /// A class is merged into one that is not in the manifest or merged itself.
    #[error("class {0} is merged into a class that cannot take it")]
    WrongMerge(ClassId),
    /// A withdrawn project is not in the manifest, or withdrawn twice.
    #[error("project {0} is withdrawn twice or not in the manifest")]
    WrongWithdrawal(ProjectId),
    /// A number too large for a canonical document.
    #[error("{0} is beyond 2^53 - 1")]
    TooLarge(u64),
    /// A contest's rule cannot weigh the totals.
    #[error("contest {0}: {1}")]
    Weights(String, WeightError),
    /// A contest's rule cannot decide.
    #[error("contest {0}: {1}")]
    Rule(String, RuleError),
    /// The document cannot be written.
    #[error("the document cannot be written: {0}")]
    Write(String),
}

/// The largest whole number that canonical JSON holds exactly.
pub(super) const MAX_SAFE: u64 = (1 << 53) - 1;

impl ClassTotals {
    /// The entry of a class.
    #[must_use]
    pub fn class(&self, id: &ClassId) -> Option<&ClassTotal> {
        self.classes.iter().find(|total| total.class == *id)
    }

    /// Whether a project was withdrawn, and why.
    #[must_use]
    pub fn withdrawal(&self, id: &ProjectId) -> Option<&Withdrawal> {
        self.withdrawn
            .iter()
            .find(|withdrawal| withdrawal.project == *id)
    }

    /// Checks that these can be the totals of an election under this manifest.
    ///
    /// # Errors
    /// The first [`TotalsError`] found.
    pub fn check(&self, manifest: &Manifest) -> Result<(), TotalsError> {
        let voters = manifest.classes.iter().map(|class| &class.id);
        let offline = manifest.offline_groups.iter().map(|group| &group.id);
        let all: Vec<_> = voters.chain(offline).collect();
        if let Some(missing) = all.iter().find(|id| self.class(id).is_none()) {
            return Err(TotalsError::MissingClass((*missing).clone()));
        }
        for (i, total) in self.classes.iter().enumerate() {
            let class = || total.class.clone();
            if !all.contains(&&total.class) {
                return Err(TotalsError::UnknownClass(class()));
            }
            if self.classes[..i]
                .iter()
                .any(|earlier| earlier.class == total.class)
            {
                return Err(TotalsError::RepeatedClass(class()));
            }
            self.check_class(manifest, total)?;
        }
        self.check_withdrawals(manifest)
    }

    fn check_class(&self, manifest: &Manifest, total: &ClassTotal) -> Result<(), TotalsError> {
        let class = || total.class.clone();
        let counted = total.standing == Standing::Counted;
        let expected = if counted { manifest.project_count() } else { 0 };
        if total.marks.len() != expected {
            let found = total.marks.len();
            return Err(TotalsError::Length {
                class: class(),
                expected,
                found,
            });
        }
        if let Standing::MergedInto(target) = &total.standing {
            let taken = self.class(target).filter(|t| t.class != total.class);
            if taken.is_none_or(|t| matches!(t.standing, Standing::MergedInto(_))) {
                return Err(TotalsError::WrongMerge(class()));
            }
        }
        for number in [total.ballots, total.issued]
            .into_iter()
            .chain(total.marks.iter().copied())
        {
            if number > MAX_SAFE {
                return Err(TotalsError::TooLarge(number));
            }
        }
        let (ballots, issued) = (total.ballots, total.issued);
        let electronic = manifest.class_index(&total.class).is_some();
        if electronic && ballots > issued {
            return Err(TotalsError::MoreBallotsThanCredentials {
                class: class(),
                ballots,
                issued,
            });
        }
        if counted {
            self.check_marks(manifest, total, electronic)
        } else {
            Ok(())
        }
    }

    /// Checks marks against the ballots they must come from: the class's own and those of classes
    /// merged into it.
    fn check_marks(
        &self,
        manifest: &Manifest,
        total: &ClassTotal,
        electronic: bool,
    ) -> Result<(), TotalsError> {
        let ballots = self.ballots_behind(total);
        let projects = manifest.projects();
        for (candidate, &marks) in projects.zip(&total.marks) {
            if marks > ballots {
                let (class, project) = (total.class.clone(), candidate.project.id.clone());
                return Err(TotalsError::MoreMarksThanBallots {
                    class,
                    project,
                    marks,
                    ballots,
                });
            }
        }
        if electronic {
            check_sums(manifest, total, ballots)
        } else {
            Ok(())
        }
    }

    /// Ballots that a class's marks come from.
    #[must_use]
    pub fn ballots_behind(&self, total: &ClassTotal) -> u64 {
        let merged = self.classes.iter().filter(|other| {
            matches!(&other.standing, Standing::MergedInto(target) if *target == total.class)
        });
        total.ballots + merged.map(|other| other.ballots).sum::<u64>()
    }

    fn check_withdrawals(&self, manifest: &Manifest) -> Result<(), TotalsError> {
        for (i, withdrawal) in self.withdrawn.iter().enumerate() {
            let id = &withdrawal.project;
            let known = manifest
                .projects()
                .any(|candidate| candidate.project.id == *id);
            if !known
                || self.withdrawn[..i]
                    .iter()
                    .any(|earlier| earlier.project == *id)
            {
                return Err(TotalsError::WrongWithdrawal(id.clone()));
            }
        }
        Ok(())
    }
}

/// Checks that each contest's marks together fit its limits on so many ballots.
fn check_sums(manifest: &Manifest, total: &ClassTotal, ballots: u64) -> Result<(), TotalsError> {
    let mut rest = total.marks.as_slice();
    for contest in &manifest.contests {
        let (own, others) = rest.split_at(contest.projects.len());
        rest = others;
        check_sum(contest, total, own.iter().sum(), ballots)?;
    }
    Ok(())
}

fn check_sum(
    contest: &Contest,
    total: &ClassTotal,
    marks: u64,
    ballots: u64,
) -> Result<(), TotalsError> {
    let least = ballots.saturating_mul(u64::from(contest.picks.min));
    let most = ballots.saturating_mul(u64::from(contest.picks.max));
    if (least..=most).contains(&marks) {
        return Ok(());
    }
    let (class, contest) = (total.class.clone(), contest.id.to_string());
    Err(TotalsError::ImpossibleSum {
        class,
        contest,
        marks,
        least,
        most,
    })
}

/// Seeds as hexadecimal text.
pub(super) mod seed_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use voting_core::rule::LotSeed;

    pub(in crate::result) fn serialize<S: Serializer>(
        seeds: &[LotSeed],
        s: S,
    ) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = seeds.iter().map(LotSeed::reveal).collect();
        texts.serialize(s)
    }

    pub(in crate::result) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Vec<LotSeed>, D::Error> {
        let texts = Vec::<String>::deserialize(d)?;
        texts
            .iter()
            .map(|text| text.parse().map_err(serde::de::Error::custom))
            .collect()
    }
}

//! The assembly's decision (총회 승인) on a result.
//!
//! It stands beside the citizens' result and never overwrites it: it names the result by its hash,
//! and says either that it stands, or which projects the assembly decided otherwise, and why.

use super::document::{ResultDocument, canonical};
use super::staff::{self, SignatureError, StaffSignature};
use super::totals::TotalsError;
use crate::engine::Outcome;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use voting_core::ids::{DocumentHash, ElectionId};
use voting_core::keys::SecretKey;
use voting_core::manifest::{Bilingual, Date, Manifest};
use voting_core::rule::{ProjectId, Won};
use voting_core::tags;

/// The form of a ratification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RatificationFormat {
    /// This one.
    #[serde(rename = "hanpyo ratification v1")]
    V1,
}

/// An assembly's decision on a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratification {
    /// The form of this document.
    pub format: RatificationFormat,
    /// The election.
    pub election_id: ElectionId,
    /// Content address of the result's canonical bytes.
    pub result: DocumentHash,
    /// The assembly.
    pub assembly: Bilingual,
    /// The day it decided.
    pub decided_on: Date,
    /// What it decided.
    pub decision: Decision,
}

/// What an assembly decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The result as it stands.
    AsItStands,
    /// The result but for these projects; at least one.
    WithChanges(Vec<Change>),
}

/// A project the assembly decided otherwise than the citizens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The project.
    pub project: ProjectId,
    /// Its outcome in the citizens' result.
    pub from: Outcome,
    /// Its outcome after the assembly.
    pub to: Outcome,
    /// What it gets after the assembly.
    pub funded: Won,
    /// Why.
    pub reason: Bilingual,
}

/// A project's outcome by the citizens and after the assembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalOutcome {
    /// The project.
    pub project: ProjectId,
    /// By the citizens.
    pub citizens: Outcome,
    /// After the assembly.
    pub assembly: Outcome,
    /// What it gets, in won.
    pub funded: u64,
}

/// A decision that does not fit the result.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RatificationError {
    /// It is on another result.
    #[error("the decision is on another result")]
    OtherResult,
    /// Changes without a change.
    #[error("a decision with changes names none")]
    NoChanges,
    /// A project that the result does not have, or that is named twice.
    #[error("project {0} is not in the result or named twice")]
    WrongProject(ProjectId),
    /// A change from something that the result does not say.
    #[error("the result does not say that of project {0}")]
    WrongFrom(ProjectId),
    /// A change that changes nothing.
    #[error("the decision changes nothing of project {0}")]
    NothingChanged(ProjectId),
    /// No reason.
    #[error("the change of project {0} has no reason")]
    NoReason(ProjectId),
    /// More money than the project costs, none for one that is in, or some for one that is out.
    #[error("the money of project {0} does not fit its outcome")]
    WrongMoney(ProjectId),
    /// The result cannot be hashed.
    #[error(transparent)]
    Totals(#[from] TotalsError),
}

impl Ratification {
    /// Checks that the decision is on this result and fits it.
    ///
    /// # Errors
    /// [`RatificationError`].
    pub fn check(&self, result: &ResultDocument) -> Result<(), RatificationError> {
        if self.election_id != result.election_id || self.result != result.hash()? {
            return Err(RatificationError::OtherResult);
        }
        let Decision::WithChanges(changes) = &self.decision else {
            return Ok(());
        };
        if changes.is_empty() {
            return Err(RatificationError::NoChanges);
        }
        for (at, change) in changes.iter().enumerate() {
            let twice = changes[..at]
                .iter()
                .any(|earlier| earlier.project == change.project);
            check_change(change, result, twice)?;
        }
        Ok(())
    }

    /// Every project's outcome, by the citizens and after the assembly, in the result's order.
    #[must_use]
    pub fn outcomes(&self, result: &ResultDocument) -> Vec<FinalOutcome> {
        let changes = match &self.decision {
            Decision::AsItStands => &[][..],
            Decision::WithChanges(changes) => changes,
        };
        let projects = result.contests.iter().flat_map(|contest| &contest.projects);
        projects
            .map(|project| {
                let change = changes.iter().find(|change| change.project == project.id);
                FinalOutcome {
                    project: project.id.clone(),
                    citizens: project.outcome,
                    assembly: change.map_or(project.outcome, |change| change.to),
                    funded: change.map_or(project.funded, |change| change.funded.get()),
                }
            })
            .collect()
    }

    /// The RFC 8785 bytes that are published, hashed and signed.
    ///
    /// # Errors
    /// [`TotalsError::Write`]; a ratification can always be written.
    pub fn to_canonical(&self) -> Result<Vec<u8>, TotalsError> {
        canonical(self)
    }
}

fn check_change(
    change: &Change,
    result: &ResultDocument,
    twice: bool,
) -> Result<(), RatificationError> {
    let id = || change.project.clone();
    let mut projects = result.contests.iter().flat_map(|contest| &contest.projects);
    let found = projects
        .find(|project| project.id == change.project)
        .filter(|_| !twice);
    let project = found.ok_or_else(|| RatificationError::WrongProject(id()))?;
    if project.outcome != change.from {
        return Err(RatificationError::WrongFrom(id()));
    }
    if change.from == change.to && project.funded == change.funded.get() {
        return Err(RatificationError::NothingChanged(id()));
    }
    if change.reason.ko.trim().is_empty() || change.reason.en.trim().is_empty() {
        return Err(RatificationError::NoReason(id()));
    }
    let (funded, cost) = (change.funded.get(), project.cost.get());
    let fits = match change.to {
        Outcome::In => funded == cost,
        Outcome::Partial => funded > 0 && funded < cost,
        Outcome::Out => funded == 0,
    };
    if fits {
        Ok(())
    } else {
        Err(RatificationError::WrongMoney(id()))
    }
}

/// A ratification and the signatures of the staff who record it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedRatification {
    /// The decision.
    pub ratification: Ratification,
    /// Signatures over its canonical bytes, in the order they were given.
    pub signatures: Vec<StaffSignature>,
}

impl SignedRatification {
    /// A decision nobody has signed yet.
    #[must_use]
    pub const fn unsigned(ratification: Ratification) -> Self {
        Self {
            ratification,
            signatures: Vec::new(),
        }
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// As [`Ratification::to_canonical`].
    pub fn sign(&mut self, key: &SecretKey) -> Result<(), TotalsError> {
        let bytes = self.ratification.to_canonical()?;
        self.signatures
            .push(staff::sign(tags::SIGN_RATIFICATION, &bytes, key));
        Ok(())
    }

    /// The RFC 8785 bytes that are published.
    ///
    /// # Errors
    /// As [`Ratification::to_canonical`].
    pub fn to_canonical(&self) -> Result<Vec<u8>, TotalsError> {
        canonical(self)
    }

    /// Checks that enough staff members of the manifest recorded this decision.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, manifest: &Manifest) -> Result<(), SignatureError> {
        if self.ratification.election_id != manifest.election_id() {
            return Err(SignatureError::OtherElection);
        }
        let bytes = self.ratification.to_canonical()?;
        staff::verify(tags::SIGN_RATIFICATION, &bytes, &self.signatures, manifest)
    }
}

#[cfg(test)]
mod tests;

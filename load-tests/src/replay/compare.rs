//! The published totals beside a plain count of the same ballots.

use crate::election::Election;
use crate::log::LogReader;
use crate::pb_ballots::Ballots;
use anyhow::Context;
use serde::Serialize;
use std::fmt;
use tally::result::{ResultDocument, SignedResult};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::DocumentHash;
use voting_core::rule::{ClassId, ProjectId};
use voting_core::staff::StaffAction;

/// A project's totals from both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectTotals {
    /// The class of the voters.
    pub class: ClassId,
    /// The project.
    pub project: ProjectId,
    /// Marks counted one by one.
    pub counted: u64,
    /// Marks in the published result; `None` where it has none.
    pub published: Option<u64>,
}

/// A project whose totals differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference(pub ProjectTotals);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProjectTotals {
            class,
            project,
            counted,
            published,
        } = &self.0;
        let published = published.map_or_else(|| "nothing".to_owned(), |marks| marks.to_string());
        write!(
            f,
            "project {project}, class {class}: counted {counted}, published {published}"
        )
    }
}

/// All totals from both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Ballots counted one by one.
    pub ballots: u64,
    /// Ballots in the published result.
    pub published_ballots: u64,
    /// Every class's every project.
    pub totals: Vec<ProjectTotals>,
}

impl Comparison {
    /// The first project, in the ballot's order, whose totals differ.
    #[must_use]
    pub fn first_difference(&self) -> Option<Difference> {
        let differs = |totals: &&ProjectTotals| totals.published != Some(totals.counted);
        self.totals.iter().find(differs).cloned().map(Difference)
    }

    /// Whether everything is the same.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.ballots == self.published_ballots && self.first_difference().is_none()
    }

    /// The totals of a published result beside those of a file.
    #[must_use]
    pub fn of(ballots: &Ballots, result: &ResultDocument) -> Self {
        let counts = ballots.count();
        let projects: Vec<_> = result.contests.iter().flat_map(|c| &c.projects).collect();
        let of_class = |(class, counts): (&ClassId, &Vec<u64>)| {
            let of_project = |(position, counted): (usize, &u64)| {
                let id = &ballots.projects[position].id;
                let published = projects.iter().find(|project| project.id == *id);
                ProjectTotals {
                    class: class.clone(),
                    project: id.clone(),
                    counted: *counted,
                    published: published.and_then(|p| p.marks.get(class).copied()),
                }
            };
            counts
                .iter()
                .enumerate()
                .map(of_project)
                .collect::<Vec<_>>()
        };
        Self {
            ballots: ballots.ballots.len() as u64,
            published_ballots: result.turnout.iter().map(|class| class.ballots).sum(),
            totals: ballots
                .classes
                .iter()
                .zip(&counts)
                .flat_map(of_class)
                .collect(),
        }
    }
}

/// Compares a published document with the ballots.
pub(super) fn compare(published: &[u8], ballots: &Ballots) -> anyhow::Result<Comparison> {
    let signed: SignedResult = serde_json::from_slice(published).context("the published result")?;
    Ok(Comparison::of(ballots, &signed.result))
}

/// The document that the log names as the result.
pub(super) async fn published(election: &Election) -> anyhow::Result<Vec<u8>> {
    let hash = named(election).await?;
    let bytes = election
        .http()
        .get(&format!("/log/documents/{hash}"))
        .await?;
    anyhow::ensure!(
        DocumentHash::of(&bytes) == hash,
        "the result is another than the log names"
    );
    Ok(bytes)
}

/// The document of the last publishing entry. The observer has verified the whole log before; here
/// its last bundles are looked through.
async fn named(election: &Election) -> anyhow::Result<DocumentHash> {
    let log = election.log()?;
    let paths: Vec<_> = LogReader::bundles(log.checkpoint().await?.size()).collect();
    for path in paths.into_iter().rev() {
        for bytes in log.bundle(path).await?.iter().rev() {
            let entry = Entry::from_bytes(bytes)?;
            if let Body::Staff(staff) = entry.body
                && let StaffAction::Publish(document) = staff.proposal.action
            {
                return Ok(document.hash);
            }
        }
    }
    anyhow::bail!("no result is published")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(counted: u64, published: Option<u64>) -> ProjectTotals {
        let (class, project) = (
            "citizen".parse().unwrap(),
            format!("p{counted}").parse().unwrap(),
        );
        ProjectTotals {
            class,
            project,
            counted,
            published,
        }
    }

    #[test]
    fn the_first_project_that_differs_is_named() {
        let mut comparison = Comparison {
            ballots: 3,
            published_ballots: 3,
            totals: vec![totals(0, Some(0)), totals(2, Some(3)), totals(1, None)],
        };
        let named = comparison.first_difference().unwrap().to_string();
        assert_eq!(named, "project p2, class citizen: counted 2, published 3");
        comparison.totals.remove(1);
        let named = comparison.first_difference().unwrap().to_string();
        assert!(named.ends_with("published nothing"), "{named}");
        comparison.totals.remove(1);
        assert!(comparison.is_equal());
        comparison.published_ballots = 2;
        assert!(!comparison.is_equal());
    }
}

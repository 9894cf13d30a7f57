//! The rankings of a contest: one of all projects, or one for each list, field or rest that was
//! judged by itself.

use crate::engine::Outcome;
use crate::result::{ContestResult, ProjectResult};
use voting_core::manifest::Bilingual;

/// Projects that were judged together, best first, those without a rank last.
pub(crate) struct Ranking<'a> {
    /// The list or field; none where there is one ranking only.
    pub(crate) title: Option<&'a Bilingual>,
    /// Its projects.
    pub(crate) projects: Vec<&'a ProjectResult>,
}

impl Ranking<'_> {
    /// How many projects stand above the line: all before the first that is out; none if none is.
    pub(crate) fn line(&self) -> Option<usize> {
        let out = |project: &&ProjectResult| project.outcome == Outcome::Out;
        self.projects.iter().position(out)
    }
}

/// The rankings of a contest. Projects that none judged stand in the last one, without a title.
pub(crate) fn rankings(contest: &ContestResult) -> Vec<Ranking<'_>> {
    if contest.pots.len() < 2 {
        return vec![Ranking {
            title: None,
            projects: ranked(contest),
        }];
    }
    let judged_by = |pot: Option<usize>| {
        let mut projects = ranked(contest);
        projects.retain(|project| project.pot == pot);
        projects
    };
    let by_pot = contest.pots.iter().enumerate().map(|(at, pot)| Ranking {
        title: Some(&pot.title),
        projects: judged_by(Some(at)),
    });
    let others = Ranking {
        title: None,
        projects: judged_by(None),
    };
    let all = by_pot.chain([others]);
    all.filter(|ranking| !ranking.projects.is_empty()).collect()
}

/// The projects of a contest, best first, those without a rank last.
pub(crate) fn ranked(contest: &ContestResult) -> Vec<&ProjectResult> {
    let mut projects: Vec<&ProjectResult> = contest.projects.iter().collect();
    projects.sort_by_key(|project| project.rank.unwrap_or(u32::MAX));
    projects
}

//! The PROJECTS section.

use super::csv::Row;
use super::error::{Findings, PbError, Problem, Section};
use super::meta;
use super::model::{Project, position};
use super::parse::Shape;
use std::collections::BTreeMap;

/// Where the columns of PROJECTS stand.
pub(super) struct ProjectColumns {
    pub(super) names: Vec<String>,
    id: usize,
    cost: usize,
    votes: Option<usize>,
    score: Option<usize>,
}

impl ProjectColumns {
    pub(super) fn of(
        names: Vec<String>,
        findings: &mut Findings,
        line: u32,
    ) -> Result<Self, PbError> {
        let needed = |name: &str| {
            let missing = Problem::MissingColumn(Section::Projects);
            position(&names, name).ok_or_else(|| findings.at(line, name, missing))
        };
        let (id, cost) = (needed("project_id")?, needed("cost")?);
        let (votes, score) = (position(&names, "votes"), position(&names, "score"));
        Ok(Self {
            names,
            id,
            cost,
            votes,
            score,
        })
    }

    pub(super) fn shape(&self) -> Shape {
        let last = [Some(self.id), Some(self.cost), self.votes, self.score];
        Shape {
            names: self.names.clone(),
            needed: 1 + last.into_iter().flatten().max().unwrap_or(0),
        }
    }

    pub(super) fn project<'a>(
        &self,
        row: &mut Row<'a>,
        findings: &mut Findings,
    ) -> Result<Project<'a>, PbError> {
        let line = row.line;
        let cells: Vec<_> = (0..self.names.len()).map(|i| row.take(i)).collect();
        let id = cells[self.id].clone();
        if id.is_empty() {
            findings.report(line, "project_id", Problem::EmptyId)?;
        }
        let cost = meta::money(&cells[self.cost], line, "cost", findings)?;
        let mut optional = |column: Option<usize>, name| match column.map(|c| &*cells[c]) {
            None | Some("") => Ok(None),
            Some(text) => meta::number(text, line, name, findings),
        };
        let (votes, score) = (
            optional(self.votes, "votes")?,
            optional(self.score, "score")?,
        );
        Ok(Project {
            id,
            line,
            cost,
            votes,
            score,
            cells,
        })
    }
}

/// Takes out the later rows of repeated ids.
pub(super) fn without_repeated(
    projects: &mut Vec<Project<'_>>,
    findings: &mut Findings,
) -> Result<(), PbError> {
    let mut lines = BTreeMap::new();
    let mut kept = Vec::with_capacity(projects.len());
    for project in projects.drain(..) {
        match lines.get(&project.id).copied() {
            Some(first) => {
                let problem = Problem::RepeatedId {
                    id: project.id.to_string(),
                    first,
                };
                findings.report(project.line, "project_id", problem)?;
            }
            None => {
                lines.insert(project.id.clone(), project.line);
                kept.push(project);
            }
        }
    }
    *projects = kept;
    Ok(())
}

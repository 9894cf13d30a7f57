//! The VOTES section.

use super::csv::{Row, trimmed};
use super::decimal::Decimal;
use super::error::{Findings, PbError, Problem, Section};
use super::id_table::IdTable;
use super::model::{Ballots, DuplicateMarks, Meta, PbFile, Project, VoteType, position};
use super::parse::Shape;
use std::borrow::Cow;

/// Ballots beyond a limit or of a voter seen before, judged once the recount is known.
pub(crate) type Pending = Vec<PbError>;

/// Reads ballots one by one.
pub(crate) struct VoteReader<'p, 'a> {
    columns: Vec<String>,
    vote: usize,
    points: Option<usize>,
    voter: Option<usize>,
    meta: &'p Meta<'a>,
    projects: &'p [Project<'a>],
    ids: IdTable<'p>,
    voters: Voters<'a>,
    duplicates: DuplicateMarks,
    /// The ballot, from 1, that marked each project last.
    marked_by: Vec<u32>,
    ballots: Ballots,
    pending: Pending,
}

impl<'p, 'a> VoteReader<'p, 'a> {
    pub(crate) fn new(
        columns: Vec<String>,
        meta: &'p Meta<'a>,
        projects: &'p [Project<'a>],
        duplicates: DuplicateMarks,
        findings: &Findings,
        line: u32,
    ) -> Result<Self, PbError> {
        let missing = Problem::MissingColumn(Section::Votes);
        let vote = position(&columns, "vote").ok_or_else(|| findings.at(line, "vote", missing))?;
        let points = position(&columns, "points").filter(|_| !meta.vote_type.is_approval());
        let needs_points = matches!(meta.vote_type, VoteType::Cumulative | VoteType::Scoring);
        if needs_points && points.is_none() {
            let missing = Problem::MissingColumn(Section::Votes);
            return Err(findings.at(line, "points", missing));
        }
        let ballots = Ballots {
            has_points: points.is_some(),
            ..Ballots::default()
        };
        Ok(Self {
            voter: position(&columns, "voter_id"),
            columns,
            vote,
            points,
            meta,
            projects,
            ids: table(projects),
            voters: Voters::default(),
            duplicates,
            marked_by: vec![0; projects.len()],
            ballots,
            pending: Vec::new(),
        })
    }

    pub(crate) fn shape(&self) -> Shape {
        let last = [Some(self.vote), self.points, self.voter];
        Shape {
            names: self.columns.clone(),
            needed: 1 + last.into_iter().flatten().max().unwrap_or(0),
        }
    }

    pub(crate) fn finish(self) -> (Vec<String>, Ballots, Pending) {
        (self.columns, self.ballots, self.pending)
    }

    /// Reads one ballot.
    pub(crate) fn ballot(
        &mut self,
        row: &mut Row<'a>,
        findings: &mut Findings,
    ) -> Result<(), PbError> {
        let (line, start) = (row.line, u32::try_from(row.start).unwrap_or(u32::MAX));
        if let Some(voter) = self.voter {
            self.voter(row.take(voter), line, findings);
        }
        let first = self.ballots.marks.len();
        self.ballots.rows.push((start, line));
        let repeated = match self.points {
            None => self.approvals(row.text(self.vote), line, findings)?,
            Some(points) => {
                let (vote, points) = (row.take(self.vote), row.take(points));
                self.pointed(&vote, &points, line, findings)?
            }
        };
        if repeated && self.duplicates == DuplicateMarks::Reject {
            self.ballots.void.push(self.ballots.rows.len() - 1);
        }
        let end = u32::try_from(self.ballots.marks.len()).unwrap_or(u32::MAX);
        self.ballots.ends.push(end);
        self.limits(first, line, findings)
    }

    /// Notes a voter id that is empty or stands on an earlier ballot.
    fn voter(&mut self, id: Cow<'a, str>, line: u32, findings: &Findings) {
        let problem = match id {
            Cow::Borrowed("") => Problem::EmptyId,
            Cow::Borrowed(text) => match self.voters.insert(text, line) {
                Some(first) => Problem::RepeatedId {
                    id: text.to_owned(),
                    first,
                },
                None => return,
            },
            Cow::Owned(_) => return,
        };
        self.pending.push(findings.at(line, "voter_id", problem));
    }

    /// Reads marks that have no points; true where one is repeated.
    fn approvals(
        &mut self,
        vote: &str,
        line: u32,
        findings: &mut Findings,
    ) -> Result<bool, PbError> {
        let mut repeated = false;
        for id in items(vote) {
            if let Some(project) = self.mark(id, line, findings, &mut repeated)? {
                self.ballots.marks.push(project);
            }
        }
        Ok(repeated)
    }

    /// Reads marks and their points; true where a mark is repeated.
    fn pointed(
        &mut self,
        vote: &str,
        points: &str,
        line: u32,
        findings: &mut Findings,
    ) -> Result<bool, PbError> {
        let (marks, given) = (items(vote).count(), items(points).count());
        if marks != given {
            findings.report(
                line,
                "points",
                Problem::PointCount {
                    marks,
                    points: given,
                },
            )?;
        }
        let mut repeated = false;
        let mut values = items(points);
        for id in items(vote) {
            let value = match values.next() {
                Some(text) => super::meta::number(text, line, "points", findings)?,
                None => None,
            };
            if let Some(project) = self.mark(id, line, findings, &mut repeated)? {
                self.ballots.marks.push(project);
                self.ballots.points.push(value.unwrap_or(Decimal::ZERO));
            }
        }
        Ok(repeated)
    }

    /// The position of a marked project; `None` where the mark is passed over.
    fn mark(
        &mut self,
        id: &str,
        line: u32,
        findings: &mut Findings,
        repeated: &mut bool,
    ) -> Result<Option<u32>, PbError> {
        let Some(project) = self.ids.get(id) else {
            findings.report(line, "vote", Problem::UnknownProject(id.to_owned()))?;
            return Ok(None);
        };
        let ballot = u32::try_from(self.ballots.rows.len()).unwrap_or(u32::MAX);
        let by = &mut self.marked_by[project as usize];
        if std::mem::replace(by, ballot) != ballot {
            return Ok(Some(project));
        }
        *repeated = true;
        findings.report(line, "vote", Problem::RepeatedMark(id.to_owned()))?;
        Ok((self.duplicates != DuplicateMarks::Once).then_some(project))
    }

    /// Notes a ballot that breaks a limit of META.
    fn limits(&mut self, first: usize, line: u32, findings: &mut Findings) -> Result<(), PbError> {
        let found = self.ballots.marks.len() - first;
        if let Some(limit) = self.meta.max_marks.filter(|&limit| found as u64 > limit) {
            let problem = Problem::TooManyMarks { limit, found };
            self.pending.push(findings.at(line, "vote", problem));
        }
        if let Some(limit) = self.meta.min_marks.filter(|&limit| (found as u64) < limit) {
            findings.report(line, "vote", Problem::TooFewMarks { limit, found })?;
        }
        if self.meta.sum_cost_limits.iter().any(Option::is_some) {
            self.sum_cost(first, line, findings);
        }
        self.point_limits(first, line, findings);
        Ok(())
    }

    fn sum_cost(&mut self, first: usize, line: u32, findings: &Findings) {
        let costs = self.ballots.marks[first..]
            .iter()
            .filter_map(|&p| self.projects[p as usize].cost);
        let sum = sum(costs);
        let [min, max] = self.meta.sum_cost_limits;
        let checks = [
            ("min_sum_cost", min, sum, true),
            ("max_sum_cost", max, sum, false),
        ];
        self.within(checks, ("vote", line), findings);
    }

    fn point_limits(&mut self, first: usize, line: u32, findings: &Findings) {
        let Some(points) = self.ballots.points.get(first..).filter(|p| !p.is_empty()) else {
            return;
        };
        let total = sum(points.iter().copied());
        let (least, most) = (points.iter().min().copied(), points.iter().max().copied());
        let [min, max, min_sum, max_sum] = self.meta.point_limits;
        let checks = [
            ("min_points", min, least, true),
            ("max_points", max, most, false),
            ("min_sum_points", min_sum, total, true),
            ("max_sum_points", max_sum, total, false),
        ];
        self.within(checks, ("points", line), findings);
    }

    /// Notes each limit that its value breaks: a least one where `lower`.
    fn within<const N: usize>(
        &mut self,
        checks: [(&'static str, Option<Decimal>, Option<Decimal>, bool); N],
        place: (&str, u32),
        findings: &Findings,
    ) {
        for (key, limit, found, lower) in checks {
            let (Some(limit), Some(value)) = (limit, found) else {
                continue;
            };
            if if lower { value < limit } else { value > limit } {
                self.beyond(key, limit, value, place, findings);
            }
        }
    }

    fn beyond(
        &mut self,
        key: &'static str,
        limit: Decimal,
        found: Decimal,
        (column, line): (&str, u32),
        findings: &Findings,
    ) {
        let problem = Problem::PointLimit {
            key,
            limit: limit.to_string(),
            found: found.to_string(),
        };
        self.pending.push(findings.at(line, column, problem));
    }
}

/// Voter ids seen. While they ascend none can repeat, and no table is needed.
#[derive(Default)]
struct Voters<'a> {
    seen: Vec<(&'a str, u32)>,
    table: Option<IdTable<'a>>,
}

impl<'a> Voters<'a> {
    /// Adds an id; gives back the line on which it already stands, if any.
    fn insert(&mut self, id: &'a str, line: u32) -> Option<u32> {
        if let Some(table) = &mut self.table {
            return table.insert(id, line);
        }
        let ascends = |&(last, _): &(&str, u32)| (last.len(), last) < (id.len(), id);
        if self.seen.last().is_none_or(ascends) {
            self.seen.push((id, line));
            return None;
        }
        let mut table = IdTable::with_capacity(self.seen.len() * 2);
        for (earlier, line) in self.seen.drain(..) {
            table.insert(earlier, line);
        }
        let first = table.insert(id, line);
        self.table = Some(table);
        first
    }
}

/// The items of a comma-separated list; blank ones are none.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(trimmed).filter(|item| !item.is_empty())
}

/// The projects' positions by id.
fn table<'p>(projects: &'p [Project<'_>]) -> IdTable<'p> {
    let mut table = IdTable::with_capacity(projects.len());
    for (position, project) in (0..).zip(projects) {
        table.insert(&project.id, position);
    }
    table
}

/// The sum of decimals, where it can be held.
fn sum(values: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for value in values {
        total = total.checked_add(value)?;
    }
    Some(total)
}

impl PbFile<'_> {
    /// Checks META's counts, the costs and the totals, and judges ballots beyond a limit or of
    /// a voter seen before.
    ///
    /// # Errors
    /// See [`super::parse`].
    pub(crate) fn close(&mut self, pending: Pending) -> Result<(), PbError> {
        self.declared_count("num_projects", self.projects.len())?;
        self.declared_count("num_votes", self.ballot_count())?;
        self.costs()?;
        let recount = self.count().differences(self);
        let exact = recount.as_ref().is_some_and(Vec::is_empty);
        for error in pending {
            if exact || self.findings.is_lenient() {
                self.findings.keep(error);
            } else {
                return Err(error);
            }
        }
        for error in recount.unwrap_or_default() {
            self.findings.keep(error);
        }
        Ok(())
    }

    fn declared_count(&mut self, key: &'static str, found: usize) -> Result<(), PbError> {
        let Some(entry) = self.meta.entry(key) else {
            return Ok(());
        };
        let declared = Decimal::parse(&entry.value).and_then(|d| d.units(0));
        if declared == i128::try_from(found).ok() {
            return Ok(());
        }
        let problem = Problem::WrongCount {
            declared: entry.value.to_string(),
            found,
        };
        self.findings.report(entry.line, key, problem)
    }

    /// Notes projects that cost nothing or more than the whole budget.
    fn costs(&mut self) -> Result<(), PbError> {
        for project in &self.projects {
            let Some(cost) = project.cost else { continue };
            let problem = if cost.is_zero() {
                Problem::ZeroCost
            } else if cost > self.meta.budget {
                let (cost, budget) = (cost.to_string(), self.meta.budget.to_string());
                Problem::AboveBudget { cost, budget }
            } else {
                continue;
            };
            self.findings.report(project.line, "cost", problem)?;
        }
        Ok(())
    }
}

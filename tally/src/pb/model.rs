//! A `.pb` file as read.

use super::csv::{Row, Rows};
use super::decimal::Decimal;
use super::error::Findings;
use std::borrow::Cow;
use std::ops::Range;

/// How voters marked their ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteType {
    /// Any number of projects, within limits.
    Approval,
    /// Exactly one project.
    Choose1,
    /// Projects in order of preference.
    Ordinal,
    /// A sum of points spread over projects.
    Cumulative,
    /// A score for each project.
    Scoring,
}

impl VoteType {
    /// The type of that name, whatever its case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "approval" => Self::Approval,
            "choose-1" => Self::Choose1,
            "ordinal" => Self::Ordinal,
            "cumulative" => Self::Cumulative,
            "scoring" => Self::Scoring,
            _ => return None,
        })
    }

    /// Whether every mark counts the same.
    #[must_use]
    pub const fn is_approval(self) -> bool {
        matches!(self, Self::Approval | Self::Choose1)
    }
}

/// What to do with a project that one ballot marks twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DuplicateMarks {
    /// Count each mark, as the files' own totals do.
    #[default]
    Count,
    /// Count the first mark alone.
    Once,
    /// Count nothing of that ballot.
    Reject,
}

/// One line of META.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaEntry<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
    /// Its line.
    pub line: u32,
}

/// The META section: every entry, and those that counting needs as numbers.
#[derive(Clone, Debug)]
pub struct Meta<'a> {
    pub(crate) entries: Vec<MetaEntry<'a>>,
    /// Money to spend.
    pub budget: Decimal,
    /// How ballots are marked.
    pub vote_type: VoteType,
    /// `max_length`, and 1 for `choose-1`.
    pub max_marks: Option<u64>,
    /// `min_length`.
    pub min_marks: Option<u64>,
    /// `min_sum_cost` and `max_sum_cost`.
    pub sum_cost_limits: [Option<Decimal>; 2],
    /// `min_points`, `max_points`, `min_sum_points`, `max_sum_points` in this order.
    pub point_limits: [Option<Decimal>; 4],
    /// `default_score` of a scoring election.
    pub default_score: Decimal,
    /// `min_project_score_threshold`.
    pub threshold: Option<Decimal>,
}

impl<'a> Meta<'a> {
    /// The value of `key`, if META has it and it is not empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| &*entry.value)
    }

    /// The entry of `key`, if its value is not empty.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&MetaEntry<'a>> {
        self.entries
            .iter()
            .find(|e| e.key == key && !e.value.is_empty())
    }

    /// All entries in file order.
    #[must_use]
    pub fn entries(&self) -> &[MetaEntry<'a>] {
        &self.entries
    }
}

/// One row of PROJECTS.
#[derive(Clone, Debug, PartialEq)]
pub struct Project<'a> {
    /// The id.
    pub id: Cow<'a, str>,
    /// The line.
    pub line: u32,
    /// The cost; `None` where a lenient reader passed over an unusable one.
    pub cost: Option<Decimal>,
    /// The `votes` column.
    pub votes: Option<Decimal>,
    /// The `score` column.
    pub score: Option<Decimal>,
    pub(crate) cells: Vec<Cow<'a, str>>,
}

/// A whole file. Text is borrowed; a ballot's columns beside `vote` and `points` are read on demand.
#[derive(Clone, Debug)]
pub struct PbFile<'a> {
    pub(crate) text: &'a str,
    /// META.
    pub meta: Meta<'a>,
    pub(crate) project_columns: Vec<String>,
    /// The projects, in file order.
    pub projects: Vec<Project<'a>>,
    pub(crate) vote_columns: Vec<String>,
    pub(crate) ballots: Ballots,
    /// What was found while reading, beside the errors that ended it.
    pub findings: Findings,
}

impl<'a> PbFile<'a> {
    /// The number of ballots.
    #[must_use]
    pub fn ballot_count(&self) -> usize {
        self.ballots.ends.len()
    }

    /// The column names of PROJECTS.
    #[must_use]
    pub fn project_columns(&self) -> &[String] {
        &self.project_columns
    }

    /// The column names of VOTES.
    #[must_use]
    pub fn vote_columns(&self) -> &[String] {
        &self.vote_columns
    }

    /// The cell of a project in the column of that name.
    #[must_use]
    pub fn project_cell(&self, project: usize, column: &str) -> Option<&str> {
        let index = position(&self.project_columns, column)?;
        self.projects[project].cells.get(index).map(|cell| &**cell)
    }

    /// The field of a project: the first value of `category`, or `(none)`.
    #[must_use]
    pub fn field(&self, project: usize) -> &str {
        let category = self.project_cell(project, "category").unwrap_or("");
        match category.split(',').next().map(str::trim) {
            None | Some("") => NO_FIELD,
            Some(first) => first,
        }
    }

    /// Projects marked on a ballot, by position in file order.
    #[must_use]
    pub fn marks(&self, ballot: usize) -> &[u32] {
        &self.ballots.marks[self.ballots.range(ballot)]
    }

    /// Points beside [`Self::marks`]; empty in files without them.
    #[must_use]
    pub fn points(&self, ballot: usize) -> &[Decimal] {
        self.ballots
            .points
            .get(self.ballots.range(ballot))
            .unwrap_or(&[])
    }

    /// Whether ballots have points.
    #[must_use]
    pub const fn has_points(&self) -> bool {
        self.ballots.has_points
    }

    /// Whether the ballot counts nothing, having repeated a mark under [`DuplicateMarks::Reject`].
    #[must_use]
    pub fn is_void(&self, ballot: usize) -> bool {
        self.ballots.void.binary_search(&ballot).is_ok()
    }

    /// Calls `f` with each ballot's number and its cell in the column of that name; false where
    /// VOTES has no such column.
    pub fn each_cell(&self, column: &str, mut f: impl FnMut(usize, &str)) -> bool {
        let Some(index) = position(&self.vote_columns, column) else {
            return false;
        };
        let mut row = Row::new();
        for (ballot, &(start, line)) in self.ballots.rows.iter().enumerate() {
            Rows::new(self.text, start as usize, line).read(&mut row);
            f(ballot, row.text(index));
        }
        true
    }

    /// The line on which a ballot stands.
    #[must_use]
    pub fn ballot_line(&self, ballot: usize) -> u32 {
        self.ballots.rows[ballot].1
    }
}

/// The field of a project without a category.
pub const NO_FIELD: &str = "(none)";

/// The ballots, flat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ballots {
    /// Offset and line of each ballot's row.
    pub(crate) rows: Vec<(u32, u32)>,
    /// Where each ballot's marks end.
    pub(crate) ends: Vec<u32>,
    /// All marks, one ballot after another.
    pub(crate) marks: Vec<u32>,
    /// All points, beside the marks, where the file has them.
    pub(crate) points: Vec<Decimal>,
    pub(crate) has_points: bool,
    /// Ballots that count nothing, ascending.
    pub(crate) void: Vec<usize>,
}

impl Ballots {
    fn range(&self, ballot: usize) -> Range<usize> {
        let start = ballot.checked_sub(1).map_or(0, |b| self.ends[b]);
        start as usize..self.ends[ballot] as usize
    }
}

/// The position of a column, whatever its case.
pub(crate) fn position(columns: &[String], name: &str) -> Option<usize> {
    columns.iter().position(|c| c.eq_ignore_ascii_case(name))
}

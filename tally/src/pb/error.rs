//! What can be wrong with a `.pb` file, where, and whether it can be passed over.

use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// A section of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Keys and values of the election.
    Meta,
    /// One row a project.
    Projects,
    /// One row a ballot.
    Votes,
}

impl Section {
    /// The column that a section cannot be without.
    pub(crate) const fn first_column(self) -> &'static str {
        match self {
            Self::Meta => "key",
            Self::Projects => "project_id",
            Self::Votes => "vote",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Meta => "META",
            Self::Projects => "PROJECTS",
            Self::Votes => "VOTES",
        })
    }
}

/// How far a problem goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth saying; the count is not in doubt.
    Notice,
    /// Refused, unless the reader is lenient and lists it.
    Fault,
    /// Nothing can be counted.
    Fatal,
}

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes are not UTF-8.
    #[error("not UTF-8 text (byte {byte} of the line)")]
    Encoding {
        /// Position in the line, from 1.
        byte: usize,
    },
    /// The file is larger than offsets reach.
    #[error("the file is larger than 4 GiB")]
    TooLarge,
    /// A section is absent.
    #[error("section {0} is missing")]
    MissingSection(Section),
    /// A section or its header stands twice.
    #[error("section {0} stands twice")]
    RepeatedSection(Section),
    /// Rows stand before the first section.
    #[error("a row outside any section")]
    OutsideSection,
    /// A column that is needed is absent.
    #[error("section {0} has no such column")]
    MissingColumn(Section),
    /// A column name stands twice.
    #[error("the column stands twice")]
    RepeatedColumn,
    /// A META key that is needed is absent.
    #[error("META has no such key")]
    MissingKey,
    /// A META key stands twice.
    #[error("the key stands twice; the first value holds")]
    RepeatedKey,
    /// A META row with a colon where a semicolon belongs.
    #[error("a colon where a semicolon belongs; read as one")]
    Colon,
    /// A row has too few or too many fields.
    #[error("the row has {found} fields where the header has {expected}")]
    FieldCount {
        /// Columns of the section.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A row ends before columns that counting does not need.
    #[error("the row has {found} fields where the header has {expected}; the others are empty")]
    ShortRow {
        /// Columns of the section.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A quoted field never ends.
    #[error("a quote is never closed")]
    UnclosedQuote,
    /// A blank line.
    #[error("a blank line")]
    BlankLine,
    /// A number cannot be read.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// A number is written with a decimal comma.
    #[error("`{0}` has a decimal comma")]
    DecimalComma(String),
    /// A number that must not be negative is.
    #[error("{0} is negative")]
    Negative(String),
    /// A cost or budget that cannot be real.
    #[error("{0} is larger than any budget this program counts")]
    Absurd(String),
    /// A project that costs more than the whole budget, as withdrawn projects are marked.
    #[error("the project costs {cost}, the whole budget is {budget}")]
    AboveBudget {
        /// The project's cost.
        cost: String,
        /// The budget.
        budget: String,
    },
    /// A project that costs nothing.
    #[error("the project costs nothing")]
    ZeroCost,
    /// An empty id.
    #[error("the id is empty")]
    EmptyId,
    /// An id that stands twice.
    #[error("`{id}` stands on line {first} already")]
    RepeatedId {
        /// The id.
        id: String,
        /// Where it stands first.
        first: u32,
    },
    /// A mark for a project that is not listed.
    #[error("`{0}` is not a project of this file")]
    UnknownProject(String),
    /// A project marked twice in one ballot.
    #[error("`{0}` is marked more than once in this ballot")]
    RepeatedMark(String),
    /// More marks than META allows.
    #[error("{found} marks where at most {limit} are allowed")]
    TooManyMarks {
        /// `max_length`.
        limit: u64,
        /// Marks of the ballot.
        found: usize,
    },
    /// Fewer marks than META asks for.
    #[error("{found} marks where at least {limit} are asked for")]
    TooFewMarks {
        /// `min_length`.
        limit: u64,
        /// Marks of the ballot.
        found: usize,
    },
    /// A sum or a number of points that breaks a limit of META.
    #[error("{found} breaks `{key}` {limit}")]
    PointLimit {
        /// The META key.
        key: &'static str,
        /// Its value.
        limit: String,
        /// What the ballot has.
        found: String,
    },
    /// As many points as marks are needed.
    #[error("{points} points for {marks} marks")]
    PointCount {
        /// Marks of the ballot.
        marks: usize,
        /// Points of the ballot.
        points: usize,
    },
    /// META's number of rows is not what the section has.
    #[error("META says {declared}, the section has {found} rows")]
    WrongCount {
        /// What META says.
        declared: String,
        /// Rows found.
        found: usize,
    },
    /// The file's own total of a project is not what its ballots give.
    #[error("the file says {declared}, its ballots give {counted}")]
    Recount {
        /// The column's value.
        declared: String,
        /// The recount.
        counted: String,
    },
    /// A vote type the format does not have.
    #[error("`{0}` is no vote type (approval, choose-1, ordinal, cumulative, scoring)")]
    UnknownVoteType(String),
    /// A declared rule that is read as another one.
    #[error("rule `{0}` is not computed as such; read as {1}")]
    RuleReadAs(String, &'static str),
    /// A project whose cost marks it as withdrawn.
    #[error(
        "priced 999999999, as withdrawn projects are: left out, so that the rule does not stop there"
    )]
    ReadAsWithdrawn,
    /// A way of scoring places that the program does not know.
    #[error("`{0}` is no scoring of places this program knows; counted as Borda")]
    UnknownScoring(String),
}

impl Problem {
    /// How far the problem goes.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::BlankLine
            | Self::Colon
            | Self::ShortRow { .. }
            | Self::UnknownScoring(_)
            | Self::RuleReadAs(..)
            | Self::ReadAsWithdrawn
            | Self::DecimalComma(_)
            | Self::AboveBudget { .. }
            | Self::ZeroCost
            | Self::RepeatedKey
            | Self::RepeatedMark(_)
            | Self::TooFewMarks { .. }
            | Self::Recount { .. } => Severity::Notice,
            Self::TooLarge
            | Self::MissingSection(_)
            | Self::MissingColumn(_)
            | Self::MissingKey => Severity::Fatal,
            _ => Severity::Fault,
        }
    }
}

/// A problem and its place in the file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}: {}{problem}", named(column))]
pub struct PbError {
    /// The file's name as the caller gave it.
    pub file: Arc<str>,
    /// Line, from 1; of something that is absent, the line up to which it was looked for.
    pub line: u32,
    /// Column name, or META key; empty where a row as a whole is wrong.
    pub column: String,
    /// What is wrong.
    pub problem: Problem,
}

fn named(column: &str) -> String {
    if column.is_empty() {
        return String::new();
    }
    format!("column `{column}`: ")
}

/// What was found while reading: each place is kept up to a bound, all are counted.
#[derive(Clone, Debug)]
pub struct Findings {
    file: Arc<str>,
    lenient: bool,
    kept: Vec<PbError>,
    beyond: u64,
}

impl Findings {
    /// Findings kept at most.
    pub const KEPT: usize = 1_000;

    pub(crate) fn new(file: &str, lenient: bool) -> Self {
        Self {
            file: file.into(),
            lenient,
            kept: Vec::new(),
            beyond: 0,
        }
    }

    /// The findings in the order they were met, at most [`Self::KEPT`].
    #[must_use]
    pub fn kept(&self) -> &[PbError] {
        &self.kept
    }

    /// How many more there were.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// Records a problem.
    ///
    /// # Errors
    /// The problem itself where it is fatal, or a fault and the reader is strict.
    pub(crate) fn report(
        &mut self,
        line: u32,
        column: &str,
        problem: Problem,
    ) -> Result<(), PbError> {
        let severity = problem.severity();
        let error = self.at(line, column, problem);
        if severity == Severity::Fatal || (severity == Severity::Fault && !self.lenient) {
            return Err(error);
        }
        self.keep(error);
        Ok(())
    }

    /// Records a problem that another finding has excused, whatever its severity.
    pub(crate) fn keep(&mut self, error: PbError) {
        if self.kept.len() < Self::KEPT {
            self.kept.push(error);
        } else {
            self.beyond += 1;
        }
    }

    pub(crate) fn at(&self, line: u32, column: &str, problem: Problem) -> PbError {
        PbError {
            file: self.file.clone(),
            line,
            column: column.to_owned(),
            problem,
        }
    }

    pub(crate) const fn is_lenient(&self) -> bool {
        self.lenient
    }
}

//! Counting a file's ballots, whole or class by class, and checking the file's own totals.

use super::decimal::{Decimal, format_units};
use super::error::{PbError, Problem};
use super::model::{PbFile, VoteType};
use num_bigint::BigInt;
use num_rational::BigRational;

/// What a mark on a ballot gives its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scoring {
    /// One for each mark (approval, choose-1).
    Marks,
    /// The ballot's points (cumulative, scoring, and ordinal files that state them), and
    /// `default_score` on every scoring ballot that does not list the project.
    Points,
    /// `max_length`, or else the number of projects, for the first place, one less for each next.
    BordaOfLimit,
    /// The number of marks on the ballot for the first place, one less for each next.
    BordaOfBallot,
}

/// Totals by project, in file order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Counted ballots.
    pub ballots: u64,
    /// Marks of each project.
    pub marks: Vec<u64>,
    /// Scores of each project in units of `10^-scale`.
    pub units: Vec<i128>,
    /// Decimal places of `units`.
    pub scale: u8,
}

impl Count {
    /// The score of each project as a fraction.
    #[must_use]
    pub fn scores(&self) -> Vec<BigRational> {
        let one = BigInt::from(10).pow(u32::from(self.scale));
        let fraction = |&units| BigRational::new(BigInt::from(units), one.clone());
        self.units.iter().map(fraction).collect()
    }

    /// All scores together, in units.
    #[must_use]
    pub fn total_units(&self) -> i128 {
        self.units.iter().sum()
    }

    /// Where the file's own totals differ; `None` where it has none, or no ballots to count.
    pub(crate) fn differences(&self, file: &PbFile<'_>) -> Option<Vec<PbError>> {
        if file.ballot_count() == 0 {
            return None;
        }
        let mut known = false;
        let mut differences = Vec::new();
        for (i, project) in file.projects.iter().enumerate() {
            let counted = [
                ("votes", project.votes, i128::from(self.marks[i]), 0),
                ("score", project.score, self.units[i], self.scale),
            ];
            for (column, declared, units, scale) in counted {
                let Some(declared) = declared else { continue };
                known = true;
                if !same(declared, units, scale) {
                    let counted = format_units(units, scale);
                    let problem = Problem::Recount {
                        declared: declared.to_string(),
                        counted,
                    };
                    differences.push(file.findings.at(project.line, column, problem));
                }
            }
        }
        known.then_some(differences)
    }
}

/// Whether a decimal equals so many units.
fn same(declared: Decimal, units: i128, scale: u8) -> bool {
    let common = declared.scale().max(scale);
    let factor = 10_i128.pow(u32::from(common - scale));
    declared.units(common) == units.checked_mul(factor)
}

impl PbFile<'_> {
    /// Counts all ballots.
    #[must_use]
    pub fn count(&self) -> Count {
        self.count_as(self.scoring())
    }

    /// Whether the file's `votes` and `score` are what its ballots give; `None` for a column that it
    /// does not have, and where there are no ballots to count.
    #[must_use]
    pub fn recount(&self) -> [(&'static str, Option<bool>); 2] {
        let differences = self.count().differences(self);
        let agrees = |column: &str, present: bool| {
            let differences = differences.as_ref().filter(|_| present)?;
            Some(differences.iter().all(|found| found.column != column))
        };
        let votes = self.projects.iter().any(|project| project.votes.is_some());
        let score = self.projects.iter().any(|project| project.score.is_some());
        [
            ("votes", agrees("votes", votes)),
            ("score", agrees("score", score)),
        ]
    }

    /// Counts the ballots of each class; `class_of[ballot]` says which, and ballots of no class are
    /// left out.
    #[must_use]
    pub fn count_classes(&self, classes: usize, class_of: &[Option<usize>]) -> Vec<Count> {
        let (scoring, scale) = (self.scoring(), self.point_scale());
        let mut counters = vec![Counter::new(self, scoring, scale); classes];
        for (ballot, class) in class_of.iter().enumerate() {
            if let Some(class) = *class {
                counters[class].add(ballot);
            }
        }
        counters.into_iter().map(Counter::finish).collect()
    }

    /// How ballots give scores: as the vote type and the columns say. An ordinal file without
    /// points scores by Borda's count from `max_length`, which is by default the number of
    /// projects; where the file's own `score` column says that places count from the ballot's
    /// length instead, from that.
    #[must_use]
    pub fn scoring(&self) -> Scoring {
        if self.meta.vote_type.is_approval() {
            return Scoring::Marks;
        }
        if self.has_points() {
            return Scoring::Points;
        }
        let agrees = |scoring| {
            let count = self.count_as(scoring);
            self.projects
                .iter()
                .zip(&count.units)
                .all(|(project, &units)| {
                    project
                        .score
                        .is_none_or(|declared| same(declared, units, count.scale))
                })
        };
        if !agrees(Scoring::BordaOfLimit) && agrees(Scoring::BordaOfBallot) {
            return Scoring::BordaOfBallot;
        }
        Scoring::BordaOfLimit
    }

    fn count_as(&self, scoring: Scoring) -> Count {
        let mut counter = Counter::new(self, scoring, self.point_scale());
        for ballot in 0..self.ballot_count() {
            counter.add(ballot);
        }
        counter.finish()
    }

    /// Decimal places that hold every ballot's points.
    fn point_scale(&self) -> u8 {
        let points = self.ballots.points.iter().map(|p| p.scale()).max();
        points.unwrap_or(0).max(self.meta.default_score.scale())
    }
}

/// Adds ballots up.
#[derive(Clone)]
struct Counter<'f, 'a> {
    file: &'f PbFile<'a>,
    scoring: Scoring,
    count: Count,
}

impl<'f, 'a> Counter<'f, 'a> {
    fn new(file: &'f PbFile<'a>, scoring: Scoring, scale: u8) -> Self {
        let projects = file.projects.len();
        let scale = if scoring == Scoring::Points { scale } else { 0 };
        let count = Count {
            ballots: 0,
            marks: vec![0; projects],
            units: vec![0; projects],
            scale,
        };
        Self {
            file,
            scoring,
            count,
        }
    }

    fn add(&mut self, ballot: usize) {
        if !self.file.ballots.void.is_empty() && self.file.is_void(ballot) {
            return;
        }
        self.count.ballots += 1;
        let marks = self.file.marks(ballot);
        for &project in marks {
            self.count.marks[project as usize] += 1;
        }
        match self.scoring {
            Scoring::Marks => {}
            Scoring::Points => self.points(ballot, marks),
            Scoring::BordaOfBallot => self.places(marks, marks.len() as u64),
            Scoring::BordaOfLimit => {
                let all = self.file.projects.len() as u64;
                let limit = self.file.meta.max_marks.unwrap_or(all);
                self.places(marks, limit.max(marks.len() as u64));
            }
        }
    }

    fn points(&mut self, ballot: usize, marks: &[u32]) {
        for (&project, points) in marks.iter().zip(self.file.points(ballot)) {
            let units = points.units(self.count.scale).unwrap_or(0);
            self.count.units[project as usize] += units;
        }
    }

    fn places(&mut self, marks: &[u32], first: u64) {
        for (&project, place) in marks.iter().zip(0..) {
            self.count.units[project as usize] += i128::from(first) - place;
        }
    }

    fn finish(mut self) -> Count {
        if self.scoring == Scoring::Marks {
            self.count.units = self.count.marks.iter().map(|&m| i128::from(m)).collect();
        }
        let default = self
            .file
            .meta
            .default_score
            .units(self.count.scale)
            .unwrap_or(0);
        if self.file.meta.vote_type == VoteType::Scoring && default != 0 {
            for (units, &marks) in self.count.units.iter_mut().zip(&self.count.marks) {
                let unlisted = self.count.ballots.saturating_sub(marks);
                *units += default * i128::from(unlisted);
            }
        }
        self.count
    }
}

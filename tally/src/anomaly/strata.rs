//! A project's share in a stratum against its share elsewhere.

use super::{LEAST_NEXT, LEAST_Z, TIMES_NEXT, caveat, root_text};
use crate::exact::{rounded, whole};
use crate::pb::PbFile;
use num_rational::BigRational;
use num_traits::Zero;
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;
use voting_core::manifest::Bilingual;

/// The ballots of a stratum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// What its ballots have in common.
    pub name: String,
    /// Its ballots.
    pub ballots: u64,
    /// Its marks of each project; a ballot that repeats a mark counts once.
    pub marks: Vec<u64>,
}

/// One project far out in one stratum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareFinding {
    /// The stratum.
    pub stratum: String,
    /// The project.
    pub project: String,
    /// Its marks there.
    pub marks: u64,
    /// Ballots there.
    pub ballots: u64,
    /// Its marks of 100 ballots there.
    pub percent_there: String,
    /// Its marks of 100 ballots elsewhere.
    pub percent_elsewhere: String,
    /// The binomial z, rounded down to hundredths.
    pub z: String,
    /// Its square, exactly.
    pub z_squared: String,
    /// The project with the next highest z there, and that z; 0 where none is above its share.
    pub next: Option<(String, String)>,
}

/// Shares by stratum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareReport {
    /// What the report is, and is not.
    pub caveat: Bilingual,
    /// Places to look, highest z first.
    pub findings: Vec<ShareFinding>,
    /// Strata looked at.
    pub strata: usize,
    /// Strata too small to look at, or that leave too few ballots elsewhere.
    pub too_small: usize,
    /// The smallest size that is looked at.
    pub minimum: u64,
}

/// Strata that cannot be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StrataError {
    /// VOTES has no such column.
    #[error("VOTES has no column `{0}`")]
    NoColumn(String),
}

/// Looks for single projects far out in single strata.
#[must_use]
pub fn shares(projects: &[String], strata: &[Stratum], minimum: u64) -> ShareReport {
    let all: u64 = strata.iter().map(|stratum| stratum.ballots).sum();
    let totals: Vec<u64> = (0..projects.len())
        .map(|project| strata.iter().map(|stratum| stratum.marks[project]).sum())
        .collect();
    let enough =
        |stratum: &&Stratum| stratum.ballots >= minimum && all - stratum.ballots >= minimum;
    let looked_at: Vec<&Stratum> = strata.iter().filter(enough).collect();
    let mut found: Vec<(BigRational, ShareFinding)> = looked_at
        .iter()
        .filter_map(|stratum| finding(projects, stratum, &totals, all))
        .collect();
    found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.stratum.cmp(&y.stratum)));
    ShareReport {
        caveat: caveat(),
        findings: found.into_iter().map(|(_, finding)| finding).collect(),
        strata: looked_at.len(),
        too_small: strata.len() - looked_at.len(),
        minimum,
    }
}

/// The stratum's highest z, if it stands out.
fn finding(
    projects: &[String],
    stratum: &Stratum,
    totals: &[u64],
    all: u64,
) -> Option<(BigRational, ShareFinding)> {
    let mut squares: Vec<(BigRational, usize)> = (0..projects.len())
        .map(|project| (square(stratum, project, totals[project], all), project))
        .collect();
    squares.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    let (highest, project) = squares.first()?.clone();
    let next = squares.get(1);
    let floor = whole(LEAST_NEXT * LEAST_NEXT);
    let compared = next
        .map_or_else(|| floor.clone(), |(next, _)| next.clone())
        .max(floor);
    let far = highest >= whole(LEAST_Z * LEAST_Z);
    if !far || highest < compared * whole(TIMES_NEXT * TIMES_NEXT) {
        return None;
    }
    let (k, n) = (stratum.marks[project], stratum.ballots);
    let percent = |marks: u64, ballots: u64| rounded(&(whole(marks * 100) / whole(ballots)), 2);
    let finding = ShareFinding {
        stratum: stratum.name.clone(),
        project: projects[project].clone(),
        marks: k,
        ballots: n,
        percent_there: percent(k, n),
        percent_elsewhere: percent(totals[project] - k, all - n),
        z: root_text(&highest),
        z_squared: highest.to_string(),
        next: next.map(|(square, other)| (projects[*other].clone(), root_text(square))),
    };
    Some((highest, finding))
}

/// The square of a project's z; 0 where it is not above its share elsewhere.
fn square(stratum: &Stratum, project: usize, total: u64, all: u64) -> BigRational {
    let (k, n) = (whole(stratum.marks[project]), whole(stratum.ballots));
    let elsewhere = total - stratum.marks[project] + 1;
    let r = whole(elsewhere) / whole(all - stratum.ballots + 2);
    let expected = &n * &r;
    if k <= expected || r >= whole(1) {
        return BigRational::zero();
    }
    let variance = &expected * (whole(1) - &r);
    let above = k - expected;
    &above * &above / variance
}

/// The strata of a file's ballots by the values of `columns`; ages fall into decades.
///
/// # Errors
/// [`StrataError::NoColumn`].
pub fn file_strata(file: &PbFile<'_>, columns: &[String]) -> Result<Vec<Stratum>, StrataError> {
    let mut names = vec![String::new(); file.ballot_count()];
    for (at, column) in columns.iter().enumerate() {
        let is_age = column.eq_ignore_ascii_case("age");
        let found = file.each_cell(column, |ballot, cell| {
            let name = &mut names[ballot];
            if at > 0 {
                name.push_str(", ");
            }
            match cell.parse::<u32>() {
                Ok(age) if is_age => {
                    let decade = age / 10 * 10;
                    name.push_str(&format!("{column} {decade}-{}", decade + 9));
                }
                _ => name.push_str(&format!("{column} {cell}")),
            }
        });
        if !found {
            return Err(StrataError::NoColumn(column.clone()));
        }
    }
    let mut strata: BTreeMap<&str, Stratum> = BTreeMap::new();
    let mut marks: Vec<u32> = Vec::new();
    for (ballot, name) in names
        .iter()
        .enumerate()
        .filter(|(ballot, _)| !file.is_void(*ballot))
    {
        let stratum = strata.entry(name).or_insert_with(|| Stratum {
            name: name.clone(),
            ballots: 0,
            marks: vec![0; file.projects.len()],
        });
        stratum.ballots += 1;
        marks.clear();
        marks.extend_from_slice(file.marks(ballot));
        marks.sort_unstable();
        marks.dedup();
        for &project in &marks {
            stratum.marks[project as usize] += 1;
        }
    }
    Ok(strata.into_values().collect())
}

//! The ballots of a `.pb` file, as an election of ours can hold them.
//!
//! A project that one ballot marks twice is marked once: sealing refuses a repeated choice, so the
//! repetition ends here, and [`Ballots::repeated_marks`] counts it. Limits are those of the file's
//! META, widened where its own ballots go beyond them: the city counted those.

use crate::casting::Person;
use std::path::{Path, PathBuf};
use tally::pb::{self, Decimal, PbError, PbFile};
use thiserror::Error;
use voting_core::manifest::{Bilingual, Picks};
use voting_core::rule::{ClassId, NameError, ProjectId, TooMuch, Won};

/// The class of everyone whom no class column names.
pub const CITIZEN: &str = "citizen";
/// The column that names a voter's class, where a file has it.
pub const CLASS_COLUMN: &str = "class";
/// The most characters of a title.
const MAX_TITLE_CHARS: usize = 200;

/// Why a file cannot be replayed.
#[derive(Debug, Error)]
pub enum BallotsError {
    /// It cannot be read.
    #[error("{0}")]
    Io(PathBuf, #[source] std::io::Error),
    /// It is not a sound `.pb` file.
    #[error(transparent)]
    Pb(#[from] PbError),
    /// Its marks do not all count the same.
    #[error(
        "{0}: vote_type: marks of this kind do not all count the same; approval and choose-1 do"
    )]
    VoteType(String),
    /// A class is not one that a manifest can name.
    #[error("{0}:{1}: {CLASS_COLUMN}: {2}")]
    Class(String, u32, &'static str),
    /// It has no ballots.
    #[error("{0}: there are no ballots")]
    Empty(String),
    /// Its money is beyond what a manifest can state.
    #[error("{0}: cost: {1}")]
    Money(String, TooMuch),
    /// An id that cannot be.
    #[error("{0}: {1}")]
    Name(String, NameError),
}

/// A project of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PbProject {
    /// The file's id, or a number where the file's ids are not plain.
    pub id: ProjectId,
    /// The file's name for it, as far as a manifest can show it.
    pub title: Bilingual,
    /// The file's cost, in the smallest unit that makes every amount whole.
    pub cost: Option<Won>,
}

/// One ballot of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PbBallot {
    /// The voter's id in the file, or the ballot's line.
    pub voter: String,
    /// The class, as a position in [`Ballots::classes`].
    pub class: usize,
    /// The projects marked, by position, each once.
    pub chosen: Vec<u32>,
}

/// Projects and ballots of a file.
#[derive(Clone, Debug)]
pub struct Ballots {
    /// The file's name.
    pub file: String,
    /// The projects, in file order.
    pub projects: Vec<PbProject>,
    /// The money to spend, in the unit of the costs.
    pub budget: Option<Won>,
    /// How many projects a ballot may mark.
    pub picks: Picks,
    /// The classes; the last is [`CITIZEN`].
    pub classes: Vec<ClassId>,
    /// The ballots, in file order.
    pub ballots: Vec<PbBallot>,
    /// Marks left out because the same ballot has them already.
    pub repeated_marks: u64,
    /// Ballots in the whole file.
    pub in_file: usize,
}

impl Ballots {
    /// Reads a file, strictly, and of its ballots the first `voters`.
    ///
    /// # Errors
    /// [`BallotsError`] naming file, line and column.
    pub fn read(path: &Path, voters: Option<usize>) -> Result<Self, BallotsError> {
        let bytes = std::fs::read(path).map_err(|error| BallotsError::Io(path.into(), error))?;
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy();
        let options = pb::Options::new(&name);
        let text = pb::decode(&bytes, &options)?;
        Self::of(&name, &pb::parse(&text, &options)?, voters)
    }

    fn of(name: &str, file: &PbFile<'_>, voters: Option<usize>) -> Result<Self, BallotsError> {
        if !file.meta.vote_type.is_approval() {
            return Err(BallotsError::VoteType(name.into()));
        }
        let (classes, class_of) = classes(name, file)?;
        let mut ballots = ballots(file, &class_of);
        let in_file = ballots.len();
        let all = ballots.iter().map(|ballot| ballot.chosen.len());
        let picks = picks(file, all);
        ballots.truncate(voters.unwrap_or(usize::MAX));
        if ballots.is_empty() {
            return Err(BallotsError::Empty(name.into()));
        }
        let marks = (0..ballots.len()).map(|ballot| file.marks(ballot).len());
        let kept: usize = ballots.iter().map(|ballot| ballot.chosen.len()).sum();
        let repeated_marks = (marks.sum::<usize>() - kept) as u64;
        let (projects, budget) = projects(name, file)?;
        let file = name.to_owned();
        Ok(Self {
            file,
            projects,
            budget,
            picks,
            classes,
            ballots,
            repeated_marks,
            in_file,
        })
    }

    /// The voters as people to be played: an identity follows from the voter's id alone, so that no
    /// second run can make one person vote twice.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let person = |ballot: &PbBallot| Person {
            name: ballot.voter.clone(),
            ci: ci(&ballot.voter),
            chosen: ballot.chosen.clone(),
        };
        self.ballots.iter().map(person).collect()
    }

    /// The plain count, for each class and project: marks on the ballots, added up one by one.
    #[must_use]
    pub fn count(&self) -> Vec<Vec<u64>> {
        let mut totals = vec![vec![0; self.projects.len()]; self.classes.len()];
        for ballot in &self.ballots {
            for &project in &ballot.chosen {
                totals[ballot.class][project as usize] += 1;
            }
        }
        totals
    }

    /// The rolls of every class but the citizens', as a gateway reads them.
    #[must_use]
    pub fn roll(&self) -> String {
        let mut roll = String::from("class,ci\n");
        for ballot in self
            .ballots
            .iter()
            .filter(|b| b.class + 1 < self.classes.len())
        {
            roll += &format!("{},{}\n", self.classes[ballot.class], ci(&ballot.voter));
        }
        roll
    }
}

/// The made-up CI of a voter.
fn ci(voter: &str) -> String {
    format!("pb-voter-{voter}")
}

fn ballots(file: &PbFile<'_>, class_of: &[usize]) -> Vec<PbBallot> {
    let mut voters: Vec<String> = (0..file.ballot_count())
        .map(|ballot| format!("line-{}", file.ballot_line(ballot)))
        .collect();
    file.each_cell("voter_id", |ballot, id| id.clone_into(&mut voters[ballot]));
    let of = |(ballot, voter): (usize, String)| {
        let mut chosen = Vec::new();
        for &project in file.marks(ballot) {
            if !chosen.contains(&project) {
                chosen.push(project);
            }
        }
        PbBallot {
            voter,
            class: class_of[ballot],
            chosen,
        }
    };
    voters.into_iter().enumerate().map(of).collect()
}

/// META's limits, widened to what the file's ballots keep.
fn picks(file: &PbFile<'_>, lengths: impl Iterator<Item = usize>) -> Picks {
    let all = u32::try_from(file.projects.len()).unwrap_or(u32::MAX);
    let whole = |limit: Option<u64>| limit.and_then(|limit| u32::try_from(limit).ok());
    let (shortest, longest) = lengths.fold((u32::MAX, 0), |(least, most), length| {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        (least.min(length), most.max(length))
    });
    let max = whole(file.meta.max_marks)
        .unwrap_or(longest)
        .max(longest)
        .clamp(1, all.max(1));
    let min = whole(file.meta.min_marks)
        .unwrap_or(0)
        .min(shortest)
        .min(max);
    Picks { min, max }
}

fn classes(name: &str, file: &PbFile<'_>) -> Result<(Vec<ClassId>, Vec<usize>), BallotsError> {
    let mut names: Vec<String> = Vec::new();
    let mut of = vec![None; file.ballot_count()];
    file.each_cell(CLASS_COLUMN, |ballot, class| {
        if class.is_empty() || class == CITIZEN {
            return;
        }
        let known = names.iter().position(|name| name == class);
        of[ballot] = Some(known.unwrap_or_else(|| {
            names.push(class.to_owned());
            names.len() - 1
        }));
    });
    let citizens = names.len();
    names.push(CITIZEN.to_owned());
    let id = |(class, text): (usize, &String)| {
        let first = of.iter().position(|of| of.unwrap_or(citizens) == class);
        let line = first.map_or(0, |ballot| file.ballot_line(ballot));
        let id = text.parse::<ClassId>().ok().filter(ClassId::is_plain);
        let what = "a class is at most 32 ASCII letters, digits, '-', '_' and '.'";
        id.ok_or_else(|| BallotsError::Class(name.into(), line, what))
    };
    let ids = names.iter().enumerate().map(id).collect::<Result<_, _>>()?;
    Ok((
        ids,
        of.into_iter()
            .map(|class| class.unwrap_or(citizens))
            .collect(),
    ))
}

fn projects(name: &str, file: &PbFile<'_>) -> Result<(Vec<PbProject>, Option<Won>), BallotsError> {
    let costs: Vec<Option<Decimal>> = file.projects.iter().map(|project| project.cost).collect();
    let known = costs.iter().flatten().chain([&file.meta.budget]);
    let scale = known.map(|amount| amount.scale()).max().unwrap_or(0);
    let won = |amount: Decimal| {
        let units = amount
            .units(scale)
            .and_then(|units| u64::try_from(units).ok());
        let won = Won::new(units.unwrap_or(u64::MAX));
        won.map_err(|error| BallotsError::Money(name.into(), error))
    };
    let plain = file.projects.iter().all(|project| {
        project
            .id
            .parse::<ProjectId>()
            .is_ok_and(|id| id.is_plain())
    });
    let of = |(position, project): (usize, &pb::Project<'_>)| {
        let number = format!("n{}", position + 1);
        let id = if plain { &*project.id } else { number.as_str() };
        Ok::<_, BallotsError>(PbProject {
            id: id
                .parse()
                .map_err(|error| BallotsError::Name(name.into(), error))?,
            title: title(file.project_cell(position, "name"), id),
            cost: project.cost.map(won).transpose()?,
        })
    };
    let projects = file
        .projects
        .iter()
        .enumerate()
        .map(of)
        .collect::<Result<_, _>>()?;
    Ok((projects, Some(won(file.meta.budget)?)))
}

/// The name, without what a manifest does not show.
fn title(name: Option<&str>, id: &str) -> Bilingual {
    let shown =
        |c: &char| !c.is_control() && (c.is_alphanumeric() || c.is_ascii() || !is_format(*c));
    let shown: String = name
        .unwrap_or("")
        .chars()
        .filter(shown)
        .take(MAX_TITLE_CHARS)
        .collect();
    match shown.trim() {
        "" => Bilingual {
            ko: format!("사업 {id}"),
            en: format!("Project {id}"),
        },
        name => Bilingual {
            ko: name.to_owned(),
            en: name.to_owned(),
        },
    }
}

/// Characters that hide or reorder what a reader sees.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(votes: &str, meta: &str) -> Result<Ballots, BallotsError> {
        let text = format!(
            "META\nkey;value\nbudget;10.5\n{meta}PROJECTS\nproject_id;cost;name\n\
             a;5;Trees\nb;6.25;\nc;1;x\u{202e}y\nVOTES\n{votes}"
        );
        let options = pb::Options::new("x.pb");
        Ballots::of("x.pb", &pb::parse(&text, &options)?, None)
    }

    const APPROVAL: &str = "vote_type;approval\nmax_length;3\n";

    #[test]
    fn a_repeated_mark_counts_once_and_is_reported() {
        let read = read("voter_id;vote\n1;a,b,a\n2;c\n3;\n", APPROVAL).unwrap();
        assert_eq!(read.repeated_marks, 1);
        assert_eq!(read.ballots[0].chosen, [0, 1]);
        assert_eq!(read.count(), [[1, 1, 1]]);
        assert_eq!((read.picks, read.in_file), (Picks { min: 0, max: 3 }, 3));
    }

    #[test]
    fn amounts_become_whole_together_and_titles_showable() {
        let read = read("voter_id;vote\n1;a\n", APPROVAL).unwrap();
        assert_eq!(read.budget, Won::new(1050).ok());
        let costs: Vec<_> = read
            .projects
            .iter()
            .map(|p| p.cost.unwrap().get())
            .collect();
        assert_eq!(costs, [500, 625, 100]);
        assert_eq!(read.projects[1].title.ko, "사업 b");
        assert_eq!(read.projects[2].title.en, "xy");
    }

    #[test]
    fn classes_come_from_their_column_and_citizens_last() {
        let votes = "voter_id;vote;class\n1;a;graduate\n2;a;\n3;b;citizen\n";
        let read = read(votes, APPROVAL).unwrap();
        assert_eq!(
            read.classes.iter().map(ClassId::as_str).collect::<Vec<_>>(),
            ["graduate", CITIZEN]
        );
        assert_eq!(read.count(), [[1, 0, 0], [1, 1, 0]]);
        assert_eq!(read.roll(), "class,ci\ngraduate,pb-voter-1\n");
    }

    #[test]
    fn what_cannot_be_replayed_says_where() {
        let refused = |votes, meta| read(votes, meta).unwrap_err().to_string();
        let ordinal = refused("voter_id;vote\n1;a\n", "vote_type;ordinal\n");
        assert!(ordinal.starts_with("x.pb: vote_type"), "{ordinal}");
        let class = refused("voter_id;vote;class\n1;a;a b\n", APPROVAL);
        assert!(class.starts_with("x.pb:13: class"), "{class}");
        let unknown = refused("voter_id;vote\n1;z\n", APPROVAL);
        assert!(unknown.contains("x.pb:13"), "{unknown}");
    }
}

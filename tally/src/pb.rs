//! Pabulib `.pb` files: one real participatory-budget election each.
//!
//! ```text
//! META
//! key;value
//! budget;100000
//! vote_type;approval
//! rule;greedy
//! PROJECTS
//! project_id;cost;votes;name
//! 7;60000;2;"A ""quoted""; name"
//! 9;363.88;1;Trees
//! VOTES
//! voter_id;vote
//! 1;7,9
//! 2;7
//! ```
//!
//! [`parse`] is strict: whatever puts the count in doubt is an error with file, line and column.
//! With [`Options::lenient`] it is passed over and listed in [`PbFile::findings`] instead. What the
//! count does not depend on (a blank line, a project dearer than the budget) is listed either way.
//!
//! A ballot beyond a limit of META (`max_length`, `max_sum_points` ...), or whose voter id stands on
//! another one too, is a fault, except where the file's own totals show that it was counted: then it
//! is listed, because the city counted it.
//!
//! ```
//! let text = "META\nkey;value\nbudget;9\nvote_type;approval\n\
//!             PROJECTS\nproject_id;cost\na;5\nVOTES\nvoter_id;vote\n1;a\n";
//! let file = tally::pb::parse(text, &tally::pb::Options::new("example.pb"))?;
//! assert_eq!(file.count().scores()[0].to_string(), "1");
//! # Ok::<(), tally::pb::PbError>(())
//! ```

mod count;
mod csv;
mod decimal;
mod error;
mod id_table;
mod meta;
mod model;
mod parse;
mod projects;
mod votes;

pub use count::{Count, Scoring};
pub use decimal::{Decimal, format_units};
pub use error::{Findings, PbError, Problem, Section, Severity};
pub use model::{DuplicateMarks, Meta, MetaEntry, NO_FIELD, PbFile, Project, VoteType};
pub use parse::{Options, decode, parse};

#[cfg(test)]
mod tests;

//! One row: from cells to keyed hashes.

use super::table::{Cells, Column};
use super::{Outcome, RollHash, RollKey, RollRow, normalise};
use crate::identity::Ci;
use voting_core::ids::ClassIndex;
use voting_core::manifest::{Admission, Manifest, VoterClass};

/// What rows are read for.
pub(super) struct Reading<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) key: &'a RollKey,
    /// The class of the whole file, instead of a column.
    pub(super) class: Option<ClassIndex>,
}

impl Reading<'_> {
    /// The hashes of a row, or why it has none.
    pub(super) fn row(&self, cells: &Cells) -> RollRow {
        let class = self.class(cells);
        let hashes = match (&class, cells.whole) {
            (_, false) => Err(Outcome::WrongShape),
            (Err(outcome), _) => Err(*outcome),
            (Ok(_), true) => self.hashes(cells),
        };
        let (ci, person) = hashes.unwrap_or_default();
        RollRow {
            number: cells.number,
            class: class.ok(),
            outcome: hashes.err().unwrap_or(Outcome::Accepted),
            ci,
            person,
        }
    }

    fn class(&self, cells: &Cells) -> Result<ClassIndex, Outcome> {
        if let Some(class) = self.class {
            return Ok(class);
        }
        let named = cells.get(Column::Class).ok_or(Outcome::UnknownClass)?;
        let classes = (0..).map(ClassIndex::new).zip(&self.manifest.classes);
        let mut found = classes.filter(|(_, class)| is_called(class, named));
        let (index, class) = found.next().ok_or(Outcome::UnknownClass)?;
        match class.admission {
            Admission::Roll => Ok(index),
            Admission::Everyone => Err(Outcome::NoRoll),
        }
    }

    fn hashes(&self, cells: &Cells) -> Result<(Option<RollHash>, Option<RollHash>), Outcome> {
        let ci = cells
            .get(Column::Ci)
            .map(|ci| Ci::new(ci).ok_or(Outcome::BadCi));
        let ci = ci.transpose()?.map(|ci| self.key.ci(&ci));
        let name = cells.get(Column::Name);
        let name = name.map(|text| normalise::name(text).ok_or(Outcome::BadName));
        let birth = cells.get(Column::BirthDate);
        let birth = birth.map(|text| normalise::birth_date(text).ok_or(Outcome::BadBirthDate));
        let mobile = cells.get(Column::Mobile);
        let mobile = mobile.map(|text| normalise::mobile(text).ok_or(Outcome::BadMobile));
        let whole = (name.transpose()?, birth.transpose()?, mobile.transpose()?);
        let person = match whole {
            (Some(name), Some(birth), Some(mobile)) => Some(self.key.person(&name, birth, &mobile)),
            _ if ci.is_none() => return Err(Outcome::Incomplete),
            _ => None,
        };
        Ok((ci, person))
    }
}

fn is_called(class: &VoterClass, named: &str) -> bool {
    class.id.as_str() == named || class.title.ko == named || class.title.en == named
}

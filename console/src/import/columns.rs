//! Which column is which.

use super::Fault;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Title,
    TitleEn,
    Field,
    FieldEn,
    List,
    ListEn,
    District,
    DistrictEn,
    Cost,
    Kind,
    Place,
    PlaceEn,
    Summary,
    SummaryEn,
}

/// Names of columns, without blanks and in lower case.
const NAMES: &[(&str, Column)] = &[
    ("번호", Column::Id),
    ("사업번호", Column::Id),
    ("id", Column::Id),
    ("사업명", Column::Title),
    ("title_ko", Column::Title),
    ("사업명(영문)", Column::TitleEn),
    ("title", Column::TitleEn),
    ("title_en", Column::TitleEn),
    ("분야", Column::Field),
    ("field", Column::Field),
    ("분야(영문)", Column::FieldEn),
    ("field_en", Column::FieldEn),
    ("유형", Column::List),
    ("list", Column::List),
    ("유형(영문)", Column::ListEn),
    ("list_en", Column::ListEn),
    ("자치구", Column::District),
    ("district", Column::District),
    ("자치구(영문)", Column::DistrictEn),
    ("district_en", Column::DistrictEn),
    ("종류", Column::Kind),
    ("구분", Column::Kind),
    ("kind", Column::Kind),
    ("위치", Column::Place),
    ("장소", Column::Place),
    ("place", Column::Place),
    ("위치(영문)", Column::PlaceEn),
    ("place_en", Column::PlaceEn),
    ("내용", Column::Summary),
    ("사업내용", Column::Summary),
    ("summary", Column::Summary),
    ("내용(영문)", Column::SummaryEn),
    ("summary_en", Column::SummaryEn),
];

/// Names of the cost's column, with what one of its numbers is worth in won.
const COSTS: &[(&str, u64)] = &[
    ("사업비", 1),
    ("사업비(원)", 1),
    ("사업비(천원)", 1_000),
    ("사업비(만원)", 10_000),
    ("사업비(백만원)", 1_000_000),
    ("예산", 1),
    ("예산(원)", 1),
    ("예산(천원)", 1_000),
    ("예산(백만원)", 1_000_000),
    ("cost", 1),
    ("cost_won", 1),
];

/// The columns of a file.
pub(super) struct Columns {
    found: Vec<(Column, usize, String)>,
    /// What one number of the cost's column is worth, in won.
    pub(super) unit: u64,
}

impl Columns {
    /// Finds the columns by their names; unknown and repeated ones are faults, so that nothing of a
    /// file is left out silently.
    pub(super) fn find(names: &[String]) -> Result<Self, Vec<Fault>> {
        let mut columns = Self {
            found: Vec::new(),
            unit: 1,
        };
        let mut faults = Vec::new();
        for (at, name) in names
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty())
        {
            match columns.known(name) {
                None => faults.push(fault(
                    name,
                    "모르는 열입니다. 지우거나 이름을 고쳐 주십시오.",
                    "This column is not known. Remove or rename it.",
                )),
                Some(column) if columns.at(column).is_some() => {
                    faults.push(fault(
                        name,
                        "같은 열이 두 번 있습니다.",
                        "This column is there twice.",
                    ));
                }
                Some(column) => columns.found.push((column, at, name.clone())),
            }
        }
        for (column, name, en) in [
            (Column::Title, "사업명", "title"),
            (Column::Cost, "사업비", "cost"),
        ] {
            if columns.at(column).is_none() {
                let en = format!("The column of the {en} is missing.");
                faults.push(fault(name, "이 열이 없습니다.", &en));
            }
        }
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults)
        }
    }

    fn known(&mut self, name: &str) -> Option<Column> {
        let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let plain = plain.to_lowercase();
        if let Some((_, unit)) = COSTS.iter().find(|(known, _)| *known == plain) {
            self.unit = *unit;
            return Some(Column::Cost);
        }
        let found = NAMES.iter().find(|(known, _)| *known == plain);
        found.map(|(_, column)| *column)
    }

    /// The position of a column.
    pub(super) fn at(&self, column: Column) -> Option<usize> {
        let found = self.found.iter().find(|(known, ..)| *known == column);
        found.map(|(_, at, _)| *at)
    }

    /// A column's name as it stands in the file.
    pub(super) fn name(&self, column: Column) -> &str {
        let found = self.found.iter().find(|(known, ..)| *known == column);
        found.map_or("", |(.., name)| name)
    }

    /// The name of the column with the ids.
    pub(super) fn name_of_id(&self) -> &str {
        self.name(Column::Id)
    }
}

fn fault(column: &str, ko: &str, en: &str) -> Fault {
    Fault::cell(1, column, ko, en)
}

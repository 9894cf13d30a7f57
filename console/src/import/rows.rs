//! From rows to projects.

use super::cells::{Row, Sheet};
use super::columns::{Column, Columns};
use super::{Fault, Imported, MAX_FAULTS, Part};
use voting_core::manifest::{Bilingual, Kind, Project};
use voting_core::rule::{ProjectId, Won};

/// Reads every row, and tells every fault.
pub(super) fn read(sheet: &Sheet, columns: &Columns) -> Result<Imported, Vec<Fault>> {
    let mut reader = Reader {
        columns,
        imported: Imported::default(),
        faults: Vec::new(),
    };
    for (order, row) in (1..).zip(&sheet.rows) {
        if let Some(project) = reader.project(order, row) {
            reader.imported.projects.push(project);
        }
    }
    reader.faults.truncate(MAX_FAULTS);
    if reader.faults.is_empty() {
        Ok(reader.imported)
    } else {
        Err(reader.faults)
    }
}

struct Reader<'a> {
    columns: &'a Columns,
    imported: Imported,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn project(&mut self, order: u64, row: &Row) -> Option<Project> {
        let id = self.id(order, row);
        let title = self.required_text(row, Column::Title, Column::TitleEn);
        let cost = self.cost(row);
        let kind = self.kind(row);
        let field = self.part(row, Column::Field, Column::FieldEn);
        let list = self.part(row, Column::List, Column::ListEn);
        Some(Project {
            district: self.text(row, Column::District, Column::DistrictEn),
            place: self.text(row, Column::Place, Column::PlaceEn),
            summary: self.text(row, Column::Summary, Column::SummaryEn),
            field: field.and_then(|id| id.parse().ok()),
            list: list.and_then(|id| id.parse().ok()),
            id: id?,
            title: title?,
            cost: cost?,
            kind: kind?,
            proposal_order: order,
        })
    }

    fn fault(&mut self, row: &Row, column: Column, ko: impl Into<String>, en: impl Into<String>) {
        let name = self.columns.name(column);
        self.faults.push(Fault::cell(row.number, name, ko, en));
    }

    fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        let at = self.columns.at(column);
        at.and_then(|at| row.cells.get(at))
            .map_or("", String::as_str)
    }

    /// The id in the file, or `p` and the row's place.
    fn id(&mut self, order: u64, row: &Row) -> Option<ProjectId> {
        if self.columns.at(Column::Id).is_none() {
            return format!("p{order}").parse().ok();
        }
        let id: Option<ProjectId> = self.cell(row, Column::Id).parse().ok();
        let plain = id.filter(ProjectId::is_plain);
        if plain.is_none() {
            let ko = "번호는 32자 이내의 영문자, 숫자, '-', '_', '.'이어야 합니다.";
            let en = "An id has at most 32 ASCII letters, digits, '-', '_' and '.'.";
            self.fault(row, Column::Id, ko, en);
        }
        plain
    }

    fn required_text(&mut self, row: &Row, ko: Column, en: Column) -> Option<Bilingual> {
        let text = self.text(row, ko, en);
        if text.is_none() {
            self.fault(row, ko, "비어 있습니다.", "This is empty.");
        }
        text
    }

    /// A text in both languages; in Korean twice where there is no English.
    fn text(&mut self, row: &Row, ko: Column, en: Column) -> Option<Bilingual> {
        let (korean, english) = (self.cell(row, ko), self.cell(row, en));
        match (korean.is_empty(), english.is_empty()) {
            (true, true) => None,
            (true, false) => {
                self.fault(
                    row,
                    en,
                    "한국어 글이 없습니다.",
                    "The Korean text is missing.",
                );
                None
            }
            (false, true) => {
                self.imported.without_english += 1;
                Some(Bilingual::new(korean, korean))
            }
            (false, false) => Some(Bilingual::new(korean, english)),
        }
    }

    fn cost(&mut self, row: &Row) -> Option<Won> {
        let text: String = self
            .cell(row, Column::Cost)
            .chars()
            .filter(|c| *c != ',')
            .collect();
        let digits = text.strip_suffix('원').unwrap_or(&text).trim();
        let whole = digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse::<u64>().ok());
        let won = whole
            .flatten()
            .and_then(|number| number.checked_mul(self.columns.unit));
        let won = won.and_then(|won| Won::new(won).ok());
        if won.is_none() {
            let ko = "사업비는 0부터 10조 원까지의 정수여야 합니다.";
            let en = "A cost is a whole number of won, at most 10,000,000,000,000.";
            self.fault(row, Column::Cost, ko, en);
        }
        won
    }

    /// General where the file has no such column.
    fn kind(&mut self, row: &Row) -> Option<Kind> {
        match self.cell(row, Column::Kind) {
            _ if self.columns.at(Column::Kind).is_none() => Some(Kind::General),
            "일반" | "general" => Some(Kind::General),
            "행사" | "행사성" | "event" => Some(Kind::Event),
            _ => {
                let ko = "종류는 '일반' 또는 '행사성'이어야 합니다.";
                self.fault(row, Column::Kind, ko, "The kind is 'general' or 'event'.");
                None
            }
        }
    }

    /// The id of a field or list, which is made where it first appears.
    fn part(&mut self, row: &Row, column: Column, english: Column) -> Option<String> {
        self.columns.at(column)?;
        let ko = self.cell(row, column).to_owned();
        if ko.is_empty() {
            self.fault(row, column, "비어 있습니다.", "This is empty.");
            return None;
        }
        let en = self.cell(row, english).to_owned();
        let (letter, parts) = match column {
            Column::Field => ("f", &mut self.imported.fields),
            _ => ("l", &mut self.imported.lists),
        };
        let id = format!("{letter}{}", parts.len() + 1);
        let Some(part) = parts.iter_mut().find(|part| part.title.ko == ko) else {
            let title = Bilingual::new(&*ko, if en.is_empty() { &ko } else { &en });
            self.imported.without_english += u32::from(en.is_empty());
            parts.push(Part {
                id: id.clone(),
                title,
            });
            return Some(id);
        };
        if en.is_empty() || part.title.en == en {
            return Some(part.id.clone());
        }
        let (ko, en) = (
            format!("앞에서는 영문이 '{}'이었습니다.", part.title.en),
            format!("Its English was {:?} before.", part.title.en),
        );
        self.fault(row, english, ko, en);
        None
    }
}

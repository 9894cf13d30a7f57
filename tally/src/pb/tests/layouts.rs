//! One election in every layout that the format leaves open.

use super::*;
use proptest::prelude::*;

/// The same election in whatever layout the format leaves open.
#[derive(Clone, Debug)]
struct Layout {
    mark: bool,
    end: &'static str,
    quoted: bool,
    blank: &'static str,
    surplus: bool,
    columns_turned: bool,
    final_end: bool,
}

fn layout() -> impl Strategy<Value = Layout> {
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    let blank = prop::sample::select(vec!["", " "]);
    let flags = any::<[bool; 5]>();
    (end, blank, flags).prop_map(|(end, blank, flags)| Layout {
        mark: flags[0],
        end,
        quoted: flags[1],
        blank,
        surplus: flags[2],
        columns_turned: flags[3],
        final_end: flags[4],
    })
}

impl Layout {
    fn row(&self, cells: &[&str]) -> String {
        let mut cells: Vec<String> = cells
            .iter()
            .map(|cell| match (self.quoted, cell.contains([';', '"'])) {
                (false, false) => format!("{}{cell}", self.blank),
                _ => format!("\"{}\"", cell.replace('"', "\"\"")),
            })
            .collect();
        if self.surplus {
            cells.push(String::new());
        }
        cells.join(";") + self.end
    }

    fn table(&self, rows: &[Vec<&str>]) -> String {
        let mut text = String::new();
        for row in rows {
            let mut row = row.clone();
            if self.columns_turned {
                row.reverse();
            }
            text += &self.row(&row);
        }
        text
    }

    fn file(&self, ballots: &[Vec<usize>]) -> String {
        let ids = ["7", "PB-12/ż", "a b"];
        let names = ["A; \"b\"", "", "ławka"];
        let mut projects = vec![vec!["project_id", "cost", "name", "target"]];
        for (id, name) in ids.iter().zip(names) {
            projects.push(vec![id, "1234.5", name, "x,y"]);
        }
        let lists: Vec<(String, String)> = (1..)
            .zip(ballots)
            .map(|(n, marks)| {
                let marks: Vec<&str> = marks.iter().map(|&at| ids[at]).collect();
                (n.to_string(), marks.join(","))
            })
            .collect();
        let mut votes = vec![vec!["voter_id", "age", "vote", "sex"]];
        votes.extend(
            lists
                .iter()
                .map(|(n, marks)| vec![n.as_str(), "", marks, "F"]),
        );
        let mut text = if self.mark { "\u{feff}" } else { "" }.to_owned();
        let end = self.end;
        text += &format!("META{end}key;value{end}budget;9000{end}vote_type;approval{end}");
        text += &format!("unheard_of;{end}PROJECTS{end}{}", self.table(&projects));
        text += &format!("VOTES{end}{}", self.table(&votes));
        if !self.final_end {
            text.truncate(text.len() - end.len());
        }
        text
    }
}

proptest! {
    #[test]
    fn a_layout_changes_no_count(
        layout in layout(),
        ballots in prop::collection::vec(
            prop::sample::subsequence(vec![0, 1, 2], 0..=3),
            0..12,
        ),
    ) {
        let text = layout.file(&ballots);
        let file = strict(&text).unwrap();
        let marks = |at| ballots.iter().filter(|b| b.contains(&at)).count() as u64;
        prop_assert_eq!(file.count().marks, [marks(0), marks(1), marks(2)]);
        prop_assert_eq!(file.ballot_count(), ballots.len());
        prop_assert_eq!(file.project_cell(0, "name"), Some("A; \"b\""));
        prop_assert!(lines(&file).is_empty(), "{:?}", lines(&file));
    }
}

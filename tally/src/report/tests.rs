use super::*;
use crate::result::{ClassTotal, ClassTotals, ResultDocument, Standing, compute};
use voting_core::manifest::Manifest;
use voting_core::manifest::testing::{document, name, text, won};
use voting_core::rule::{FillScope, Selection};

fn result() -> ResultDocument {
    result_within(1_000_000_000)
}

/// The same with another budget; every project costs 100 million.
fn result_within(budget: u64) -> ResultDocument {
    let mut document = document(5, 3);
    if let Selection::Fill(fill) = &mut document.contests[0].rule.selection {
        fill.scope = FillScope::Overall {
            budget: won(budget),
        };
    }
    document.title = text("<예산> & \"투표\"", "<Budget> & \"vote\"");
    document.contests[0].projects[1].title = text("=합계, \"나무\"", "=SUM(A1), \"trees\"; more");
    let class = |class: &str, ballots, marks: &[u64]| ClassTotal {
        class: name(class),
        standing: Standing::Counted,
        ballots,
        issued: ballots * 2,
        marks: marks.to_vec(),
    };
    let totals = ClassTotals {
        classes: vec![
            class("committee", 10, &[1, 9, 3, 4, 3]),
            class("citizen", 100, &[60, 20, 50, 30, 30]),
        ],
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    };
    compute(&Manifest::new(document).unwrap(), &totals).unwrap()
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    let result = result();
    for language in [Language::Korean, Language::English] {
        assert_eq!(html(&result, language), html(&result, language));
        assert_eq!(
            xlsx(&result, language).unwrap(),
            xlsx(&result, language).unwrap()
        );
    }
}

#[test]
fn html_escapes_names_and_is_self_contained() {
    let page = html(&result(), Language::English);
    assert!(page.contains("&lt;Budget&gt; &amp; &quot;vote&quot;"));
    assert!(!page.contains("<Budget>"));
    for absent in ["<script", "src=", "href=", "url(http", "@import"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(page.contains("<html lang=\"en\">"));
}

#[test]
fn every_chart_is_described_and_every_table_has_headings() {
    let page = html(&result(), Language::Korean);
    let count = |what: &str| page.matches(what).count();
    assert_eq!(count("<svg"), count("role=\"img\""));
    assert_eq!((count("<svg"), count("<title id=")), (3, 3));
    assert_eq!(count("<table>"), count("<caption>"));
    assert_eq!(count("<tr"), count("scope=\"row\"") + count("<thead>"));
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "ids are unique");
}

#[test]
fn every_element_is_closed() {
    for language in [Language::Korean, Language::English] {
        let page = html(&result(), language);
        for element in [
            "main", "section", "table", "tr", "td", "th", "svg", "text", "div", "dl", "h2", "p",
        ] {
            let opened = page.matches(&format!("<{element}>")).count()
                + page.matches(&format!("<{element} ")).count();
            assert_eq!(
                opened,
                page.matches(&format!("</{element}>")).count(),
                "{element}"
            );
        }
    }
}

#[test]
fn csv_quotes_and_defuses_formulas() {
    let text = csv(&result(), Language::English);
    assert!(text.starts_with('\u{feff}'));
    let lines: Vec<_> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 6);
    assert!(text.contains("\"'=SUM(A1), \"\"trees\"\"; more\""));
}

#[test]
fn the_totals_file_is_read_strictly_and_keeps_its_money() {
    let result = result();
    let text = pb(&result, &result.contests[0], Language::English);
    let file = crate::pb::parse(&text, &crate::pb::Options::new("totals.pb")).unwrap();
    assert_eq!(file.projects.len(), 5);
    assert_eq!(file.ballot_count(), 0);
    assert_eq!(file.meta.get("rule"), Some("greedy"));
    let by_cost: u64 = result.contests[0]
        .projects
        .iter()
        .map(|p| p.cost.get())
        .sum();
    let costs = file
        .projects
        .iter()
        .map(|p| p.cost.unwrap().units(0).unwrap());
    assert_eq!(costs.sum::<i128>(), i128::from(by_cost));
    assert!(
        file.projects
            .iter()
            .any(|project| project.votes.unwrap().units(0) == Some(61))
    );
}

#[test]
fn the_workbook_is_a_zip_with_three_sheets() {
    let bytes = xlsx(&result(), Language::Korean).unwrap();
    assert_eq!(&bytes[..2], b"PK");
    let has = |name: &str| {
        bytes
            .windows(name.len())
            .any(|window| window == name.as_bytes())
    };
    assert!(has("xl/worksheets/sheet3.xml") && !has("xl/worksheets/sheet4.xml"));
}

#[test]
fn the_line_stands_in_the_table_above_the_first_project_that_is_out() {
    assert!(!html(&result(), Language::English).contains("<tr class=\"line\">"));
    let result = result_within(300_000_000);
    let page = html(&result, Language::English);
    assert_eq!(page.matches("<tr class=\"line\">").count(), 1);
    let first_out = result.contests[0].ranking.iter().find(|id| {
        let of = |p: &&crate::result::ProjectResult| p.id == **id;
        let project = result.contests[0].projects.iter().find(of).unwrap();
        project.outcome == crate::engine::Outcome::Out
    });
    let place = |id| {
        result.contests[0]
            .ranking
            .iter()
            .position(|r| r == id)
            .unwrap()
            + 1
    };
    let line = page.split("<tr class=\"line\">").nth(1).unwrap();
    let expected = format!("<th scope=\"row\">{}</th>", place(first_out.unwrap()));
    assert!(line.starts_with(&expected), "{}", &line[..60]);
}

#[test]
fn no_pattern_fills_a_bar() {
    // A printed page with a pattern for each bar is a PDF of many megabytes.
    assert!(!html(&result(), Language::Korean).contains("<pattern"));
}

//! The frame of the HTML report: style, escaping, tables.

use super::words::Language;
use crate::result::ResultDocument;
use voting_core::rule::ClassId;

/// Text as HTML, safe in content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A class or offline group as people read it.
pub(super) fn class_title<'r>(
    result: &'r ResultDocument,
    class: &'r ClassId,
    language: Language,
) -> &'r str {
    let turnout = result
        .turnout
        .iter()
        .find(|turnout| turnout.class == *class);
    turnout.map_or(class.as_str(), |turnout| language.of(&turnout.title))
}

/// A table with a caption; the first cell of each row is its heading. Cells are HTML already.
pub(super) fn table(caption: &str, headings: &[&str], rows: &[Vec<String>]) -> String {
    table_with_line(caption, headings, rows, None)
}

/// The same with a line above row `line`.
pub(super) fn table_with_line(
    caption: &str,
    headings: &[&str],
    rows: &[Vec<String>],
    line: Option<usize>,
) -> String {
    let caption = escape(caption);
    let mut html = format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\
         <table><caption>{caption}</caption><thead><tr>",
    );
    for (at, heading) in headings.iter().enumerate() {
        let class = class_of(rows.iter().filter_map(|row| row.get(at)));
        html.push_str(&format!(
            "<th scope=\"col\"{class}>{}</th>",
            escape(heading)
        ));
    }
    html.push_str("</tr></thead><tbody>");
    for (at, row) in rows.iter().enumerate() {
        let class = if line == Some(at) {
            " class=\"line\""
        } else {
            ""
        };
        html.push_str(&format!("<tr{class}>"));
        for (at, cell) in row.iter().enumerate() {
            if at == 0 {
                html.push_str(&format!("<th scope=\"row\">{cell}</th>"));
            } else {
                html.push_str(&format!("<td{}>{cell}</td>", class_of([cell].into_iter())));
            }
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div>");
    html
}

/// How cells that all look alike are set: numbers to the right, lines kept whole, names and
/// sentences wide enough to read.
fn class_of<'a>(cells: impl Iterator<Item = &'a String> + Clone) -> &'static str {
    let number = |cell: &String| {
        let unit = |c: char| c.is_ascii_digit() || ",./ %".contains(c);
        let bare = cell.trim_end_matches(" won").trim_end_matches('원');
        cell.is_empty()
            || (bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().all(unit))
    };
    let longest = cells.clone().map(|cell| cell.chars().count()).max();
    if cells.clone().all(number) {
        " class=\"n\""
    } else if cells.clone().any(|cell| cell.contains("<br>")) {
        " class=\"m\""
    } else {
        match longest {
            Some(25..) => " class=\"t\"",
            Some(11..) => " class=\"s\"",
            _ => "",
        }
    }
}

/// The report's style: readable on a phone, in high contrast, and on A4.
pub(super) const STYLE: &str = "
:root{--ink:#1a1a1a;--soft:#595959;--line:#c6c6c6;--blue:#0b50d0;--warn:#8a3c00}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:1rem;color:var(--ink);background:#fff;
font:1rem/1.6 'Pretendard GOV','Pretendard','Noto Sans KR',system-ui,sans-serif;word-break:keep-all}
h1{font-size:1.8rem;line-height:1.3}h2{font-size:1.4rem;margin-top:2.5rem}h3{font-size:1.1rem}
h4{font-size:1rem;margin:1rem 0 0}
.demo{border:3px solid var(--warn);color:var(--warn);padding:.5rem 1rem;font-weight:700}
.wide{overflow-x:auto}.wide:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:700;padding:.3rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--ink)}
td.n,thead th.n{text-align:right}td.n,td.m{white-space:nowrap}td.t{min-width:13rem}td.s{min-width:9rem}
tr.line td,tr.line th{border-top:3px dashed var(--blue)}
.chart{display:block;max-width:52rem;font-size:13px}
.chart text{fill:var(--ink)}
.chart .in{fill:var(--blue)}.chart .out{fill:none;stroke:var(--soft)}
.chart .part{fill:var(--blue);fill-opacity:.35;stroke:var(--blue);stroke-width:2}
.chart line.cut{stroke:var(--warn);stroke-width:2;stroke-dasharray:8 4}
.chart text.cut{fill:var(--warn);font-weight:700}
code{font-size:.85rem;word-break:break-all}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:700}dd{margin:0}
@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--soft:#b3b3b3;--line:#555;--blue:#8ab4ff;
--warn:#ffb37a}body{background:#121212}}
@media print{@page{size:A4;margin:12mm}table{font-size:8pt}:root{--ink:#000;--soft:#333;--line:#999;--blue:#00339a;
--warn:#000}body{background:#fff;max-width:none;padding:0;font-size:10pt}section+section{break-before:page}
h2,h3,h4,caption{break-after:avoid}table,svg{break-inside:auto}tr{break-inside:avoid}
thead{display:table-header-group}.wide{overflow:visible}
td.t,td.s{min-width:0}}
";

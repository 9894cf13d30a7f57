//! The HTML report.

use super::contest;
use super::html_parts::{STYLE, class_title, escape, table};
use super::words::Language;
use crate::exact::grouped;
use crate::result::{ResultDocument, Standing};

/// A page of its own: no scripts, nothing fetched, printable on A4.
#[must_use]
pub fn html(result: &ResultDocument, language: Language) -> String {
    let title = escape(language.of(&result.title));
    let heading = language.pick("투표 결과", "Result of the vote");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} — {heading}</title><style>{STYLE}</style></head><body><main>\
         <h1>{title}<br>{heading}</h1>",
        language.tag(),
    );
    if result.demonstration {
        let text = language.pick(
            "시연용 투표입니다. 이 결과로 아무것도 결정되지 않습니다.",
            "A demonstration: nothing is decided by this result.",
        );
        page.push_str(&format!(
            "<p class=\"demo\" role=\"note\">{}</p>",
            escape(text)
        ));
    }
    page.push_str(&turnout(result, language));
    for (at, contest) in result.contests.iter().enumerate() {
        page.push_str(&contest::section(at, result, contest, language));
    }
    page.push_str(&provenance(result, language));
    page.push_str("</main></body></html>\n");
    page
}

fn turnout(result: &ResultDocument, language: Language) -> String {
    let rows: Vec<Vec<String>> = result
        .turnout
        .iter()
        .map(|t| {
            let percent = t
                .percent
                .as_ref()
                .map_or_else(String::new, |p| format!("{p} %"));
            let standing = standing(result, &t.standing, language);
            vec![
                escape(language.of(&t.title)),
                grouped(t.issued.into()),
                grouped(t.ballots.into()),
                percent,
                escape(&standing),
            ]
        })
        .collect();
    let headings = [
        language.pick("구분", "Class"),
        language.pick("투표권 발급", "Credentials issued"),
        language.pick("투표수", "Ballots counted"),
        language.pick("투표율", "Turnout"),
        language.pick("집계", "Counting"),
    ];
    table(language.pick("투표율", "Turnout"), &headings, &rows)
}

fn standing(result: &ResultDocument, standing: &Standing, language: Language) -> String {
    match standing {
        Standing::Counted => language.pick("집계함", "counted").to_owned(),
        Standing::Withheld => language
            .pick(
                "인원이 적어 비밀 보호를 위해 공개하지 않음",
                "withheld: too small to keep secret",
            )
            .to_owned(),
        Standing::MergedInto(class) => {
            let class = class_title(result, class, language);
            format!("{} {class}", language.pick("합산:", "merged into"))
        }
    }
}

fn provenance(result: &ResultDocument, language: Language) -> String {
    let hash = result
        .hash()
        .map_or_else(|_| String::new(), |hash| hash.to_string());
    let mut entries = vec![
        (
            language.pick("선거 번호(명세 해시)", "Election id (manifest hash)"),
            result.election_id.to_string(),
        ),
        (
            language.pick("결과 문서 해시", "Hash of the result document"),
            hash,
        ),
    ];
    for contest in &result.contests {
        entries.push((
            language.pick("집계 규칙 해시", "Rule hash"),
            contest.rule_hash.to_string(),
        ));
    }
    let mut html = format!(
        "<h2>{}</h2><dl>",
        language.pick("검증 정보", "How to check this")
    );
    for (term, value) in entries {
        html.push_str(&format!(
            "<dt>{term}</dt><dd><code>{}</code></dd>",
            escape(&value)
        ));
    }
    html.push_str("</dl>");
    html
}

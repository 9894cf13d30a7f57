//! The HTML report.

use super::chart::{Bar, bars, divided};
use super::csv::ranked;
use super::html_parts::{STYLE, escape, table, table_with_line};
use super::words::Language;
use crate::engine::Outcome;
use crate::exact::{rounded, whole};
use crate::result::{ContestResult, Pot, ProjectResult, ResultDocument};
use num_rational::BigRational;

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
        page.push_str(&contest_section(at, contest, language));
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
            let standing = standing(&t.standing, language);
            vec![
                escape(language.of(&t.title)),
                t.issued.to_string(),
                t.ballots.to_string(),
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

fn standing(standing: &crate::result::Standing, language: Language) -> String {
    use crate::result::Standing;
    match standing {
        Standing::Counted => language.pick("집계함", "counted").to_owned(),
        Standing::Withheld => language
            .pick(
                "인원이 적어 비밀 보호를 위해 공개하지 않음",
                "withheld: too small to keep secret",
            )
            .to_owned(),
        Standing::MergedInto(class) => {
            format!("{} {class}", language.pick("합산:", "merged into"))
        }
    }
}

fn contest_section(at: usize, contest: &ContestResult, language: Language) -> String {
    let chosen = contest
        .projects
        .iter()
        .filter(|p| p.outcome != Outcome::Out)
        .count();
    let funded: u64 = contest.projects.iter().map(|p| p.funded).sum();
    let all = contest.projects.len();
    let summary = match language {
        Language::Korean => {
            format!(
                "{all}개 사업 가운데 {chosen}개 선정, 선정액 {}",
                language.money(funded)
            )
        }
        Language::English => {
            format!(
                "{chosen} of {all} projects chosen, {} funded",
                language.money(funded)
            )
        }
    };
    let mut html = format!(
        "<section aria-labelledby=\"c{at}\"><h2 id=\"c{at}\">{}</h2><p>{}</p>",
        escape(language.of(&contest.title)),
        escape(&summary),
    );
    html.push_str(&split(at, contest, language));
    html.push_str(&scores_chart(at, contest, language));
    html.push_str(&projects_table(contest, language));
    html.push_str(&money(at, contest, language));
    html.push_str(&weights(contest, language));
    html.push_str(&ties(contest, language));
    html.push_str(&sensitivity(contest, language));
    html.push_str("</section>");
    html
}

/// How many projects stand above the line: all before the first that is out.
fn above_line(projects: &[&ProjectResult]) -> Option<usize> {
    projects
        .iter()
        .position(|project| project.outcome == Outcome::Out)
}

fn scores_chart(at: usize, contest: &ContestResult, language: Language) -> String {
    let projects = ranked(contest);
    let bar = |project: &&ProjectResult| Bar {
        label: language.of(&project.title).to_owned(),
        value: project.score.parse().unwrap_or_else(|_| whole(0)),
        shown: format!(
            "{} ({})",
            short(&project.score),
            language.outcome(project.outcome)
        ),
        outcome: project.outcome,
    };
    let all: Vec<Bar> = projects.iter().map(bar).collect();
    let description = language.pick(
        "점수 순서의 막대 그래프. 채운 막대는 선정, 옅은 막대는 일부 선정, 빈 막대는 미선정. 같은 내용이 아래 표에 있습니다.",
        "Bars in the order of scores: filled ones are in, pale ones in part, hollow ones out. The table below says the same.",
    );
    let line = above_line(&projects).map(|n| (n, language.pick("선정 경계", "cut-off")));
    let title = language.pick("사업별 점수와 선정 경계", "Scores and the cut-off");
    format!(
        "<h3>{title}</h3>{}",
        bars(&format!("s{at}"), title, description, &all, line)
    )
}

/// How many projects, and how much of the money they asked for, is in, in part and out.
fn split(at: usize, contest: &ContestResult, language: Language) -> String {
    let parts = |amount: &dyn Fn(&ProjectResult) -> u64, shown: &dyn Fn(u64) -> String| {
        [Outcome::In, Outcome::Partial, Outcome::Out].map(|outcome| {
            let of = contest.projects.iter().filter(|p| p.outcome == outcome);
            let sum = of.map(amount).fold(0_u64, u64::saturating_add);
            let name = language.outcome(outcome);
            (outcome, sum, format!("{name} {}", shown(sum)))
        })
    };
    let number = parts(&|_| 1, &|n| n.to_string());
    let cost = parts(&|project| project.cost.get(), &|won| language.money(won));
    let title = language.pick("선정과 미선정", "In and out");
    let description = language.pick(
        "사업 수와 사업비를 선정, 일부 선정, 미선정으로 나눈 막대.",
        "Bars of the projects and of their cost, divided into in, in part and out.",
    );
    let bars = [
        (language.pick("사업 수", "Projects"), number),
        (language.pick("사업비", "Cost"), cost),
    ];
    format!(
        "<h3>{title}</h3>{}",
        divided(&format!("d{at}"), title, description, &bars)
    )
}

/// A score with four decimals.
fn short(score: &str) -> String {
    score
        .parse::<BigRational>()
        .map_or_else(|_| score.to_owned(), |score| rounded(&score, 4))
}

fn projects_table(contest: &ContestResult, language: Language) -> String {
    let rows: Vec<Vec<String>> = ranked(contest)
        .iter()
        .map(|project| {
            let margin = project.margin.as_ref();
            let marks: Vec<String> = project
                .marks
                .iter()
                .map(|(class, marks)| format!("{class} {marks}"))
                .collect();
            vec![
                project
                    .rank
                    .map_or_else(|| "–".to_owned(), |rank| rank.to_string()),
                escape(language.of(&project.title)),
                language.outcome(project.outcome).to_owned(),
                language.money(project.cost.get()),
                escape(&project.score_decimal),
                escape(&marks.join(", ")),
                escape(language.of(&project.reason.sentence)),
                margin.map_or_else(String::new, |m| escape(language.of(&m.sentence))),
            ]
        })
        .collect();
    let headings = [
        language.pick("순위", "Rank"),
        language.pick("사업", "Project"),
        language.pick("결과", "Outcome"),
        language.pick("사업비", "Cost"),
        language.pick("점수", "Score"),
        language.pick("득표", "Marks"),
        language.pick("사유", "Reason"),
        language.pick("경계까지", "To the line"),
    ];
    table_with_line(
        language.pick("사업별 결과", "Every project"),
        &headings,
        &rows,
        above_line(&ranked(contest)),
    )
}

fn money(at: usize, contest: &ContestResult, language: Language) -> String {
    let bar = |pot: &Pot| Bar {
        label: language.of(&pot.title).to_owned(),
        value: whole(pot.spent),
        shown: language.money(pot.spent),
        outcome: Outcome::In,
    };
    let all: Vec<Bar> = contest.pots.iter().map(bar).collect();
    let title = language.pick("분야별 선정액", "Money by field");
    let description = language.pick("분야별 선정액의 막대 그래프.", "Bars of the money funded.");
    let rows: Vec<Vec<String>> = contest
        .pots
        .iter()
        .map(|pot| {
            let allocation = pot.allocation.as_deref().and_then(|text| text.parse().ok());
            let allocation = allocation.map_or_else(String::new, |a: BigRational| {
                rounded(&a, 0)
                    .parse()
                    .map_or_else(|_| String::new(), |won| language.money(won))
            });
            vec![
                escape(language.of(&pot.title)),
                language.money(pot.candidates_cost),
                allocation,
                language.money(pot.spent),
                language.money(pot.dropped),
            ]
        })
        .collect();
    let headings = [
        language.pick("구분", "Of"),
        language.pick("후보 사업비", "Candidates"),
        language.pick("배정액", "Allocation"),
        language.pick("선정액", "Funded"),
        language.pick("하위 탈락액", "Dropped"),
    ];
    format!(
        "<h3>{title}</h3>{}{}",
        bars(&format!("m{at}"), title, description, &all, None),
        table(language.pick("예산", "Money"), &headings, &rows)
    )
}

fn weights(contest: &ContestResult, language: Language) -> String {
    let rows: Vec<Vec<String>> = contest
        .weights
        .iter()
        .map(|class| {
            vec![
                escape(class.class.as_str()),
                escape(&class.weight),
                class.base.map_or_else(String::new, |base| base.to_string()),
                escape(&class.leverage_decimal),
            ]
        })
        .collect();
    let headings = [
        language.pick("구분", "Class"),
        language.pick("비중 또는 배수", "Share or factor"),
        language.pick("나눈 수", "Divided by"),
        language.pick(
            "1표의 힘(기준 구분의 표수)",
            "One mark equals so many of the reference class",
        ),
    ];
    table(
        language.pick("구분별 비중", "What each class's marks count"),
        &headings,
        &rows,
    )
}

fn ties(contest: &ContestResult, language: Language) -> String {
    let decided: Vec<Vec<String>> = contest
        .ties
        .iter()
        .map(|tie| {
            let ids: Vec<&str> = tie.projects.iter().map(|id| id.as_str()).collect();
            let effect = if tie.decided {
                language.pick("순서가 결과를 정함", "their order decided the outcome")
            } else {
                language.pick("결과에 영향 없음", "made no difference")
            };
            vec![escape(&ids.join(" → ")), effect.to_owned()]
        })
        .collect();
    if decided.is_empty() {
        return String::new();
    }
    let headings = [
        language.pick("사업", "Projects"),
        language.pick("영향", "Effect"),
    ];
    table(language.pick("동점", "Ties"), &headings, &decided)
}

fn sensitivity(contest: &ContestResult, language: Language) -> String {
    let rows: Vec<Vec<String>> = contest
        .sensitivity
        .iter()
        .map(|other| {
            let changed: Vec<String> = other
                .changes
                .iter()
                .map(|change| format!("{} → {}", change.id, language.outcome(change.outcome)))
                .collect();
            let none = language.pick("같은 결과", "the same outcome");
            let text = if changed.is_empty() {
                none.to_owned()
            } else {
                changed.join(", ")
            };
            vec![
                escape(&format!("{} = {}", other.setting, other.value)),
                escape(&text),
            ]
        })
        .collect();
    let headings = [
        language.pick("다른 설정", "Another setting"),
        language.pick("결과", "Would give"),
    ];
    table(
        language.pick("경계 설정의 영향", "Which boundary settings mattered"),
        &headings,
        &rows,
    )
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

//! A contest's part of the HTML report.

use super::chart::{self, Bar, Words};
use super::html_parts::{class_title, escape, table, table_with_line};
use super::rankings::{Ranking, rankings};
use super::words::Language;
use crate::engine::Outcome;
use crate::exact::{grouped, rounded, whole};
use crate::result::{ContestResult, Pot, ProjectResult, ResultDocument};
use num_rational::BigRational;

/// A contest's part of the page.
pub(super) fn section(
    at: usize,
    result: &ResultDocument,
    contest: &ContestResult,
    language: Language,
) -> String {
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
    html.push_str(&projects_tables(result, contest, language));
    html.push_str(&money(at, contest, language));
    html.push_str(&weights(result, contest, language));
    html.push_str(&ties(contest, language));
    html.push_str(&sensitivity(contest, language));
    html.push_str("</section>");
    html
}

/// The bars of each ranking, with its line.
fn scores_chart(at: usize, contest: &ContestResult, language: Language) -> String {
    let title = language.pick("사업별 점수와 선정 경계", "Scores and the cut-off");
    let description = language.pick(
        "점수 순서의 막대 그래프. 채운 막대는 선정, 옅은 막대는 일부 선정, 빈 막대는 미선정. 같은 내용이 아래 표에 있습니다.",
        "Bars in the order of scores: filled ones are in, pale ones in part, hollow ones out. The table below says the same.",
    );
    let longest = contest.projects.iter().map(score).max();
    let longest = longest.unwrap_or_else(|| whole(0));
    let mut html = format!("<h3>{title}</h3>");
    for (n, ranking) in rankings(contest).iter().enumerate() {
        let bars: Vec<Bar> = ranking
            .projects
            .iter()
            .map(|project| score_bar(project, language))
            .collect();
        let line = ranking
            .line()
            .map(|n| (n, language.pick("선정 경계", "cut-off")));
        let (name, heading) = match ranking.title {
            None => (title.to_owned(), String::new()),
            Some(of) => {
                let name = language.of(of);
                (
                    format!("{title}: {name}"),
                    format!("<h4>{}</h4>", escape(name)),
                )
            }
        };
        html.push_str(&heading);
        let words = Words {
            id: &format!("s{at}-{n}"),
            title: &name,
            description,
        };
        html.push_str(&chart::bars(words, &bars, &longest, line));
    }
    html
}

fn score_bar(project: &ProjectResult, language: Language) -> Bar {
    let score = score(project);
    let outcome = language.outcome(project.outcome);
    Bar {
        label: language.of(&project.title).to_owned(),
        shown: format!("{} ({outcome})", rounded(&score, 4)),
        value: score,
        of: None,
        outcome: project.outcome,
    }
}

fn score(project: &ProjectResult) -> BigRational {
    project.score.parse().unwrap_or_else(|_| whole(0))
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
    let bars = [
        (language.pick("사업 수", "Projects"), number),
        (language.pick("사업비", "Cost"), cost),
    ];
    let id = format!("d{at}");
    format!("<h3>{title}</h3>{}", chart::divided(&id, title, &bars))
}

fn projects_tables(result: &ResultDocument, contest: &ContestResult, language: Language) -> String {
    let caption = language.pick("사업별 결과", "Every project");
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
    let table = |ranking: &Ranking<'_>| {
        let rows: Vec<Vec<String>> = ranking
            .projects
            .iter()
            .map(|project| project_row(result, project, language))
            .collect();
        let caption = match ranking.title {
            None => caption.to_owned(),
            Some(of) => format!("{caption}: {}", language.of(of)),
        };
        table_with_line(&caption, &headings, &rows, ranking.line())
    };
    rankings(contest).iter().map(table).collect()
}

fn project_row(
    result: &ResultDocument,
    project: &ProjectResult,
    language: Language,
) -> Vec<String> {
    let margin = project.margin.as_ref();
    let marks: Vec<String> = project
        .marks
        .iter()
        .map(|(class, &marks)| {
            let class = class_title(result, class, language);
            format!("{} {}", escape(class), grouped(marks.into()))
        })
        .collect();
    vec![
        project
            .rank
            .map_or_else(|| "–".to_owned(), |rank| rank.to_string()),
        escape(language.of(&project.title)),
        language.outcome(project.outcome).to_owned(),
        language.money(project.cost.get()),
        escape(&project.score_decimal),
        marks.join("<br>"),
        escape(language.of(&project.reason.sentence)),
        margin.map_or_else(String::new, |m| escape(language.of(&m.sentence))),
    ]
}

fn money(at: usize, contest: &ContestResult, language: Language) -> String {
    let bar = |pot: &Pot| Bar {
        label: language.of(&pot.title).to_owned(),
        value: whole(pot.spent),
        of: Some(allocation(pot).unwrap_or_else(|| whole(pot.candidates_cost))),
        shown: language.money(pot.spent),
        outcome: Outcome::In,
    };
    let all: Vec<Bar> = contest.pots.iter().map(bar).collect();
    let title = language.pick("분야별 선정액", "Money by field");
    let description = language.pick(
        "분야별 선정액의 막대 그래프. 테두리는 배정액, 배정액이 없으면 후보 사업비. 같은 내용이 아래 표에 있습니다.",
        "Bars of the money funded, within an outline of the allocation or, where there is none, of what the candidates cost. The table below says the same.",
    );
    let rows: Vec<Vec<String>> = contest
        .pots
        .iter()
        .map(|pot| {
            let allocation = allocation(pot).map_or_else(String::new, |a| {
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
    let longest = all.iter().flat_map(|bar| bar.of.iter().chain([&bar.value]));
    let longest = longest.max().cloned().unwrap_or_else(|| whole(0));
    let words = Words {
        id: &format!("m{at}"),
        title,
        description,
    };
    format!(
        "<h3>{title}</h3>{}{}",
        chart::bars(words, &all, &longest, None),
        table(language.pick("예산", "Money"), &headings, &rows)
    )
}

fn allocation(pot: &Pot) -> Option<BigRational> {
    pot.allocation.as_deref()?.parse().ok()
}

fn weights(result: &ResultDocument, contest: &ContestResult, language: Language) -> String {
    let rows: Vec<Vec<String>> = contest
        .weights
        .iter()
        .map(|class| {
            vec![
                escape(class_title(result, &class.class, language)),
                escape(&class.weight),
                class
                    .base
                    .map_or_else(String::new, |base| grouped(base.into())),
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

//! The totals as a Pabulib file.

use super::rankings::ranked;
use super::words::Language;
use crate::engine::Outcome;
use crate::exact::whole;
use crate::result::{ContestResult, ResultDocument, Standing};
use num_rational::BigRational;
use voting_core::manifest::Bilingual;
use voting_core::rule::{FillPolicy, FillScope, Selection};

/// One contest's totals as a Pabulib file: META and PROJECTS, and VOTES without ballots, which this
/// system never has in clear. `score` is the weighted score, rounded; `votes` are the marks of all
/// counted classes.
#[must_use]
pub fn pb(result: &ResultDocument, contest: &ContestResult, language: Language) -> String {
    let mut text = String::from("META\nkey;value\n");
    for (key, value) in meta(result, contest, language) {
        text.push_str(&format!("{key};{}\n", quoted(&value)));
    }
    text.push_str("PROJECTS\nproject_id;cost;votes;score;name;category;selected\n");
    for project in ranked(contest) {
        let name = |text: Option<&Bilingual>| text.map_or("", |t| language.of(t)).to_owned();
        let selected = match project.outcome {
            Outcome::In => 1,
            Outcome::Partial => 2,
            Outcome::Out => 0,
        };
        let cells = [
            project.id.to_string(),
            project.cost.to_string(),
            project.marks.values().sum::<u64>().to_string(),
            project.score_decimal.clone(),
            name(Some(&project.title)),
            name(project.field.as_ref()).replace(',', " "),
            selected.to_string(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(";"));
        text.push('\n');
    }
    text.push_str("VOTES\nvoter_id;vote\n");
    text
}

fn meta(
    result: &ResultDocument,
    contest: &ContestResult,
    language: Language,
) -> Vec<(&'static str, String)> {
    let title = format!(
        "{} — {}",
        language.of(&result.title),
        language.of(&contest.title)
    );
    let counted = result
        .turnout
        .iter()
        .filter(|t| t.standing != Standing::Withheld);
    let ballots: u64 = counted.map(|turnout| turnout.ballots).sum();
    vec![
        ("description", title),
        ("country", "South Korea".to_owned()),
        ("unit", "Seoul".to_owned()),
        ("num_projects", contest.projects.len().to_string()),
        ("num_votes", "0".to_owned()),
        ("budget", budget(contest)),
        ("vote_type", "approval".to_owned()),
        ("rule", rule(contest).to_owned()),
        ("currency", "KRW".to_owned()),
        (
            "comment",
            format!(
                "#1: totals of {ballots} secret ballots; no ballot exists in clear. #2: election {}.",
                result.election_id
            ),
        ),
    ]
}

/// What there was to spend, rounded down; for rules without money the cost of all projects.
fn budget(contest: &ContestResult) -> String {
    let allocations = contest
        .pots
        .iter()
        .filter_map(|pot| pot.allocation.as_deref());
    let parsed: Vec<BigRational> = allocations.filter_map(|text| text.parse().ok()).collect();
    if parsed.is_empty() {
        let cost: u64 = contest
            .projects
            .iter()
            .map(|project| project.cost.get())
            .sum();
        return cost.to_string();
    }
    parsed
        .into_iter()
        .fold(whole(0), |sum, amount| sum + amount)
        .floor()
        .to_integer()
        .to_string()
}

fn rule(contest: &ContestResult) -> &'static str {
    match &contest.rule.selection {
        Selection::Fill(fill) => match (&fill.policy, &fill.scope) {
            (FillPolicy::Stop, FillScope::Overall { .. }) => "greedy-no-skip",
            (FillPolicy::Partial { .. }, FillScope::Overall { .. }) => "greedy-custom",
            (FillPolicy::Skip, FillScope::Overall { .. }) if contest.rule.minimum.is_some() => {
                "greedy-threshold"
            }
            (FillPolicy::Skip, FillScope::Overall { .. }) => "greedy",
            _ => "unknown",
        },
        _ => "unknown",
    }
}

fn quoted(cell: &str) -> String {
    let cell = cell.replace(['\r', '\n'], " ");
    if cell.contains(';') || cell.starts_with('"') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

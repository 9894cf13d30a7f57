//! Whether the manifest's requirements are met (docs/GATEWAY.md, "Eligibility").

use crate::identity::Person;
use serde::Serialize;
use voting_core::manifest::{Claim, Eligibility};

/// A requirement of the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// The least age on the stated day.
    Age,
    /// A tie to the area: residence, work, study or business.
    Tie,
    /// A class that admits the person.
    Class,
}

/// A requirement that is not met, told without saying anything of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Unmet {
    /// Which.
    pub requirement: Requirement,
    /// Whether a desk can confirm it: nothing that the provider verified speaks against it.
    pub confirmable: bool,
    /// What is required.
    pub text: String,
    /// What is required, in Korean.
    pub text_ko: String,
    /// What the person shows to a desk, so that it can confirm; sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

impl Requirement {
    /// Its name, as it is kept.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Tie => "tie",
            Self::Class => "class",
        }
    }

    /// The requirement of a name that desks may confirm.
    #[must_use]
    pub fn confirmable(name: &str) -> Option<Self> {
        [Self::Age, Self::Tie]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// The first requirement that is not met, from what the provider verified and desks confirmed.
pub(super) fn judge(rule: &Eligibility, person: &Person, confirmed: &[String]) -> Option<Unmet> {
    let confirmed = |one: Requirement| confirmed.iter().any(|name| name == one.name());
    if let Some(limit) = rule.age {
        let age = person
            .birth_date
            .map(|birth| limit.on.age_of(birth).unwrap_or(0));
        let old_enough = age.map(|age| age >= u16::from(limit.years));
        // What the provider verified decides; a desk speaks where it said nothing.
        if !old_enough.unwrap_or_else(|| confirmed(Requirement::Age)) {
            return Some(unmet(rule, Requirement::Age, old_enough.is_none()));
        }
    }
    let tied = rule.claims.is_empty() || rule.claims.iter().any(|c| person.ties.contains(c));
    if !tied && !confirmed(Requirement::Tie) {
        return Some(unmet(rule, Requirement::Tie, true));
    }
    None
}

pub(super) fn unmet(rule: &Eligibility, requirement: Requirement, confirmable: bool) -> Unmet {
    let (text, text_ko) = sentences(rule, requirement);
    Unmet {
        requirement,
        confirmable,
        text,
        text_ko,
        case: None,
    }
}

fn sentences(rule: &Eligibility, requirement: Requirement) -> (String, String) {
    match (requirement, rule.age) {
        (Requirement::Age, Some(limit)) => (
            format!(
                "Voters are at least {} years old on {}.",
                limit.years, limit.on
            ),
            format!(
                "{} 기준 만 {}세 이상이어야 투표할 수 있습니다.",
                limit.on, limit.years
            ),
        ),
        (Requirement::Tie, _) => (
            format!(
                "Voters have a tie to {}: {}.",
                rule.area.en,
                names(&rule.claims, english)
            ),
            format!(
                "{}에 연고({})가 있어야 투표할 수 있습니다.",
                rule.area.ko,
                names(&rule.claims, korean)
            ),
        ),
        _ => (
            "Voters are on the roll of a class.".to_owned(),
            "투표자 명부에 있어야 투표할 수 있습니다.".to_owned(),
        ),
    }
}

fn names(claims: &[Claim], name: fn(Claim) -> &'static str) -> String {
    let names: Vec<_> = claims.iter().map(|claim| name(*claim)).collect();
    names.join(", ")
}

const fn english(claim: Claim) -> &'static str {
    match claim {
        Claim::Residence => "residence",
        Claim::Work => "work",
        Claim::Study => "study",
        Claim::Business => "business",
    }
}

const fn korean(claim: Claim) -> &'static str {
    match claim {
        Claim::Residence => "거주",
        Claim::Work => "근무",
        Claim::Study => "재학",
        Claim::Business => "사업",
    }
}

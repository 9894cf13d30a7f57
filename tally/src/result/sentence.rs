//! Reasons and margins as sentences, in Korean and English.

#[cfg(test)]
mod tests;

use crate::engine::Reason;
use crate::exact::{grouped, rounded};
use num_rational::BigRational;
use voting_core::manifest::Bilingual;

/// An amount of money as people read it.
///
/// ```
/// assert_eq!(tally::result::money(1_234_000).ko, "1,234,000원");
/// ```
#[must_use]
pub fn money(won: u128) -> Bilingual {
    let digits = grouped(won);
    Bilingual {
        ko: format!("{digits}원"),
        en: format!("{digits} won"),
    }
}

/// What a reason's sentence is about.
pub(super) struct Facts<'a> {
    pub(super) cost: u128,
    pub(super) running: u128,
    pub(super) funded: u128,
    /// What there was to spend.
    pub(super) allocation: Option<&'a BigRational>,
    /// The other project of a conflict.
    pub(super) other: Option<&'a Bilingual>,
    /// Why a project was withdrawn.
    pub(super) withdrawal: Option<&'a Bilingual>,
}

/// The sentence of a reason.
pub(super) fn reason(reason: Reason, facts: &Facts<'_>) -> Bilingual {
    let (cost, running, funded) = (money(facts.cost), money(facts.running), money(facts.funded));
    let allocation = facts.allocation.map_or_else(|| money(0), exact_money);
    let both = |ko: String, en: String| Bilingual { ko, en };
    match reason {
        Reason::Funded => both(
            format!(
                "예산 안에 들어 전액 선정되었습니다(누계 {} / 배정액 {}).",
                running.ko, allocation.ko
            ),
            format!(
                "Funded in full within the budget ({} of {} used so far).",
                running.en, allocation.en
            ),
        ),
        Reason::FundedFromRest => both(
            format!(
                "분야 배정액에는 들지 못했으나 전체 잔여 예산에서 선정되었습니다(누계 {}).",
                running.ko
            ),
            format!(
                "Did not fit its field's money; funded in full from the citywide rest ({} used so far).",
                running.en
            ),
        ),
        Reason::FundedInPart => both(
            format!(
                "사업비 {} 가운데 남은 예산 {}이 배정되었습니다.",
                cost.ko, funded.ko
            ),
            format!(
                "Gets the {} that were left of its cost of {}.",
                funded.en, cost.en
            ),
        ),
        Reason::AboveCut => fixed(
            "하위 탈락선보다 위에 있어 선정되었습니다.",
            "Chosen: ranked above the bottom cut.",
        ),
        Reason::OutsideCut => fixed(
            "하위 탈락 대상 목록이 아니어서 선정되었습니다.",
            "Chosen: not in a list that is cut.",
        ),
        Reason::InPlaces => fixed(
            "선정 순위 안에 들었습니다.",
            "Among the places that are given.",
        ),
        Reason::Majority => fixed(
            "필요한 참여자와 과반을 얻었습니다.",
            "Reached the participants and the majority needed.",
        ),
        Reason::MostFrequent => fixed("가장 많은 의견입니다.", "The most frequent opinion."),
        Reason::DroppedByCut => both(
            format!(
                "득표 하위 사업으로 탈락하였습니다(하위 누계 {}).",
                running.ko
            ),
            format!(
                "Dropped from the bottom of the ranking ({} dropped so far).",
                running.en
            ),
        ),
        Reason::NotEnoughLeft => both(
            format!(
                "사업비 {}이 남은 예산보다 큽니다(앞선 누계 {} / 배정액 {}).",
                cost.ko, running.ko, allocation.ko
            ),
            format!(
                "Its cost of {} is more than what was left ({} of {} used before it).",
                cost.en, running.en, allocation.en
            ),
        ),
        Reason::PartTooSmall => both(
            format!(
                "남은 예산이 사업비 {}의 정해진 비율에 미치지 못합니다(앞선 누계 {}).",
                cost.ko, running.ko
            ),
            format!(
                "What was left is too small a part of its cost of {} ({} used before it).",
                cost.en, running.en
            ),
        ),
        Reason::AfterStop => fixed(
            "앞선 사업에서 예산 배정이 끝났습니다.",
            "Behind the first project that did not fit, where funding ended.",
        ),
        Reason::BelowMinimum => fixed(
            "최소 득표 기준에 미치지 못하였습니다.",
            "Below the minimum that is needed to be chosen.",
        ),
        Reason::ConflictsWith(_) => conflict(facts.other),
        Reason::BelowPlaces => fixed(
            "선정 순위 밖입니다.",
            "Behind the last place that is given.",
        ),
        Reason::TooFewParticipants => fixed(
            "참여자 수가 기준에 미치지 못하였습니다.",
            "Too few people took part.",
        ),
        Reason::NoMajority => fixed(
            "필요한 과반을 얻지 못하였습니다.",
            "Not the majority that is needed.",
        ),
        Reason::NotMostFrequent => fixed(
            "가장 많은 의견이 아닙니다.",
            "Not the most frequent opinion.",
        ),
        Reason::OutsideScope => fixed(
            "선정 대상 목록이나 분야에 속하지 않습니다.",
            "Not in a list or field that is chosen from.",
        ),
        Reason::Excluded => withdrawn(facts.withdrawal),
        Reason::Waiting => fixed("판정되지 않았습니다.", "Not judged."),
    }
}

fn conflict(other: Option<&Bilingual>) -> Bilingual {
    let (ko, en) = other.map_or(("", ""), |title| (title.ko.as_str(), title.en.as_str()));
    Bilingual {
        ko: format!("함께 선정될 수 없는 사업 「{ko}」이(가) 먼저 선정되었습니다."),
        en: format!("Cannot be chosen together with “{en}”, which ranks higher."),
    }
}

fn withdrawn(reason: Option<&Bilingual>) -> Bilingual {
    let (ko, en) = reason.map_or(("", ""), |r| (r.ko.as_str(), r.en.as_str()));
    Bilingual {
        ko: format!("투표 중 제외된 사업입니다: {ko}"),
        en: format!("Withdrawn during the vote: {en}"),
    }
}

/// The sentence of a margin.
pub(super) fn margin(
    chosen: bool,
    marks: u64,
    class: &Bilingual,
    against: Option<&Bilingual>,
) -> Bilingual {
    let unit = if marks == 1 { "mark" } else { "marks" };
    let marks = grouped(marks.into());
    let (class_ko, class_en) = (&class.ko, &class.en);
    match (chosen, against) {
        (true, Some(other)) => Bilingual {
            ko: format!(
                "{class_ko} {marks}표를 잃으면 「{}」보다 뒤로 가 탈락합니다.",
                other.ko
            ),
            en: format!(
                "Losing {marks} {unit} ({class_en}) would put it behind “{}” and out.",
                other.en
            ),
        },
        (true, None) => Bilingual {
            ko: format!("{class_ko} {marks}표를 잃으면 최소 기준에 미치지 못합니다."),
            en: format!("Losing {marks} {unit} ({class_en}) would put it below the minimum."),
        },
        (false, Some(other)) => Bilingual {
            ko: format!(
                "{class_ko} {marks}표를 더 얻었다면 「{}」보다 앞서 선정되었습니다.",
                other.ko
            ),
            en: format!(
                "Another {marks} {unit} ({class_en}) would have put it ahead of “{}” and in.",
                other.en
            ),
        },
        (false, None) => Bilingual {
            ko: format!("{class_ko} {marks}표를 더 얻었다면 최소 기준에 이르러 선정되었습니다."),
            en: format!(
                "Another {marks} {unit} ({class_en}) would have brought it up to the minimum and in."
            ),
        },
    }
}

fn fixed(ko: &str, en: &str) -> Bilingual {
    Bilingual {
        ko: ko.to_owned(),
        en: en.to_owned(),
    }
}

/// An exact amount, rounded to whole won for reading.
fn exact_money(amount: &BigRational) -> Bilingual {
    rounded(amount, 0).parse().map_or_else(|_| money(0), money)
}

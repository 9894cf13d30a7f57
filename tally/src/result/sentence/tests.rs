//! The sentences stand in PROTOCOL.md, so that a second verifier can write every byte of a result.

use super::*;
use crate::exact::whole;

const PROTOCOL: &str = include_str!("../../../../docs/PROTOCOL.md");

const REASONS: [Reason; 20] = [
    Reason::Funded,
    Reason::FundedFromRest,
    Reason::FundedInPart,
    Reason::AboveCut,
    Reason::OutsideCut,
    Reason::InPlaces,
    Reason::Majority,
    Reason::MostFrequent,
    Reason::DroppedByCut,
    Reason::NotEnoughLeft,
    Reason::PartTooSmall,
    Reason::AfterStop,
    Reason::BelowMinimum,
    Reason::ConflictsWith(0),
    Reason::BelowPlaces,
    Reason::TooFewParticipants,
    Reason::NoMajority,
    Reason::NotMostFrequent,
    Reason::OutsideScope,
    Reason::Excluded,
];

/// A text with the names of what stands in it.
fn named(text: &str) -> String {
    let places = [
        ("1,111", "{cost}"),
        ("2,222", "{running}"),
        ("3,333", "{funded}"),
        ("4,444", "{allocation}"),
        ("5,555 marks", "{marks} {unit}"),
        ("5,555", "{marks}"),
    ];
    let replace = |text: String, (amount, name): (&str, &str)| {
        let with_unit = [
            format!("{amount}원"),
            format!("{amount} won"),
            amount.into(),
        ];
        with_unit
            .iter()
            .fold(text, |text, amount| text.replace(amount, name))
    };
    places.into_iter().fold(text.to_owned(), replace)
}

fn row(first: &str, sentence: &Bilingual) -> String {
    format!(
        "| {first} | {} | {} |\n",
        named(&sentence.ko),
        named(&sentence.en)
    )
}

#[test]
fn every_reason_stands_in_the_protocol() {
    let allocation = whole(4_444);
    let (title, why) = (fixed("{title}", "{title}"), fixed("{reason}", "{reason}"));
    let facts = Facts {
        cost: 1_111,
        running: 2_222,
        funded: 3_333,
        allocation: Some(&allocation),
        other: Some(&title),
        withdrawal: Some(&why),
    };
    let rows = REASONS.map(|code| row(&format!("`{}`", code.code()), &reason(code, &facts)));
    let table = format!("| code | `ko` | `en` |\n|---|---|---|\n{}\n", rows.concat());
    assert!(PROTOCOL.contains(&table), "{table}");
}

#[test]
fn every_margin_stands_in_the_protocol() {
    let (class, title) = (fixed("{class}", "{class}"), fixed("{title}", "{title}"));
    let of = |chosen, against| margin(chosen, 5_555, &class, against);
    let rows = [
        row("chosen, with `against`", &of(true, Some(&title))),
        row("chosen, without", &of(true, None)),
        row("out, with `against`", &of(false, Some(&title))),
        row("out, without", &of(false, None)),
    ];
    let table = format!("| case | `ko` | `en` |\n|---|---|---|\n{}\n", rows.concat());
    assert!(PROTOCOL.contains(&table), "{table}");
}

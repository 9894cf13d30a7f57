//! Charts as inline SVG: readable without colour, described for those who cannot see them.

use super::html_parts::escape;
use crate::engine::Outcome;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::fmt::Write;

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: BigRational,
    /// What the value is a part of, drawn as an outline.
    pub(super) of: Option<BigRational>,
    /// The value as it is written beside the bar.
    pub(super) shown: String,
    pub(super) outcome: Outcome,
}

const LABEL: u32 = 260;
const LENGTH: u32 = 420;
const ROW: u32 = 24;
const WIDTH: u32 = LABEL + LENGTH + 140;

/// What a chart is called and shows, for those who cannot see it too.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    /// Unique on the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

/// Horizontal bars, one below the other, with a line after `line` bars. The longest possible value
/// is given, so that several charts share one scale.
pub(super) fn bars(
    words: Words<'_>,
    bars: &[Bar],
    longest: &BigRational,
    line: Option<(usize, &str)>,
) -> String {
    let height = ROW * u32::try_from(bars.len()).unwrap_or(0) + ROW;
    let mut svg = open(words, height);
    for (row, bar) in (0..).zip(bars) {
        write_bar(&mut svg, bar, row, longest);
    }
    if let Some((after, label)) = line {
        let y = ROW * u32::try_from(after).unwrap_or(0) + ROW / 2;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<line class=\"cut\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text class=\"cut\" x=\"{WIDTH}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            y.saturating_sub(3),
            escape(label),
        );
    }
    svg.push_str("</svg></div>");
    svg
}

fn write_bar(svg: &mut String, bar: &Bar, row: u32, longest: &BigRational) {
    let y = ROW * row + ROW / 2;
    let length = |value: &BigRational| {
        if longest.is_zero() {
            return 0;
        }
        let length = value * BigRational::from_integer(LENGTH.into()) / longest;
        length.to_integer().to_u32().unwrap_or(0)
    };
    let rect = |class: &str, length: u32| {
        let (y, height) = (y + 4, ROW - 8);
        format!(
            "<rect class=\"{class}\" x=\"{LABEL}\" y=\"{y}\" width=\"{length}\" height=\"{height}\"/>"
        )
    };
    let (value, of) = (length(&bar.value), bar.of.as_ref().map(length));
    if let Some(of) = of {
        svg.push_str(&rect("out", of));
    }
    svg.push_str(&rect(class(bar.outcome), value));
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>\
         <text x=\"{}\" y=\"{y}\">{}</text>",
        LABEL - 8,
        escape(&within_label(&bar.label)),
        LABEL + value.max(of.unwrap_or(0)) + 6,
        escape(&bar.shown),
        y = y + 16,
    );
}

/// A label cut to what the column holds; a Korean letter is as wide as two Latin ones.
fn within_label(label: &str) -> String {
    let mut room = 32;
    let mut shown = String::new();
    for letter in label.chars() {
        let width = if letter.is_ascii() { 1 } else { 2 };
        if width > room {
            shown.push('…');
            break;
        }
        room -= width;
        shown.push(letter);
    }
    shown
}

/// Solid, tinted or hollow: what is out differs in print and to the colour-blind too.
const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::In => "in",
        Outcome::Partial => "part",
        Outcome::Out => "out",
    }
}

/// What is in, in part and out: an amount and its text for each.
pub(super) type Parts = [(Outcome, u64, String); 3];

/// Bars divided into what is in, in part and out, one below the other: a name, then an amount and
/// its text for each.
pub(super) fn divided(id: &str, title: &str, bars: &[(&str, Parts)]) -> String {
    let height = 2 * ROW * u32::try_from(bars.len()).unwrap_or(0) + ROW;
    let said: Vec<String> = bars
        .iter()
        .map(|(name, parts)| words(name, parts))
        .collect();
    let described = Words {
        id,
        title,
        description: &said.join("; "),
    };
    let mut svg = open(described, height);
    for (row, (name, parts)) in (0..).zip(bars) {
        let y = 2 * ROW * row + ROW;
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{y}\">{}</text>",
            escape(&words(name, parts))
        );
        let all: u128 = parts.iter().map(|part| u128::from(part.1)).sum();
        let mut x = 0;
        for (outcome, amount, _) in parts {
            let share = u128::from(WIDTH) * u128::from(*amount);
            let width = u32::try_from(share.checked_div(all).unwrap_or(0)).unwrap_or(0);
            let (class, top) = (class(*outcome), y + 6);
            if width > 0 {
                let _ = write!(
                    svg,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"16\"/>"
                );
            }
            x += width;
        }
    }
    svg.push_str("</svg></div>");
    svg
}

fn words(name: &str, parts: &Parts) -> String {
    let texts: Vec<&str> = parts
        .iter()
        .filter(|part| part.1 > 0)
        .map(|part| part.2.as_str())
        .collect();
    format!("{name}: {}", texts.join(" · "))
}

/// A described picture; whoever cannot see all of a wide one on a phone scrolls it by keys too.
fn open(words: Words<'_>, height: u32) -> String {
    let id = words.id;
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}-t\">\
         <svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
         viewBox=\"0 0 {WIDTH} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(words.title),
        escape(words.description),
    )
}

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

/// A line of text, and a bar below it, in pixels: widths are parts of the page's, so that a chart fits
/// a telephone as it fits A4, and its letters stay as large.
const TEXT: u32 = 20;
const BAR: u32 = 14;
const GAP: u32 = 8;
const ROW: u32 = TEXT + BAR + GAP;
/// A line between bars, with its name.
const CUT: u32 = 28;
/// The whole width, in thousandths.
const WHOLE: u32 = 1000;

/// What a chart is called and shows, for those who cannot see it too.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    /// Unique on the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

/// Horizontal bars, each below its name and value, with a line after `line` bars. The longest possible
/// value is given, so that several charts share one scale.
pub(super) fn bars(
    words: Words<'_>,
    bars: &[Bar],
    longest: &BigRational,
    line: Option<(usize, &str)>,
) -> String {
    let rows = |n: usize| ROW * u32::try_from(n).unwrap_or(0);
    let cut = line.map_or(0, |_| CUT);
    let mut svg = open(words, rows(bars.len()) + cut);
    for (row, bar) in bars.iter().enumerate() {
        let below = line.is_some_and(|(after, _)| row >= after);
        let y = rows(row) + if below { CUT } else { 0 };
        write_bar(&mut svg, bar, y, longest);
    }
    if let Some((after, label)) = line {
        let y = rows(after) + CUT - GAP;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<line class=\"cut\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\
             <text class=\"cut\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>",
            y.saturating_sub(5),
            escape(label),
        );
    }
    svg.push_str("</svg>");
    svg
}

fn write_bar(svg: &mut String, bar: &Bar, y: u32, longest: &BigRational) {
    let length = |value: &BigRational| {
        if longest.is_zero() {
            return 0;
        }
        let length = value * BigRational::from_integer(WHOLE.into()) / longest;
        length.to_integer().to_u32().unwrap_or(0)
    };
    let top = y + TEXT;
    if let Some(of) = &bar.of {
        svg.push_str(&rect("out", 0, length(of), top));
    }
    svg.push_str(&rect(class(bar.outcome), 0, length(&bar.value), top));
    let _ = write!(
        svg,
        "<text x=\"0\" y=\"{y}\">{}</text>\
         <text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{}</text>",
        escape(&within_label(&bar.label)),
        escape(&bar.shown),
        y = y + TEXT - 5,
    );
}

/// A bar from one thousandth of the width, so many long.
fn rect(class: &str, from: u32, length: u32, y: u32) -> String {
    let (x, width) = (percent(from), percent(length));
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BAR}\"/>")
}

fn percent(thousandths: u32) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// A label cut to what stands beside its value on a telephone; a Korean letter is as wide as two
/// Latin ones.
fn within_label(label: &str) -> String {
    let mut room = 24;
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
/// its text for each, which stand below the bar.
pub(super) fn divided(id: &str, title: &str, bars: &[(&str, Parts)]) -> String {
    let said: Vec<String> = bars
        .iter()
        .map(|(name, parts)| words(name, parts))
        .collect();
    let described = Words {
        id,
        title,
        description: &said.join("; "),
    };
    let lines = |parts: &Parts| u32::try_from(shown(parts).count()).unwrap_or(0);
    let heights = bars
        .iter()
        .map(|(_, parts)| ROW + TEXT * lines(parts) + GAP);
    let mut svg = open(described, heights.sum());
    let mut y = 0;
    for (name, parts) in bars {
        write_divided(&mut svg, name, parts, y);
        y += ROW + TEXT * lines(parts) + GAP;
    }
    svg.push_str("</svg>");
    svg
}

fn write_divided(svg: &mut String, name: &str, parts: &Parts, y: u32) {
    let text = |svg: &mut String, y: u32, text: &str| {
        // Writing to a string cannot fail.
        let _ = write!(svg, "<text x=\"0\" y=\"{y}\">{}</text>", escape(text));
    };
    text(svg, y + TEXT - 5, name);
    let all: u128 = parts.iter().map(|part| u128::from(part.1)).sum();
    let mut from = 0;
    for (outcome, amount, _) in parts {
        let share = u128::from(WHOLE) * u128::from(*amount);
        let length = u32::try_from(share.checked_div(all).unwrap_or(0)).unwrap_or(0);
        if length > 0 {
            svg.push_str(&rect(class(*outcome), from, length, y + TEXT));
        }
        from += length;
    }
    for (line, shown) in (1..).zip(shown(parts)) {
        text(svg, y + TEXT + BAR + TEXT * line - 3, shown);
    }
}

/// The texts of what there is any of.
fn shown(parts: &Parts) -> impl Iterator<Item = &str> {
    let any = parts.iter().filter(|part| part.1 > 0);
    any.map(|part| part.2.as_str())
}

fn words(name: &str, parts: &Parts) -> String {
    let texts: Vec<&str> = shown(parts).collect();
    format!("{name}: {}", texts.join(" · "))
}

/// A described picture, as wide as the page.
fn open(words: Words<'_>, height: u32) -> String {
    let id = words.id;
    format!(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
         width=\"100%\" height=\"{height}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(words.title),
        escape(words.description),
    )
}

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
    /// The value as it is written beside the bar.
    pub(super) shown: String,
    pub(super) outcome: Outcome,
}

const LABEL: u32 = 260;
const LENGTH: u32 = 420;
const ROW: u32 = 24;
const WIDTH: u32 = LABEL + LENGTH + 140;

/// Horizontal bars, one below the other, with a line after `line` bars.
pub(super) fn bars(
    id: &str,
    title: &str,
    description: &str,
    bars: &[Bar],
    line: Option<(usize, &str)>,
) -> String {
    let height = ROW * u32::try_from(bars.len()).unwrap_or(0) + ROW;
    let mut svg = open(id, title, description, height);
    let longest = bars
        .iter()
        .map(|bar| bar.value.clone())
        .max()
        .unwrap_or_else(BigRational::zero);
    for (row, bar) in (0..).zip(bars) {
        write_bar(&mut svg, bar, row, &longest);
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
    let length = if longest.is_zero() {
        0
    } else {
        let length = &bar.value * BigRational::from_integer(LENGTH.into()) / longest;
        length.to_integer().to_u32().unwrap_or(0)
    };
    let class = class(bar.outcome);
    let label: String = bar.label.chars().take(24).collect();
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <rect class=\"{class}\" x=\"{LABEL}\" y=\"{}\" width=\"{length}\" height=\"{}\"/>\
         <text x=\"{}\" y=\"{}\">{}</text>",
        LABEL - 8,
        y + 16,
        escape(&label),
        y + 4,
        ROW - 8,
        LABEL + length + 6,
        y + 16,
        escape(&bar.shown),
    );
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
pub(super) fn divided(id: &str, title: &str, description: &str, bars: &[(&str, Parts)]) -> String {
    let height = 2 * ROW * u32::try_from(bars.len()).unwrap_or(0) + ROW;
    let mut svg = open(id, title, description, height);
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
fn open(id: &str, title: &str, description: &str, height: u32) -> String {
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}-t\">\
         <svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
         viewBox=\"0 0 {WIDTH} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(title),
        escape(description),
    )
}

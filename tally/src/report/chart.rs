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
    let mut svg = format!(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
         viewBox=\"0 0 {WIDTH} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{}",
        escape(title),
        escape(description),
        patterns(id),
    );
    let longest = bars
        .iter()
        .map(|bar| bar.value.clone())
        .max()
        .unwrap_or_else(BigRational::zero);
    for (row, bar) in (0..).zip(bars) {
        write_bar(&mut svg, id, bar, row, &longest);
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
    svg.push_str("</svg>");
    svg
}

fn write_bar(svg: &mut String, id: &str, bar: &Bar, row: u32, longest: &BigRational) {
    let y = ROW * row + ROW / 2;
    let length = if longest.is_zero() {
        0
    } else {
        let length = &bar.value * BigRational::from_integer(LENGTH.into()) / longest;
        length.to_integer().to_u32().unwrap_or(0)
    };
    let class = match bar.outcome {
        Outcome::In => "in",
        Outcome::Partial => "part",
        Outcome::Out => "out",
    };
    let fill = match bar.outcome {
        Outcome::In => String::new(),
        _ => format!(" fill=\"url(#{id}-{class})\""),
    };
    let label: String = bar.label.chars().take(24).collect();
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <rect class=\"{class}\"{fill} x=\"{LABEL}\" y=\"{}\" width=\"{length}\" height=\"{}\"/>\
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

/// Hatching, so that what is out differs in print and to the colour-blind.
fn patterns(id: &str) -> String {
    format!(
        "<defs><pattern id=\"{id}-out\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <path d=\"M0 6L6 0\" stroke=\"#595959\" stroke-width=\"1\"/></pattern>\
         <pattern id=\"{id}-part\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"3\" height=\"6\" fill=\"#0b50d0\"/></pattern></defs>"
    )
}

//! One form for each name, birth date and mobile number, however people type them
//! (docs/ROLLS.md, "One form").

use unicode_normalization::UnicodeNormalization;
use voting_core::manifest::Date;
use zeroize::Zeroizing;

/// The most characters of a field as typed.
pub const MAX_CHARS: usize = 200;
/// How often composing and filtering may still change a text; twice is enough for any real one.
const ROUNDS: usize = 8;

/// A name: NFKC, lower case, letters and digits alone. `None` if nothing is left.
#[must_use]
pub fn name(typed: &str) -> Option<Zeroizing<String>> {
    let mut text = bounded(typed)?;
    for _ in 0..ROUNDS {
        let lower = Zeroizing::new(text.nfkc().collect::<String>().to_lowercase());
        let kept = lower.nfkc().filter(|c| c.is_alphanumeric());
        let next = Zeroizing::new(kept.collect::<String>());
        if next == text {
            break;
        }
        text = next;
    }
    (!text.is_empty()).then_some(text)
}

/// A birth date: eight digits, or year, month and day apart. Two-digit years are none: nobody
/// could say which century.
#[must_use]
pub fn birth_date(typed: &str) -> Option<Date> {
    let text = compatible(typed)?;
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let separators = |c: char| c.is_ascii_digit() || c.is_whitespace() || is_date_mark(c);
    if !text.chars().all(separators) {
        return None;
    }
    let (year, month, day) = match parts[..] {
        [whole] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            (year, month, day)
        }
        _ => return None,
    };
    let year = year.parse().ok()?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A Korean mobile number: `01`, a digit, and seven or eight more. `+82`, `0082` and a zero that a
/// spreadsheet has lost are understood.
#[must_use]
pub fn mobile(typed: &str) -> Option<Zeroizing<String>> {
    let text = compatible(typed)?;
    let digits: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(char::is_ascii_digit).collect());
    let mark = |c: char| c.is_ascii_digit() || c.is_whitespace() || is_number_mark(c);
    let (plus, rest) = (text.trim().starts_with('+'), text.trim());
    if !rest.strip_prefix('+').unwrap_or(rest).chars().all(mark) {
        return None;
    }
    let national = match digits.as_str() {
        d if d.starts_with("0082") => &d[4..],
        d if plus => d.strip_prefix("82")?,
        d if d.starts_with("8210") => &d[2..],
        d => d,
    };
    let rest = national.strip_prefix('0').unwrap_or(national);
    let known =
        rest.starts_with('1') && matches!(rest.as_bytes().get(1), Some(b'0' | b'1' | b'6'..=b'9'));
    let length = matches!(rest.len(), 9 | 10);
    (known && length).then(|| Zeroizing::new(format!("0{rest}")))
}

fn bounded(typed: &str) -> Option<Zeroizing<String>> {
    let short = typed.chars().nth(MAX_CHARS).is_none();
    short.then(|| Zeroizing::new(typed.to_owned()))
}

/// Full-width digits, dots and hyphens become plain ones.
fn compatible(typed: &str) -> Option<Zeroizing<String>> {
    let text = bounded(typed)?;
    Some(Zeroizing::new(text.nfkc().collect()))
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
}

const fn is_date_mark(c: char) -> bool {
    is_hyphen(c) || matches!(c, '.' | '/' | '년' | '월' | '일')
}

const fn is_number_mark(c: char) -> bool {
    is_hyphen(c) || matches!(c, '.' | '(' | ')')
}

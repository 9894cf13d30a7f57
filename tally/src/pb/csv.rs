//! Rows of `;`-separated fields with CSV quoting, borrowed from the text wherever they can be.
//!
//! The dialect is what the files are written in: a field whose first character is `"` runs to the
//! next single `"` and holds `""` as one quote and line breaks as they are; a quote elsewhere is an
//! ordinary character. Rows end with LF, CRLF or CR LF at the end of the text.

use std::borrow::Cow;

/// The separator of fields.
const SEPARATOR: u8 = b';';

/// One row of the file.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// Line on which the row begins, from 1.
    pub(crate) line: u32,
    /// Byte offset at which the row begins.
    pub(crate) start: usize,
    /// The fields, unquoted.
    pub(crate) fields: Vec<Cow<'a, str>>,
    /// Whether a quoted field was still open at the end of the text.
    pub(crate) unclosed: bool,
}

impl<'a> Row<'a> {
    pub(crate) const fn new() -> Self {
        Self {
            line: 0,
            start: 0,
            fields: Vec::new(),
            unclosed: false,
        }
    }

    /// Whether the row holds nothing but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.trim().is_empty())
    }

    /// The field at `index`, trimmed; empty where the row is too short.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", |field| trimmed(field))
    }

    /// The field at `index` as borrowed from the text where possible, trimmed.
    pub(crate) fn take(&mut self, index: usize) -> Cow<'a, str> {
        match self.fields.get_mut(index).map(std::mem::take) {
            Some(Cow::Borrowed(text)) => Cow::Borrowed(trimmed(text)),
            Some(Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
            None => Cow::Borrowed(""),
        }
    }
}

/// Reads rows one after another into a caller's buffer.
#[derive(Clone, Debug)]
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Rows<'a> {
    /// Rows of `text` from byte `at`, which is on `line`.
    pub(crate) const fn new(text: &'a str, at: usize, line: u32) -> Self {
        Self { text, at, line }
    }

    /// The line that is read next, or the last one.
    pub(crate) const fn line(&self) -> u32 {
        self.line
    }

    /// Reads the next row into `row`; false at the end of the text.
    pub(crate) fn read(&mut self, row: &mut Row<'a>) -> bool {
        row.fields.clear();
        row.unclosed = false;
        if self.at >= self.text.len() {
            return false;
        }
        (row.start, row.line) = (self.at, self.line);
        while self.field(row) {}
        true
    }

    /// Reads one field; true where another follows in the row.
    fn field(&mut self, row: &mut Row<'a>) -> bool {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.quoted(row);
        }
        let start = self.at;
        let end = self.end_of_plain();
        row.fields
            .push(Cow::Borrowed(&self.text[start..self.trim_cr(start, end)]));
        self.step_over(end)
    }

    /// The offset of the separator, line break or end that ends a plain run of text.
    fn end_of_plain(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&b| b == SEPARATOR || b == b'\n');
        length.map_or(self.text.len(), |n| self.at + n)
    }

    /// `end` without the CR of a CRLF or of the end of the text.
    fn trim_cr(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let ends_row = bytes.get(end) != Some(&SEPARATOR);
        let cr = ends_row && end > start && bytes[end - 1] == b'\r';
        end - usize::from(cr)
    }

    /// Moves behind the separator or line break at `end`; true after a separator.
    fn step_over(&mut self, end: usize) -> bool {
        let next = self.text.as_bytes().get(end).copied();
        self.at = end + usize::from(next.is_some());
        self.line += u32::from(next == Some(b'\n'));
        next == Some(SEPARATOR)
    }

    /// Reads a field that begins with a quote.
    fn quoted(&mut self, row: &mut Row<'a>) -> bool {
        let mut value = Cow::Borrowed("");
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.find('"') else {
                row.unclosed = true;
                self.line += line_breaks(rest);
                append(&mut value, rest);
                row.fields.push(value);
                self.at = self.text.len();
                return false;
            };
            append(&mut value, &rest[..length]);
            self.line += line_breaks(&rest[..length]);
            self.at += length + 1;
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                break;
            }
            append(&mut value, "\"");
            self.at += 1;
        }
        let (start, end) = (self.at, self.end_of_plain());
        append(&mut value, &self.text[start..self.trim_cr(start, end)]);
        row.fields.push(value);
        self.step_over(end)
    }
}

/// Appends without copying while one side is empty.
fn append<'a>(value: &mut Cow<'a, str>, more: &'a str) {
    if value.is_empty() {
        *value = Cow::Borrowed(more);
    } else if !more.is_empty() {
        value.to_mut().push_str(more);
    }
}

/// `text.trim()`, at once where both ends are plainly no blanks.
pub(crate) fn trimmed(text: &str) -> &str {
    let plain = |byte: Option<&u8>| byte.is_none_or(|b| (b'!'..=b'~').contains(b));
    if plain(text.as_bytes().first()) && plain(text.as_bytes().last()) {
        return text;
    }
    text.trim()
}

fn line_breaks(text: &str) -> u32 {
    text.bytes().map(|b| u32::from(b == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::{Row, Rows};
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let (mut rows, mut row, mut all) = (Rows::new(text, 0, 1), Row::new(), Vec::new());
        while rows.read(&mut row) {
            let fields = row.fields.iter().map(|f| f.clone().into_owned()).collect();
            all.push((row.line, fields));
        }
        all
    }

    #[test]
    fn reads_plain_rows_with_either_line_end() {
        let expected = vec![
            (1, vec!["a".into(), String::new()]),
            (2, vec!["b".into(), "c".into()]),
        ];
        assert_eq!(rows("a;\nb;c"), expected);
        assert_eq!(rows("a;\r\nb;c\r\n"), expected);
        assert_eq!(rows("a;\nb;c\r"), expected);
    }

    #[test]
    fn reads_quotes() {
        let text = "1;\"a \"\"b\"\"; c\";2\n2;\"x\ny\"z;\"\"\n3;d\"e\"\"f;";
        let expected = vec![
            (1, vec!["1".into(), "a \"b\"; c".into(), "2".into()]),
            (2, vec!["2".into(), "x\nyz".into(), String::new()]),
            (4, vec!["3".into(), "d\"e\"\"f".into(), String::new()]),
        ];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn notices_an_unclosed_quote() {
        let (mut rows, mut row) = (Rows::new("a;\"b\nc", 0, 1), Row::new());
        assert!(rows.read(&mut row));
        assert!(row.unclosed);
        assert_eq!(row.fields, ["a", "b\nc"]);
        assert!(!rows.read(&mut row));
    }

    proptest! {
        #[test]
        fn reads_back_what_is_quoted(fields in prop::collection::vec("[ab;\"\n\r ą]{0,6}", 1..5)) {
            let quoted: Vec<_> = fields.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
            let read = rows(&format!("{}\nend", quoted.join(";")));
            prop_assert_eq!(&read[0].1, &fields);
            prop_assert_eq!(&read[1].1, &vec!["end".to_owned()]);
        }
    }
}

//! Reading a file section by section.

use super::csv::{Row, Rows};
use super::decimal::Decimal;
use super::error::{Findings, PbError, Problem, Section};
use super::model::{DuplicateMarks, Meta, MetaEntry, PbFile, position};
use super::projects::{ProjectColumns, without_repeated};
use super::{meta, votes};
use std::borrow::Cow;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file's name, for messages.
    pub file: String,
    /// Whether to pass over faults and list them.
    pub lenient: bool,
    /// What to do with repeated marks.
    pub duplicate_marks: DuplicateMarks,
}

impl Options {
    /// Strict reading; repeated marks are counted as the files' own totals count them.
    #[must_use]
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            lenient: false,
            duplicate_marks: DuplicateMarks::Count,
        }
    }

    /// The same, passing over faults.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }
}

/// The text of a file's bytes.
///
/// # Errors
/// [`Problem::Encoding`] where they are not UTF-8 and the options are strict. A lenient reader puts
/// U+FFFD in the place of what it cannot read.
pub fn decode<'a>(bytes: &'a [u8], options: &Options) -> Result<Cow<'a, str>, PbError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if options.lenient => Ok(String::from_utf8_lossy(bytes)),
        Err(error) => Err(encoding_error(bytes, error.valid_up_to(), options)),
    }
}

/// Reads a file's text.
///
/// # Errors
/// The first problem that is fatal, or that is a fault and the options are strict.
pub fn parse<'a>(text: &'a str, options: &Options) -> Result<PbFile<'a>, PbError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut findings = Findings::new(&options.file, options.lenient);
    if u32::try_from(text.len()).is_err() {
        findings.report(0, "", Problem::TooLarge)?;
    }
    if let Some(at) = text.find('\u{fffd}').filter(|_| options.lenient) {
        findings.keep(encoding_error(text.as_bytes(), at, options));
    }
    let mut reader = Reader {
        rows: Rows::new(text, 0, 1),
        findings,
        seen: Vec::new(),
        surplus: Vec::new(),
    };
    reader.file(text, options.duplicate_marks)
}

/// Reads rows and notes what is wrong with them.
pub(crate) struct Reader<'a> {
    pub(crate) rows: Rows<'a>,
    pub(crate) findings: Findings,
    seen: Vec<Section>,
    /// Rows with more fields than columns, judged once the recount is known.
    surplus: Vec<PbError>,
}

/// What fields the rows of a section have.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The header; an empty one leaves it open.
    pub(crate) names: Vec<String>,
    /// How many there must be: those up to the last one that counting needs.
    pub(crate) needed: usize,
}

/// What a section's rows are read up to.
enum Next {
    Section(Section),
    End,
}

impl<'a> Reader<'a> {
    fn file(&mut self, text: &'a str, duplicates: DuplicateMarks) -> Result<PbFile<'a>, PbError> {
        let mut row = Row::new();
        let (mut entries, mut projects, mut ballots) = (Vec::new(), None, None);
        let mut meta: Option<Meta<'a>> = None;
        let mut next = self.find_section(&mut row)?;
        while let Next::Section(section) = next {
            // Never passed over: ballots would be counted by other projects than they were read by.
            if self.seen.contains(&section) {
                let repeated = Problem::RepeatedSection(section);
                return Err(self.findings.at(row.line, "", repeated));
            }
            self.seen.push(section);
            let columns = self.header(&mut row, section)?;
            next = match section {
                Section::Meta => {
                    let open = Shape {
                        names: Vec::new(),
                        needed: 0,
                    };
                    self.each_row(&mut row, &open, |findings, row| {
                        entries.push(meta_entry(row, findings)?);
                        Ok(())
                    })?
                }
                Section::Projects => {
                    let columns = ProjectColumns::of(columns, &mut self.findings, row.line)?;
                    let mut list = Vec::new();
                    let next = self.each_row(&mut row, &columns.shape(), |findings, row| {
                        list.push(columns.project(row, findings)?);
                        Ok(())
                    })?;
                    projects = Some((columns.names, list));
                    next
                }
                Section::Votes => {
                    self.require(&[Section::Meta, Section::Projects])?;
                    let (_, list) = self.known(&mut projects)?;
                    let meta = &*meta.insert(meta::meta(
                        std::mem::take(&mut entries),
                        &mut self.findings,
                    )?);
                    without_repeated(list, &mut self.findings)?;
                    let mut reader = votes::VoteReader::new(
                        columns,
                        meta,
                        list,
                        duplicates,
                        &self.findings,
                        row.line,
                    )?;
                    let next = self.each_row(&mut row, &reader.shape(), |findings, row| {
                        reader.ballot(row, findings)
                    })?;
                    ballots = Some(reader.finish());
                    next
                }
            };
        }
        self.require(&[Section::Meta, Section::Projects, Section::Votes])?;
        let (project_columns, projects) = projects.unwrap_or_default();
        let (Some((vote_columns, ballots, pending)), Some(meta)) = (ballots, meta) else {
            return Err(self.missing(Section::Votes));
        };
        let findings = self.findings.clone();
        let mut file = PbFile {
            text,
            meta,
            project_columns,
            projects,
            vote_columns,
            ballots,
            findings,
        };
        let mut pending = pending;
        pending.extend(std::mem::take(&mut self.surplus));
        pending.sort_by_key(|error| error.line);
        file.close(pending)?;
        Ok(file)
    }

    fn known<'p, T>(&self, section: &'p mut Option<T>) -> Result<&'p mut T, PbError> {
        let missing = || self.missing(Section::Projects);
        section.as_mut().ok_or_else(missing)
    }

    fn require(&self, sections: &[Section]) -> Result<(), PbError> {
        match sections.iter().find(|s| !self.seen.contains(s)) {
            Some(missing) => Err(self.missing(*missing)),
            None => Ok(()),
        }
    }

    fn missing(&self, section: Section) -> PbError {
        let problem = Problem::MissingSection(section);
        let line = self.rows.line();
        self.findings.at(line, section.first_column(), problem)
    }

    fn find_section(&mut self, row: &mut Row<'a>) -> Result<Next, PbError> {
        while self.rows.read(row) {
            if let Some(section) = section_of(row) {
                return Ok(Next::Section(section));
            }
            let blank = row.is_blank();
            let problem = if blank {
                Problem::BlankLine
            } else {
                Problem::OutsideSection
            };
            self.findings.report(row.line, "", problem)?;
        }
        Ok(Next::End)
    }

    /// Reads a section's header.
    fn header(&mut self, row: &mut Row<'a>, section: Section) -> Result<Vec<String>, PbError> {
        if !self.rows.read(row) {
            row.fields.clear();
        }
        let mut columns: Vec<String> = Vec::with_capacity(row.fields.len());
        for field in &row.fields {
            let name = field.trim().to_owned();
            if !name.is_empty() && position(&columns, &name).is_some() {
                self.findings
                    .report(row.line, &name, Problem::RepeatedColumn)?;
            }
            columns.push(name);
        }
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        if columns.is_empty() {
            return Err(self
                .findings
                .at(row.line, "", Problem::MissingColumn(section)));
        }
        Ok(columns)
    }

    /// Calls `f` on each row of a section.
    fn each_row(
        &mut self,
        row: &mut Row<'a>,
        shape: &Shape,
        mut f: impl FnMut(&mut Findings, &mut Row<'a>) -> Result<(), PbError>,
    ) -> Result<Next, PbError> {
        while self.rows.read(row) {
            if row.fields.len() == 1 || row.text(1).is_empty() {
                if let Some(section) = section_of(row) {
                    return Ok(Next::Section(section));
                }
                if row.is_blank() {
                    self.findings.report(row.line, "", Problem::BlankLine)?;
                    continue;
                }
            }
            self.shape(row, shape)?;
            f(&mut self.findings, row)?;
        }
        Ok(Next::End)
    }

    /// Checks a row's quotes and number of fields. Fields beyond the last column may be those of a
    /// name with a bare semicolon, which moved all others: whether the count holds decides.
    fn shape(&mut self, row: &mut Row<'a>, shape: &Shape) -> Result<(), PbError> {
        let (found, expected) = (row.fields.len(), shape.names.len());
        let column = |at: usize| shape.names.get(at).or(shape.names.last());
        let column = |at: usize| column(at).map_or("", String::as_str);
        if row.unclosed {
            let open = column(found.saturating_sub(1));
            self.findings
                .report(row.line, open, Problem::UnclosedQuote)?;
        }
        if expected == 0 || found == expected {
            return Ok(());
        }
        if found < shape.needed {
            let problem = Problem::FieldCount { expected, found };
            self.findings.report(row.line, column(found), problem)?;
        } else if found < expected {
            let problem = Problem::ShortRow { expected, found };
            self.findings.report(row.line, column(found), problem)?;
        } else if row
            .fields
            .iter()
            .skip(expected)
            .any(|f| !f.trim().is_empty())
        {
            let problem = Problem::FieldCount { expected, found };
            let error = self.findings.at(row.line, column(expected), problem);
            self.surplus.push(error);
        }
        row.fields.resize(expected, Cow::Borrowed(""));
        Ok(())
    }
}

/// A key and its value. The format's own example has `rule: greedy` among its lines.
fn meta_entry<'a>(row: &mut Row<'a>, findings: &mut Findings) -> Result<MetaEntry<'a>, PbError> {
    let (line, alone) = (row.line, row.fields.len() == 1);
    let (mut key, mut value) = (row.take(0), row.take(1));
    if alone && let Some((before, after)) = key.split_once(':') {
        (key, value) = (
            Cow::Owned(before.trim().to_owned()),
            Cow::Owned(after.trim().to_owned()),
        );
        findings.report(line, &key, Problem::Colon)?;
    }
    Ok(MetaEntry { key, value, line })
}

/// The section a row opens: its name alone, whatever its case.
fn section_of(row: &Row<'_>) -> Option<Section> {
    if row
        .fields
        .iter()
        .skip(1)
        .any(|field| !field.trim().is_empty())
    {
        return None;
    }
    let name = row.text(0);
    [Section::Meta, Section::Projects, Section::Votes]
        .into_iter()
        .find(|section| name.eq_ignore_ascii_case(&section.to_string()))
}

fn encoding_error(bytes: &[u8], at: usize, options: &Options) -> PbError {
    let head = &bytes[..at];
    let line_start = head.iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
    let line = 1 + head.iter().filter(|&&b| b == b'\n').count();
    let field = head[line_start..].iter().filter(|&&b| b == b';').count();
    let column = column_at(&String::from_utf8_lossy(head), field);
    let problem = Problem::Encoding {
        byte: at - line_start + 1,
    };
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Findings::new(&options.file, false).at(line, &column, problem)
}

/// The name of column `field` of the section in which `head` ends.
fn column_at(head: &str, field: usize) -> String {
    let lines: Vec<&str> = head.lines().collect();
    let section = ["META", "PROJECTS", "VOTES"];
    let opened = lines
        .iter()
        .rposition(|line| section.contains(&line.trim()));
    let header = opened.and_then(|at| lines.get(at + 1));
    header
        .and_then(|header| header.split(';').nth(field))
        .unwrap_or("")
        .trim()
        .to_owned()
}

/// A decimal that must not be negative and not absurdly large.
pub(crate) const MAX_MONEY: Decimal = Decimal::whole(1_000_000_000_000_000);

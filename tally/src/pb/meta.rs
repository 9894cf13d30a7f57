//! The META section's numbers.

use super::decimal::Decimal;
use super::error::{Findings, PbError, Problem};
use super::model::{Meta, MetaEntry, VoteType};
use super::parse::MAX_MONEY;

/// Reads META's entries.
pub(crate) fn meta<'a>(
    entries: Vec<MetaEntry<'a>>,
    findings: &mut Findings,
) -> Result<Meta<'a>, PbError> {
    for (i, entry) in entries.iter().enumerate() {
        if entries[..i].iter().any(|earlier| earlier.key == entry.key) {
            findings.report(entry.line, &entry.key, Problem::RepeatedKey)?;
        }
    }
    let numbers = Numbers { entries: &entries };
    let budget = numbers.budget(findings)?;
    let vote_type = numbers.vote_type(findings)?;
    let single = (vote_type == VoteType::Choose1).then_some(1);
    let max_marks = numbers.count("max_length", findings)?.or(single);
    let min_marks = numbers.count("min_length", findings)?;
    let mut limit = |key| numbers.decimal(key, findings);
    let sum_cost_limits = [limit("min_sum_cost")?, limit("max_sum_cost")?];
    let point_limits = [
        limit("min_points")?,
        limit("max_points")?,
        limit("min_sum_points")?,
        limit("max_sum_points")?,
    ];
    let default_score = limit("default_score")?.unwrap_or(Decimal::ZERO);
    let threshold = limit("min_project_score_threshold")?;
    numbers.scoring(vote_type, findings)?;
    Ok(Meta {
        entries,
        budget,
        vote_type,
        max_marks,
        min_marks,
        sum_cost_limits,
        point_limits,
        default_score,
        threshold,
    })
}

struct Numbers<'e, 'a> {
    entries: &'e [MetaEntry<'a>],
}

impl<'e, 'a> Numbers<'e, 'a> {
    fn entry(&self, key: &str) -> Option<&'e MetaEntry<'a>> {
        self.entries
            .iter()
            .find(|e| e.key == key && !e.value.is_empty())
    }

    fn needed(&self, key: &str, findings: &Findings) -> Result<&'e MetaEntry<'a>, PbError> {
        self.entry(key)
            .ok_or_else(|| findings.at(self.last_line(), key, Problem::MissingKey))
    }

    fn last_line(&self) -> u32 {
        self.entries.last().map_or(1, |entry| entry.line)
    }

    fn budget(&self, findings: &mut Findings) -> Result<Decimal, PbError> {
        let entry = self.needed("budget", findings)?;
        let read = money(&entry.value, entry.line, "budget", findings)?;
        let problem = Problem::NotANumber(entry.value.to_string());
        read.ok_or_else(|| findings.at(entry.line, "budget", problem))
    }

    /// The vote type; where a lenient reader passes over a wrong one, approval.
    fn vote_type(&self, findings: &mut Findings) -> Result<VoteType, PbError> {
        let entry = self.needed("vote_type", findings)?;
        if let Some(known) = VoteType::parse(&entry.value) {
            return Ok(known);
        }
        let problem = Problem::UnknownVoteType(entry.value.to_string());
        findings.report(entry.line, "vote_type", problem)?;
        Ok(VoteType::Approval)
    }

    /// The format names one scoring of places, Borda, which is also its default.
    fn scoring(&self, vote_type: VoteType, findings: &mut Findings) -> Result<(), PbError> {
        match self.entry("scoring_fn") {
            Some(entry)
                if vote_type == VoteType::Ordinal && !entry.value.eq_ignore_ascii_case("borda") =>
            {
                let problem = Problem::UnknownScoring(entry.value.to_string());
                findings.report(entry.line, "scoring_fn", problem)
            }
            _ => Ok(()),
        }
    }

    fn decimal(&self, key: &str, findings: &mut Findings) -> Result<Option<Decimal>, PbError> {
        match self.entry(key) {
            Some(entry) => number(&entry.value, entry.line, key, findings),
            None => Ok(None),
        }
    }

    fn count(&self, key: &str, findings: &mut Findings) -> Result<Option<u64>, PbError> {
        let units = self.decimal(key, findings)?.and_then(|d| d.units(0));
        Ok(units.and_then(|n| u64::try_from(n).ok()))
    }
}

/// Reads a number; `None` where a lenient reader passed over it.
pub(crate) fn number(
    text: &str,
    line: u32,
    column: &str,
    findings: &mut Findings,
) -> Result<Option<Decimal>, PbError> {
    if let Some(read) = Decimal::parse(text) {
        return Ok(Some(read));
    }
    if let Some(read) = with_decimal_comma(text) {
        findings.report(line, column, Problem::DecimalComma(text.to_owned()))?;
        return Ok(Some(read));
    }
    findings.report(line, column, Problem::NotANumber(text.to_owned()))?;
    Ok(None)
}

/// Reads a cost or a budget: not negative, not above what is counted.
pub(crate) fn money(
    text: &str,
    line: u32,
    column: &str,
    findings: &mut Findings,
) -> Result<Option<Decimal>, PbError> {
    let Some(read) = number(text, line, column, findings)? else {
        return Ok(None);
    };
    let problem = if read.is_negative() {
        Problem::Negative(text.to_owned())
    } else if read > MAX_MONEY {
        Problem::Absurd(text.to_owned())
    } else {
        return Ok(Some(read));
    };
    findings.report(line, column, problem)?;
    Ok(None)
}

/// `1234,5` as people write it; `1,234` could be either and is not read.
fn with_decimal_comma(text: &str) -> Option<Decimal> {
    let (whole, part) = text.trim().split_once(',')?;
    if part.len() == 3 || part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Decimal::parse(&format!("{whole}.{part}"))
}

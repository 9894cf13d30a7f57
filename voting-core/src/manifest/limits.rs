//! The limits that a ballot's proof shows to be kept (PROTOCOL.md, "The ballot").

use super::{Candidate, Contest, Document, Picks};
use crate::ballot::slack_weights;

/// "Between `min` and `max` of these projects": derived from the manifest, never read from a
/// ballot.
///
/// They stand in this order: for each contest, its overall limit, then its lists in order, then its
/// fields in order. A list's or field's limit that cannot bind (`min` 0 and `max` no less than the
/// members) is left out; an overall limit never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionLimit {
    /// Which contest it is of, from 0.
    pub contest_index: usize,
    /// Which part of the contest it is of.
    pub scope: LimitScope,
    /// The positions of its projects on the ballot, ascending.
    pub members: Vec<u32>,
    /// The least number of them chosen.
    pub min: u32,
    /// The largest number of them chosen.
    pub max: u32,
}

/// Which part of a contest a limit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// All of it.
    Overall,
    /// The list at this index.
    List(usize),
    /// The field at this index.
    Field(usize),
}

impl SelectionLimit {
    /// The weights of the limit's slack bits: 1, 2, 4, ... with the last trimmed so that they sum
    /// to exactly `max - min`. Empty where `min` equals `max`.
    #[must_use]
    pub fn slack_weights(&self) -> Vec<u32> {
        slack_weights(self.max - self.min)
    }
}

/// Every limit of a document, in order.
pub(super) fn of(document: &Document) -> Vec<SelectionLimit> {
    let candidates: Vec<_> = document.projects().collect();
    let by_contest = candidates.chunk_by(|a, b| a.contest_index == b.contest_index);
    by_contest.flat_map(of_contest).collect()
}

fn of_contest(candidates: &[Candidate<'_>]) -> Vec<SelectionLimit> {
    let Some(&Candidate {
        contest,
        contest_index,
        ..
    }) = candidates.first()
    else {
        return Vec::new();
    };
    let parts = parts(contest)
        .into_iter()
        .map(|(scope, picks)| SelectionLimit {
            contest_index,
            scope,
            members: members(candidates, scope),
            min: picks.min,
            max: picks.max,
        });
    parts.filter(can_bind).collect()
}

fn parts(contest: &Contest) -> Vec<(LimitScope, Picks)> {
    let mut parts = vec![(LimitScope::Overall, contest.picks)];
    let lists = contest.lists.iter().enumerate();
    parts.extend(lists.filter_map(|(i, list)| Some((LimitScope::List(i), list.picks?))));
    let fields = contest.fields.iter().enumerate();
    parts.extend(fields.filter_map(|(i, field)| Some((LimitScope::Field(i), field.picks?))));
    parts
}

fn members(candidates: &[Candidate<'_>], scope: LimitScope) -> Vec<u32> {
    let within = |c: &&Candidate<'_>| match scope {
        LimitScope::Overall => true,
        LimitScope::List(i) => c.project.list.as_ref() == Some(&c.contest.lists[i].id),
        LimitScope::Field(i) => c.project.field.as_ref() == Some(&c.contest.fields[i].id),
    };
    candidates
        .iter()
        .filter(within)
        .map(|c| c.position)
        .collect()
}

fn can_bind(limit: &SelectionLimit) -> bool {
    limit.scope == LimitScope::Overall
        || limit.min > 0
        || usize::try_from(limit.max).is_ok_and(|max| max < limit.members.len())
}

#[cfg(test)]
mod tests {
    use super::slack_weights;

    #[test]
    fn slack_weights_reach_every_number_up_to_the_range_and_none_above() {
        assert_eq!(slack_weights(10), [1, 2, 4, 3]);
        for range in 0..=64 {
            let mut reached = std::collections::BTreeSet::from([0]);
            for weight in slack_weights(range) {
                reached.extend(reached.clone().into_iter().map(|sum| sum + weight));
            }
            assert_eq!(reached, (0..=range).collect());
        }
    }
}

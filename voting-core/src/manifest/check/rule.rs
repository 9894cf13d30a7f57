//! Tally rules: a rule that cannot decide is refused here, not when votes are counted.

use super::Report;
use crate::manifest::{Contest, Document};
use crate::rule::{
    Allocations, BottomCut, ClassId, Fill, FillPolicy, FillScope, MinimumScore, Percent, Poll,
    PollTest, ProjectId, Ratio, Rule, Scope, Selection, TieOrder, TopN, Weighting, Won,
};
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::collections::BTreeSet;
use std::fmt::Display;

/// Whether a contest's projects have costs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Money {
    /// The rule compares them.
    Needed,
    /// The options of a poll have none.
    None,
    /// The rule does not look at them.
    Optional,
}

pub(super) fn money(contest: &Contest) -> Money {
    match contest.rule.selection {
        Selection::BottomCut(_) | Selection::Fill(_) => Money::Needed,
        Selection::TopN(_) => Money::Optional,
        Selection::Poll(_) => Money::None,
    }
}

pub(super) fn check(path: &str, contest: &Contest, document: &Document, report: &mut Report) {
    report.require(
        money(contest) != Money::None || contest.picks.max == 1,
        format_args!("{path}.picks.max"),
        "must be 1 in a poll: a participant chooses one option",
    );
    let path = format!("{path}.rule");
    let Rule {
        weighting,
        selection,
        minimum,
        ties,
        conflicts: _,
    } = &contest.rule;
    check_weighting(&format!("{path}.weighting"), weighting, document, report);
    check_selection(&format!("{path}.selection"), selection, contest, report);
    if let Some(minimum) = minimum {
        check_minimum(&format!("{path}.minimum"), minimum, report);
    }
    check_ties(&format!("{path}.ties"), ties, contest, report);
    check_conflicts(&format!("{path}.conflicts"), contest, report);
}

fn check_weighting(path: &str, weighting: &Weighting, document: &Document, report: &mut Report) {
    match weighting {
        Weighting::Multiplier { factors } => {
            let path = format!("{path}.multiplier.factors");
            let named: Vec<_> = factors.iter().map(|f| &f.class).collect();
            check_classes(&path, &named, document, report);
            let counts = factors.iter().any(|f| !f.factor.is_zero());
            report.require(counts, path, "no class counts");
        }
        Weighting::Share { shares, .. } => {
            let path = format!("{path}.share.shares");
            let named: Vec<_> = shares.iter().map(|s| &s.class).collect();
            check_classes(&path, &named, document, report);
            let sum: BigRational = shares.iter().map(|s| s.share.to_big()).sum();
            let message = format_args!("sum to {} per cent, not to 100", &sum * hundred());
            report.require(sum.is_one(), path, message);
        }
    }
}

fn hundred() -> BigRational {
    BigRational::from_integer(100.into())
}

/// Every class and offline group is named once.
fn check_classes(path: &str, named: &[&ClassId], document: &Document, report: &mut Report) {
    let classes = document.classes.iter().map(|class| &class.id);
    let groups = document.offline_groups.iter().map(|group| &group.id);
    each_once(path, "class", named, classes.chain(groups), report);
}

/// `named` holds each of `all` once and nothing else.
fn each_once<'a, T: Ord + Display + 'a>(
    path: &str,
    member: &str,
    named: &[&T],
    all: impl Iterator<Item = &'a T>,
    report: &mut Report,
) {
    report.unique(path, member, named);
    let all: BTreeSet<&T> = all.collect();
    let dot = if member.is_empty() { "" } else { "." };
    for (i, id) in named.iter().enumerate() {
        let path = format_args!("{path}[{i}]{dot}{member}");
        report.require(all.contains(*id), path, "there is none of this id");
    }
    let named: BTreeSet<&T> = named.iter().copied().collect();
    for id in all {
        report.require(named.contains(id), path, format_args!("{id} is missing"));
    }
}

fn check_selection(path: &str, selection: &Selection, contest: &Contest, report: &mut Report) {
    match selection {
        Selection::BottomCut(cut) => {
            check_cut(&format!("{path}.bottom_cut"), cut, contest, report);
        }
        Selection::Fill(fill) => check_fill(&format!("{path}.fill"), fill, contest, report),
        Selection::TopN(top) => check_top(&format!("{path}.top_n"), top, contest, report),
        Selection::Poll(poll) => check_poll(&format!("{path}.poll"), poll, contest, report),
    }
}

fn check_cut(path: &str, cut: &BottomCut, contest: &Contest, report: &mut Report) {
    let part = inside(cut.percent);
    report.require(
        part,
        format_args!("{path}.percent"),
        "must be above 0 and below 100",
    );
    check_scope(&format!("{path}.scope"), &cut.scope, contest, report);
}

fn inside(percent: Percent) -> bool {
    !percent.hundredths().is_zero() && percent.to_big() < BigRational::one()
}

fn check_scope(path: &str, scope: &Scope, contest: &Contest, report: &mut Report) {
    match scope {
        Scope::Overall => {}
        Scope::List(id) => {
            let known = contest.lists.iter().any(|list| list.id == *id);
            report.require(known, format_args!("{path}.list"), "there is no such list");
        }
        Scope::EachList => {
            let message = "the contest has no lists";
            report.require(!contest.lists.is_empty(), path, message);
        }
        Scope::EachField => {
            let message = "the contest has no fields";
            report.require(!contest.fields.is_empty(), path, message);
        }
    }
}

fn check_fill(path: &str, fill: &Fill, contest: &Contest, report: &mut Report) {
    if let FillPolicy::Partial { from } = fill.policy {
        check_part(&format!("{path}.policy.partial.from"), from, report);
    }
    let path = format!("{path}.scope");
    match &fill.scope {
        FillScope::Overall { budget } => {
            let path = format!("{path}.overall.budget");
            check_amounts(&path, &[*budget], report);
        }
        FillScope::EachList { allocations } => {
            let path = format!("{path}.each_list.allocations");
            let named: Vec<_> = allocations.iter().map(|a| &a.list).collect();
            let all = contest.lists.iter().map(|list| &list.id);
            each_once(&path, "list", &named, all, report);
            let amounts: Vec<_> = allocations.iter().map(|a| a.amount).collect();
            check_amounts(&path, &amounts, report);
        }
        FillScope::EachField { allocations } => {
            let path = format!("{path}.each_field.allocations");
            check_allocations(&path, allocations, None, contest, report);
        }
        FillScope::FieldsThenRest {
            allocations, rest, ..
        } => {
            let path = format!("{path}.fields_then_rest.allocations");
            check_allocations(&path, allocations, Some(*rest), contest, report);
        }
    }
}

/// The fields' money, and the citywide rest where there is one.
fn check_allocations(
    path: &str,
    allocations: &Allocations,
    rest: Option<Won>,
    contest: &Contest,
    report: &mut Report,
) {
    let fields = &contest.fields;
    report.require(!fields.is_empty(), path, "the contest has no fields");
    match allocations {
        Allocations::Amounts(amounts) => {
            let path = format!("{path}.amounts");
            let named: Vec<_> = amounts.iter().map(|a| &a.field).collect();
            let all = fields.iter().map(|field| &field.id);
            each_once(&path, "field", &named, all, report);
            let amounts: Vec<_> = amounts.iter().map(|a| a.amount).chain(rest).collect();
            check_amounts(&path, &amounts, report);
        }
        Allocations::PartOfCandidates(part) => {
            check_part(&format!("{path}.part_of_candidates"), *part, report);
        }
    }
}

fn check_amounts(path: &str, amounts: &[Won], report: &mut Report) {
    let some = amounts.iter().all(|amount| *amount > Won::ZERO);
    report.require(some, path, "an amount is 0");
    let bounded = Won::sum(amounts.iter().copied()).is_some();
    report.require(
        bounded,
        path,
        "the amounts together exceed 10,000,000,000,000 won",
    );
}

fn check_part(path: &str, part: Ratio, report: &mut Report) {
    let ok = part.is_part() && !part.is_zero();
    report.require(ok, path, "must be above 0 and at most 1");
}

fn check_top(path: &str, top: &TopN, contest: &Contest, report: &mut Report) {
    let all = contest.projects.len();
    let places = usize::try_from(top.places).unwrap_or(usize::MAX);
    report.require(
        (1..=all).contains(&places),
        format_args!("{path}.places"),
        format_args!("must be 1 to {all}, the number of projects"),
    );
    check_scope(&format!("{path}.scope"), &top.scope, contest, report);
}

fn check_poll(path: &str, poll: &Poll, contest: &Contest, report: &mut Report) {
    let participants = format_args!("{path}.participants");
    report.require(poll.participants >= 1, participants, "must be at least 1");
    report.safe(participants, poll.participants);
    if let PollTest::ForOrAgainst(majority) = &poll.test {
        let path = format!("{path}.test.for_or_against");
        for (member, option) in [("agree", &majority.agree), ("disagree", &majority.disagree)] {
            let known = contest.projects.iter().any(|p| p.id == *option);
            report.require(
                known,
                format_args!("{path}.{member}"),
                "there is no such option",
            );
        }
        report.require(
            majority.agree != majority.disagree,
            format_args!("{path}.disagree"),
            "is the same as agree",
        );
        report.require(
            majority.more_than.to_big() < BigRational::one(),
            format_args!("{path}.more_than"),
            "must be below 1",
        );
    }
}

fn check_minimum(path: &str, minimum: &MinimumScore, report: &mut Report) {
    match minimum {
        MinimumScore::Votes(votes) => report.safe(format_args!("{path}.votes"), *votes),
        MinimumScore::ShareOfVoters(share) => {
            let path = format_args!("{path}.share_of_voters");
            report.require(share.is_part(), path, "must be at most 1");
        }
        MinimumScore::Score(score) => {
            let path = format_args!("{path}.score");
            report.require(!score.to_big().is_zero(), path, "must be above 0");
        }
    }
}

fn check_ties(path: &str, ties: &[TieOrder], contest: &Contest, report: &mut Report) {
    let decides = ties.last().is_some_and(TieOrder::is_total);
    report.require(
        decides,
        path,
        "the last order must tell any two projects apart",
    );
    for (i, order) in ties.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let last = i + 1 == ties.len();
        report.require(
            last || !order.is_total(),
            &path,
            "leaves nothing to decide for the orders after it",
        );
        let earlier = ties[..i].iter().any(|o| !o.is_total());
        let by_cost = !order.is_total();
        report.require(!(by_cost && earlier), &path, "costs are already compared");
        if let TieOrder::Lot { order } = order {
            let named: Vec<_> = order.iter().collect();
            let all = contest.projects.iter().map(|p| &p.id);
            each_once(&format!("{path}.lot.order"), "", &named, all, report);
        }
    }
}

fn check_conflicts(path: &str, contest: &Contest, report: &mut Report) {
    let known: BTreeSet<&ProjectId> = contest.projects.iter().map(|p| &p.id).collect();
    let poll = matches!(contest.rule.selection, Selection::Poll(_));
    let conflicts = &contest.rule.conflicts;
    report.require(conflicts.is_empty() || !poll, path, "a poll has none");
    for (i, set) in conflicts.iter().enumerate() {
        let path = format!("{path}[{i}].projects");
        let min = 2;
        report.count(&path, set.projects.len(), min, known.len().max(min));
        report.unique(&path, "", &set.projects);
        for (j, project) in set.projects.iter().enumerate() {
            let path = format_args!("{path}[{j}]");
            report.require(known.contains(project), path, "there is no such project");
        }
    }
}

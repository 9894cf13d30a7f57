//! Classes of ballots by a column of the file.

use super::outcome::ClassReport;
use super::plan::PlanError;
use crate::exact::whole;
use crate::pb::{Count, PbFile};
use crate::weights::{ClassCount, weigh};
use num_rational::BigRational;
use num_traits::One;
use std::collections::BTreeMap;
use voting_core::rule::{ClassId, ClassShare, EmptyClass, Percent, ShareBase, Weighting};

/// Classes of ballots by a column, and their shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassShares {
    /// The column of VOTES.
    pub column: String,
    /// The values that count, and their shares; together 100.
    pub shares: Vec<(String, Percent)>,
    /// What a class's marks are divided by.
    pub base: ShareBase,
}

/// Scores by class shares, what one mark of the largest class adds, and the classes' ballots.
pub(super) fn weighted(
    file: &PbFile<'_>,
    plan: &ClassShares,
) -> Result<(Vec<BigRational>, BigRational, ClassReport), PlanError> {
    let sum: BigRational = plan.shares.iter().map(|(_, share)| share.to_big()).sum();
    if !sum.is_one() {
        return Err(PlanError::Shares((sum * whole(100)).to_string()));
    }
    let (classes, report) = classify(file, plan)?;
    let counts = file.count_classes(plan.shares.len(), &classes);
    let scale = counts.first().map_or(0, |count| count.scale);
    let mut ids: Vec<ClassId> = Vec::new();
    for (name, _) in &plan.shares {
        match name.parse::<ClassId>() {
            Ok(id) if !ids.contains(&id) => ids.push(id),
            _ => return Err(PlanError::ClassName(name.clone())),
        }
    }
    if counts
        .iter()
        .flat_map(|count| &count.units)
        .any(|&units| units < 0)
        || scale > 0
    {
        return Ok((pointed(plan, &counts), BigRational::one(), report));
    }
    let class_counts: Vec<ClassCount> = ids
        .iter()
        .zip(&counts)
        .map(|(class, count)| ClassCount {
            class: class.clone(),
            ballots: count.ballots,
            marks: count
                .units
                .iter()
                .map(|&units| u64::try_from(units).unwrap_or(0))
                .collect(),
            offline: false,
        })
        .collect();
    let shares = ids.into_iter().zip(&plan.shares);
    let rule = Weighting::Share {
        base: plan.base,
        empty: EmptyClass::Spread,
        shares: shares
            .map(|(class, (_, share))| ClassShare {
                class,
                share: *share,
            })
            .collect(),
    };
    let weighted = weigh(&rule, &class_counts, file.projects.len())?;
    let one_mark = weighted.one_mark();
    Ok((weighted.scores, one_mark, report))
}

/// Shares over points that are not whole numbers of marks: the same sum in fractions.
fn pointed(plan: &ClassShares, counts: &[Count]) -> Vec<BigRational> {
    let base = |count: &Count| match plan.base {
        ShareBase::Voters => whole(count.ballots),
        ShareBase::Marks => count.scores().iter().sum(),
    };
    let zero = whole(0);
    let cast = |(share, count): &(&(String, Percent), &Count)| {
        let base = base(count);
        (base != zero).then(|| (share.1.to_big(), count.scores(), base))
    };
    let cast: Vec<_> = plan
        .shares
        .iter()
        .zip(counts)
        .filter_map(|pair| cast(&pair))
        .collect();
    let together: BigRational = cast.iter().map(|(share, ..)| share).sum();
    let projects = counts.first().map_or(0, |count| count.units.len());
    let score = |at: usize| -> BigRational {
        cast.iter()
            .map(|(share, scores, base)| share / &together * &scores[at] / base)
            .sum()
    };
    (0..projects).map(score).collect()
}

/// The class of each ballot, and how many ballots each value of the column has.
fn classify(
    file: &PbFile<'_>,
    plan: &ClassShares,
) -> Result<(Vec<Option<usize>>, ClassReport), PlanError> {
    let mut classes = vec![None; file.ballot_count()];
    let named: BTreeMap<&str, usize> = plan
        .shares
        .iter()
        .enumerate()
        .map(|(i, (name, _))| (name.as_str(), i))
        .collect();
    let mut voters = vec![0_u64; plan.shares.len()];
    let mut ignored: BTreeMap<String, u64> = BTreeMap::new();
    let found = file.each_cell(&plan.column, |ballot, cell| {
        classes[ballot] = named.get(cell).copied();
        match classes[ballot] {
            Some(class) => voters[class] += 1,
            None => match ignored.get_mut(cell) {
                Some(count) => *count += 1,
                None => drop(ignored.insert(cell.to_owned(), 1)),
            },
        }
    });
    if !found {
        return Err(PlanError::NoColumn(plan.column.clone()));
    }
    let names = plan.shares.iter().map(|(name, _)| name.clone());
    let voters = names.zip(voters).collect();
    Ok((
        classes,
        ClassReport {
            column: plan.column.clone(),
            voters,
            ignored,
        },
    ))
}

//! From class totals to one score for each project, in exact fractions.
//!
//! - **multiplier**: `score = sum over classes of factor x marks`;
//! - **share**: `score = sum over classes of share x marks / base`, shares as parts of 1, the base
//!   being the class's marks or its counted ballots. The base counts the marks of withdrawn and
//!   excluded projects too: a withdrawal changes no other project's score.
//!
//! A class whose base is 0 (it cast nothing, cast only blank ballots under base `marks`, or was
//! withheld) has nothing to divide. The rule either refuses the tally or spreads its share over the
//! other classes in proportion to their own; if all are empty, every score is 0.

use crate::exact::whole;
use num_rational::BigRational;
use num_traits::{One, Zero};
use thiserror::Error;
use voting_core::rule::{ClassId, EmptyClass, ShareBase, Weighting};

/// What a class cast in one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassCount {
    /// The class.
    pub class: ClassId,
    /// Counted ballots.
    pub ballots: u64,
    /// Marks of each project of the contest.
    pub marks: Vec<u64>,
    /// Whether it voted outside this system; leverage and margins are rather not stated in it.
    pub offline: bool,
}

impl ClassCount {
    fn base(&self, base: ShareBase) -> u64 {
        match base {
            ShareBase::Marks => self.marks.iter().sum(),
            ShareBase::Voters => self.ballots,
        }
    }
}

/// What one class's marks count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassWeight {
    /// The class.
    pub class: ClassId,
    /// What its marks are divided by; none under multipliers.
    pub base: Option<u64>,
    /// Its share as a part of 1 after empty classes' shares were spread, or its factor.
    pub weight: BigRational,
    /// What one of its marks adds to a score; 0 where it is empty.
    pub mark_value: BigRational,
    /// Marks of the reference class that one of its marks equals.
    pub leverage: BigRational,
}

/// Scores and what they were made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The score of each project.
    pub scores: Vec<BigRational>,
    /// What each class that the rule names counts, in the rule's order.
    pub classes: Vec<ClassWeight>,
    /// Position in `classes` of the class that leverage and margins are stated in: of those whose
    /// marks count, the one with the most ballots, offline groups last.
    pub reference: Option<usize>,
}

/// Totals that cannot be weighted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WeightError {
    /// The rule names a class that has no totals.
    #[error("class {0} has no totals")]
    MissingClass(ClassId),
    /// A class cast nothing, and the rule refuses.
    #[error("class {0} cast nothing, and the rule refuses the tally then")]
    EmptyClass(ClassId),
    /// A class does not have one total for each project.
    #[error("class {class} has {found} totals for {expected} projects")]
    Length {
        /// The class.
        class: ClassId,
        /// Projects.
        expected: usize,
        /// Totals.
        found: usize,
    },
}

/// Weighs the totals of `projects` projects.
///
/// # Errors
/// [`WeightError`] where the totals do not fit the rule, or the rule refuses an empty class.
pub fn weigh(
    weighting: &Weighting,
    counts: &[ClassCount],
    projects: usize,
) -> Result<Weighted, WeightError> {
    let mut classes = match weighting {
        Weighting::Multiplier { factors } => {
            let weight = |f: &voting_core::rule::ClassFactor| {
                let class = ClassWeight {
                    class: f.class.clone(),
                    base: None,
                    weight: f.factor.to_big(),
                    mark_value: f.factor.to_big(),
                    leverage: BigRational::zero(),
                };
                find(counts, &f.class, projects).map(|_| class)
            };
            factors.iter().map(weight).collect::<Result<Vec<_>, _>>()?
        }
        Weighting::Share {
            base,
            empty,
            shares,
        } => {
            let weight = |s: &voting_core::rule::ClassShare| {
                let count = find(counts, &s.class, projects)?;
                Ok(ClassWeight {
                    class: s.class.clone(),
                    base: Some(count.base(*base)),
                    weight: s.share.to_big(),
                    mark_value: BigRational::zero(),
                    leverage: BigRational::zero(),
                })
            };
            let mut classes = shares.iter().map(weight).collect::<Result<Vec<_>, _>>()?;
            spread(&mut classes, *empty)?;
            classes
        }
    };
    let reference = reference(&classes, counts);
    let unit = reference.map(|at| classes[at].mark_value.clone());
    for class in &mut classes {
        class.leverage = unit
            .as_ref()
            .map_or_else(BigRational::zero, |u| &class.mark_value / u);
    }
    let scores = scores(&classes, counts, projects);
    Ok(Weighted {
        scores,
        classes,
        reference,
    })
}

impl Weighted {
    /// What one mark of the reference class adds to a score; 1 where no mark counts.
    #[must_use]
    pub fn one_mark(&self) -> BigRational {
        self.reference
            .map_or_else(BigRational::one, |at| self.classes[at].mark_value.clone())
    }
}

fn find<'c>(
    counts: &'c [ClassCount],
    class: &ClassId,
    projects: usize,
) -> Result<&'c ClassCount, WeightError> {
    let count = counts.iter().find(|count| count.class == *class);
    let count = count.ok_or_else(|| WeightError::MissingClass(class.clone()))?;
    if count.marks.len() != projects {
        let (expected, found) = (projects, count.marks.len());
        return Err(WeightError::Length {
            class: class.clone(),
            expected,
            found,
        });
    }
    Ok(count)
}

/// Gives empty classes' shares to the others, and every mark its value.
fn spread(classes: &mut [ClassWeight], empty: EmptyClass) -> Result<(), WeightError> {
    let sum = |of: &dyn Fn(&ClassWeight) -> bool, classes: &[ClassWeight]| {
        let shares = classes.iter().filter(|c| of(c)).map(|c| &c.weight);
        shares.fold(BigRational::zero(), |sum, share| sum + share)
    };
    let is_empty = |class: &ClassWeight| class.base == Some(0);
    if let Some(refused) = classes
        .iter()
        .find(|c| is_empty(c) && empty == EmptyClass::Refuse)
    {
        return Err(WeightError::EmptyClass(refused.class.clone()));
    }
    let all = sum(&|_| true, classes);
    let cast = sum(&|c| !is_empty(c), classes);
    for class in classes {
        match class.base {
            None | Some(0) => class.weight = BigRational::zero(),
            Some(base) if !cast.is_zero() => {
                class.weight = &class.weight * &all / &cast;
                class.mark_value = &class.weight / whole(base);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Of the classes whose marks count, the one with the most ballots, offline groups last; the first
/// of equals.
fn reference(classes: &[ClassWeight], counts: &[ClassCount]) -> Option<usize> {
    let size = |class: &ClassWeight| {
        let count = counts.iter().find(|count| count.class == class.class);
        count.map(|count| (!count.offline, count.ballots))
    };
    let counting = classes
        .iter()
        .enumerate()
        .filter(|(_, class)| !class.mark_value.is_zero());
    let largest = counting.max_by_key(|(at, class)| (size(class), std::cmp::Reverse(*at)));
    largest.map(|(at, _)| at)
}

/// Sums of `mark value x marks`.
fn scores(classes: &[ClassWeight], counts: &[ClassCount], projects: usize) -> Vec<BigRational> {
    let mut scores = vec![BigRational::zero(); projects];
    for class in classes.iter().filter(|class| !class.mark_value.is_zero()) {
        let Some(count) = counts.iter().find(|count| count.class == class.class) else {
            continue;
        };
        for (score, &marks) in scores.iter_mut().zip(&count.marks) {
            *score += &class.mark_value * whole(marks);
        }
    }
    scores
}

#[cfg(test)]
mod tests;

//! How the totals of the voter classes become one score for each project.

use super::{ClassId, Percent, Ratio};
use serde::{Deserialize, Serialize};

/// How the totals of the voter classes become one score for each project. A class, here, is also
/// an offline group whose totals arrive signed. Each one is named once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Weighting {
    /// The score is the sum over classes of factor x marks.
    Multiplier {
        /// What a mark of each class counts.
        factors: Vec<ClassFactor>,
    },
    /// The score is the sum over classes of share x marks / base.
    Share {
        /// What a class's marks are divided by.
        base: ShareBase,
        /// What becomes of the share of a class whose base is 0.
        empty: EmptyClass,
        /// Each class's share; together 100.
        shares: Vec<ClassShare>,
    },
}

/// What a mark of a class counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFactor {
    /// The class.
    pub class: ClassId,
    /// What a mark counts; 0 is allowed.
    pub factor: Ratio,
}

/// The share of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassShare {
    /// The class.
    pub class: ClassId,
    /// Its share in per cent.
    pub share: Percent,
}

/// What a class's marks are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareBase {
    /// All marks of the class in the contest.
    Marks,
    /// All counted ballots of the class.
    Voters,
}

/// What becomes of the share of a class whose base is 0: it cast nothing, or was withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyClass {
    /// It is spread over the other classes in proportion to their shares.
    Spread,
    /// The tally refuses.
    Refuse,
}

/// What becomes of a class with fewer counted ballots than the manifest's minimum, before anything
/// of it is decrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallClass {
    /// Its ballots are not decrypted; its share is an empty class's.
    Withhold,
    /// Its ballots join this class before decryption, and that class's weight applies to them. If
    /// both together are still too few, that class's own policy decides.
    MergeInto(ClassId),
    /// Nothing is decrypted; an annulment decides.
    Refuse,
}

//! Who may vote, and in which class.

use super::{Bilingual, Date};
use crate::keys::VerifyKey;
use crate::rule::{ClassId, SmallClass};
use serde::{Deserialize, Serialize};

/// Who may vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// The area that the claims refer to.
    pub area: Bilingual,
    /// The ties to the area of which a voter claims one; none are asked for if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// The least age, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeLimit>,
}

/// A tie to the area, by the ordinance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Lives there.
    Residence,
    /// Works there.
    Work,
    /// Studies there.
    Study,
    /// Runs a business there.
    Business,
}

/// A least age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeLimit {
    /// Full years (만 나이), 1 to 120.
    pub years: u8,
    /// Counted on this day.
    pub on: Date,
}

/// A class of voters. A voter is in the first class, in the manifest's order, that admits them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoterClass {
    /// Unique among classes and offline groups.
    pub id: ClassId,
    /// As voters read it.
    pub title: Bilingual,
    /// Whom it admits.
    pub admission: Admission,
    /// What becomes of it if it is small.
    pub small: SmallClass,
}

/// Whom a class admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Those on its roll: graduates of 예산학교, members of a committee.
    Roll,
    /// Everyone eligible; only of use as the last class.
    Everyone,
}

/// A group that votes outside this system (a survey, a paper count); its totals arrive signed and
/// count as a class of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfflineGroup {
    /// Unique among classes and offline groups.
    pub id: ClassId,
    /// As voters read it.
    pub title: Bilingual,
    /// Who signs its totals.
    pub key: VerifyKey,
}

//! The manifest (PROTOCOL.md, "Manifest"): one document that fixes the election before it opens.
//!
//! It is JSON, hashed and published in its RFC 8785 form; the election id is the hash of those
//! bytes. [`Document`] is what it says; a [`Manifest`] is a document that has been checked as a
//! whole, together with its canonical bytes and election id, and cannot be altered any more.
//!
//! ```text
//! {"ballot":{"max_spoiled":5,"voting_again":false},
//!  "classes":[{"admission":"everyone","id":"citizen","small":"refuse","title":{..}}],
//!  "contests":[{"id":"citywide","picks":{"max":7,"min":0},"projects":[..],"rule":{..},..}],
//!  "demonstration":false,"eligibility":{..},"format":"hanpyo manifest v1","keys":{..},
//!  "origin":"vote.example.org/2027","schedule":{..},"small_class_minimum":50,"staff":{..},
//!  "title":{"en":"..","ko":".."},"trustees":{"members":[..],"threshold":2},"witnesses":{..}}
//! ```

mod authorities;
mod check;
mod contest;
mod error;
mod limits;
mod parse;
mod people;
pub mod preset;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod text;

pub use authorities::{
    Keys, PseudonymKeyCommitment, Staff, StaffMember, Trustee, Trustees, Witness, Witnesses,
};
pub use contest::{Contest, CostCaps, Field, Kind, List, Picks, Project};
pub use error::{ManifestError, Problem};
pub use limits::{LimitScope, SelectionLimit};
pub use people::{Admission, AgeLimit, Claim, Eligibility, OfflineGroup, VoterClass};
pub use text::{Bilingual, Date, DateError};

use crate::ids::{ClassIndex, ElectionId, TrusteeId, UnixMillis};
use crate::keys::VerifyKey;
use crate::log::note::KeyName;
use crate::rule::{ClassId, ContestId};
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// The longest manifest that is read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// A checked document with its canonical bytes and election id.
///
/// It reads as a [`Document`] and gives no way to alter it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    document: Document,
    canonical: Vec<u8>,
    election_id: ElectionId,
    limits: Vec<SelectionLimit>,
}

impl Manifest {
    /// Checks a document as a whole.
    ///
    /// # Errors
    /// [`ManifestError::Invalid`] with every problem found.
    pub fn new(document: Document) -> Result<Self, ManifestError> {
        document.validate()?;
        let canonical = parse::canonical(&document)?;
        Ok(Self {
            election_id: ElectionId::of(&canonical),
            limits: limits::of(&document),
            canonical,
            document,
        })
    }

    /// Reads a manifest as staff write it: any spacing and order of members, nothing unknown,
    /// nothing twice.
    ///
    /// # Errors
    /// Every [`ManifestError`] but [`ManifestError::NotCanonical`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        Self::new(Document::parse(json)?)
    }

    /// Reads a published manifest: exactly the RFC 8785 bytes.
    ///
    /// # Errors
    /// Every [`ManifestError`].
    pub fn parse_canonical(json: &[u8]) -> Result<Self, ManifestError> {
        let manifest = Self::parse(json)?;
        parse::same_bytes(json, &manifest.canonical)?;
        Ok(manifest)
    }

    /// The RFC 8785 bytes that are published and hashed.
    #[must_use]
    pub fn to_canonical(&self) -> Vec<u8> {
        self.canonical.clone()
    }

    /// The same bytes, borrowed.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The hash of the canonical bytes.
    #[must_use]
    pub const fn election_id(&self) -> ElectionId {
        self.election_id
    }

    /// The limits that a ballot's proof shows to be kept, derived as [`SelectionLimit`] says.
    #[must_use]
    pub fn limits(&self) -> &[SelectionLimit] {
        &self.limits
    }

    /// The position of a voter class in the manifest.
    #[must_use]
    pub fn class_index(&self, id: &ClassId) -> Option<ClassIndex> {
        let index = self.classes.iter().position(|class| class.id == *id)?;
        u16::try_from(index).ok().map(ClassIndex::new)
    }

    /// The voter class at a position.
    #[must_use]
    pub fn class(&self, index: ClassIndex) -> Option<&VoterClass> {
        self.classes.get(usize::from(index.get()))
    }

    /// Whether there is a class at a position that admits by a roll (명부).
    #[must_use]
    pub fn has_roll(&self, index: ClassIndex) -> bool {
        let class = self.class(index);
        class.is_some_and(|class| class.admission == Admission::Roll)
    }

    /// The trustee with an identifier, 1 being the first in the manifest.
    #[must_use]
    pub fn trustee(&self, id: TrusteeId) -> Option<&Trustee> {
        let index = usize::from(id.get()).checked_sub(1)?;
        self.trustees.members.get(index)
    }
}

impl Deref for Manifest {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.document
    }
}

/// What a manifest says. [`Manifest::new`] checks it as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The form of this document.
    pub format: Format,
    /// The log's origin: first line of its checkpoints and name of its key (C2SP).
    #[serde(deserialize_with = "text::key_name")]
    pub origin: KeyName,
    /// The election's title.
    pub title: Bilingual,
    /// Whether nothing is decided by this election. Only then may identities be made up.
    pub demonstration: bool,
    /// What is voted on, all on one ballot.
    pub contests: Vec<Contest>,
    /// Who may vote.
    pub eligibility: Eligibility,
    /// The classes of voters, of which each voter is in the first that admits them.
    pub classes: Vec<VoterClass>,
    /// Groups that vote outside this system and whose totals arrive signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offline_groups: Vec<OfflineGroup>,
    /// A class with fewer counted ballots is small: [`VoterClass::small`] says what then. At
    /// least 3, in a demonstration 1.
    pub small_class_minimum: u64,
    /// When the election runs.
    pub schedule: Schedule,
    /// What a voter may do with ballots.
    pub ballot: BallotRules,
    /// Who holds the election key, t of n.
    pub trustees: Trustees,
    /// Who acts for the city.
    pub staff: Staff,
    /// The keys of the services.
    pub keys: Keys,
    /// Who cosigns the log.
    pub witnesses: Witnesses,
}

impl Document {
    /// Reads a document without checking it as a whole.
    ///
    /// # Errors
    /// [`ManifestError::TooLong`] or [`ManifestError::Json`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        parse::json(json)
    }

    /// Checks everything that one member alone cannot show.
    ///
    /// # Errors
    /// [`ManifestError::Invalid`] with every problem found, at most 200 of them.
    pub fn validate(&self) -> Result<(), ManifestError> {
        let problems = check::document(self);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ManifestError::Invalid(problems))
        }
    }

    /// All contests' projects side by side, in the order of the ballot's ciphertexts.
    pub fn projects(&self) -> impl Iterator<Item = Candidate<'_>> {
        let all = self.contests.iter().enumerate();
        let all = all.flat_map(|(index, contest)| {
            let projects = contest.projects.iter();
            projects.map(move |project| (index, contest, project))
        });
        (0..)
            .zip(all)
            .map(|(position, (index, contest, project))| Candidate {
                position,
                contest_index: index,
                contest,
                project,
            })
    }

    /// How many projects a ballot has ciphertexts for.
    #[must_use]
    pub fn project_count(&self) -> usize {
        self.contests
            .iter()
            .map(|contest| contest.projects.len())
            .sum()
    }

    /// The contest of an id.
    #[must_use]
    pub fn contest(&self, id: &ContestId) -> Option<&Contest> {
        self.contests.iter().find(|contest| contest.id == *id)
    }

    /// The trustees' signing keys in the order of their identifiers, from 1.
    pub fn trustee_keys(&self) -> impl Iterator<Item = (TrusteeId, &VerifyKey)> {
        let ids = (1..).map(TrusteeId::new);
        ids.zip(self.trustees.members.iter().map(|t| &t.signing_key))
    }
}

/// A project with its place on the ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Which ciphertext of the ballot is this project's, from 0.
    pub position: u32,
    /// Which contest it is in, from 0.
    pub contest_index: usize,
    /// The contest.
    pub contest: &'a Contest,
    /// The project.
    pub project: &'a Project,
}

/// The form of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// This one.
    #[serde(rename = "hanpyo manifest v1")]
    V1,
}

/// When the election runs. Times are milliseconds since 1970-01-01T00:00:00Z, so that two readers
/// cannot differ over a zone or a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The first instant at which a ballot is accepted.
    pub opens_at: UnixMillis,
    /// The first instant at which a ballot is late.
    pub closes_at: UnixMillis,
    /// The latest that two staff members may move `closes_at` to; equal where it is fixed.
    pub extension_limit: UnixMillis,
    /// The bound for finishing what was received whole before the close: 1 to 600,000 ms.
    pub drain_ms: u64,
    /// Until when objections are heard; the pseudonym key is destroyed after it.
    pub objections_until: UnixMillis,
}

/// What a voter may do with ballots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotRules {
    /// Whether a later ballot takes the place of an earlier one.
    pub voting_again: bool,
    /// How many sealed ballots a person may check instead of casting: 1 to 1,000.
    pub max_spoiled: u32,
}

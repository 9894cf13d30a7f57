//! By what a person is found on a roll (docs/ROLLS.md, "Matching"), and which rows contradict
//! each other.

use super::{Outcome, RollRow, Verdict};
use crate::identity::{Ci, Person};
use ring::hmac;
use std::collections::{HashMap, HashSet};
use voting_core::codec::Writer;
use voting_core::ids::{ClassIndex, ElectionId};
use voting_core::manifest::Date;
use voting_core::tags;
use zeroize::Zeroizing;

/// A keyed hash of what a roll says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollHash([u8; 32]);

impl RollHash {
    /// Wraps the 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The key of one election's rolls.
#[derive(Clone)]
pub struct RollKey(hmac::Key);

impl RollKey {
    /// `HMAC-SHA-256(pseudonym key, tag || election id)`, each field after its length as `u32`:
    /// what destroys the pseudonym key destroys the rolls' meaning with it.
    #[must_use]
    pub fn new(pseudonym_key: &[u8; 32], election: &ElectionId) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, pseudonym_key);
        let mut w = Writer::new();
        w.bytes(tags::ROLL_KEY.as_bytes());
        w.bytes(election.as_bytes());
        let derived = hmac::sign(&key, &w.into_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// By a CI: `HMAC-SHA-256(roll key, tag || CI)`.
    #[must_use]
    pub fn ci(&self, ci: &Ci) -> RollHash {
        self.hash(tags::ROLL_CI, &[ci.reveal()])
    }

    /// By normalised name, birth date and mobile number:
    /// `HMAC-SHA-256(roll key, tag || name || YYYY-MM-DD || mobile)`.
    #[must_use]
    pub fn person(&self, name: &str, birth_date: Date, mobile: &str) -> RollHash {
        self.hash(tags::ROLL_PERSON, &[name, &birth_date.to_string(), mobile])
    }

    /// By everything a provider says of a person; the second is `None` where something is missing.
    #[must_use]
    pub fn of(&self, person: &Person) -> (RollHash, Option<RollHash>) {
        let whole = || {
            let (name, mobile) = (person.name.as_ref()?, person.mobile.as_ref()?);
            Some(self.person(name, person.birth_date?, mobile))
        };
        (self.ci(&person.ci), whole())
    }

    fn hash(&self, tag: &str, fields: &[&str]) -> RollHash {
        let mut w = Writer::new();
        w.bytes(tag.as_bytes());
        for field in fields {
            w.bytes(field.as_bytes());
        }
        let message = Zeroizing::new(w.into_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, &message).as_ref());
        RollHash(hash)
    }
}

type Place = (ClassIndex, RollHash);

/// What all rows of a roll together say.
#[derive(Default)]
pub(super) struct Roll {
    /// Beside each CI: the one person, if any, and whether there are several.
    by_ci: HashMap<Place, Beside>,
    /// Beside each person: the one CI, if any, and whether there are several.
    by_person: HashMap<Place, Beside>,
    /// What has been accepted.
    accepted: HashSet<Place>,
}

#[derive(Clone, Copy, Default)]
struct Beside {
    one: Option<RollHash>,
    several: bool,
}

impl Beside {
    fn meet(&mut self, other: Option<RollHash>) {
        match (self.one, other) {
            (None, _) => self.one = other,
            (Some(one), Some(other)) if one != other => self.several = true,
            _ => {}
        }
    }
}

impl Roll {
    /// What is on the roll from imports before.
    pub(super) fn with(stored: &[RollRow]) -> Self {
        let mut roll = Self::default();
        for row in stored {
            roll.meet(row);
            roll.accept(row);
        }
        roll
    }

    /// Takes note of a readable row, before any is judged.
    pub(super) fn meet(&mut self, row: &RollRow) {
        let Some(class) = row.class else { return };
        if let Some(ci) = row.ci {
            self.by_ci.entry((class, ci)).or_default().meet(row.person);
        }
        if let Some(person) = row.person {
            self.by_person
                .entry((class, person))
                .or_default()
                .meet(row.ci);
        }
    }

    /// Judges a readable row, in the order of the file.
    pub(super) fn judge(&mut self, row: &mut RollRow) {
        let Some(class) = row.class else { return };
        if row.outcome.verdict() != Verdict::Accepted {
            return;
        }
        row.outcome = match (row.ci, row.person) {
            (Some(ci), _) => self.judge_ci((class, ci)),
            (None, Some(person)) => self.judge_person((class, person)),
            (None, None) => Outcome::Incomplete,
        };
        if row.outcome == Outcome::Accepted {
            self.accept(row);
        }
    }

    fn judge_ci(&self, place: Place) -> Outcome {
        if self.by_ci.get(&place).is_some_and(|beside| beside.several) {
            Outcome::CiOfSeveral
        } else if self.accepted.contains(&place) {
            Outcome::SameCi
        } else {
            Outcome::Accepted
        }
    }

    fn judge_person(&self, place: Place) -> Outcome {
        let beside = self.by_person.get(&place).copied().unwrap_or_default();
        if beside.several {
            Outcome::PersonOfSeveral
        } else if beside.one.is_some() || self.accepted.contains(&place) {
            Outcome::SamePerson
        } else {
            Outcome::Accepted
        }
    }

    fn accept(&mut self, row: &RollRow) {
        if let (Some(class), Some(hash)) = (row.class, row.ci.or(row.person)) {
            self.accepted.insert((class, hash));
        }
    }
}

//! One person, one ballot (PROTOCOL.md): credentials, ballots and tracking codes seen so far.

use super::violation::{Check, Violation, ensure};
use crate::ballot::{Ballot, BallotShape, VoterIdentity};
use crate::cast::CastBallot;
use crate::codec::Encode;
use crate::credential::Credential;
use crate::ids::{ClassIndex, LeafIndex, Pseudonym, Sequence, Serial};
use crate::keys::VerifyKey;
use crate::tracking::TrackingCode;
use std::collections::HashSet;
use std::collections::hash_map::{HashMap, RandomState};
use std::hash::{BuildHasher, Hasher};

/// A person as the log knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The class of every credential issued to them.
    pub class: ClassIndex,
    /// The key of the current credential.
    pub key: VerifyKey,
    /// The serial of the current credential.
    pub serial: Serial,
    /// The ballot that counts, if any.
    pub ballot: Option<CountedBallot>,
    /// BLAKE3 of the current credential's bytes.
    credential: [u8; 32],
}

impl Person {
    /// What the person's ballots must be bound to.
    #[must_use]
    pub fn identity(&self, pseudonym: Pseudonym) -> VoterIdentity {
        VoterIdentity {
            pseudonym,
            class: self.class,
            key: self.key,
        }
    }
}

/// The ballot of a person that counts so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedBallot {
    /// Its entry.
    pub index: LeafIndex,
    /// Its tracking code.
    pub code: TrackingCode,
    /// Which of the person's ballots it is.
    pub sequence: Sequence,
}

/// What became of a tracking code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFate {
    /// Cast, in this entry.
    Cast(LeafIndex),
    /// Spoiled, in this entry.
    Spoiled(LeafIndex),
}

/// How many credentials were issued to people of a class, and how many of them have a ballot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCount {
    /// People with a credential.
    pub issued: u64,
    /// People with a ballot.
    pub cast: u64,
}

/// The highest serial: one person's logins cannot fill the log.
pub const MAX_SERIAL: Serial = Serial::new(99);

/// Everyone and everything that may occur once only.
#[derive(Default)]
pub(super) struct People {
    people: HashMap<Pseudonym, Person>,
    keys: HashSet<VerifyKey>,
    codes: HashMap<TrackingCode, CodeFate>,
    components: Components,
    counts: Vec<ClassCount>,
}

/// 64-bit fingerprints of every `A_i`, keyed afresh in every process: nobody can prepare two points
/// that collide, and among 20 million a chance collision has probability 10^-5.
///
/// In many sets by the first byte: each grows by itself, so that the old and the new table of one
/// of them, not of all, are in memory together.
struct Components {
    fingerprint: RandomState,
    sets: Vec<HashSet<u64, Identity>>,
}

impl Default for Components {
    fn default() -> Self {
        Self {
            fingerprint: RandomState::new(),
            sets: vec![HashSet::default(); 256],
        }
    }
}

impl Components {
    fn of(&self, component: &[u8]) -> u64 {
        self.fingerprint.hash_one(component)
    }

    fn contains(&self, print: u64) -> bool {
        self.sets[Self::set(print)].contains(&print)
    }

    fn insert(&mut self, print: u64) {
        self.sets[Self::set(print)].insert(print);
    }

    const fn set(print: u64) -> usize {
        print.to_be_bytes()[0] as usize
    }
}

/// Hashes a fingerprint, which is a keyed hash already, to itself.
#[derive(Clone, Copy, Default)]
struct Identity(u64);

impl BuildHasher for Identity {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        // The first byte is the same in the whole set, and tables take their tags from there.
        self.0.rotate_left(8)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }
}

impl People {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            counts: vec![ClassCount::default(); classes],
            ..Self::default()
        }
    }

    pub(super) fn person(&self, pseudonym: &Pseudonym) -> Option<&Person> {
        self.people.get(pseudonym)
    }

    pub(super) fn fate(&self, code: &TrackingCode) -> Option<CodeFate> {
        self.codes.get(code).copied()
    }

    pub(super) fn counts(&self) -> &[ClassCount] {
        &self.counts
    }

    /// Checks that a credential is the next one of its person.
    pub(super) fn check_credential(&self, credential: &Credential) -> Result<(), Violation> {
        let voter = &credential.voter;
        let fail = |detail: &str| Err(Violation::new(Check::CredentialSerial, detail));
        if usize::from(voter.class.get()) >= self.counts.len() {
            return fail("the class is not one of the manifest's");
        }
        let next = match self.people.get(&voter.pseudonym) {
            None => Serial::new(0),
            Some(person) if person.ballot.is_some() => {
                return fail("the person's ballot is already in the log");
            }
            Some(person) if person.class != voter.class => {
                return fail("the class differs from the person's first credential");
            }
            Some(person) => Serial::new(person.serial.get().saturating_add(1)),
        };
        if next > MAX_SERIAL {
            return fail("the person has had every credential they may have");
        }
        if credential.serial != next {
            return fail("the serial is not the person's next one");
        }
        ensure(
            !self.keys.contains(&voter.key),
            Check::VoterKeyUnique,
            || "the voter key stands in an earlier credential".into(),
        )
    }

    pub(super) fn add_credential(&mut self, credential: &Credential) {
        let voter = &credential.voter;
        self.keys.insert(voter.key);
        if credential.serial == Serial::new(0) {
            self.counts[usize::from(voter.class.get())].issued += 1;
        }
        let person = Person {
            class: voter.class,
            key: voter.key,
            serial: credential.serial,
            ballot: None,
            credential: digest(credential),
        };
        self.people.insert(voter.pseudonym, person);
    }

    /// Checks everything about a ballot that involves other entries.
    pub(super) fn check_ballot(
        &self,
        cast: &CastBallot,
        shape: &BallotShape,
        voting_again: bool,
    ) -> Result<(), Violation> {
        let pseudonym = &cast.credential.voter.pseudonym;
        let person = self
            .people
            .get(pseudonym)
            .filter(|p| p.credential == digest(&cast.credential));
        let Some(person) = person else {
            let detail = "the credential is not the person's current one in the log";
            return Err(Violation::new(Check::BallotCredential, detail));
        };
        check_sequence(cast, person.ballot.as_ref(), voting_again)?;
        self.check_unused(&cast.tracking_code())?;
        self.check_components(cast, shape)
    }

    /// Checks that a tracking code was neither cast nor spoiled.
    pub(super) fn check_unused(&self, code: &TrackingCode) -> Result<(), Violation> {
        match self.codes.get(code) {
            None => Ok(()),
            Some(CodeFate::Cast(index)) => Err(Violation::new(
                Check::TrackingCodeUnique,
                format_args!("the tracking code was cast in entry {index}"),
            )),
            Some(CodeFate::Spoiled(index)) => Err(Violation::new(
                Check::SpoiledNotCounted,
                format_args!("the tracking code was spoiled in entry {index}"),
            )),
        }
    }

    fn check_components(&self, cast: &CastBallot, shape: &BallotShape) -> Result<(), Violation> {
        let components = Ballot::first_components(shape, cast.ballot())
            .map_err(|e| Violation::new(Check::BallotProof, e))?;
        let mut own = HashSet::with_capacity(shape.options());
        for component in components {
            let print = self.components.of(component);
            ensure(
                !self.components.contains(print) && own.insert(print),
                Check::CiphertextUnique,
                || "a ciphertext component stands in an earlier place of the log".into(),
            )?;
        }
        Ok(())
    }

    /// Adds a checked ballot; gives back the one it supersedes.
    pub(super) fn add_ballot(
        &mut self,
        cast: &CastBallot,
        index: LeafIndex,
        shape: &BallotShape,
    ) -> Option<CountedBallot> {
        let (code, sequence) = (cast.tracking_code(), cast.sequence);
        if let Ok(components) = Ballot::first_components(shape, cast.ballot()) {
            for component in components {
                self.components.insert(self.components.of(component));
            }
        }
        self.codes.insert(code, CodeFate::Cast(index));
        let person = self.people.get_mut(&cast.credential.voter.pseudonym)?;
        let superseded = person.ballot.replace(CountedBallot {
            index,
            code,
            sequence,
        });
        if superseded.is_none() {
            self.counts[usize::from(person.class.get())].cast += 1;
        }
        superseded
    }

    pub(super) fn add_spoiled(&mut self, code: TrackingCode, index: LeafIndex) {
        self.codes.insert(code, CodeFate::Spoiled(index));
    }
}

/// Sequence 0 has no predecessor; a later one, where voting again is allowed, names the ballot it
/// supersedes, so that an older ballot replayed can never take its place.
fn check_sequence(
    cast: &CastBallot,
    counted: Option<&CountedBallot>,
    voting_again: bool,
) -> Result<(), Violation> {
    let expected = match counted {
        None => (Sequence::new(0), None),
        Some(ballot) if voting_again => (
            Sequence::new(ballot.sequence.get().saturating_add(1)),
            Some(ballot.code),
        ),
        Some(ballot) => {
            let detail = format!("the person's ballot is entry {}", ballot.index);
            return Err(Violation::new(Check::OneBallot, detail));
        }
    };
    ensure(
        (cast.sequence, cast.previous) == expected,
        Check::OneBallot,
        || {
            "the sequence number or previous tracking code does not follow the person's last ballot"
                .into()
        },
    )
}

fn digest(credential: &Credential) -> [u8; 32] {
    *blake3::hash(&credential.to_bytes()).as_bytes()
}

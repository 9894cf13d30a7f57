//! Homomorphic sums of the counting ballots by voter class.

use super::groups::Group;
use super::violation::{Check, Violation};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::decryption::{CiphertextSums, DecryptionError};
use crate::elgamal::Ciphertext;
use crate::ids::ClassIndex;

/// The most classes whose sums are read from bytes; a manifest has fewer.
const MAX_CLASSES: usize = 256;

/// One sum a class, each of one ciphertext a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSums(Vec<CiphertextSums>);

impl ClassSums {
    /// Empty sums.
    ///
    /// # Errors
    /// [`Violation`] on more projects than a decryption share can hold.
    pub fn new(classes: usize, projects: usize) -> Result<Self, Violation> {
        let sums = (0..classes).map(|_| CiphertextSums::new(projects).map_err(violation));
        sums.collect::<Result<_, _>>().map(Self)
    }

    /// Adds a verified ballot's ciphertexts to its class.
    ///
    /// # Errors
    /// [`Violation`] if there is no such class or the ballot has another number of projects.
    pub fn add(&mut self, class: ClassIndex, ballot: &[Ciphertext]) -> Result<(), Violation> {
        self.class(class)?.add(ballot).map_err(violation)
    }

    /// Takes a ballot that another one superseded out again.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn subtract(&mut self, class: ClassIndex, ballot: &[Ciphertext]) -> Result<(), Violation> {
        self.class(class)?.subtract(ballot).map_err(violation)
    }

    /// Adds sums made elsewhere: ballots verified in ranges.
    ///
    /// # Errors
    /// [`Violation`] if they are of another shape.
    pub fn merge(&mut self, other: &Self) -> Result<(), Violation> {
        if self.0.len() != other.0.len() {
            return Err(Violation::new(
                Check::DecryptionShare,
                "sums of another election",
            ));
        }
        (self.0.iter_mut().zip(&other.0)).try_for_each(|(a, b)| a.merge(b).map_err(violation))
    }

    /// How many ballots are in the sum of each class, in the manifest's order.
    pub fn ballots(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().map(CiphertextSums::ballots)
    }

    /// The sums that are decrypted for a group.
    pub(super) fn group(&self, group: &Group) -> Result<CiphertextSums, Violation> {
        let mut classes = group.classes.iter();
        let missing = || Violation::new(Check::DecryptionShare, "sums of another election");
        let mut of = || {
            classes
                .next()
                .map(|c| self.0.get(usize::from(c.get())).ok_or_else(missing))
        };
        let mut sums = of().unwrap_or_else(|| Err(missing()))?.clone();
        while let Some(class) = of() {
            sums.merge(class?).map_err(violation)?;
        }
        Ok(sums)
    }

    fn class(&mut self, class: ClassIndex) -> Result<&mut CiphertextSums, Violation> {
        self.0
            .get_mut(usize::from(class.get()))
            .ok_or_else(|| Violation::new(Check::DecryptionShare, "there is no such class"))
    }
}

/// `list<256>` of each class's sums bytes (PROTOCOL.md, "Decryption").
impl Encode for ClassSums {
    fn encode(&self, w: &mut Writer) {
        w.count(self.0.len());
        self.0.iter().for_each(|sums| sums.encode(w));
    }
}

impl Decode for ClassSums {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = r.count(MAX_CLASSES, "classes")?;
        let sums = (0..count).map(|_| CiphertextSums::decode(r));
        sums.collect::<Result<_, _>>().map(Self)
    }
}

fn violation(error: DecryptionError) -> Violation {
    Violation::new(Check::DecryptionShare, error)
}

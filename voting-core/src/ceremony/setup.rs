//! What everyone knows before the ceremony: the manifest's trustees, and which attempt this is.

use super::{CeremonyError, EncryptionKey};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ElectionId, TrusteeId};
use crate::keys::VerifyKey;
use crate::trustee::{Signed, TrusteeMessage};
use data_encoding::HEXLOWER;
use std::fmt;

/// The most trustees an election may have; a second-round message then fits a log entry.
pub const MAX_TRUSTEES: u16 = 255;

/// Which attempt at the ceremony this is, from 0; a complaint ends one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt(u16);

impl Attempt {
    /// Wraps the number.
    #[must_use]
    pub const fn new(n: u16) -> Self {
        Self(n)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Encode for Attempt {
    fn encode(&self, w: &mut Writer) {
        w.u16(self.0);
    }
}

impl Decode for Attempt {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(r.u16("attempt")?))
    }
}

/// t of n: `2 <= t <= n <= MAX_TRUSTEES`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    needed: u16,
    trustees: u16,
}

impl Threshold {
    /// `needed` (t) of `trustees` (n).
    ///
    /// # Errors
    /// [`CeremonyError::Threshold`].
    pub fn new(needed: u16, trustees: u16) -> Result<Self, CeremonyError> {
        if 2 <= needed && needed <= trustees && trustees <= MAX_TRUSTEES {
            Ok(Self { needed, trustees })
        } else {
            let trustees = trustees.into();
            Err(CeremonyError::Threshold { needed, trustees })
        }
    }

    /// How many trustees can decrypt together: t.
    #[must_use]
    pub const fn needed(self) -> u16 {
        self.needed
    }

    /// How many trustees there are: n.
    #[must_use]
    pub const fn trustees(self) -> u16 {
        self.trustees
    }

    /// All identifiers, 1 to n.
    pub fn ids(self) -> impl Iterator<Item = TrusteeId> {
        (1..=self.trustees).map(TrusteeId::new)
    }

    /// The identifier's position in manifest order, from 0.
    ///
    /// # Errors
    /// [`CeremonyError::UnknownTrustee`].
    pub fn position(self, id: TrusteeId) -> Result<usize, CeremonyError> {
        match id.get() {
            1.. if id.get() <= self.trustees => Ok(usize::from(id.get()) - 1),
            _ => Err(CeremonyError::UnknownTrustee(id)),
        }
    }
}

impl Encode for Threshold {
    fn encode(&self, w: &mut Writer) {
        w.u16(self.needed);
        w.u16(self.trustees);
    }
}

impl Decode for Threshold {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (needed, trustees) = (r.u16("threshold")?, r.u16("number of trustees")?);
        Self::new(needed, trustees).map_err(|_| DecodeError::NotCanonical("threshold"))
    }
}

/// A trustee's two public keys in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrusteeKeys {
    /// Signs the trustee's messages.
    pub signing: VerifyKey,
    /// Receives the other trustees' secret shares. Fresh for every election.
    pub encryption: EncryptionKey,
}

/// The public parameters of one attempt at an election's ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The election.
    pub(super) election: ElectionId,
    /// The attempt.
    pub(super) attempt: Attempt,
    /// t of n.
    pub(super) threshold: Threshold,
    trustees: Vec<TrusteeKeys>,
}

impl Setup {
    /// The parameters; `trustees` in manifest order, `needed` of them to decrypt.
    ///
    /// # Errors
    /// [`CeremonyError::Threshold`] or [`CeremonyError::RepeatedKey`].
    pub fn new(
        election: ElectionId,
        attempt: Attempt,
        needed: u16,
        trustees: Vec<TrusteeKeys>,
    ) -> Result<Self, CeremonyError> {
        let count = u16::try_from(trustees.len()).map_err(|_| CeremonyError::Threshold {
            needed,
            trustees: trustees.len() as u64,
        })?;
        let threshold = Threshold::new(needed, count)?;
        for (id, i) in threshold.ids().zip(0..) {
            let (earlier, keys) = (&trustees[..i], &trustees[i]);
            if earlier.iter().any(|other| shares_a_key(other, keys)) {
                return Err(CeremonyError::RepeatedKey(id));
            }
        }
        Ok(Self {
            election,
            attempt,
            threshold,
            trustees,
        })
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> &ElectionId {
        &self.election
    }

    /// The attempt.
    #[must_use]
    pub const fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// t of n.
    #[must_use]
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// A trustee's keys.
    ///
    /// # Errors
    /// [`CeremonyError::UnknownTrustee`].
    pub fn keys(&self, id: TrusteeId) -> Result<&TrusteeKeys, CeremonyError> {
        Ok(&self.trustees[self.threshold.position(id)?])
    }

    /// The body of a message signed by its trustee in this attempt.
    ///
    /// # Errors
    /// [`CeremonyError::UnknownTrustee`], [`CeremonyError::BadSignature`] or
    /// [`CeremonyError::OtherAttempt`].
    pub fn open<'a, T: CeremonyMessage>(&self, m: &'a Signed<T>) -> Result<&'a T, CeremonyError> {
        let (trustee, message) = (m.claimed_trustee(), T::NAME);
        let key = &self.keys(trustee)?.signing;
        let body = m
            .verify(&self.election, key)
            .map_err(|_| CeremonyError::BadSignature { trustee, message })?;
        if body.attempt() == self.attempt {
            Ok(body)
        } else {
            Err(CeremonyError::OtherAttempt { trustee, message })
        }
    }

    /// Opens exactly one message of each trustee, and puts them in the trustees' order.
    pub(super) fn open_all<T: CeremonyMessage>(
        &self,
        messages: &[Signed<T>],
    ) -> Result<Vec<T>, CeremonyError> {
        let mut slots: Vec<Option<T>> = self.threshold.ids().map(|_| None).collect();
        for signed in messages {
            let body = self.open(signed)?;
            let (trustee, message) = (body.trustee(), T::NAME);
            let slot = &mut slots[self.threshold.position(trustee)?];
            if slot.replace(body.clone()).is_some() {
                return Err(CeremonyError::Repeated { trustee, message });
            }
        }
        let message = T::NAME;
        let missing = |trustee| CeremonyError::Missing { trustee, message };
        let ids = self.threshold.ids();
        ids.zip(slots)
            .map(|(id, slot)| slot.ok_or(missing(id)))
            .collect()
    }
}

/// A trustee's message of one attempt at the ceremony.
pub trait CeremonyMessage: TrusteeMessage + Clone {
    /// The attempt it belongs to.
    fn attempt(&self) -> Attempt;
}

/// A hash over ceremony messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CeremonyHash([u8; 32]);

impl CeremonyHash {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CeremonyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for CeremonyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CeremonyHash({self})")
    }
}

impl Encode for CeremonyHash {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.0);
    }
}

impl Decode for CeremonyHash {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(r.array("ceremony hash")?))
    }
}

fn shares_a_key(one: &TrusteeKeys, other: &TrusteeKeys) -> bool {
    one.signing == other.signing || one.encryption == other.encryption
}

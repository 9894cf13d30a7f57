//! Round two: each trustee sends every other one its share, encrypted.

use super::setup::CeremonyMessage;
use super::share::{EncryptedShare, Route};
use super::{
    Attempt, CeremonyError, CeremonyHash, Confirmation, MAX_TRUSTEES, PublicKeys, RoundOneSet,
};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::TrusteeId;
use crate::tags;
use crate::transcript::Transcript;
use crate::trustee::{Signed, TrusteeMessage};

/// A trustee's second message: `trustee u16 | attempt u16 | hash of round one | count u32 |
/// shares`, one share for each other trustee in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundTwo {
    pub(super) trustee: TrusteeId,
    pub(super) attempt: Attempt,
    pub(super) round_one: CeremonyHash,
    pub(super) shares: Vec<EncryptedShare>,
}

impl RoundTwo {
    /// The share for `to`, if there is one.
    pub(super) fn share_for(&self, to: TrusteeId) -> Option<&EncryptedShare> {
        let (to, from) = (to.get(), self.trustee.get());
        let position = match to.cmp(&from) {
            std::cmp::Ordering::Less => to.checked_sub(1)?,
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => to.checked_sub(2)?,
        };
        self.shares.get(usize::from(position))
    }

    /// Verifies one message: that it answers these first-round messages, and a share with a valid
    /// proof for each other trustee. Its signature and attempt are for [`super::Setup::open`].
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault.
    pub fn check(&self, round_one: &RoundOneSet) -> Result<(), CeremonyError> {
        let (trustee, found) = (self.trustee, self.shares.len());
        if self.round_one != round_one.hash {
            return Err(CeremonyError::OtherRoundOne(trustee));
        }
        let expected = round_one.setup.threshold.trustees() - 1;
        if found != usize::from(expected) {
            return Err(CeremonyError::ShareCount {
                trustee,
                found,
                expected,
            });
        }
        for (recipient, share) in recipients(round_one, trustee).zip(&self.shares) {
            share
                .check(&Route::new(round_one, trustee, recipient)?)
                .map_err(|_| CeremonyError::ShareProof { trustee, recipient })?;
        }
        Ok(())
    }
}

impl TrusteeMessage for RoundTwo {
    const KIND: u8 = 2;
    const NAME: &'static str = "second-round";

    fn trustee(&self) -> TrusteeId {
        self.trustee
    }
}

impl CeremonyMessage for RoundTwo {
    fn attempt(&self) -> Attempt {
        self.attempt
    }
}

impl Encode for RoundTwo {
    fn encode(&self, w: &mut Writer) {
        self.trustee.encode(w);
        self.attempt.encode(w);
        self.round_one.encode(w);
        w.count(self.shares.len());
        for share in &self.shares {
            share.encode(w);
        }
    }
}

impl Decode for RoundTwo {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (trustee, attempt) = (TrusteeId::decode(r)?, Attempt::decode(r)?);
        let round_one = CeremonyHash::decode(r)?;
        let count = r.count(MAX_TRUSTEES.into(), "shares")?;
        Ok(Self {
            trustee,
            attempt,
            round_one,
            shares: (0..count)
                .map(|_| EncryptedShare::decode(r))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The verified messages of both rounds.
#[derive(Clone, Debug)]
pub struct RoundTwoSet {
    pub(super) round_one: RoundOneSet,
    pub(super) messages: Vec<RoundTwo>,
}

impl RoundTwoSet {
    /// Verifies exactly one message from each trustee: signature, attempt, that it answers these
    /// first-round messages, and a share with a valid proof for each other trustee.
    ///
    /// Whether a share inside is *right* only its recipient sees: see [`super::Complaint`].
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault.
    pub fn verify(
        round_one: RoundOneSet,
        messages: &[Signed<RoundTwo>],
    ) -> Result<Self, CeremonyError> {
        let messages = round_one.setup.open_all(messages)?;
        for message in &messages {
            message.check(&round_one)?;
        }
        Ok(Self {
            round_one,
            messages,
        })
    }

    /// The first round.
    #[must_use]
    pub const fn round_one(&self) -> &RoundOneSet {
        &self.round_one
    }

    /// The hash that every trustee confirms: election id, attempt, t and n, all first-round bodies,
    /// all second-round bodies, in the trustees' order.
    #[must_use]
    pub fn transcript(&self) -> CeremonyHash {
        let mut transcript = Transcript::new(tags::CEREMONY_TRANSCRIPT);
        transcript.append_value(&self.round_one.setup.election);
        transcript.append_value(&self.round_one.setup.attempt);
        transcript.append_value(&self.round_one.setup.threshold);
        for message in &self.round_one.messages {
            transcript.append_value(message);
        }
        for message in &self.messages {
            transcript.append_value(message);
        }
        CeremonyHash::new(transcript.digest())
    }

    /// Ends the ceremony: every trustee confirmed this transcript and these keys.
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault.
    pub fn confirm(
        &self,
        confirmations: &[Signed<Confirmation>],
    ) -> Result<PublicKeys, CeremonyError> {
        let transcript = self.transcript();
        for confirmation in self.round_one.setup.open_all(confirmations)? {
            confirmation.confirms(transcript, &self.round_one.keys)?;
        }
        Ok(self.round_one.keys.clone())
    }

    pub(super) fn of(&self, id: TrusteeId) -> Result<&RoundTwo, CeremonyError> {
        Ok(&self.messages[self.round_one.setup.threshold.position(id)?])
    }
}

/// Everyone but `from`, in order.
pub(super) fn recipients(
    round_one: &RoundOneSet,
    from: TrusteeId,
) -> impl Iterator<Item = TrusteeId> + use<> {
    let ids = round_one.setup.threshold.ids();
    ids.filter(move |id| *id != from)
}

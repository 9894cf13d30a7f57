//! The end of a ceremony: each trustee confirms what it saw.

use super::setup::CeremonyMessage;
use super::{Attempt, CeremonyError, CeremonyHash, PublicKeys, RoundTwoSet};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::TrusteeId;
use crate::trustee::TrusteeMessage;

/// A trustee's word that its shares were right: `trustee u16 | attempt u16 | transcript hash |
/// public keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    pub(super) trustee: TrusteeId,
    pub(super) attempt: Attempt,
    pub(super) transcript: CeremonyHash,
    pub(super) keys: PublicKeys,
}

impl Confirmation {
    /// Verifies one confirmation against both rounds. Its signature and attempt are for
    /// [`super::Setup::open`].
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault.
    pub fn check(&self, round_two: &RoundTwoSet) -> Result<(), CeremonyError> {
        self.confirms(round_two.transcript(), round_two.round_one().public_keys())
    }

    pub(super) fn confirms(
        &self,
        transcript: CeremonyHash,
        keys: &PublicKeys,
    ) -> Result<(), CeremonyError> {
        if self.transcript != transcript {
            Err(CeremonyError::OtherTranscript(self.trustee))
        } else if self.keys != *keys {
            Err(CeremonyError::OtherKeys(self.trustee))
        } else {
            Ok(())
        }
    }
}

impl TrusteeMessage for Confirmation {
    const KIND: u8 = 4;
    const NAME: &'static str = "confirmation";

    fn trustee(&self) -> TrusteeId {
        self.trustee
    }
}

impl CeremonyMessage for Confirmation {
    fn attempt(&self) -> Attempt {
        self.attempt
    }
}

impl Encode for Confirmation {
    fn encode(&self, w: &mut Writer) {
        self.trustee.encode(w);
        self.attempt.encode(w);
        self.transcript.encode(w);
        self.keys.encode(w);
    }
}

impl Decode for Confirmation {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            trustee: TrusteeId::decode(r)?,
            attempt: Attempt::decode(r)?,
            transcript: CeremonyHash::decode(r)?,
            keys: PublicKeys::decode(r)?,
        })
    }
}

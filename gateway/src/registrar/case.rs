//! What a person who lacks a confirmation brings to a desk: their pseudonym, sealed.

use crate::seal::Seal;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ElectionId, Pseudonym, UnixMillis};

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 eligibility case";
/// How long a case can be brought to a desk: a day.
const VALID_MS: u64 = 24 * 3_600_000;

/// Seals and opens cases.
pub(super) struct Cases(Seal);

struct Case {
    election: ElectionId,
    pseudonym: Pseudonym,
    expires: UnixMillis,
}

impl Cases {
    pub(super) fn new(key: &[u8; 32]) -> Option<Self> {
        Seal::new(key, PURPOSE).map(Self)
    }

    pub(super) fn seal(
        &self,
        election: ElectionId,
        pseudonym: Pseudonym,
        now: UnixMillis,
    ) -> Option<String> {
        let expires = UnixMillis::new(now.get().saturating_add(VALID_MS));
        let case = Case {
            election,
            pseudonym,
            expires,
        };
        self.0.seal(&case.to_bytes())
    }

    pub(super) fn open(
        &self,
        token: &str,
        election: ElectionId,
        now: UnixMillis,
    ) -> Option<Pseudonym> {
        let case = Case::from_bytes(&self.0.open(token)?).ok()?;
        let valid = case.election == election && now < case.expires;
        valid.then_some(case.pseudonym)
    }
}

impl Encode for Case {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        self.pseudonym.encode(w);
        self.expires.encode(w);
    }
}

impl Decode for Case {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            pseudonym: Pseudonym::decode(r)?,
            expires: UnixMillis::decode(r)?,
        })
    }
}

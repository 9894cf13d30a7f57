//! Complaints of the key ceremony, by name.

use voting_core::audit::State;
use voting_core::ceremony::{self, Verdict};
use voting_core::codec::Decode;
use voting_core::ids::{LeafIndex, TrusteeId};
use voting_core::trustee::{Signed, TrusteeMessage};

/// A complaint in the log, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its entry.
    pub index: LeafIndex,
    /// Who complained.
    pub accuser: TrusteeId,
    /// About whose share.
    pub accused: TrusteeId,
    /// Who lied.
    pub verdict: Verdict,
}

impl Complaint {
    /// The trustee who lied.
    #[must_use]
    pub fn liar(&self) -> TrusteeId {
        match self.verdict {
            Verdict::Founded => self.accused,
            Verdict::Unfounded => self.accuser,
        }
    }
}

/// The complaint in a trustee's message that the state has just taken in, if it is one.
pub(crate) fn complaint(state: &State, index: LeafIndex, message: &[u8]) -> Option<Complaint> {
    let verdict = state.ceremony().verdict()?;
    if message.get(1) != Some(&ceremony::Complaint::KIND) {
        return None;
    }
    let signed = Signed::<ceremony::Complaint>::from_bytes(message).ok()?;
    let body = state.ceremony().setup().open(&signed).ok()?;
    Some(Complaint {
        index,
        accuser: body.trustee(),
        accused: body.accused(),
        verdict,
    })
}

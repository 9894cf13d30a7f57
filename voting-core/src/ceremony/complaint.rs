//! A complaint: the recipient of a wrong share opens it, and everyone can judge.
//!
//! Opening one share of an attempt that ends here harms nobody: the polynomials are thrown away.

use super::setup::CeremonyMessage;
use super::share::{EncryptedShare, Route};
use super::{Attempt, CeremonyError, RoundTwoSet};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::dleq::Proof;
use crate::group::{Point, decode_nonidentity};
use crate::ids::TrusteeId;
use crate::tags;
use crate::transcript::Transcript;
use crate::trustee::TrusteeMessage;

/// A trustee's complaint about the share it got from another one: `accuser u16 | attempt u16 |
/// accused u16 | S 32 | proof 64`, the proof that `S = sk E` for the accuser's key `PK = sk G`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub(super) accuser: TrusteeId,
    pub(super) attempt: Attempt,
    pub(super) accused: TrusteeId,
    pub(super) shared: Point,
    pub(super) proof: Proof,
}

impl Complaint {
    /// Who is accused of having sent a wrong share.
    #[must_use]
    pub const fn accused(&self) -> TrusteeId {
        self.accused
    }
}

/// Who lied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The share is wrong: the accused lied.
    Founded,
    /// The share is right or was not opened truthfully: the accuser lied.
    Unfounded,
}

/// Judges a complaint whose signature [`super::Setup::open`] has verified. Everyone with the
/// published messages comes to the same verdict; either way the attempt is over.
///
/// # Errors
/// [`CeremonyError::OtherAttempt`], [`CeremonyError::UnknownTrustee`] or
/// [`CeremonyError::NoSuchShare`] if the complaint is about no share of this attempt.
pub fn judge_complaint(
    round_two: &RoundTwoSet,
    complaint: &Complaint,
) -> Result<Verdict, CeremonyError> {
    let (accuser, accused) = (complaint.accuser, complaint.accused);
    if complaint.attempt != round_two.round_one.setup.attempt {
        return Err(CeremonyError::OtherAttempt {
            trustee: accuser,
            message: Complaint::NAME,
        });
    }
    let route = Route::new(&round_two.round_one, accused, accuser)?;
    let share = round_two.of(accused)?.share_for(accuser);
    let share = share.ok_or(CeremonyError::NoSuchShare(accuser))?;
    let sender = round_two.round_one.of(accused)?;

    let truthful = complaint.proof.verify(
        statement(&route, share, &complaint.shared),
        route.recipient.point(),
        &[(share.ephemeral, complaint.shared)],
    );
    let right = share.open(&route, &complaint.shared, sender).is_some();
    Ok(if truthful.is_ok() && !right {
        Verdict::Founded
    } else {
        Verdict::Unfounded
    })
}

/// Context of the share (with `PK` and `E`) and `S`.
pub(super) fn statement(route: &Route<'_>, share: &EncryptedShare, shared: &Point) -> Transcript {
    let mut transcript = Transcript::new(tags::CEREMONY_COMPLAINT);
    transcript.append(&route.context(&share.ephemeral));
    transcript.append(shared.compress().as_bytes());
    transcript
}

impl TrusteeMessage for Complaint {
    const KIND: u8 = 3;
    const NAME: &'static str = "complaint";

    fn trustee(&self) -> TrusteeId {
        self.accuser
    }
}

impl CeremonyMessage for Complaint {
    fn attempt(&self) -> Attempt {
        self.attempt
    }
}

impl Encode for Complaint {
    fn encode(&self, w: &mut Writer) {
        self.accuser.encode(w);
        self.attempt.encode(w);
        self.accused.encode(w);
        w.fixed(self.shared.compress().as_bytes());
        self.proof.encode(w);
    }
}

impl Decode for Complaint {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            accuser: TrusteeId::decode(r)?,
            attempt: Attempt::decode(r)?,
            accused: TrusteeId::decode(r)?,
            shared: decode_nonidentity(&r.array("shared point")?, "shared point")?,
            proof: Proof::decode(r)?,
        })
    }
}

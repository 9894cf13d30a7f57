//! Receipts and refusals (PROTOCOL.md, "Receipts"): signed evidence for the voter.

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ElectionId, LeafIndex, Pseudonym, UnixMillis};
use crate::keys::{BadSignature, SecretKey, Signature, VerifyKey};
use crate::tags;
use crate::tracking::TrackingCode;

/// The log's promise: this ballot is durable and has this place.
///
/// ```text
/// version u8, election 32, origin (u32 length + UTF-8), pseudonym 32,
/// tracking code 32, index u64, time u64, signature 64
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The election.
    pub election: ElectionId,
    /// The log's origin, as its checkpoints name it.
    pub origin: String,
    /// The voter.
    pub pseudonym: Pseudonym,
    /// The ballot's tracking code.
    pub code: TrackingCode,
    /// The ballot's entry.
    pub index: LeafIndex,
    /// The entry's time.
    pub time: UnixMillis,
    signature: Signature,
}

/// The most bytes of a log's origin.
pub const MAX_ORIGIN: usize = 255;

impl Receipt {
    /// Signs a receipt with the log's key.
    #[must_use]
    pub fn sign(
        log: &SecretKey,
        election: ElectionId,
        origin: &str,
        (pseudonym, code): (Pseudonym, TrackingCode),
        (index, time): (LeafIndex, UnixMillis),
    ) -> Self {
        let signature = Signature::new([0; 64]);
        let origin = origin.to_owned();
        let mut receipt = Self {
            election,
            origin,
            pseudonym,
            code,
            index,
            time,
            signature,
        };
        receipt.signature = log.sign(tags::SIGN_RECEIPT, &receipt.signed_bytes());
        receipt
    }

    /// Verifies the log's signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, log: &VerifyKey) -> Result<(), BadSignature> {
        log.verify(tags::SIGN_RECEIPT, &self.signed_bytes(), &self.signature)
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.u8(tags::VERSION);
        self.election.encode(&mut w);
        w.bytes(self.origin.as_bytes());
        self.pseudonym.encode(&mut w);
        self.code.encode(&mut w);
        self.index.encode(&mut w);
        self.time.encode(&mut w);
        w.into_bytes()
    }
}

impl Encode for Receipt {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.signed_bytes());
        self.signature.encode(w);
    }
}

impl Decode for Receipt {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.version()?;
        Ok(Self {
            election: ElectionId::decode(r)?,
            origin: r.text(MAX_ORIGIN, "origin")?.to_owned(),
            pseudonym: Pseudonym::decode(r)?,
            code: TrackingCode::decode(r)?,
            index: LeafIndex::decode(r)?,
            time: UnixMillis::decode(r)?,
            signature: Signature::decode(r)?,
        })
    }
}

/// The ballot box's signed word that it did not take a ballot, and why.
///
/// ```text
/// version u8, election 32, tracking code 32, reason (u32 length + UTF-8), time u64, signature 64
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The election.
    pub election: ElectionId,
    /// The hash of the ballot bytes received.
    pub code: TrackingCode,
    /// The problem type's name, as in the HTTP answer.
    pub reason: String,
    /// When.
    pub time: UnixMillis,
    signature: Signature,
}

impl Refusal {
    /// The most bytes of a reason.
    pub const MAX_REASON: usize = 100;

    /// Signs a refusal with the ballot box's key.
    #[must_use]
    pub fn sign(
        ballot_box: &SecretKey,
        election: ElectionId,
        code: TrackingCode,
        reason: &str,
        time: UnixMillis,
    ) -> Self {
        let signature = Signature::new([0; 64]);
        let mut refusal = Self {
            election,
            code,
            reason: reason.to_owned(),
            time,
            signature,
        };
        refusal.signature = ballot_box.sign(tags::SIGN_REFUSAL, &refusal.signed_bytes());
        refusal
    }

    /// Verifies the ballot box's signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, ballot_box: &VerifyKey) -> Result<(), BadSignature> {
        ballot_box.verify(tags::SIGN_REFUSAL, &self.signed_bytes(), &self.signature)
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.u8(tags::VERSION);
        self.election.encode(&mut w);
        self.code.encode(&mut w);
        w.bytes(self.reason.as_bytes());
        self.time.encode(&mut w);
        w.into_bytes()
    }
}

impl Encode for Refusal {
    fn encode(&self, w: &mut Writer) {
        w.fixed(&self.signed_bytes());
        self.signature.encode(w);
    }
}

impl Decode for Refusal {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.version()?;
        Ok(Self {
            election: ElectionId::decode(r)?,
            code: TrackingCode::decode(r)?,
            reason: r.text(Self::MAX_REASON, "reason")?.to_owned(),
            time: UnixMillis::decode(r)?,
            signature: Signature::decode(r)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_evidence_against_its_log_only() {
        let log = SecretKey::from_seed(&[1; 32]);
        let who = (Pseudonym::new([3; 32]), TrackingCode::of(b"ballot"));
        let place = (LeafIndex::new(4), UnixMillis::new(5));
        let receipt = Receipt::sign(&log, ElectionId::new([2; 32]), "hanpyo.test/1", who, place);
        let decoded = Receipt::from_bytes(&receipt.to_bytes()).unwrap();
        assert_eq!(decoded, receipt);
        assert_eq!(decoded.verify(&log.verify_key()), Ok(()));
        assert!(
            decoded
                .verify(&SecretKey::from_seed(&[9; 32]).verify_key())
                .is_err()
        );
        let moved = Receipt {
            index: LeafIndex::new(5),
            ..decoded.clone()
        };
        assert!(moved.verify(&log.verify_key()).is_err());
        let elsewhere = Receipt {
            origin: "hanpyo.test/2".into(),
            ..decoded
        };
        assert!(elsewhere.verify(&log.verify_key()).is_err());
    }

    #[test]
    fn a_refusal_is_bound_to_its_ballot_and_reason() {
        let key = SecretKey::from_seed(&[1; 32]);
        let code = TrackingCode::of(b"ballot");
        let time = UnixMillis::new(5);
        let refusal = Refusal::sign(&key, ElectionId::new([2; 32]), code, "voting-closed", time);
        let decoded = Refusal::from_bytes(&refusal.to_bytes()).unwrap();
        assert_eq!(decoded.verify(&key.verify_key()), Ok(()));
        let other = Refusal {
            reason: "already-voted".into(),
            ..decoded
        };
        assert!(other.verify(&key.verify_key()).is_err());
    }
}

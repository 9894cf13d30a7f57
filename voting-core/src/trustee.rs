//! What trustees publish, signed (PROTOCOL.md, "Trustees' messages").
//!
//! ```text
//! version  1 byte   1
//! kind     1 byte   1 round one, 2 round two, 3 complaint, 4 confirmation, 5 decryption share
//! body              as the kind defines; begins with the trustee's identifier
//! signature 64      Ed25519 over tag, election id, kind, body
//! ```

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ElectionId, TrusteeId};
use crate::keys::{BadSignature, SecretKey, Signature, VerifyKey};
use crate::tags;

/// A body that a trustee signs and publishes.
pub trait TrusteeMessage: Encode + Decode {
    /// The kind byte, different for every type.
    const KIND: u8;
    /// The kind in words, for messages to people.
    const NAME: &'static str;

    /// The trustee who says this.
    fn trustee(&self) -> TrusteeId;
}

/// A body and its trustee's signature, not yet verified: [`Self::verify`] gives the body out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T> {
    body: T,
    signature: Signature,
}

impl<T: TrusteeMessage> Signed<T> {
    /// Signs `body` for one election.
    #[must_use]
    pub fn sign(body: T, election: &ElectionId, key: &SecretKey) -> Self {
        let signature = key.sign(tags::SIGN_TRUSTEE, &signed_bytes(election, &body));
        Self { body, signature }
    }

    /// The body, if `key` signed it for this election.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, election: &ElectionId, key: &VerifyKey) -> Result<&T, BadSignature> {
        let message = signed_bytes(election, &self.body);
        key.verify(tags::SIGN_TRUSTEE, &message, &self.signature)?;
        Ok(&self.body)
    }

    /// The trustee this claims to be from, to look up the key to verify it with.
    #[must_use]
    pub fn claimed_trustee(&self) -> TrusteeId {
        self.body.trustee()
    }
}

impl<T: TrusteeMessage> Encode for Signed<T> {
    fn encode(&self, w: &mut Writer) {
        w.u8(tags::VERSION);
        w.u8(T::KIND);
        self.body.encode(w);
        self.signature.encode(w);
    }
}

impl<T: TrusteeMessage> Decode for Signed<T> {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        expect(r.u8("version")?, tags::VERSION, "version")?;
        expect(r.u8("message kind")?, T::KIND, "message kind")?;
        Ok(Self {
            body: T::decode(r)?,
            signature: Signature::decode(r)?,
        })
    }
}

/// Refuses any byte but the expected one.
pub(crate) fn expect(found: u8, expected: u8, field: &'static str) -> Result<(), DecodeError> {
    if found == expected {
        Ok(())
    } else {
        Err(DecodeError::Unknown {
            field,
            value: found.into(),
        })
    }
}

fn signed_bytes<T: TrusteeMessage>(election: &ElectionId, body: &T) -> Vec<u8> {
    let mut w = Writer::new();
    election.encode(&mut w);
    w.u8(T::KIND);
    body.encode(&mut w);
    w.into_bytes()
}

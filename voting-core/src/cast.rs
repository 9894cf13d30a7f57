//! What a voter signs (PROTOCOL.md, "Casting"): the cast ballot, and the two requests around a
//! challenge.
//!
//! ```text
//! cast ballot:  credential, sequence u32, flag u8 + previous tracking code 32 if 1,
//!               voter's signature 64, ballot length u32, ballot
//! code request: credential, tracking code 32, voter's signature 64
//! ```

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::credential::Credential;
use crate::ids::{ElectionId, Sequence};
use crate::keys::{BadSignature, SecretKey, Signature};
use crate::tags;
use crate::tracking::TrackingCode;

/// The most bytes a ballot may have anywhere: an entry must fit C2SP's 65,535.
pub const MAX_BALLOT: usize = 65_000;

/// A ballot that its voter chose to cast. The signature is made only after that choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CastBallot {
    /// The voter's credential.
    pub credential: Credential,
    /// Which of the voter's ballots this is.
    pub sequence: Sequence,
    /// The tracking code this one supersedes; `None` for sequence 0.
    pub previous: Option<TrackingCode>,
    signature: Signature,
    ballot: Vec<u8>,
    // Of `ballot`: everyone who handles a ballot asks for it, and it is a hash of all its bytes.
    code: TrackingCode,
}

impl CastBallot {
    /// The most bytes an encoded cast ballot may have.
    pub const MAX_LEN: usize = MAX_BALLOT + 400;

    /// Signs a sealed ballot for casting.
    #[must_use]
    pub fn sign(
        key: &SecretKey,
        election: &ElectionId,
        credential: Credential,
        (sequence, previous): (Sequence, Option<TrackingCode>),
        ballot: Vec<u8>,
    ) -> Self {
        let signature = Signature::new([0; 64]);
        let code = TrackingCode::of(&ballot);
        let mut cast = Self {
            credential,
            sequence,
            previous,
            signature,
            ballot,
            code,
        };
        cast.signature = key.sign(tags::SIGN_CAST, &cast.signed_bytes(election));
        cast
    }

    /// Verifies the voter's signature with the key in the credential.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify_signature(&self, election: &ElectionId) -> Result<(), BadSignature> {
        let message = self.signed_bytes(election);
        self.credential
            .voter
            .key
            .verify(tags::SIGN_CAST, &message, &self.signature)
    }

    /// The ballot's bytes.
    #[must_use]
    pub fn ballot(&self) -> &[u8] {
        &self.ballot
    }

    /// The tracking code.
    #[must_use]
    pub const fn tracking_code(&self) -> TrackingCode {
        self.code
    }

    fn signed_bytes(&self, election: &ElectionId) -> Vec<u8> {
        let mut w = Writer::new();
        w.fixed(&self.credential.signed_body(election));
        self.sequence.encode(&mut w);
        w.option(self.previous.as_ref());
        self.tracking_code().encode(&mut w);
        w.into_bytes()
    }
}

impl Encode for CastBallot {
    fn encode(&self, w: &mut Writer) {
        self.credential.encode(w);
        self.sequence.encode(w);
        w.option(self.previous.as_ref());
        self.signature.encode(w);
        w.bytes(&self.ballot);
    }
}

impl Decode for CastBallot {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let credential = Credential::decode(r)?;
        let sequence = Sequence::decode(r)?;
        let previous = r.option("previous tracking code flag")?;
        let signature = Signature::decode(r)?;
        let ballot = r.bytes(MAX_BALLOT, "ballot")?.to_vec();
        let code = TrackingCode::of(&ballot);
        Ok(Self {
            credential,
            sequence,
            previous,
            signature,
            ballot,
            code,
        })
    }
}

/// What a voter asks about a tracking code before any ballot is cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeIntent {
    /// Register it as pending: committed to, not yet decided.
    Pending,
    /// Spoil it: the sealed ballot is being checked and must never count.
    Spoil,
}

impl CodeIntent {
    fn tag(self) -> &'static str {
        match self {
            Self::Pending => tags::SIGN_PENDING,
            Self::Spoil => tags::SIGN_SPOIL,
        }
    }
}

/// A voter's signed request about a tracking code. Holds no ballot and no choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRequest {
    /// The voter's credential.
    pub credential: Credential,
    /// The code.
    pub code: TrackingCode,
    signature: Signature,
}

impl CodeRequest {
    /// The most bytes an encoded request may have.
    pub const MAX_LEN: usize = 400;

    /// Signs a request.
    #[must_use]
    pub fn sign(
        key: &SecretKey,
        election: &ElectionId,
        credential: Credential,
        code: TrackingCode,
        intent: CodeIntent,
    ) -> Self {
        let signature = Signature::new([0; 64]);
        let mut request = Self {
            credential,
            code,
            signature,
        };
        request.signature = key.sign(intent.tag(), &request.signed_bytes(election));
        request
    }

    /// Verifies the voter's signature for `intent`.
    ///
    /// # Errors
    /// [`BadSignature`], also if it was signed for the other intent.
    pub fn verify(&self, election: &ElectionId, intent: CodeIntent) -> Result<(), BadSignature> {
        let message = self.signed_bytes(election);
        self.credential
            .voter
            .key
            .verify(intent.tag(), &message, &self.signature)
    }

    fn signed_bytes(&self, election: &ElectionId) -> Vec<u8> {
        let mut w = Writer::new();
        w.fixed(&self.credential.signed_body(election));
        self.code.encode(&mut w);
        w.into_bytes()
    }
}

impl Encode for CodeRequest {
    fn encode(&self, w: &mut Writer) {
        self.credential.encode(w);
        self.code.encode(w);
        self.signature.encode(w);
    }
}

impl Decode for CodeRequest {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            credential: Credential::decode(r)?,
            code: TrackingCode::decode(r)?,
            signature: Signature::decode(r)?,
        })
    }
}

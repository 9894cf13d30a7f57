//! Sessions without a table: what the registrar needs to know, sealed.
//!
//! ```text
//! base64url( nonce 12 || AES-256-GCM( election 32, pseudonym 32, class u16, expiry u64 ) )
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, UnixMillis};

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 session";
/// The most characters of a token; ours have fewer.
const MAX_TOKEN: usize = 300;

/// A verified person, for some minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The election.
    pub election: ElectionId,
    /// The person within it.
    pub pseudonym: Pseudonym,
    /// The class that admits them now; a credential fixes it.
    pub class: ClassIndex,
    /// The first instant at which it is no longer valid.
    pub expires_at: UnixMillis,
}

/// Why a token is no session. The two do not say more than their holder knows.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SessionError {
    /// Not sealed by this gateway.
    #[error("the session is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the session has expired")]
    Expired,
}

/// Seals and opens sessions.
pub struct Sessions {
    key: LessSafeKey,
    random: SystemRandom,
}

impl Sessions {
    /// Sessions under a key; `None` only if the key is not 32 bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
        let random = SystemRandom::new();
        Some(Self { key, random })
    }

    /// Seals a session into a token; `None` if the operating system gives no randomness.
    #[must_use]
    pub fn seal(&self, session: &Session) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).ok()?;
        let mut sealed = session.to_bytes();
        let aad = Aad::from(PURPOSE);
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(unique, aad, &mut sealed)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce, sealed.as_slice()].concat()))
    }

    /// Opens a token.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn open(&self, token: &str, now: UnixMillis) -> Result<Session, SessionError> {
        let session = self.unseal(token).ok_or(SessionError::Invalid)?;
        if now < session.expires_at {
            Ok(session)
        } else {
            Err(SessionError::Expired)
        }
    }

    fn unseal(&self, token: &str) -> Option<Session> {
        let bytes = (token.len() <= MAX_TOKEN).then(|| URL_SAFE_NO_PAD.decode(token).ok());
        let bytes = bytes.flatten()?;
        let (nonce, sealed) = bytes.split_first_chunk()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(PURPOSE), &mut sealed)
            .ok()?;
        Session::from_bytes(opened).ok()
    }
}

impl Encode for Session {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        self.pseudonym.encode(w);
        self.class.encode(w);
        self.expires_at.encode(w);
    }
}

impl Decode for Session {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            pseudonym: Pseudonym::decode(r)?,
            class: ClassIndex::decode(r)?,
            expires_at: UnixMillis::decode(r)?,
        })
    }
}

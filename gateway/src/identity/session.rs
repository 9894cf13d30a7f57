//! Sessions without a table: what the registrar needs to know, sealed.
//!
//! ```text
//! election 32, pseudonym 32, class u16, expiry u64, id 16, device u8
//! ```

use crate::seal::Seal;
use thiserror::Error;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, UnixMillis};

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 session";

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
    /// Random: by it a session is ended.
    pub id: [u8; 16],
    /// Where it was opened.
    pub device: Device,
}

/// Where a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// On a device of the person's own.
    Own,
    /// On one that others use as well.
    Shared,
    /// On a kiosk, with a desk's code: shared, and good for no further code.
    Kiosk,
}

impl Device {
    /// Whether others use it as well: the session is short and is to be ended there.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::Own)
    }
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
pub struct Sessions(Seal);

impl Sessions {
    /// Sessions under a key; `None` only if the key is not 32 bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        Seal::new(key, PURPOSE).map(Self)
    }

    /// Seals a session into a token; `None` if the operating system gives no randomness.
    #[must_use]
    pub fn seal(&self, session: &Session) -> Option<String> {
        self.0.seal(&session.to_bytes())
    }

    /// Opens a token.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn open(&self, token: &str, now: UnixMillis) -> Result<Session, SessionError> {
        let bytes = self.0.open(token).ok_or(SessionError::Invalid)?;
        let session = Session::from_bytes(&bytes).map_err(|_| SessionError::Invalid)?;
        if now < session.expires_at {
            Ok(session)
        } else {
            Err(SessionError::Expired)
        }
    }
}

impl Encode for Session {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        self.pseudonym.encode(w);
        self.class.encode(w);
        self.expires_at.encode(w);
        w.fixed(&self.id);
        w.u8(match self.device {
            Device::Own => 0,
            Device::Shared => 1,
            Device::Kiosk => 2,
        });
    }
}

impl Decode for Session {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            pseudonym: Pseudonym::decode(r)?,
            class: ClassIndex::decode(r)?,
            expires_at: UnixMillis::decode(r)?,
            id: r.array("session id")?,
            device: match r.u8("device")? {
                0 => Device::Own,
                1 => Device::Shared,
                2 => Device::Kiosk,
                _ => return Err(DecodeError::NotCanonical("device")),
            },
        })
    }
}

//! Passes: a desk's leave for one clerk (창구 담당), for a working day. There is no table of them.
//!
//! ```text
//! election 32, hash of the desk's token 32, clerk text, expiry u64
//! ```
//!
//! A pass names its desk by the token it was drawn with: where the desk is taken out of the
//! configuration or gets another token, its passes end.

use super::desk::{Desk, Desks};
use crate::seal::Seal;
use std::fmt;
use std::time::Duration;
use thiserror::Error;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ElectionId, UnixMillis};

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 desk pass";
/// The most characters of a clerk's name, as the console has it of its members.
const MAX_NAME: usize = 100;
/// The most bytes of a character.
const MAX_UTF8: usize = 4;

/// A clerk's name, as colleagues know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clerk(String);

/// Who speaks for a desk: whoever holds its token, or a clerk with a pass of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendant {
    desk: String,
    clerk: Option<Clerk>,
}

/// A pass as it is handed over.
pub struct Drawn {
    /// What its holder sends.
    pub pass: String,
    /// From then on it is refused.
    pub expires_at: UnixMillis,
}

/// Why a token is no pass.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PassError {
    /// Not sealed by this gateway for this election, or of a desk that is there no more.
    #[error("the pass is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the pass has expired")]
    Expired,
}

/// Draws passes of one election and opens them.
pub struct Passes {
    seal: Seal,
    election: ElectionId,
    validity: Duration,
}

struct Sealed {
    election: ElectionId,
    desk: [u8; 32],
    clerk: Clerk,
    expires_at: UnixMillis,
}

impl Clerk {
    /// A name of 1 to 100 characters without control characters and spaces around it.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=MAX_NAME).contains(&name.chars().count()) && name == name.trim();
        let fits = fits && !name.contains(char::is_control);
        fits.then(|| Self(name.to_owned()))
    }
}

impl Attendant {
    /// Whoever holds the desk's own token.
    #[must_use]
    pub fn of(desk: &Desk) -> Self {
        let desk = desk.name().to_owned();
        Self { desk, clerk: None }
    }

    /// The desk alone: who the clerk is stands in no log.
    #[must_use]
    pub fn desk(&self) -> &str {
        &self.desk
    }
}

/// `desk/clerk`, or the desk: what is kept of whoever issued or confirmed something.
impl fmt::Display for Attendant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.desk)?;
        match &self.clerk {
            Some(Clerk(name)) => write!(f, "/{name}"),
            None => Ok(()),
        }
    }
}

impl Passes {
    /// Passes that are valid for a while; `None` only if the key cannot be used.
    #[must_use]
    pub fn new(key: &[u8; 32], election: ElectionId, validity: Duration) -> Option<Self> {
        Some(Self {
            seal: Seal::new(key, PURPOSE)?,
            election,
            validity,
        })
    }

    /// Draws a pass of a desk for a clerk; `None` if the operating system gives no randomness.
    #[must_use]
    pub fn draw(&self, desk: &Desk, clerk: Clerk, now: UnixMillis) -> Option<Drawn> {
        let validity = u64::try_from(self.validity.as_millis()).unwrap_or(u64::MAX);
        let expires_at = UnixMillis::new(now.get().saturating_add(validity));
        let sealed = Sealed {
            election: self.election,
            desk: *desk.token_hash(),
            clerk,
            expires_at,
        };
        let pass = self.seal.seal(&sealed.to_bytes())?;
        Some(Drawn { pass, expires_at })
    }

    /// Opens a pass of one of these desks.
    ///
    /// # Errors
    /// [`PassError`].
    pub fn open(&self, pass: &str, desks: &Desks, now: UnixMillis) -> Result<Attendant, PassError> {
        let bytes = self.seal.open(pass).ok_or(PassError::Invalid)?;
        let sealed = Sealed::from_bytes(&bytes).map_err(|_| PassError::Invalid)?;
        let desk = desks.of_hash(&sealed.desk).ok_or(PassError::Invalid)?;
        if sealed.election != self.election {
            return Err(PassError::Invalid);
        }
        if now >= sealed.expires_at {
            return Err(PassError::Expired);
        }
        Ok(Attendant {
            clerk: Some(sealed.clerk),
            ..Attendant::of(desk)
        })
    }
}

impl Encode for Sealed {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        w.fixed(&self.desk);
        w.bytes(self.clerk.0.as_bytes());
        self.expires_at.encode(w);
    }
}

impl Decode for Sealed {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (election, desk) = (ElectionId::decode(r)?, r.array("desk")?);
        let clerk = Clerk::new(r.text(MAX_UTF8 * MAX_NAME, "clerk")?);
        Ok(Self {
            election,
            desk,
            clerk: clerk.ok_or(DecodeError::NotCanonical("clerk"))?,
            expires_at: UnixMillis::decode(r)?,
        })
    }
}

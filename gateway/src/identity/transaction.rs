//! A transaction with a provider: sealed to the browser that began it, used once, for minutes.

use super::IdentityError;
use crate::registry::Registry;
use crate::seal::Seal;
use ring::rand::{SecureRandom, SystemRandom};
use std::time::Duration;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ElectionId, UnixMillis};
use zeroize::Zeroizing;

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 identity transaction";
/// How long someone may take at the provider.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// The most bytes that a provider remembers.
const MAX_MEMORY: usize = 140;

/// What a provider remembers from the beginning of a check to its end.
pub struct Started {
    /// Unique.
    pub id: [u8; 32],
    /// What else the provider wants to remember; secret.
    pub memory: Zeroizing<Vec<u8>>,
}

/// Seals transactions and uses them up.
#[derive(Clone)]
pub struct Transactions {
    seal: std::sync::Arc<Seal>,
    registry: Registry,
    election: ElectionId,
}

struct Sealed {
    election: ElectionId,
    provider: String,
    expires: UnixMillis,
    started: Started,
}

impl Transactions {
    /// Transactions of one election; `None` only if the key is not 32 bytes.
    #[must_use]
    pub fn new(key: &[u8; 32], registry: Registry, election: ElectionId) -> Option<Self> {
        let seal = std::sync::Arc::new(Seal::new(key, PURPOSE)?);
        Some(Self {
            seal,
            registry,
            election,
        })
    }

    /// 32 random bytes for a new transaction.
    ///
    /// # Errors
    /// [`IdentityError::Unavailable`] if the operating system gives none.
    pub fn draw() -> Result<[u8; 32], IdentityError> {
        let mut id = [0; 32];
        let drawn = SystemRandom::new().fill(&mut id);
        drawn.map_err(|_| IdentityError::Unavailable)?;
        Ok(id)
    }

    /// Seals what a provider remembers into a token for the browser.
    ///
    /// # Errors
    /// [`IdentityError::Unavailable`].
    pub fn seal(
        &self,
        provider: &str,
        started: Started,
        now: UnixMillis,
    ) -> Result<String, IdentityError> {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        let sealed = Sealed {
            election: self.election,
            provider: provider.to_owned(),
            expires: UnixMillis::new(now.get().saturating_add(patience)),
            started,
        };
        let bytes = Zeroizing::new(sealed.to_bytes());
        self.seal.seal(&bytes).ok_or(IdentityError::Unavailable)
    }

    /// Opens a token and uses it up, whatever comes of it.
    ///
    /// # Errors
    /// [`IdentityError::Refused`] if it is not one, another provider's, too old, or used.
    pub async fn take(
        &self,
        provider: &str,
        token: &str,
        now: UnixMillis,
    ) -> Result<Started, IdentityError> {
        let bytes = self.seal.open(token).map(Zeroizing::new);
        let sealed = Sealed::from_bytes(&bytes.ok_or(IdentityError::Refused)?);
        let sealed = sealed.map_err(|_| IdentityError::Refused)?;
        let ours = sealed.election == self.election && sealed.provider == provider;
        if !ours || now >= sealed.expires {
            return Err(IdentityError::Refused);
        }
        let (id, expires) = (&sealed.started.id, sealed.expires);
        match self.registry.use_transaction(id, expires, now).await? {
            true => Ok(sealed.started),
            false => Err(IdentityError::Refused),
        }
    }
}

impl Encode for Sealed {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        w.bytes(self.provider.as_bytes());
        self.expires.encode(w);
        w.fixed(&self.started.id);
        w.bytes(&self.started.memory);
    }
}

impl Decode for Sealed {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            provider: r.text(32, "provider")?.to_owned(),
            expires: UnixMillis::decode(r)?,
            started: Started {
                id: r.array("transaction")?,
                memory: Zeroizing::new(r.bytes(MAX_MEMORY, "memory")?.to_vec()),
            },
        })
    }
}

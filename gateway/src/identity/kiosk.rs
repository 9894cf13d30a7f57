//! One-time codes for a kiosk (docs/GATEWAY.md, "Desks and kiosks").
//!
//! ```text
//! ABCD EFGH JKMN     12 symbols of Crockford's base 32
//! |---||--------|    5 to find it by, 7 to guess: 5 tries in 2^35
//! ```
//!
//! A desk issues a code for someone whom a provider has verified there, so the code stands for the
//! same pseudonym as the person's own telephone does, and for no second vote.

use super::{Begin, IdentityError, IdentityProvider, Verified};
use crate::config::Secret;
use crate::registry::{Registry, StoredCode};
use crate::store::StoreError;
use async_trait::async_trait;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use std::time::Duration;
use subtle::ConstantTimeEq;
use thiserror::Error;
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, UnixMillis};
use zeroize::Zeroizing;

/// Crockford's symbols: none of them is taken for another.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many symbols a code has.
const LEN: usize = 12;
/// How many of them it is found by.
const LOCATOR: usize = 5;
/// How many wrong tries end a code.
const TRIES: u32 = 5;
/// How often to draw again when the first symbols are in use.
const DRAWS: usize = 16;
/// What the codes' key is derived for.
const PURPOSE: &[u8] = b"hanpyo v1 kiosk codes";

/// A code that was not issued.
#[derive(Debug, Error)]
pub enum CodeError {
    /// The operating system gives no randomness, or too many codes are out.
    #[error("no code could be drawn")]
    Draw,
    /// The registry failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A code as it is handed over, once.
pub struct IssuedCode {
    /// Three groups of four symbols.
    pub code: Zeroizing<String>,
    /// From then on it is refused.
    pub expires_at: UnixMillis,
}

/// Issues codes and takes them.
#[derive(Clone)]
pub struct Kiosk {
    key: hmac::Key,
    registry: Registry,
    validity: Duration,
}

impl Kiosk {
    /// Codes of one election that are valid for a while.
    #[must_use]
    pub fn new(
        session_key: &[u8; 32],
        election: &ElectionId,
        registry: Registry,
        validity: Duration,
    ) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, session_key);
        let derived = hmac::sign(&key, &[PURPOSE, election.as_bytes()].concat());
        let key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Self {
            key,
            registry,
            validity,
        }
    }

    /// Issues a code for a person; the one they had before is void.
    ///
    /// # Errors
    /// [`CodeError`].
    pub async fn issue(
        &self,
        (pseudonym, class): (Pseudonym, ClassIndex),
        desk: &str,
        now: UnixMillis,
    ) -> Result<IssuedCode, CodeError> {
        let validity = u64::try_from(self.validity.as_millis()).unwrap_or(u64::MAX);
        let expires_at = UnixMillis::new(now.get().saturating_add(validity));
        for _ in 0..DRAWS {
            let symbols = draw()?;
            let stored = StoredCode {
                locator: self.hash(&symbols[..LOCATOR]),
                secret: self.hash(&symbols[..]),
                pseudonym,
                class,
                desk: desk.to_owned(),
                expires: expires_at,
                tries: TRIES,
            };
            if self.registry.put_code(&stored, now).await? {
                let code = grouped(&symbols);
                return Ok(IssuedCode { code, expires_at });
            }
        }
        Err(CodeError::Draw)
    }

    /// Uses a code up. A try is spent before anything is compared, so that many at once are no
    /// more than as many one after another.
    async fn redeem(
        &self,
        typed: &str,
        now: UnixMillis,
    ) -> Result<(Pseudonym, ClassIndex), IdentityError> {
        let symbols = parse(typed).ok_or(IdentityError::Refused)?;
        let locator = self.hash(&symbols[..LOCATOR]);
        let stored = self.registry.try_code(&locator, now).await?;
        let stored = stored.ok_or(IdentityError::Refused)?;
        let same = self.hash(&symbols[..]).ct_eq(&stored.secret);
        if bool::from(same) && self.registry.use_code(&stored).await? {
            Ok((stored.pseudonym, stored.class))
        } else {
            Err(IdentityError::Refused)
        }
    }

    fn hash(&self, symbols: &[u8]) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.key, symbols).as_ref());
        hash
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    code: Secret,
}

#[async_trait]
impl IdentityProvider for Kiosk {
    fn name(&self) -> &'static str {
        "kiosk"
    }

    fn takes_newcomers(&self) -> bool {
        false
    }

    async fn begin(&self, _: UnixMillis) -> Result<Begin, IdentityError> {
        Ok(Begin::Direct)
    }

    async fn finish(&self, evidence: &[u8], now: UnixMillis) -> Result<Verified, IdentityError> {
        let evidence = serde_json::from_slice::<Evidence>(evidence);
        let evidence = evidence.map_err(|_| IdentityError::Refused)?;
        let (pseudonym, class) = self.redeem(evidence.code.reveal(), now).await?;
        Ok(Verified::Admitted(pseudonym, class))
    }
}

fn draw() -> Result<Zeroizing<[u8; LEN]>, CodeError> {
    let mut symbols = Zeroizing::new([0; LEN]);
    let drawn = SystemRandom::new().fill(&mut symbols[..]);
    drawn.map_err(|_| CodeError::Draw)?;
    // 256 is a multiple of 32: no symbol is likelier than another.
    symbols
        .iter_mut()
        .for_each(|byte| *byte = SYMBOLS[usize::from(*byte % 32)]);
    Ok(symbols)
}

fn grouped(symbols: &[u8; LEN]) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::new());
    for (n, symbol) in symbols.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push(' ');
        }
        code.push(char::from(*symbol));
    }
    code
}

/// The symbols of a code as people type it: any case, spaces and hyphens, O for 0, I and L for 1.
fn parse(typed: &str) -> Option<Zeroizing<[u8; LEN]>> {
    let mut symbols = Zeroizing::new([0; LEN]);
    let mut places = symbols.iter_mut();
    if typed.len() > 4 * LEN {
        return None;
    }
    for c in typed.chars().filter(|c| !matches!(c, ' ' | '-')) {
        let symbol = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            symbol => symbol,
        };
        let known = SYMBOLS.iter().find(|known| char::from(**known) == symbol);
        *places.next()? = *known?;
    }
    let whole = places.next().is_none();
    whole.then_some(symbols)
}

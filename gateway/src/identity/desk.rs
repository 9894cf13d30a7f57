//! The desks that may confirm requirements and issue kiosk codes: a name and a token's hash each.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;
use zeroize::Zeroizing;

/// The most characters of a desk's name, and of a token.
const MAX_CHARS: usize = 64;

/// A line of the configuration that is no desk.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("desk.desks: desk {0} is not a name, a colon and 64 hexadecimal digits")]
pub struct DeskError(usize);

/// A desk.
#[derive(Clone)]
pub struct Desk {
    name: String,
    token: [u8; 32],
}

impl Desk {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of its token.
    pub(super) fn token_hash(&self) -> &[u8; 32] {
        &self.token
    }
}

/// The desks of a gateway.
#[derive(Clone, Default)]
pub struct Desks(Vec<Desk>);

impl Desks {
    /// The desks of a configuration.
    ///
    /// # Errors
    /// [`DeskError`] with the number of the wrong line, from 1.
    pub fn new(lines: &[String]) -> Result<Self, DeskError> {
        let desk = |(number, line): (usize, &String)| parse(line).ok_or(DeskError(number));
        (1..)
            .zip(lines)
            .map(desk)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The desk of a token. Every desk is compared, in constant time.
    #[must_use]
    pub fn of(&self, token: &str) -> Option<&Desk> {
        self.of_hash(&hash(token))
    }

    pub(super) fn of_hash(&self, hash: &[u8; 32]) -> Option<&Desk> {
        let mut found = u32::MAX;
        for (n, desk) in (0..).zip(&self.0) {
            found.conditional_assign(&n, desk.token.ct_eq(hash));
        }
        self.0.get(usize::try_from(found).ok()?)
    }
}

/// A new token, and the desk's line in the configuration; `None` if the name cannot be one or the
/// operating system gives no randomness.
#[must_use]
pub fn draw(name: &str) -> Option<(Zeroizing<String>, String)> {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(bytes.as_mut()).ok()?;
    let token = Zeroizing::new(BASE64URL_NOPAD.encode(bytes.as_ref()));
    let line = format!("{name}:{}", HEXLOWER.encode(&hash(&token)));
    parse(&line).map(|_| (token, line))
}

fn parse(line: &str) -> Option<Desk> {
    let (name, digits) = line.rsplit_once(':')?;
    let good = !name.is_empty() && name.chars().count() <= MAX_CHARS;
    let good = good && !name.contains(|c: char| c.is_control() || c == ':');
    let token = HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()?;
    good.then(|| Desk {
        name: name.to_owned(),
        token,
    })
}

/// A token has 256 random bits: its hash needs no salt.
fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

//! Who someone is (본인확인): providers, and the sealed sessions that follow.

mod demonstration;
mod session;
#[cfg(test)]
mod tests;

pub use demonstration::{Demonstration, NotADemonstration};
pub use session::{Session, SessionError, Sessions};

use thiserror::Error;
use zeroize::Zeroizing;

/// A person's CI (연계정보): the same for one person everywhere, so it is forgotten as soon as the
/// registrar has made a pseudonym of it. Wiped when dropped, never printed.
pub struct Ci(Zeroizing<String>);

impl Ci {
    /// The most bytes; a real CI has 88.
    pub const MAX_LEN: usize = 200;

    /// A CI; `None` if it is empty, too long or holds control characters.
    #[must_use]
    pub fn new(ci: &str) -> Option<Self> {
        let good = !ci.is_empty() && ci.len() <= Self::MAX_LEN && !ci.contains(char::is_control);
        good.then(|| Self(Zeroizing::new(ci.to_owned())))
    }

    /// The CI itself, for the pseudonym alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// An identity that was not verified. Says nothing more.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the identity was not verified")]
pub struct IdentityRefused;

/// Someone who can say who a person is.
pub trait IdentityProvider: Send + Sync + 'static {
    /// The last part of its address.
    fn name(&self) -> &'static str;

    /// Whether each check costs money, so that there is none while nobody can count them.
    fn costs_money(&self) -> bool {
        false
    }

    /// The CI of the person that the evidence, whatever the provider sends, is about.
    ///
    /// # Errors
    /// [`IdentityRefused`].
    fn verify(&self, evidence: &[u8]) -> Result<Ci, IdentityRefused>;
}

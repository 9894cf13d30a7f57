//! What a provider says of a person. In memory while they are admitted, and nowhere else.

use crate::rolls::normalise;
use std::collections::BTreeSet;
use std::fmt;
use voting_core::manifest::{Claim, Date};
use zeroize::Zeroizing;

/// A person's CI (연계정보): the same for one person everywhere, so it is forgotten as soon as the
/// registrar has made a pseudonym of it. Wiped when dropped, never printed.
#[derive(Clone)]
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

    /// The CI itself, for keyed hashes alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// A person as a provider has verified them. What it did not say is `None`.
pub struct Person {
    /// Who it is.
    pub ci: Ci,
    /// The normalised name.
    pub name: Option<Zeroizing<String>>,
    /// The birth date.
    pub birth_date: Option<Date>,
    /// The normalised mobile number.
    pub mobile: Option<Zeroizing<String>>,
    /// The ties to the area.
    pub ties: BTreeSet<Claim>,
}

impl Person {
    /// Someone of whom only the CI is known.
    #[must_use]
    pub const fn new(ci: Ci) -> Self {
        Self {
            ci,
            name: None,
            birth_date: None,
            mobile: None,
            ties: BTreeSet::new(),
        }
    }

    /// Adds what else is said, in whatever form; what cannot be read is left out.
    #[must_use]
    pub fn with(mut self, name: Option<&str>, birth: Option<&str>, mobile: Option<&str>) -> Self {
        self.name = name.and_then(normalise::name);
        self.birth_date = birth.and_then(normalise::birth_date);
        self.mobile = mobile.and_then(normalise::mobile);
        self
    }
}

/// Says nothing.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}

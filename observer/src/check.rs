//! The named checks of a verification, and a failure of one.

use std::fmt;
use thiserror::Error;
use voting_core::audit::{Check, Violation};
use voting_core::ids::LeafIndex;

macro_rules! own_checks {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A check beyond those of single entries. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OwnCheck {
            $($(#[$doc])* $name,)*
        }

        impl OwnCheck {
            /// The check's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

own_checks! {
    /// Every file of the log is there and within its bounds.
    Files = "files",
    /// The log's key has signed the checkpoint.
    CheckpointSignature = "checkpoint-signature",
    /// Tiles and entries lead to the checkpoint's root.
    MerkleTree = "merkle-tree",
    /// Every checkpoint kept from before is one of this log's former states.
    Consistency = "consistency",
    /// Every receipt kept from before is in the log at its index.
    Receipts = "receipts",
    /// Ranges verified elsewhere are of this very log and cover it.
    Ranges = "ranges",
    /// Every document that an entry names is there, of that hash and length.
    Documents = "documents",
    /// The counting ballots were added up, as many as the log has.
    Sums = "sums",
    /// t shares of every group are in, each with proofs that hold.
    DecryptionProofs = "decryption-proofs",
    /// The decrypted totals are those of the published result.
    Totals = "totals",
    /// Weights and scores are what the totals give by the manifest's rule.
    Weights = "weights",
    /// So is the ranking with its ties.
    Ranking = "ranking",
    /// So is what is in and what is out, with the reasons and the money.
    CutOff = "cut-off",
    /// The published result is byte for byte what the log gives.
    ResultDocument = "result-document",
}

/// Any check by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckName {
    /// One of the entries' checks.
    Entry(Check),
    /// One of the others.
    Own(OwnCheck),
}

impl CheckName {
    /// The check's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entry(check) => check.name(),
            Self::Own(check) => check.name(),
        }
    }

    /// Every check, in the order reports list them.
    pub fn all() -> impl Iterator<Item = Self> {
        use OwnCheck::*;
        let before = [
            Files,
            CheckpointSignature,
            MerkleTree,
            Consistency,
            Receipts,
            Ranges,
            Documents,
        ];
        let after = [
            Sums,
            DecryptionProofs,
            Totals,
            Weights,
            Ranking,
            CutOff,
            ResultDocument,
        ];
        let entries = Check::ALL.iter().copied().map(Self::Entry);
        let before = before.into_iter().map(Self::Own);
        before.chain(entries).chain(after.map(Self::Own))
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Check> for CheckName {
    fn from(check: Check) -> Self {
        Self::Entry(check)
    }
}

impl From<OwnCheck> for CheckName {
    fn from(check: OwnCheck) -> Self {
        Self::Own(check)
    }
}

/// The first thing that is wrong with a log.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub struct Failure {
    /// The check that failed.
    pub check: CheckName,
    /// The first failing entry, where one can be named.
    pub entry: Option<LeafIndex>,
    /// What is wrong, in words.
    pub detail: String,
}

impl Failure {
    /// A failure without an entry.
    #[must_use]
    pub fn new(check: impl Into<CheckName>, detail: impl fmt::Display) -> Self {
        Self {
            check: check.into(),
            entry: None,
            detail: detail.to_string(),
        }
    }

    /// The failure of an entry.
    #[must_use]
    pub fn at(check: impl Into<CheckName>, entry: LeafIndex, detail: impl fmt::Display) -> Self {
        Self {
            entry: Some(entry),
            ..Self::new(check, detail)
        }
    }

    /// An entry's violation.
    #[must_use]
    pub fn violation(entry: LeafIndex, violation: Violation) -> Self {
        Self::at(violation.check, entry, violation.detail)
    }

    /// The one of two whose entry comes first; one without an entry comes last.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        let place = |failure: &Self| failure.entry.map_or(u64::MAX, LeafIndex::get);
        if place(&other) < place(&self) {
            other
        } else {
            self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.check)?;
        if let Some(entry) = self.entry {
            write!(f, " at entry {entry}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

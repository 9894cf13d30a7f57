//! What an entry breaks, by the name of the check.

use std::fmt;
use thiserror::Error;

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A named check of the log. The names are stable: reports and machines use them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $($(#[$doc])* $name,)*
        }

        impl Check {
            /// Every check, in the order reports list them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The check's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

checks! {
    /// The manifest is valid, canonical and the one entry 0 names.
    Manifest = "manifest",
    /// Every entry decodes and is canonical.
    EntryEncoding = "entry-encoding",
    /// Every entry stands at the index it claims.
    EntryPlace = "entry-place",
    /// Every entry names the leaf hash of the one before.
    EntryChain = "entry-chain",
    /// Time never runs backwards.
    EntryTime = "entry-time",
    /// Every staff action is the next one and signed by enough people.
    StaffSignatures = "staff-signatures",
    /// Every action and message comes in a stage that allows it.
    Stage = "stage",
    /// Opening, close, shares, result and ratification hold the checkpoint before them.
    HeldCheckpoint = "held-checkpoint",
    /// Where the manifest names witnesses, enough of them cosigned the close and the result.
    WitnessQuorum = "witness-quorum",
    /// The key ceremony: every trustee's messages, the election key and the verifying shares.
    Ceremony = "ceremony",
    /// Voting happens between the opening hour and the close.
    Schedule = "schedule",
    /// Every credential is signed by the registrar (and countersigned where demanded).
    CredentialSignature = "credential-signature",
    /// One unrevoked credential a person: serials ascend by one, class and key rules hold.
    CredentialSerial = "credential-serial",
    /// No voter key serves two people or two credentials.
    VoterKeyUnique = "voter-key-unique",
    /// Every ballot is cast under the person's current credential.
    BallotCredential = "ballot-credential",
    /// Every ballot is signed by its voter.
    BallotSignature = "ballot-signature",
    /// One counted ballot a person.
    OneBallot = "one-ballot-a-person",
    /// No tracking code stands twice.
    TrackingCodeUnique = "tracking-code-unique",
    /// No spoiled tracking code is cast, and none cast is spoiled.
    SpoiledNotCounted = "spoiled-not-counted",
    /// No ciphertext component `A_i` stands twice.
    CiphertextUnique = "ciphertext-unique",
    /// Every ballot's bytes are well-formed and its proof holds.
    BallotProof = "ballot-proof",
    /// Every offline group's totals are signed by its key, possible, and in before any share.
    OfflineTotals = "offline-totals",
    /// Every decryption share is a trustee's, for the sums of this log, with a proof that holds.
    DecryptionShare = "decryption-share",
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An entry that breaks a check. The log ends before it for whoever verifies.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{check}: {detail}")]
pub struct Violation {
    /// The check.
    pub check: Check,
    /// What is wrong, in words; holds nothing secret.
    pub detail: String,
}

impl Violation {
    /// A violation of `check`.
    #[must_use]
    pub fn new(check: Check, detail: impl fmt::Display) -> Self {
        Self {
            check,
            detail: detail.to_string(),
        }
    }
}

/// Refuses with `check` unless `holds`.
pub(super) fn ensure(
    holds: bool,
    check: Check,
    detail: impl FnOnce() -> String,
) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(check, detail()))
    }
}

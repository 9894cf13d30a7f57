//! Staff actions (PROTOCOL.md, "Staff actions"): what life demands of an election, each a log entry
//! signed by two people.
//!
//! ```text
//! number u32            counts the election's actions from 0; a signature serves once
//! checkpoint (u32 length + signed note)   of the tree before this entry, for the actions that
//!                                         close a stage; empty for the others
//! kind u8, body         the action
//! signatures u32 count, then staff position u16 + signature 64, positions ascending
//! ```

mod claim;
mod roll;

pub use claim::KeyClaim;
pub use roll::{MAX_ROLL_FILE, RollClaim, SignedRollClaim};

use crate::ceremony::MAX_TRUSTEES;
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{Point, decode_nonidentity};
use crate::ids::{ClassIndex, DocumentHash, ElectionId, UnixMillis};
use crate::keys::{SecretKey, Signature, VerifyKey};
use crate::manifest::Bilingual;
use crate::offline::SignedTotals;
use crate::tags;
use std::collections::BTreeSet;
use thiserror::Error;

/// The most bytes of a checkpoint with its signatures and cosignatures.
pub const MAX_CHECKPOINT: usize = 16_384;
/// The most bytes of a reason for people, in each of its two languages.
pub const MAX_TEXT: usize = 2000;
/// The most signatures on one action.
pub const MAX_SIGNATURES: usize = 16;

/// A document kept beside the log under its content address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its content address.
    pub hash: DocumentHash,
    /// Its length in bytes.
    pub length: u32,
}

impl Document {
    /// The reference to `bytes`.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] on 4 GiB or more.
    pub fn of(bytes: &[u8]) -> Result<Self, DecodeError> {
        let length = u32::try_from(bytes.len()).map_err(|_| DecodeError::TooLong {
            field: "document",
            length: bytes.len() as u64,
            max: u32::MAX.into(),
        })?;
        Ok(Self {
            hash: DocumentHash::of(bytes),
            length,
        })
    }
}

/// What the opening fixes: the outcome of the key ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// `H`.
    pub election_key: Point,
    /// `Y_1 .. Y_n`.
    pub verifying_shares: Vec<Point>,
    /// The ceremony's transcript hash that every trustee signed.
    pub ceremony: [u8; 32],
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffAction {
    /// Entry 0: the manifest.
    Create(Document),
    /// Starts the key ceremony over under the next attempt number; the reason names who failed.
    RestartCeremony(Bilingual),
    /// Opens the election; nothing in the manifest can change from here.
    Open(Opening),
    /// Pauses voting.
    Pause(Bilingual),
    /// Resumes voting.
    Resume(Bilingual),
    /// Moves the close, only later and within the manifest's limit.
    Extend(UnixMillis),
    /// Withdraws a project, by its position; its marks are still published.
    Withdraw(u32, Bilingual),
    /// The served software changed: the list of its asset hashes.
    SoftwareChanged(Document),
    /// Ends the election without a result.
    Annul(Bilingual),
    /// Finalises the close that the clock made.
    Close,
    /// Publishes the result.
    Publish(Document),
    /// The assembly's decision (총회 승인) on the result.
    Ratify(Document),
    /// The pseudonym key and its backups are destroyed; ends later duplicate audits.
    DestroyPseudonymKey,
    /// The totals of an offline group, signed by its own key.
    OfflineTotals(Box<SignedTotals>),
    /// Tells everybody something (공지).
    Notice(Bilingual),
    /// How many people stand on the roll (명부) of a class.
    Roll(ClassIndex, u64),
}

impl StaffAction {
    /// The action's name, as messages and interfaces show it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::RestartCeremony(_) => "restart-ceremony",
            Self::Open(_) => "open",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::Extend(_) => "extend",
            Self::Withdraw(..) => "withdraw",
            Self::SoftwareChanged(_) => "software-changed",
            Self::Annul(_) => "annul",
            Self::Close => "close",
            Self::Publish(_) => "publish",
            Self::Ratify(_) => "ratify",
            Self::DestroyPseudonymKey => "destroy-pseudonym-key",
            Self::OfflineTotals(_) => "offline-totals",
            Self::Notice(_) => "notice",
            Self::Roll(..) => "roll",
        }
    }

    /// What it says to people, in its own words; `None` for the actions that give no reason.
    #[must_use]
    pub fn text(&self) -> Option<&Bilingual> {
        match self {
            Self::RestartCeremony(text)
            | Self::Pause(text)
            | Self::Resume(text)
            | Self::Withdraw(_, text)
            | Self::Annul(text)
            | Self::Notice(text) => Some(text),
            _ => None,
        }
    }

    /// The document it names, if it names one.
    #[must_use]
    pub fn document(&self) -> Option<Document> {
        match self {
            Self::Create(document)
            | Self::SoftwareChanged(document)
            | Self::Publish(document)
            | Self::Ratify(document) => Some(*document),
            _ => None,
        }
    }

    /// Whether the action closes a stage and so must hold the checkpoint before it.
    #[must_use]
    pub fn needs_checkpoint(&self) -> bool {
        matches!(
            self,
            Self::Open(_) | Self::Close | Self::Publish(_) | Self::Ratify(_)
        )
    }
}

/// An action as proposed: what each staff member signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// How many actions the log holds before this one.
    pub number: u32,
    /// The checkpoint before it, a C2SP signed note; empty where none is needed.
    pub checkpoint: Vec<u8>,
    /// The action.
    pub action: StaffAction,
}

impl Proposal {
    /// Signs as one staff member.
    #[must_use]
    pub fn sign(&self, election: &ElectionId, key: &SecretKey) -> Signature {
        key.sign(tags::SIGN_STAFF, &self.signed_bytes(election))
    }

    fn signed_bytes(&self, election: &ElectionId) -> Vec<u8> {
        let mut w = Writer::new();
        election.encode(&mut w);
        self.encode(&mut w);
        w.into_bytes()
    }
}

/// Why an action's signatures do not suffice.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StaffError {
    /// Fewer signatures than the manifest demands.
    #[error("{found} staff signatures, {needed} are needed")]
    TooFew {
        /// Valid signatures.
        found: usize,
        /// How many the manifest demands.
        needed: usize,
    },
    /// A signature by a position that is no staff member's, or that does not verify.
    #[error("the signature of staff member {0} does not verify")]
    Signature(u16),
}

/// An action with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffEntry {
    /// What was signed.
    pub proposal: Proposal,
    signatures: Vec<(u16, Signature)>,
}

impl StaffEntry {
    /// Joins a proposal and its signatures by staff position in the manifest, from 0.
    #[must_use]
    pub fn new(proposal: Proposal, mut signatures: Vec<(u16, Signature)>) -> Self {
        signatures.sort_by_key(|(position, _)| *position);
        signatures.dedup_by_key(|(position, _)| *position);
        Self {
            proposal,
            signatures,
        }
    }

    /// Verifies that at least `needed` distinct people of `staff` signed, and nobody else.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn verify(
        &self,
        election: &ElectionId,
        staff: &[VerifyKey],
        needed: usize,
    ) -> Result<(), StaffError> {
        let message = self.proposal.signed_bytes(election);
        let mut people = BTreeSet::new();
        for (position, signature) in &self.signatures {
            let error = StaffError::Signature(*position);
            let key = staff.get(usize::from(*position)).ok_or(error.clone())?;
            key.verify(tags::SIGN_STAFF, &message, signature)
                .map_err(|_| error)?;
            people.insert(key);
        }
        match people.len() {
            found if found < needed => Err(StaffError::TooFew { found, needed }),
            _ => Ok(()),
        }
    }

    /// The signatures by position, ascending; not verified.
    #[must_use]
    pub fn signatures(&self) -> &[(u16, Signature)] {
        &self.signatures
    }

    /// The positions of those who signed, ascending.
    pub fn signers(&self) -> impl Iterator<Item = u16> + '_ {
        self.signatures.iter().map(|(position, _)| *position)
    }
}

impl Encode for Document {
    fn encode(&self, w: &mut Writer) {
        self.hash.encode(w);
        w.u32(self.length);
    }
}

impl Decode for Document {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            hash: DocumentHash::decode(r)?,
            length: r.u32("document length")?,
        })
    }
}

impl Encode for Opening {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.election_key.compress().as_bytes());
        w.count(self.verifying_shares.len());
        self.verifying_shares
            .iter()
            .for_each(|y| w.fixed(y.compress().as_bytes()));
        w.fixed(&self.ceremony);
    }
}

impl Decode for Opening {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let election_key = decode_nonidentity(&r.array("election key")?, "election key")?;
        let n = r.count(MAX_TRUSTEES.into(), "verifying shares")?;
        let share = |_| decode_nonidentity(&r.array("verifying share")?, "verifying share");
        let verifying_shares = (0..n).map(share).collect::<Result<_, _>>()?;
        Ok(Self {
            election_key,
            verifying_shares,
            ceremony: r.array("ceremony hash")?,
        })
    }
}

impl Encode for StaffAction {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Create(document) => kind(w, 1, document),
            Self::RestartCeremony(reason) => kind(w, 2, reason),
            Self::Open(opening) => kind(w, 3, opening),
            Self::Pause(reason) => kind(w, 4, reason),
            Self::Resume(reason) => kind(w, 5, reason),
            Self::Extend(closes_at) => kind(w, 6, closes_at),
            Self::Withdraw(project, reason) => {
                w.u8(7);
                w.u32(*project);
                reason.encode(w);
            }
            Self::SoftwareChanged(document) => kind(w, 8, document),
            Self::Annul(reason) => kind(w, 9, reason),
            Self::Close => w.u8(10),
            Self::Publish(document) => kind(w, 11, document),
            Self::Ratify(document) => kind(w, 12, document),
            Self::DestroyPseudonymKey => w.u8(13),
            Self::OfflineTotals(totals) => kind(w, 14, &**totals),
            Self::Notice(text) => kind(w, 15, text),
            Self::Roll(class, people) => {
                w.u8(16);
                class.encode(w);
                w.u64(*people);
            }
        }
    }
}

fn kind(w: &mut Writer, kind: u8, body: &impl Encode) {
    w.u8(kind);
    body.encode(w);
}

/// A reason: its Korean text, then its English one.
impl Encode for Bilingual {
    fn encode(&self, w: &mut Writer) {
        w.bytes(self.ko.as_bytes());
        w.bytes(self.en.as_bytes());
    }
}

impl Decode for Bilingual {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let ko = r.text(MAX_TEXT, "reason in Korean")?.to_owned();
        let en = r.text(MAX_TEXT, "reason in English")?.to_owned();
        Ok(Self { ko, en })
    }
}

impl Decode for StaffAction {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let reason = Bilingual::decode;
        Ok(match r.u8("action")? {
            1 => Self::Create(Document::decode(r)?),
            2 => Self::RestartCeremony(reason(r)?),
            3 => Self::Open(Opening::decode(r)?),
            4 => Self::Pause(reason(r)?),
            5 => Self::Resume(reason(r)?),
            6 => Self::Extend(UnixMillis::decode(r)?),
            7 => Self::Withdraw(r.u32("project")?, reason(r)?),
            8 => Self::SoftwareChanged(Document::decode(r)?),
            9 => Self::Annul(reason(r)?),
            10 => Self::Close,
            11 => Self::Publish(Document::decode(r)?),
            12 => Self::Ratify(Document::decode(r)?),
            13 => Self::DestroyPseudonymKey,
            14 => Self::OfflineTotals(Box::new(SignedTotals::decode(r)?)),
            15 => Self::Notice(reason(r)?),
            16 => Self::Roll(ClassIndex::decode(r)?, r.u64("people on the roll")?),
            value => {
                return Err(DecodeError::Unknown {
                    field: "action",
                    value: value.into(),
                });
            }
        })
    }
}

impl Encode for Proposal {
    fn encode(&self, w: &mut Writer) {
        w.u32(self.number);
        w.bytes(&self.checkpoint);
        self.action.encode(w);
    }
}

impl Decode for Proposal {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            number: r.u32("action number")?,
            checkpoint: r.bytes(MAX_CHECKPOINT, "checkpoint")?.to_vec(),
            action: StaffAction::decode(r)?,
        })
    }
}

impl Encode for StaffEntry {
    fn encode(&self, w: &mut Writer) {
        self.proposal.encode(w);
        w.count(self.signatures.len());
        for (position, signature) in &self.signatures {
            w.u16(*position);
            signature.encode(w);
        }
    }
}

impl Decode for StaffEntry {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let proposal = Proposal::decode(r)?;
        let n = r.count(MAX_SIGNATURES, "signatures")?;
        let one = |_| Ok((r.u16("staff position")?, Signature::decode(r)?));
        let signatures: Vec<(u16, Signature)> = (0..n).map(one).collect::<Result<_, _>>()?;
        if signatures.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(DecodeError::NotCanonical("order of signatures"));
        }
        Ok(Self {
            proposal,
            signatures,
        })
    }
}

#[cfg(test)]
mod tests;

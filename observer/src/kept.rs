//! What people kept from before: checkpoints and receipts, to hold a log to its word.

use crate::check::{Failure, OwnCheck};
use data_encoding::BASE64;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::audit::State;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::LeafIndex;
use voting_core::log::checkpoint::{Checkpoint, LogPolicy, OpenedCheckpoint};
use voting_core::log::note::{MAX_NOTE_BYTES, Note};
use voting_core::log::proof::{MAX_TLOG_PROOF_BYTES, TlogProof};
use voting_core::log::tree::leaf_hash;
use voting_core::receipt::{MAX_ORIGIN, Receipt};
use voting_core::tracking::TrackingCode;

/// The most bytes of an encoded receipt.
pub const MAX_RECEIPT: usize = 300 + MAX_ORIGIN;

/// Why a kept file is not usable at all.
#[derive(Debug, Error)]
pub enum KeptError {
    /// It cannot be read.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{file}: this is not {what}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What it should be.
        what: &'static str,
    },
}

/// Reads a checkpoint file: a signed note.
///
/// # Errors
/// [`KeptError`].
pub fn read_checkpoint(file: &Path) -> Result<Note, KeptError> {
    let bytes = read(file, MAX_NOTE_BYTES)?;
    Note::parse(&bytes).map_err(|_| malformed(file, "a checkpoint"))
}

/// A receipt as the gateway gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptReceipt {
    /// The log's signed promise.
    Receipt(Receipt),
    /// A C2SP tlog-proof: the entry was in the log under a signed checkpoint.
    Proof(Box<TlogProof>),
}

impl KeptReceipt {
    /// Reads a receipt's bytes, the file that the voters' page saves, or a tlog-proof's text.
    ///
    /// # Errors
    /// [`KeptError`].
    pub fn read(file: &Path) -> Result<Self, KeptError> {
        let bytes = read(file, MAX_TLOG_PROOF_BYTES)?;
        Self::parse(&bytes).ok_or_else(|| malformed(file, "a receipt or a tlog-proof"))
    }

    /// A receipt's bytes, the file that the voters' page saves, or a tlog-proof's text.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"c2sp.org/tlog-proof") {
            let proof = TlogProof::parse(bytes).ok()?;
            return Some(Self::Proof(Box::new(proof)));
        }
        if bytes.starts_with(b"{") {
            return saved(bytes).map(Self::Receipt);
        }
        Receipt::from_bytes(bytes).ok().map(Self::Receipt)
    }

    /// Where the entry must stand.
    #[must_use]
    pub fn index(&self) -> LeafIndex {
        match self {
            Self::Receipt(receipt) => receipt.index,
            Self::Proof(proof) => proof.index(),
        }
    }

    /// Checks the receipt against the entry at its index. It must be the election's own: another's
    /// says nothing of this log.
    pub(crate) fn check(&self, state: &State, entry: &Entry, bytes: &[u8]) -> Result<(), Failure> {
        let fail = |detail: &str| Failure::at(OwnCheck::Receipts, entry.index, detail);
        match self {
            Self::Receipt(receipt) => {
                check_promise(receipt, state).map_err(fail)?;
                check_promised(receipt, entry).map_err(fail)
            }
            Self::Proof(proof) => verify_proof(proof, bytes, state.policy())
                .map(|_| ())
                .map_err(|detail| fail(&detail)),
        }
    }
}

/// What the voters' page saves. `code` and `index` are for people, and must be the receipt's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: String,
    receipt: String,
    code: TrackingCode,
    index: String,
}

fn saved(bytes: &[u8]) -> Option<Receipt> {
    let saved: Saved = serde_json::from_slice(bytes).ok()?;
    let receipt = BASE64.decode(saved.receipt.as_bytes()).ok()?;
    let receipt = Receipt::from_bytes(&receipt).ok()?;
    let same = saved.format == "hanpyo receipt v1"
        && saved.code == receipt.code
        && saved.index == receipt.index.to_string();
    same.then_some(receipt)
}

/// Checks that a receipt is signed by this election's log.
fn check_promise(receipt: &Receipt, state: &State) -> Result<(), &'static str> {
    if receipt.election != state.election() {
        return Err("the receipt is of another election");
    }
    if receipt.origin != state.policy().origin().as_str() {
        return Err("the receipt is of another log");
    }
    let signed = receipt.verify(&state.manifest().keys.log);
    signed.map_err(|_| "the log has not signed the receipt")
}

/// Checks that an entry of the log is what its receipt promised.
///
/// # Errors
/// What differs.
pub fn check_promised(receipt: &Receipt, entry: &Entry) -> Result<(), &'static str> {
    let Body::Ballot(cast) = &entry.body else {
        return Err("the log has no ballot where the receipt's should be");
    };
    let same = entry.index == receipt.index
        && entry.time == receipt.time
        && cast.tracking_code() == receipt.code
        && cast.credential.voter.pseudonym == receipt.pseudonym;
    same.then_some(())
        .ok_or("the log has another ballot than the receipt's")
}

/// The checkpoint under which a proof shows an entry to be in the log, with the witnesses who
/// cosigned it: how many are enough is for the caller to say.
///
/// # Errors
/// What does not hold.
pub fn verify_proof(
    proof: &TlogProof,
    entry: &[u8],
    policy: &LogPolicy,
) -> Result<OpenedCheckpoint, String> {
    let opened = policy.open_without_quorum(proof.checkpoint());
    let opened = opened.map_err(|error| error.to_string())?;
    let tree = opened.checkpoint();
    let shown = proof
        .inclusion()
        .verify(leaf_hash(entry), proof.index(), tree.size(), tree.root());
    shown.map_err(|_| "the proof is of another entry".to_owned())?;
    Ok(opened)
}

/// The checkpoints and receipts of one verification, each compared when its place is reached.
pub(crate) struct Kept {
    checkpoints: Vec<Checkpoint>,
    receipts: Vec<KeptReceipt>,
}

impl Kept {
    /// Opens the checkpoints, those of tlog-proofs too: the log must have signed them.
    pub(crate) fn open(
        policy: &LogPolicy,
        notes: &[Note],
        receipts: &[KeptReceipt],
    ) -> Result<Self, Failure> {
        let of_proof = |receipt: &'_ KeptReceipt| match receipt {
            KeptReceipt::Proof(proof) => Some(proof.checkpoint().clone()),
            KeptReceipt::Receipt(_) => None,
        };
        let notes = notes.iter().cloned();
        let notes = notes.chain(receipts.iter().filter_map(of_proof));
        let open = |note: Note| {
            let opened = policy.open_without_quorum(&note);
            let opened = opened.map_err(|error| {
                let detail = format_args!("a kept checkpoint is not this log's: {error}");
                Failure::new(OwnCheck::Consistency, detail)
            });
            opened.map(|opened| opened.checkpoint().clone())
        };
        let mut checkpoints: Vec<_> = notes.map(open).collect::<Result<_, _>>()?;
        let mut receipts = receipts.to_vec();
        // The next to be compared is the last.
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size()));
        receipts.sort_by_key(|receipt| std::cmp::Reverse(receipt.index()));
        Ok(Self {
            checkpoints,
            receipts,
        })
    }

    /// Compares what is due at the entry just taken in.
    pub(crate) fn check(
        &mut self,
        state: &State,
        entry: &Entry,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        while let Some(receipt) = self.receipts.pop_if(|r| r.index() == entry.index) {
            receipt.check(state, entry, bytes)?;
        }
        let tree = state.frontier();
        while let Some(kept) = self.checkpoints.pop_if(|c| c.size() <= tree.size()) {
            // Smaller ones can only be the empty tree's, whose root is known.
            if kept.size() == tree.size() && kept.root() != tree.root() {
                let detail = format!(
                    "the first {} entries are not those of the kept checkpoint",
                    kept.size()
                );
                return Err(Failure::at(OwnCheck::Consistency, entry.index, detail));
            }
        }
        Ok(())
    }

    /// What has no place in a log of so many entries.
    pub(crate) fn finish(&self, size: u64) -> Result<(), Failure> {
        let end = LeafIndex::new(size);
        if let Some(kept) = self.checkpoints.last() {
            let detail = format!(
                "a kept checkpoint is of {} entries, the log has {size}",
                kept.size()
            );
            return Err(Failure::at(OwnCheck::Consistency, end, detail));
        }
        match self.receipts.last() {
            Some(receipt) => {
                let detail = format!(
                    "a receipt is of entry {}, the log has {size}",
                    receipt.index()
                );
                Err(Failure::at(OwnCheck::Receipts, end, detail))
            }
            None => Ok(()),
        }
    }
}

fn read(file: &Path, limit: usize) -> Result<Vec<u8>, KeptError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file);
    let read = opened.and_then(|f| f.take(limit as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length <= limit => Ok(bytes),
        Ok(_) => Err(malformed(file, "as short as it should be")),
        Err(source) => Err(KeptError::Io {
            file: file.to_owned(),
            source,
        }),
    }
}

fn malformed(file: &Path, what: &'static str) -> KeptError {
    KeptError::Malformed {
        file: file.to_owned(),
        what,
    }
}

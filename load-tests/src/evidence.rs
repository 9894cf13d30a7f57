//! What a voter keeps, checked: the receipt at once, the proof of inclusion later and offline.

use crate::election::Election;
use crate::log::LogError;
use thiserror::Error;
use voting_core::cast::CastBallot;
use voting_core::codec::{Decode, DecodeError, Encode};
use voting_core::entry::{Body, Entry};
use voting_core::log::checkpoint::{Checkpoint, LogPolicy};
use voting_core::log::proof::{ParseTlogProofError, TlogProof, VerifyTlogProofError};
use voting_core::manifest::Manifest;
use voting_core::receipt::Receipt;

/// Why a receipt or a proof is no evidence.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The receipt does not decode.
    #[error("the receipt")]
    Receipt(#[source] DecodeError),
    /// The log's key has not signed the receipt.
    #[error("the receipt is not signed by the log")]
    Unsigned,
    /// The receipt speaks of something else.
    #[error("the receipt is of another {0}")]
    Other(&'static str),
    /// The proof does not decode.
    #[error("the proof of inclusion")]
    Parse(#[from] ParseTlogProofError),
    /// The proof does not verify.
    #[error("the proof of inclusion")]
    Proof(#[from] VerifyTlogProofError),
    /// The proof carries no entry, or one that does not decode.
    #[error("the proof carries no entry that can be read")]
    NoEntry,
    /// The entry is not what the receipt promised.
    #[error("the log's entry has another {0} than the receipt")]
    Entry(&'static str),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Decodes a receipt and checks the log's signature, the election and the log.
///
/// # Errors
/// [`EvidenceError`].
pub fn check_receipt(bytes: &[u8], manifest: &Manifest) -> Result<Receipt, EvidenceError> {
    let receipt = Receipt::from_bytes(bytes).map_err(EvidenceError::Receipt)?;
    receipt
        .verify(&manifest.keys.log)
        .map_err(|_| EvidenceError::Unsigned)?;
    must(receipt.election == manifest.election_id(), "election")?;
    must(receipt.origin == manifest.origin.as_str(), "log")?;
    Ok(receipt)
}

/// Checks that a receipt is of this very ballot.
///
/// # Errors
/// [`EvidenceError::Other`].
pub fn check_own(receipt: &Receipt, cast: &CastBallot) -> Result<(), EvidenceError> {
    must(
        receipt.pseudonym == cast.credential.voter.pseudonym,
        "person",
    )?;
    must(receipt.code == cast.tracking_code(), "ballot")
}

fn must(holds: bool, what: &'static str) -> Result<(), EvidenceError> {
    if holds {
        Ok(())
    } else {
        Err(EvidenceError::Other(what))
    }
}

/// Checks that an entry is the one a receipt promised.
///
/// # Errors
/// [`EvidenceError::Entry`].
pub fn check_entry(receipt: &Receipt, entry: &Entry) -> Result<(), EvidenceError> {
    let ballot = match &entry.body {
        Body::Ballot(cast) => Some((cast.credential.voter.pseudonym, cast.tracking_code())),
        _ => None,
    };
    let promised = [
        (entry.index == receipt.index, "index"),
        (entry.time == receipt.time, "time"),
        (ballot == Some((receipt.pseudonym, receipt.code)), "ballot"),
    ];
    match promised.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(EvidenceError::Entry(what)),
        None => Ok(()),
    }
}

/// Fetches the proof that a receipt's entry is in the log. It carries the entry, so that the file
/// alone can be verified offline.
///
/// # Errors
/// [`EvidenceError`].
pub async fn fetch_proof(
    election: &Election,
    receipt: &Receipt,
) -> Result<TlogProof, EvidenceError> {
    let path = format!("/log/proof/{}", receipt.index);
    let file = election.http().get(&path).await.map_err(LogError::from)?;
    Ok(TlogProof::parse(&file)?)
}

/// Verifies offline that a receipt's promise was kept: the entry that the proof carries is the
/// receipt's, and is in the tree of a checkpoint that the log has signed.
///
/// # Errors
/// [`EvidenceError`].
pub fn verify_proof(
    proof: &TlogProof,
    receipt: &Receipt,
    policy: &LogPolicy,
) -> Result<Checkpoint, EvidenceError> {
    let bytes = proof.extra();
    let entry = Entry::from_bytes(bytes).map_err(|_| EvidenceError::NoEntry)?;
    check_entry(receipt, &entry)?;
    let same = proof.index() == receipt.index && entry.to_bytes() == bytes;
    if !same {
        return Err(EvidenceError::Entry("index"));
    }
    Ok(proof.verify(bytes, policy)?.checkpoint().clone())
}

/// [`fetch_proof`] and [`verify_proof`] through the file's bytes, as a voter who keeps the file.
///
/// # Errors
/// [`EvidenceError`].
pub async fn check_proof(
    election: &Election,
    receipt: &Receipt,
) -> Result<Checkpoint, EvidenceError> {
    let log = election.log()?;
    let file = fetch_proof(election, receipt).await?.to_string();
    verify_proof(&TlogProof::parse(file.as_bytes())?, receipt, log.policy())
}

//! Checking receipts and documents: nothing of it needs the server to be believed.

use crate::election::Election;
use crate::error::WebError;
use serde::Serialize;
use voting_core::audit::log_policy;
use voting_core::cast::CastBallot;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::DocumentHash;
use voting_core::log::proof::TlogProof;
use voting_core::log::tile::{EntryBundle, TileWidth};
use voting_core::receipt::Receipt;
use wasm_bindgen::prelude::wasm_bindgen;

/// The content address that a log entry names a document by.
#[wasm_bindgen]
#[must_use]
pub fn content_address(document: &[u8]) -> String {
    DocumentHash::of(document).to_string()
}

#[derive(Serialize)]
struct ReceiptDocument {
    code: String,
    short: String,
    /// As text: an index may exceed what a JavaScript number holds.
    index: String,
    time: u64,
    origin: String,
    election: String,
}

#[derive(Serialize)]
struct InclusionDocument {
    size: String,
    root: String,
}

#[derive(Serialize)]
struct EntryDocument {
    index: u64,
    time: u64,
    kind: &'static str,
    document: Option<String>,
}

#[wasm_bindgen]
impl Election {
    /// Verifies a receipt's signature, election and log, and, where `cast` is not empty, that it is
    /// of these very bytes; gives what it says as JSON.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn check_receipt(&self, receipt: &[u8], cast: &[u8]) -> Result<String, WebError> {
        let receipt = self.verified(receipt)?;
        if !cast.is_empty() {
            let cast = CastBallot::from_bytes(cast)?;
            let own = (cast.credential.voter.pseudonym, cast.tracking_code());
            must(
                (receipt.pseudonym, receipt.code) == own,
                "the receipt is of another ballot",
            )?;
        }
        json(&ReceiptDocument {
            code: receipt.code.to_string(),
            short: receipt.code.prefix().to_string(),
            index: receipt.index.to_string(),
            time: receipt.time.get(),
            origin: receipt.origin,
            election: receipt.election.to_string(),
        })
    }

    /// Verifies that a receipt's promise was kept: the log's entry is this ballot, and a checkpoint
    /// that the log has signed holds it. `entries` is the bundle with the entry, at `offset` in it.
    /// Gives the checkpoint as JSON.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn check_inclusion(
        &self,
        receipt: &[u8],
        proof: &[u8],
        entries: &[u8],
        width: u16,
        offset: u16,
    ) -> Result<String, WebError> {
        let receipt = self.verified(receipt)?;
        let bytes = entry_at(entries, width, offset)?;
        let entry = Entry::from_bytes(&bytes)?;
        must(
            entry.index == receipt.index && entry.time == receipt.time,
            "the log's entry is another",
        )?;
        let Body::Ballot(cast) = &entry.body else {
            return Err(WebError::Wrong("the log's entry is no ballot"));
        };
        must(
            (cast.credential.voter.pseudonym, cast.tracking_code())
                == (receipt.pseudonym, receipt.code),
            "the log's entry is another ballot",
        )?;
        let proof = parse_proof(proof)?;
        must(
            proof.index() == receipt.index,
            "the proof is of another entry",
        )?;
        let policy = log_policy(self.manifest())?;
        let opened = policy
            .open_without_quorum(proof.checkpoint())
            .map_err(|_| WebError::Wrong("the checkpoint is not signed by the log"))?;
        let tree = opened.checkpoint();
        proof
            .inclusion()
            .verify(
                voting_core::log::tree::leaf_hash(&bytes),
                proof.index(),
                tree.size(),
                tree.root(),
            )
            .map_err(|_| WebError::Wrong("the proof of inclusion does not hold"))?;
        json(&InclusionDocument {
            size: tree.size().to_string(),
            root: tree.root().to_string(),
        })
    }

    /// The proof file a voter keeps: it carries the entry, so that it can be checked offline.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn proof_file(
        &self,
        proof: &[u8],
        entries: &[u8],
        width: u16,
        offset: u16,
    ) -> Result<String, WebError> {
        let entry = entry_at(entries, width, offset)?;
        let proof = parse_proof(proof)?.with_extra(entry);
        Ok(proof
            .map_err(|_| WebError::Wrong("the entry is too long"))?
            .to_string())
    }

    /// The staff's entries of a bundle, as JSON: what was published, and where its document is.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn staff_entries(&self, entries: &[u8], width: u16) -> Result<String, WebError> {
        let bundle = decode(entries, width)?;
        let (staff, election) = (&self.manifest().staff, self.manifest().election_id());
        let keys: Vec<_> = staff.members.iter().map(|member| member.key).collect();
        let needed = usize::from(staff.required);
        let mut found = Vec::new();
        for bytes in bundle.entries() {
            let entry = Entry::from_bytes(bytes)?;
            if let Body::Staff(action) = &entry.body {
                action
                    .verify(&election, &keys, needed)
                    .map_err(|_| WebError::Wrong("a staff entry is not signed as it must be"))?;
                found.push(EntryDocument {
                    index: entry.index.get(),
                    time: entry.time.get(),
                    kind: entry.body.kind(),
                    document: action
                        .proposal
                        .action
                        .document()
                        .map(|d| d.hash.to_string()),
                });
            }
        }
        json(&found)
    }
}

impl Election {
    fn verified(&self, receipt: &[u8]) -> Result<Receipt, WebError> {
        let receipt = Receipt::from_bytes(receipt)?;
        let manifest = self.manifest();
        must(
            receipt.verify(&manifest.keys.log).is_ok(),
            "the receipt is not signed by the log",
        )?;
        must(
            receipt.election == manifest.election_id(),
            "the receipt is of another election",
        )?;
        must(
            receipt.origin == manifest.origin.as_str(),
            "the receipt is of another log",
        )?;
        Ok(receipt)
    }
}

fn parse_proof(proof: &[u8]) -> Result<TlogProof, WebError> {
    TlogProof::parse(proof).map_err(|_| WebError::Wrong("this is no proof of inclusion"))
}

pub(crate) fn decode(entries: &[u8], width: u16) -> Result<EntryBundle<'_>, WebError> {
    let width = TileWidth::new(width).ok_or(WebError::Wrong("a bundle has 1 to 256 entries"))?;
    EntryBundle::decode(entries, width).map_err(|_| WebError::Wrong("this is no bundle of entries"))
}

fn entry_at(entries: &[u8], width: u16, offset: u16) -> Result<Vec<u8>, WebError> {
    let bundle = decode(entries, width)?;
    let entry = bundle.entries().get(usize::from(offset));
    let entry = entry.ok_or(WebError::Wrong("the bundle ends before the entry"))?;
    Ok(entry.to_vec())
}

pub(crate) fn must(holds: bool, what: &'static str) -> Result<(), WebError> {
    if holds {
        Ok(())
    } else {
        Err(WebError::Wrong(what))
    }
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, WebError> {
    serde_json::to_string(value).map_err(|_| WebError::Wrong("this cannot be written as JSON"))
}

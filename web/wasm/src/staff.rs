//! What staff sign, on their own device: read, checked and put into words before anything is signed.
//!
//! The page gets the same bytes that `gateway staff sign` reads from a file, and shows what this
//! module found in them, not what a server said of them.

use crate::check::{decode, json, must};
use crate::election::secret_key;
use crate::error::WebError;
use data_encoding::HEXLOWER;
use serde::Serialize;
use std::sync::Arc;
use voting_core::audit::{Signatures, State, log_policy};
use voting_core::codec::{Decode, Encode};
use voting_core::entry::Entry;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::Note;
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::offline::SignedTotals;
use voting_core::staff::{Document, KeyClaim, Opening, StaffAction};
use voting_core::submission::Submission;
use wasm_bindgen::prelude::wasm_bindgen;

/// Claims a signing key as a member's own, towards the console of an origin: 64 bytes.
///
/// # Errors
/// [`WebError::Wrong`] if the seed has not 32 bytes or the member's name not 16.
#[wasm_bindgen]
pub fn claim_staff_key(seed: &[u8], origin: &str, member: &[u8]) -> Result<Vec<u8>, WebError> {
    let member = member.try_into();
    let member = member.map_err(|_| WebError::Wrong("a member is named by 16 bytes"))?;
    let claim = KeyClaim { origin, member };
    Ok(claim.sign(&secret_key(seed)?).to_bytes())
}

/// An action that wants signatures, with the election it is for.
#[wasm_bindgen]
pub struct StaffProposal {
    manifest: Arc<Manifest>,
    submission: Submission,
    /// The checkpoint it holds, signed by the log.
    checkpoint: Option<Checkpoint>,
    /// The log, as far as it was given, for checking an opening.
    state: State,
    /// Whether an opening's keys are those of the log's ceremony.
    opening_holds: bool,
}

/// What it says, for words. Every member is read from what is signed.
#[derive(Serialize)]
struct Said<'a> {
    election: String,
    title: &'a Bilingual,
    demonstration: bool,
    number: u32,
    action: &'static str,
    reason: Option<&'a Bilingual>,
    closes_at: Option<u64>,
    project: Option<Project<'a>>,
    document: Option<Named>,
    opening: Option<Keys>,
    totals: Option<Totals<'a>>,
    roll: Option<Roll<'a>>,
    checkpoint: Option<Tree>,
    required: u16,
    signed: Vec<&'a str>,
}

#[derive(Serialize)]
struct Project<'a> {
    position: u32,
    id: &'a str,
    title: &'a Bilingual,
}

#[derive(Serialize)]
struct Named {
    hash: String,
    length: u32,
}

#[derive(Serialize)]
struct Keys {
    election_key: String,
    ceremony: String,
}

/// An offline group's totals, which its key has signed.
#[derive(Serialize)]
struct Totals<'a> {
    group: &'a str,
    title: &'a Bilingual,
    /// As text: a number may exceed what a JavaScript number holds.
    ballots: String,
    marks: Vec<Marks<'a>>,
}

/// How many people stand on a class's roll.
#[derive(Serialize)]
struct Roll<'a> {
    class: &'a str,
    title: &'a Bilingual,
    /// As text, as the totals are.
    people: String,
}

#[derive(Serialize)]
struct Marks<'a> {
    id: &'a str,
    title: &'a Bilingual,
    marks: String,
}

#[derive(Serialize)]
struct Tree {
    size: String,
    root: String,
}

#[wasm_bindgen]
impl StaffProposal {
    /// Reads an action and the manifest of its election. The document it names must be the one that
    /// comes with it, a founding's document this very manifest, a checkpoint signed by its log, an
    /// offline group's totals signed by that group.
    ///
    /// # Errors
    /// [`WebError`].
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], submission: &[u8]) -> Result<Self, WebError> {
        let manifest = Arc::new(Manifest::parse_canonical(manifest)?);
        let submission = Submission::from_bytes(submission)?;
        let proposal = &submission.entry.proposal;
        check_document(&proposal.action, submission.document.as_deref(), &manifest)?;
        if let StaffAction::OfflineTotals(signed) = &proposal.action {
            check_totals(signed, &manifest)?;
        }
        let checkpoint = match (proposal.action.needs_checkpoint(), &*proposal.checkpoint) {
            (false, []) => None,
            (false, _) => {
                return Err(WebError::Wrong(
                    "the action holds a checkpoint it should not",
                ));
            }
            (true, note) => Some(open_checkpoint(&manifest, note)?),
        };
        Ok(Self {
            state: State::new(manifest.clone())?,
            manifest,
            submission,
            checkpoint,
            opening_holds: false,
        })
    }

    /// What it says, as JSON.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn say(&self) -> Result<String, WebError> {
        let (proposal, manifest) = (&self.submission.entry.proposal, &self.manifest);
        let action = &proposal.action;
        let members = &manifest.staff.members;
        let signed = self.submission.entry.signers();
        let signed = signed.filter_map(|at| members.get(usize::from(at)));
        json(&Said {
            election: manifest.election_id().to_string(),
            title: &manifest.title,
            demonstration: manifest.demonstration,
            number: proposal.number,
            action: action.name(),
            reason: action.text(),
            closes_at: match action {
                StaffAction::Extend(to) => Some(to.get()),
                _ => None,
            },
            project: self.project()?,
            document: action.document().map(|named| Named {
                hash: named.hash.to_string(),
                length: named.length,
            }),
            opening: self.opening().map(|opening| Keys {
                election_key: HEXLOWER.encode(opening.election_key.compress().as_bytes()),
                ceremony: HEXLOWER.encode(&opening.ceremony),
            }),
            totals: self.totals()?,
            roll: self.roll()?,
            checkpoint: self.checkpoint.as_ref().map(|tree| Tree {
                size: tree.size().to_string(),
                root: tree.root().to_string(),
            }),
            required: manifest.staff.required,
            signed: signed.map(|member| member.name.as_str()).collect(),
        })
    }

    /// The document it names, whose hash is what is signed.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn document(&self) -> Option<Vec<u8>> {
        self.submission.document.clone()
    }

    /// How many entries of the log an opening has to be checked against, from the first; 0 for every
    /// other action.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn entries_needed(&self) -> u32 {
        let size = match (self.opening(), &self.checkpoint) {
            (Some(_), Some(tree)) => tree.size().get(),
            _ => 0,
        };
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    /// Verifies the next entries of the log (a C2SP entry bundle).
    ///
    /// # Errors
    /// [`WebError`].
    pub fn feed(&mut self, entries: &[u8], width: u16) -> Result<(), WebError> {
        for bytes in decode(entries, width)?.entries() {
            let entry = Entry::from_bytes(bytes)?;
            self.state.apply(&entry, bytes, Signatures::Verify)?;
        }
        Ok(())
    }

    /// Computes the keys of an opening from the entries that were fed, and demands that they are
    /// those that would be signed and that the entries are the checkpoint's.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn check_opening(&mut self) -> Result<(), WebError> {
        let (Some(opening), Some(tree)) = (self.opening(), &self.checkpoint) else {
            return Err(WebError::Wrong("the action opens nothing"));
        };
        let own = self.state.frontier();
        must(
            own.size() == tree.size() && own.root() == tree.root(),
            "the entries are not those of the checkpoint",
        )?;
        must(
            self.state.ceremony().opening()? == *opening,
            "the keys are not those that the trustees made",
        )?;
        self.opening_holds = true;
        Ok(())
    }

    /// Signs with the key of a seed: 64 bytes. An opening is signed only after [`Self::check_opening`].
    ///
    /// # Errors
    /// [`WebError`].
    pub fn sign(&self, seed: &[u8]) -> Result<Vec<u8>, WebError> {
        must(
            self.opening().is_none() || self.opening_holds,
            "the opening's keys are not verified",
        )?;
        let key = secret_key(seed)?;
        let public = key.verify_key();
        must(
            self.manifest
                .staff
                .members
                .iter()
                .any(|member| member.key == public),
            "this signing key is not in the election's manifest",
        )?;
        let proposal = &self.submission.entry.proposal;
        Ok(proposal.sign(&self.manifest.election_id(), &key).to_bytes())
    }
}

impl StaffProposal {
    fn opening(&self) -> Option<&Opening> {
        match &self.submission.entry.proposal.action {
            StaffAction::Open(opening) => Some(opening),
            _ => None,
        }
    }

    fn totals(&self) -> Result<Option<Totals<'_>>, WebError> {
        let StaffAction::OfflineTotals(signed) = &self.submission.entry.proposal.action else {
            return Ok(None);
        };
        let totals = &signed.totals;
        let group = self.manifest.offline_groups.get(usize::from(totals.group));
        let group = group.ok_or(WebError::Wrong("there is no such offline group"))?;
        let marks = self.manifest.projects().zip(&totals.marks);
        let marks = marks.map(|(candidate, marks)| Marks {
            id: candidate.project.id.as_str(),
            title: &candidate.project.title,
            marks: marks.to_string(),
        });
        Ok(Some(Totals {
            group: group.id.as_str(),
            title: &group.title,
            ballots: totals.ballots.to_string(),
            marks: marks.collect(),
        }))
    }

    fn roll(&self) -> Result<Option<Roll<'_>>, WebError> {
        let StaffAction::Roll(class, people) = &self.submission.entry.proposal.action else {
            return Ok(None);
        };
        let found = self.manifest.class(*class);
        let found = found.ok_or(WebError::Wrong("there is no such class"))?;
        Ok(Some(Roll {
            class: found.id.as_str(),
            title: &found.title,
            people: people.to_string(),
        }))
    }

    fn project(&self) -> Result<Option<Project<'_>>, WebError> {
        let StaffAction::Withdraw(position, _) = &self.submission.entry.proposal.action else {
            return Ok(None);
        };
        let found = self.manifest.projects().find(|c| c.position == *position);
        let found = found.ok_or(WebError::Wrong("there is no such project"))?;
        Ok(Some(Project {
            position: *position,
            id: found.project.id.as_str(),
            title: &found.project.title,
        }))
    }
}

fn check_document(
    action: &StaffAction,
    bytes: Option<&[u8]>,
    manifest: &Manifest,
) -> Result<(), WebError> {
    let named = bytes.map(Document::of).transpose()?;
    must(
        named == action.document(),
        "the document is not the one the action names",
    )?;
    match action {
        StaffAction::Create(_) => must(
            bytes == Some(manifest.canonical()),
            "the manifest is not the one the action names",
        ),
        _ => Ok(()),
    }
}

/// Totals of every project of this election, signed by one of its offline groups.
fn check_totals(signed: &SignedTotals, manifest: &Manifest) -> Result<(), WebError> {
    let group = manifest
        .offline_groups
        .get(usize::from(signed.totals.group));
    let group = group.ok_or(WebError::Wrong("there is no such offline group"))?;
    must(
        signed.verify(&manifest.election_id(), &group.key).is_ok(),
        "the totals are not signed by their group",
    )?;
    must(
        signed.totals.marks.len() == manifest.project_count(),
        "the totals are not of this election's projects",
    )
}

fn open_checkpoint(manifest: &Manifest, note: &[u8]) -> Result<Checkpoint, WebError> {
    let unsigned = |_| WebError::Wrong("the checkpoint is not signed by the log");
    let note = Note::parse(note).map_err(|_| WebError::Wrong("this is no checkpoint"))?;
    let opened = log_policy(manifest)?
        .open_without_quorum(&note)
        .map_err(unsigned)?;
    Ok(opened.checkpoint().clone())
}

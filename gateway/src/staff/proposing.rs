//! What staff sign: built from what the gateway serves, verified first.

use super::StaffClientError;
use crate::client::Client;
use std::sync::Arc;
use voting_core::audit::{Signatures, State};
use voting_core::codec::Decode;
use voting_core::entry::Entry;
use voting_core::ids::{ClassIndex, UnixMillis};
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::Note;
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::offline::SignedTotals;
use voting_core::staff::{Document, Proposal, StaffAction};

/// What staff want to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Start the key ceremony over, and why.
    RestartCeremony(Bilingual),
    /// Open the election with the ceremony's keys.
    Open,
    /// Pause voting, and why.
    Pause(Bilingual),
    /// Resume voting, and why.
    Resume(Bilingual),
    /// Move the close to a later instant.
    Extend(UnixMillis),
    /// Withdraw the project at this position, and why.
    Withdraw(u32, Bilingual),
    /// Publish the list of new asset hashes.
    SoftwareChanged(Vec<u8>),
    /// End the election without a result, and why.
    Annul(Bilingual),
    /// Finalise the close.
    Close,
    /// Publish the result document.
    Publish(Vec<u8>),
    /// Record the assembly's decision (총회 승인).
    Ratify(Vec<u8>),
    /// Record that the pseudonym key and its backups are destroyed.
    DestroyPseudonymKey,
    /// Enter an offline group's signed totals.
    OfflineTotals(Box<SignedTotals>),
    /// Tell everybody something (공지).
    Notice(Bilingual),
    /// Record how many people stand on a class's roll.
    Roll(ClassIndex, u64),
}

/// Builds the next action with its document.
///
/// The checkpoint that a stage-closing action holds is fetched and its signature verified; a
/// cosigned one, where the manifest names witnesses, may be given instead. The keys of an opening
/// are never taken from anyone: the log is downloaded, verified from entry 0, and they are computed
/// from the ceremony's messages.
///
/// # Errors
/// [`StaffClientError`].
pub async fn propose(
    client: &Client,
    manifest: &Arc<Manifest>,
    intent: Intent,
    cosigned: Option<Note>,
) -> Result<(Proposal, Option<Vec<u8>>), StaffClientError> {
    let number = client.next_action().await?;
    let mut document = None;
    let action = match intent {
        Intent::RestartCeremony(reason) => StaffAction::RestartCeremony(reason),
        Intent::Open => StaffAction::Open(verified_state(client, manifest).await?.opening()?),
        Intent::Pause(reason) => StaffAction::Pause(reason),
        Intent::Resume(reason) => StaffAction::Resume(reason),
        Intent::Extend(closes_at) => StaffAction::Extend(closes_at),
        Intent::Withdraw(project, reason) => StaffAction::Withdraw(project, reason),
        Intent::SoftwareChanged(bytes) => StaffAction::SoftwareChanged(keep(&mut document, bytes)?),
        Intent::Annul(reason) => StaffAction::Annul(reason),
        Intent::Close => StaffAction::Close,
        Intent::Publish(bytes) => StaffAction::Publish(keep(&mut document, bytes)?),
        Intent::Ratify(bytes) => StaffAction::Ratify(keep(&mut document, bytes)?),
        Intent::DestroyPseudonymKey => StaffAction::DestroyPseudonymKey,
        Intent::OfflineTotals(totals) => StaffAction::OfflineTotals(totals),
        Intent::Notice(text) => StaffAction::Notice(text),
        Intent::Roll(class, people) => StaffAction::Roll(class, people),
    };
    let checkpoint = match (action.needs_checkpoint(), cosigned) {
        (false, _) => Vec::new(),
        (true, Some(note)) => note.to_string().into_bytes(),
        (true, None) => client
            .checkpoint(manifest)
            .await?
            .0
            .to_string()
            .into_bytes(),
    };
    let proposal = Proposal {
        number,
        checkpoint,
        action,
    };
    Ok((proposal, document))
}

fn keep(document: &mut Option<Vec<u8>>, bytes: Vec<u8>) -> Result<Document, StaffClientError> {
    let named = Document::of(&bytes)?;
    *document = Some(bytes);
    Ok(named)
}

/// A state that was replayed from a downloaded log whose root is the checkpoint's.
struct Verified(State);

impl Verified {
    fn opening(&self) -> Result<voting_core::staff::Opening, StaffClientError> {
        Ok(self.0.ceremony().opening()?)
    }
}

async fn verified_state(
    client: &Client,
    manifest: &Arc<Manifest>,
) -> Result<Verified, StaffClientError> {
    let (_, checkpoint) = client.checkpoint(manifest).await?;
    let mut state = State::new(manifest.clone())?;
    for entry in client.entries(checkpoint.size()).await? {
        apply(&mut state, &entry).map_err(|what| StaffClientError::Log(state.size(), what))?;
    }
    check_root(&state, &checkpoint)?;
    Ok(Verified(state))
}

fn apply(state: &mut State, bytes: &[u8]) -> Result<(), String> {
    let entry = Entry::from_bytes(bytes).map_err(|error| error.to_string())?;
    let applied = state.apply(&entry, bytes, Signatures::Verify);
    applied.map_err(|violation| violation.to_string())
}

fn check_root(state: &State, checkpoint: &Checkpoint) -> Result<(), StaffClientError> {
    let tree = state.frontier();
    if tree.size() == checkpoint.size() && tree.root() == checkpoint.root() {
        Ok(())
    } else {
        let what = "the entries are not those of the checkpoint".to_owned();
        Err(StaffClientError::Log(state.size(), what))
    }
}

//! Creating an election: entry 0.

use crate::clock::Clock;
use crate::keys::{KeyFolder, KeyRole};
use crate::sequencer::{LogSigner, Refused, ReplayError, Sequencer};
use crate::staff::{Signers, SignersError};
use crate::store::postgres::{Lease, PostgresOptions};
use crate::store::{Place, PostgresStore, Storage, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use voting_core::audit::{State, Violation};
use voting_core::codec::DecodeError;
use voting_core::ids::ElectionId;
use voting_core::keys::SecretKey;
use voting_core::manifest::{Manifest, ManifestError};
use voting_core::staff::{Document, Proposal, StaffAction, StaffEntry, StaffError};
use voting_core::submission::Submission;

/// How long nobody else may append to a database in which an election is being created.
const TERM: Duration = Duration::from_secs(10);

/// Why an election was not created.
#[derive(Debug, Error)]
pub enum CreateError {
    /// A key is not the one the manifest names.
    #[error("the {0} key is not the one the manifest names")]
    Key(KeyRole),
    /// The staff keys do not suffice.
    #[error(transparent)]
    Signers(#[from] SignersError),
    /// A founding file without a manifest.
    #[error("the founding file holds no manifest")]
    NoManifest,
    /// The founding file's manifest is not one.
    #[error("the founding file's manifest: {0}")]
    Founding(#[from] ManifestError),
    /// The founding file is not signed as it must be.
    #[error(transparent)]
    Signatures(#[from] StaffError),
    /// The manifest cannot be laid out.
    #[error(transparent)]
    Manifest(#[from] Violation),
    /// The manifest is too long to be a document.
    #[error(transparent)]
    Document(#[from] DecodeError),
    /// The manifest's origin cannot be a log's.
    #[error("the manifest's origin cannot be a log's")]
    Origin,
    /// The data folder cannot be made.
    #[error("the data folder cannot be made")]
    Folder(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The new log cannot be read back.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The log refused entry 0.
    #[error("entry 0 was refused")]
    Refused(#[from] Refused),
}

/// Makes a data folder or the tables of a database whose log holds the manifest as entry 0, signed by staff.
///
/// A crash before the commit leaves a store without an election, which no gateway serves.
///
/// # Errors
/// [`CreateError`].
pub async fn create(
    manifest: Manifest,
    place: &Place,
    keys: KeyFolder,
    staff: &[SecretKey],
    clock: Arc<dyn Clock>,
) -> Result<(), CreateError> {
    let canonical = manifest.to_canonical();
    let proposal = Proposal {
        number: 0,
        checkpoint: Vec::new(),
        action: StaffAction::Create(Document::of(&canonical)?),
    };
    let entry = Signers::new(&manifest, staff)?.sign_all(proposal);
    append_first(manifest, entry, place, keys, clock).await
}

/// The same from a founding file: entry 0 as staff have signed it elsewhere, with its manifest.
///
/// # Errors
/// [`CreateError`]; nothing is made unless the signatures verify.
pub async fn found(
    founding: Submission,
    place: &Place,
    keys: KeyFolder,
    clock: Arc<dyn Clock>,
) -> Result<ElectionId, CreateError> {
    let manifest = founding.document.ok_or(CreateError::NoManifest)?;
    let manifest = Manifest::parse_canonical(&manifest)?;
    let (election, staff) = (manifest.election_id(), &manifest.staff);
    let members: Vec<_> = staff.members.iter().map(|member| member.key).collect();
    let entry = founding.entry;
    entry.verify(&election, &members, staff.required.into())?;
    append_first(manifest, entry, place, keys, clock).await?;
    Ok(election)
}

async fn append_first(
    manifest: Manifest,
    entry: StaffEntry,
    place: &Place,
    keys: KeyFolder,
    clock: Arc<dyn Clock>,
) -> Result<(), CreateError> {
    if let Some(role) = keys.differs_from(&manifest.keys) {
        return Err(CreateError::Key(role));
    }
    let signer = LogSigner::new(keys.log, manifest.origin.as_str());
    let signer = signer.map_err(|_| CreateError::Origin)?;
    let canonical = manifest.to_canonical();
    let state = State::new(Arc::new(manifest))?;
    let (store, term) = match place {
        Place::Folder(folder) => {
            std::fs::create_dir_all(folder)?;
            (Store::create(folder).await?, None)
        }
        Place::Database(options) => {
            let (store, lease, epoch) = first_term(options).await?;
            (Store::new(store), Some((lease, epoch)))
        }
    };
    let epoch = term.as_ref().map_or(0, |(_, epoch)| *epoch);
    let started = Sequencer::start(store.clone(), signer, state, clock, epoch).await;
    let (sequencer, writer) = started?;
    let appended = sequencer.staff(entry, Some(canonical)).await;
    drop(sequencer);
    let _ = writer.await;
    if let Some((lease, epoch)) = term {
        lease.release(epoch).await?;
    }
    store.close().await;
    appended?;
    Ok(())
}

/// Makes the tables and takes the term in which entry 0 is appended.
async fn first_term(options: &PostgresOptions) -> Result<(PostgresStore, Lease, u64), StoreError> {
    PostgresStore::migrate(options).await?;
    let store = PostgresStore::open(options).await?;
    if store.election().await?.is_some() {
        return Err(StoreError::ElectionExists);
    }
    let lease = Lease::new(store.clone(), "create".to_owned(), String::new(), TERM);
    let seen = lease.read().await?;
    let epoch = lease.take(&seen).await?.ok_or(StoreError::Fenced)?;
    Ok((store, lease, epoch))
}

//! Putting the modules together, and stopping in order.

use crate::api::{Services, router};
use crate::ballot_box::{BallotBox, ProofPool};
use crate::board::Board;
use crate::clock::Clock;
use crate::config::{Config, IdentityChoice};
use crate::identity::{Demonstration, IdentityProvider, NotADemonstration, Sessions};
use crate::keys::{KeyFolder, KeyRole};
use crate::registrar::{PseudonymKey, Registrar, Roll, RollError};
use crate::sequencer::{LogSigner, ReplayError, Sequencer, replay};
use crate::store::{Store, StoreError};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use voting_core::manifest::{Manifest, ManifestError};

/// What a gateway is started with.
pub struct Options {
    /// The data folder, made by `gateway create`.
    pub data: PathBuf,
    /// Its keys.
    pub keys: KeyFolder,
    /// What it is told.
    pub config: Config,
    /// The clock that opens and closes.
    pub clock: Arc<dyn Clock>,
}

/// Why a gateway does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Entry 0 is missing.
    #[error("the data folder holds no election: its creation was interrupted")]
    NoElection,
    /// The stored manifest is not the election's.
    #[error("the stored manifest is not that of the stored election")]
    Manifest,
    /// The stored manifest cannot be read.
    #[error("the stored manifest")]
    ManifestInvalid(#[from] ManifestError),
    /// A key is not the one the manifest names.
    #[error("the {0} key is not the one the manifest names")]
    Key(KeyRole),
    /// The manifest demands countersignatures, which this gateway has no way to get.
    #[error("the manifest names a countersigner of credentials, which this gateway cannot reach")]
    Countersigner,
    /// The manifest's origin cannot be a log's.
    #[error("the manifest's origin cannot be a log's")]
    Origin,
    /// The stored log does not verify.
    #[error("the stored log does not verify; nothing is served")]
    Replay(#[from] ReplayError),
    /// Made-up identities for an election that counts.
    #[error(transparent)]
    Identity(#[from] NotADemonstration),
    /// The roll file cannot be used.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The session key cannot be used.
    #[error("the session key cannot be used")]
    SessionKey,
}

/// A gateway that has verified its log and is ready to serve.
pub struct Gateway {
    services: Services,
    store: Store,
    writer: JoinHandle<()>,
}

impl Gateway {
    /// Opens a data folder, verifies everything in it, and starts the writer and the proof threads.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(options: Options) -> Result<Self, StartError> {
        let store = Store::open(&options.data).await?;
        let manifest = stored_manifest(&store).await?;
        check_keys(&options.keys, &manifest)?;
        let identity = provider(options.config.identity.provider, &manifest)?;
        let pseudonyms = PseudonymKey::new(&options.keys.pseudonym);
        let roll = match &options.config.identity.roll_file {
            Some(file) => Roll::read(file, &manifest, &pseudonyms)?,
            None => Roll::default(),
        };
        let KeyFolder {
            registrar,
            log,
            ballot_box,
            session,
            ..
        } = options.keys;
        let signer = LogSigner::new(log, manifest.origin.as_str());
        let signer = signer.map_err(|_| StartError::Origin)?;
        let state = replay(&store, manifest.clone(), &signer).await?;
        let ballot_len = state.shape().ballot_len();
        let clock = options.clock;
        let started = Sequencer::start(store.clone(), signer, state, clock.clone()).await;
        let (sequencer, writer) = started?;
        let ends = || (store.clone(), sequencer.clone());
        let proofs = ProofPool::start(std::thread::available_parallelism().map_or(1, NonZero::get));
        let services = Services {
            registrar: Registrar::new((registrar, pseudonyms), roll, manifest.clone(), ends()),
            ballot_box: BallotBox::new(ballot_box, manifest.clone(), ballot_len, proofs, ends()),
            board: Board::new(store.clone()),
            sessions: Sessions::new(&session).ok_or(StartError::SessionKey)?,
            session_length: options.config.identity.session_length(),
            store: store.clone(),
            sequencer,
            identity,
            clock,
            manifest,
        };
        Ok(Self {
            services,
            store,
            writer,
        })
    }

    /// Serves until `stop` resolves; then finishes the requests that have begun, commits what is
    /// queued, and closes the store.
    ///
    /// # Errors
    /// Those of the listener.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let Self {
            services,
            store,
            writer,
        } = self;
        let served = axum::serve(listener, router(services))
            .with_graceful_shutdown(stop)
            .await;
        // The router and with it every sender is gone: the writer ends when its queue is empty.
        let _ = writer.await;
        store.close().await;
        served
    }
}

async fn stored_manifest(store: &Store) -> Result<Arc<Manifest>, StartError> {
    let (election, address) = store.election().await?.ok_or(StartError::NoElection)?;
    let document = store
        .document(&address)
        .await?
        .ok_or(StartError::Manifest)?;
    let manifest = Manifest::parse_canonical(&document)?;
    if manifest.election_id() == election {
        Ok(Arc::new(manifest))
    } else {
        Err(StartError::Manifest)
    }
}

fn check_keys(keys: &KeyFolder, manifest: &Manifest) -> Result<(), StartError> {
    if manifest.keys.countersigner.is_some() {
        return Err(StartError::Countersigner);
    }
    match keys.differs_from(&manifest.keys) {
        None => Ok(()),
        Some(role) => Err(StartError::Key(role)),
    }
}

fn provider(
    choice: IdentityChoice,
    manifest: &Manifest,
) -> Result<Option<Box<dyn IdentityProvider>>, NotADemonstration> {
    let wanted = match choice {
        IdentityChoice::Automatic => manifest.demonstration,
        IdentityChoice::Demonstration => true,
        IdentityChoice::None => false,
    };
    if !wanted {
        return Ok(None);
    }
    Ok(Some(Box::new(Demonstration::new(manifest)?)))
}

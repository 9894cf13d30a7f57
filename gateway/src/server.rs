//! Putting the modules together, and stopping in order.

mod providers;
mod sequencing;

use crate::admission::{Admission, TICK, Ticking};
use crate::api::{self, Compressed, DOCUMENTS, LargeAnswers, Services};
use crate::ballot_box::{BallotBox, ProofPool};
use crate::board::Board;
use crate::clock::Clock;
use crate::config::{Config, Role, SecretError};
use crate::identity::{
    ContractError, DeskError, Desks, HttpError, NotADemonstration, Passes, Sessions,
};
use crate::keys::{KeyFolder, KeyRole};
use crate::limits::{Limits, Shared, SharedError};
use crate::notices::{Notices, NoticesError, Sending};
use crate::operations::{self, Draining, Operations};
use crate::registrar::{PeopleKeys, PseudonymKey, Registrar, RegistrarKeys};
use crate::registry::Registry;
use crate::rolls::RollKey;
use crate::sequencer::{LogSigner, ReplayError};
use crate::store::{Place, Store, StoreError};
use metrics_exporter_prometheus::PrometheusHandle;
use ring::rand::{SecureRandom, SystemRandom};
use sequencing::{Joining, Opened, Started};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use voting_core::manifest::{Manifest, ManifestError};

/// How often keys that have rested are forgotten.
const TIDY: Duration = Duration::from_secs(60);

/// How often what was measured is put in order.
const UPKEEP: Duration = Duration::from_secs(5);

/// What a gateway is started with.
pub struct Options {
    /// Where the election is kept, made by `gateway create`.
    pub place: Place,
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
    /// A provider's address cannot be used.
    #[error("an identity provider's address")]
    Provider(#[from] HttpError),
    /// The registration with an OpenID provider cannot be used.
    #[error("the OpenID provider")]
    Oidc(#[from] ContractError),
    /// Two providers would call one person by two names.
    #[error("oidc.person_claim is \"sub\" beside an agency: one person could vote twice")]
    Namespaces,
    /// The providers name people otherwise than those of an earlier start did.
    #[error(
        "people of this election are named by {kept}, and now the providers would name them by \
         {offered}: one person could vote twice"
    )]
    Namespace {
        /// What is kept in the registry.
        kept: String,
        /// What the configured providers name people by.
        offered: String,
    },
    /// A desk's line cannot be read.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The session key cannot be used.
    #[error("the session key cannot be used")]
    SessionKey,
    /// A secret's file cannot be read.
    #[error("a secret's file")]
    Secret(#[from] SecretError),
    /// The URL of the shared counters is not one.
    #[error("redis.url")]
    Shared(#[from] SharedError),
    /// Modules run apart on a database that they share.
    #[error("server.roles: without a database a gateway runs all modules")]
    RolesApart,
    /// Gateways that share a database need a key of their own.
    #[error("the folder of keys has no cluster.key: `gateway keygen` draws one")]
    ClusterKey,
    /// The other gateways cannot reach this one.
    #[error("cluster.listen")]
    ClusterAddress(#[source] std::io::Error),
    /// The other gateways cannot be told where this one is.
    #[error("cluster.listen takes every address of this machine: say which in cluster.address")]
    ClusterUnspecified,
    /// Notices cannot be offered as configured.
    #[error(transparent)]
    Notices(#[from] NoticesError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
}

/// A gateway that has verified its log and is ready to serve.
pub struct Gateway {
    services: Services,
    store: Store,
    registry: Registry,
    writer: JoinHandle<()>,
    address: Option<String>,
    operations: Option<(TcpListener, Option<PrometheusHandle>)>,
}

impl Gateway {
    /// Opens a data folder, verifies everything in it, and starts the writer and the proof threads.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(options: Options) -> Result<Self, StartError> {
        let opened = Opened::open(&options.place).await?;
        let store = opened.store();
        let manifest = stored_manifest(&store).await?;
        check_keys(&options.keys, &manifest)?;
        let registry = opened.registry(&options.place).await?;
        let session_key = options.keys.session.clone();
        let naming = options.keys.naming().clone();
        let offered = providers::offered(&options.config, &manifest, (&session_key, &registry))?;
        let roles = options.config.server.roles.clone();
        if let Some(namespace) = &offered.namespace
            && roles.contains(&Role::Registrar)
        {
            providers::keep_namespace(&registry, namespace).await?;
        }
        let people = options.keys.pseudonym.as_deref().map(|key| PeopleKeys {
            pseudonyms: PseudonymKey::new(key),
            rolls: RollKey::new(key, &manifest.election_id()),
        });
        let KeyFolder {
            registrar,
            log,
            ballot_box,
            session,
            cluster,
            ..
        } = options.keys;
        let signer = LogSigner::new(log, manifest.origin.as_str());
        let signer = signer.and_then(|signer| signer.following(manifest.keys.log));
        let signer = signer.map_err(|_| StartError::Origin)?;
        let clock = options.clock;
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let proofs = Arc::new(ProofPool::start(threads));
        let cluster = Joining {
            config: &options.config.cluster,
            key: cluster,
            proofs: proofs.clone(),
        };
        let started = opened.start(manifest.clone(), signer, clock.clone(), cluster, &roles);
        let Started {
            sequencer,
            writer,
            ballot_len,
            address,
        } = started.await?;
        if roles.contains(&Role::Registrar) {
            let destroyed = sequencer.view().pseudonym_key_destroyed;
            check_pseudonym_key(people.is_some(), destroyed)?;
        }
        let ends = || (store.clone(), sequencer.clone());
        let limits = Arc::new(limits(&options.config, &naming)?);
        let election = manifest.election_id();
        let admission = (&*session, random()?);
        let admission = Admission::new(&options.config.admission, admission, election);
        let registrar_keys = RegistrarKeys {
            signing: registrar,
            people,
        };
        let desk = &options.config.desk;
        let notices = &options.config.notices;
        let secret = notices.webhook_secret()?;
        let outbox = (registry.clone(), &*manifest);
        let notices = Notices::new(notices, secret.as_ref(), &session, outbox)?;
        let services = Services {
            registrar: Registrar::new(
                (registrar_keys, &session),
                registry.clone(),
                manifest.clone(),
                ends(),
            )
            .ok_or(StartError::SessionKey)?,
            ballot_box: BallotBox::new(
                ballot_box,
                manifest.clone(),
                ballot_len,
                (proofs, limits.clone()),
                ends(),
            ),
            board: Board::new(store.for_board()),
            documents: Semaphore::new(DOCUMENTS),
            large_answers: LargeAnswers::new(options.config.server.max_large_answers),
            sessions: Sessions::new(&session).ok_or(StartError::SessionKey)?,
            limits,
            admission: Arc::new(admission.ok_or(StartError::SessionKey)?),
            server: options.config.server,
            session_length: options.config.identity.session_length(),
            shared_session_length: desk.shared_session_length(),
            desks: Desks::new(&desk.desks)?,
            passes: Passes::new(&session, election, desk.pass_validity())
                .ok_or(StartError::SessionKey)?,
            kiosk: offered.kiosk,
            notices: notices.map(Arc::new),
            registry: registry.clone(),
            store: store.clone(),
            sequencer,
            identity: offered.providers,
            clock,
            manifest_file: Compressed::new(manifest.to_canonical(), "application/json"),
            page_policy: offered.page_policy,
            manifest,
        };
        Ok(Self {
            services,
            store,
            registry,
            writer,
            address,
            operations: None,
        })
    }

    /// Where the other gateways of its database reach it, HOST:PORT; `None` of one that is alone.
    #[must_use]
    pub fn cluster_address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Answers whoever runs it on a listener of its own; with metrics, if there are any.
    #[must_use]
    pub fn with_operations(
        mut self,
        listener: TcpListener,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        self.operations = Some((listener, metrics));
        self
    }

    /// Serves until `stop` resolves. Then says on `/readyz` that it is stopping, goes on for a while
    /// so that this is seen, takes no more connections, finishes the requests that have begun,
    /// commits what is queued, and closes the store.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        let services = Arc::new(self.services);
        let (admission, limits) = (services.admission.clone(), services.limits.clone());
        let _ticking = Ticking::start(move || admission.tick(), TICK);
        let sending = sending(&services);
        let _tidying = Ticking::start(move || limits.tidy(), TIDY);
        let (server, draining) = (services.server.clone(), Draining::default());
        let operations = self.operations.map(|(listener, metrics)| {
            let operations = Operations {
                services: services.clone(),
                draining: draining.clone(),
                metrics,
            };
            Operating::start(listener, operations)
        });
        let delay = operations.as_ref().map_or(0, |_| server.drain_delay_ms);
        let stop = async move {
            stop.await;
            draining.begin();
            sleep(Duration::from_millis(delay.into())).await;
        };
        connections::serve(listener, api::router(services), server.bounds(), stop).await;
        if let Some(operations) = operations {
            operations.stop().await;
        }
        drop(sending);
        // The routers and with them every sender are gone: the writer ends when its queue is empty.
        let _ = self.writer.await;
        self.store.close().await;
        self.registry.close().await;
    }
}

/// The other address, while it is served.
struct Operating {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Operating {
    fn start(listener: TcpListener, operations: Operations) -> Self {
        let metrics = operations.metrics.clone();
        let server = operations.services.server.clone();
        let router = operations::router(operations);
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            // What was measured is put in order even if nobody asks for it.
            let upkeep = move || metrics.iter().for_each(PrometheusHandle::run_upkeep);
            let _upkeep = Ticking::start(upkeep, UPKEEP);
            connections::serve(listener, router, server.bounds(), async {
                drop(stopped.await)
            })
            .await;
        });
        Self { stop, served }
    }

    async fn stop(self) {
        // Whether it still listens or not, it ends.
        let _ = self.stop.send(());
        let _ = self.served.await;
    }
}

/// Empties the outbox of notices, where there is one and the registrar runs here.
fn sending(services: &Services) -> Option<Sending> {
    let notices = services.notices.clone();
    let notices = notices.filter(|_| services.server.roles.contains(&Role::Registrar));
    let (view, clock) = (services.sequencer.views(), services.clock.clone());
    notices.map(|notices| Sending::start(notices, view, clock))
}

fn limits(config: &Config, naming: &[u8; 32]) -> Result<Limits, StartError> {
    let url = config.redis.url()?;
    let shared = url.map(|url| Shared::start(&url, &config.redis, &config.limits));
    Ok(Limits::new(&config.limits, shared.transpose()?, naming))
}

fn random() -> Result<u64, StartError> {
    let mut bytes = [0; 8];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StartError::Randomness)?;
    Ok(u64::from_be_bytes(bytes))
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
        // Whether it may be missing shows when the log is read.
        Some(KeyRole::Pseudonym) if keys.pseudonym.is_none() => Ok(()),
        Some(role) => Err(StartError::Key(role)),
    }
}

/// The pseudonym key is there as long as the log does not say that it is destroyed, and not after.
fn check_pseudonym_key(is_there: bool, destroyed: bool) -> Result<(), StartError> {
    match (is_there, destroyed) {
        (false, false) => Err(StartError::Key(KeyRole::Pseudonym)),
        (true, true) => {
            tracing::warn!(
                "the log says that the pseudonym key is destroyed, and its file is still there: \
                 remove it and its backups"
            );
            Ok(())
        }
        _ => Ok(()),
    }
}

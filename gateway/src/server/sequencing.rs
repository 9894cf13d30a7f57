//! Starting the log's writer: alone on a data folder, or as a member of those on one database.

use super::StartError;
use crate::ballot_box::ProofPool;
use crate::clock::Clock;
use crate::config::{ClusterConfig, Role};
use crate::registry::{PostgresRegistry, Registry};
use crate::sequencer::{LogSigner, Membership, ProofCheck, Sequencer, replay};
use crate::store::{Place, PostgresStore, Store};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use voting_core::manifest::Manifest;
use zeroize::Zeroizing;

/// An opened store, and what else is needed to write to it.
pub(super) enum Opened {
    Alone(Store),
    Shared(PostgresStore),
}

/// What a gateway joins the others with.
pub(super) struct Joining<'a> {
    pub(super) config: &'a ClusterConfig,
    pub(super) key: Option<Zeroizing<[u8; 32]>>,
    pub(super) proofs: Arc<ProofPool>,
}

/// The writer's task and its callers' end.
pub(super) struct Started {
    pub(super) sequencer: Sequencer,
    pub(super) writer: JoinHandle<()>,
    pub(super) ballot_len: usize,
    /// Where the other gateways reach this one, if there may be others.
    pub(super) address: Option<String>,
}

impl Opened {
    pub(super) async fn open(place: &Place) -> Result<Self, StartError> {
        Ok(match place {
            Place::Folder(folder) => Self::Alone(Store::open(folder).await?),
            Place::Database(options) => Self::Shared(PostgresStore::open(options).await?),
        })
    }

    pub(super) fn store(&self) -> Store {
        match self {
            Self::Alone(store) => store.clone(),
            Self::Shared(store) => Store::new(store.clone()),
        }
    }

    /// What the registrar keeps: in the folder, or beside the log in the database.
    pub(super) async fn registry(&self, place: &Place) -> Result<Registry, StartError> {
        Ok(match self {
            Self::Alone(_) => Registry::at(place).await?,
            Self::Shared(store) => Registry::new(PostgresRegistry::new(store.clone())),
        })
    }

    /// Verifies the whole log and starts writing to it.
    pub(super) async fn start(
        self,
        manifest: Arc<Manifest>,
        signer: LogSigner,
        clock: Arc<dyn Clock>,
        cluster: Joining<'_>,
        roles: &[Role],
    ) -> Result<Started, StartError> {
        let state = replay(&self.store(), manifest, &signer).await?;
        let ballot_len = state.shape().ballot_len();
        let mut address = None;
        let (sequencer, writer) = match self {
            Self::Alone(_) if !Role::ALL.iter().all(|role| roles.contains(role)) => {
                return Err(StartError::RolesApart);
            }
            Self::Alone(store) => Sequencer::start(store, signer, state, clock, 0).await?,
            Self::Shared(store) => {
                let place = membership(cluster, roles).await?;
                address = Some(place.address.clone());
                Sequencer::join(store, signer, state, clock, place).await?
            }
        };
        Ok(Started {
            sequencer,
            writer,
            ballot_len,
            address,
        })
    }
}

async fn membership(
    Joining {
        config,
        key,
        proofs,
    }: Joining<'_>,
    roles: &[Role],
) -> Result<Membership, StartError> {
    let may_sequence = roles.contains(&Role::Log);
    // The board alone sends nothing: the public's way in holds no key to the writer.
    let sends = roles.iter().any(|role| *role != Role::Board);
    let key = key.filter(|_| sends);
    if sends && key.is_none() {
        return Err(StartError::ClusterKey);
    }
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.map_err(StartError::ClusterAddress)?;
    let own = listener.local_addr().map_err(StartError::ClusterAddress)?;
    let address = match &config.address {
        Some(address) => address.clone(),
        None if own.ip().is_unspecified() => return Err(StartError::ClusterUnspecified),
        None => own.to_string(),
    };
    let mut name = [0; 16];
    let drawn = SystemRandom::new().fill(&mut name);
    drawn.map_err(|_| StartError::Randomness)?;
    Ok(Membership {
        name: data_encoding::HEXLOWER.encode(&name),
        address,
        listener: may_sequence.then_some(listener),
        key,
        term: config.term(),
        proofs: config
            .verify_relayed_proofs
            .then_some(proofs as Arc<dyn ProofCheck>),
    })
}

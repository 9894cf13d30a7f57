//! An election as a voter's device knows it, taken from nobody on trust.

use crate::http::{Http, HttpError};
use crate::log::{LogError, LogReader, apply};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use voting_core::audit::{State, Violation};
use voting_core::ballot::BallotParameters;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::manifest::{Manifest, ManifestError};

/// Why an election cannot be voted in from here.
#[derive(Debug, Error)]
pub enum ElectionError {
    /// The gateway does not answer as it should.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The manifest is none.
    #[error("the gateway's manifest")]
    Manifest(#[from] ManifestError),
    /// The manifest cannot be laid out.
    #[error("the gateway's manifest")]
    Layout(#[from] Violation),
    /// Another election than expected.
    #[error("the gateway holds election {0}, not the one expected")]
    Other(ElectionId),
    /// The log up to the opening does not verify.
    #[error("the log up to the opening")]
    Log(#[from] LogError),
    /// The election has not opened.
    #[error("the election has not opened yet")]
    NotOpen,
}

/// What voting needs: the manifest, and the keys that the ceremony in the log gives.
#[derive(Clone)]
pub struct Election {
    http: Http,
    manifest: Arc<Manifest>,
    parameters: Arc<BallotParameters>,
}

/// What the gateway says of the moment; nothing is decided by it.
#[derive(Clone, Debug, Deserialize)]
pub struct Moment {
    /// The stage's name.
    pub stage: String,
    /// The clock that decides.
    pub server_time: UnixMillis,
    /// The first instant at which a ballot is late.
    pub closes_at: UnixMillis,
    /// The latest that the close may be moved to.
    pub extension_limit: UnixMillis,
    /// From this instant on the close can be finalised.
    pub drained_at: UnixMillis,
    /// Whether a ballot would be taken now.
    pub accepting: bool,
}

impl Election {
    /// Reads the manifest and the log up to the opening entry, and verifies both: the election key
    /// is computed from the trustees' signed messages.
    ///
    /// # Errors
    /// [`ElectionError`].
    pub async fn fetch(
        url: &str,
        expected: Option<ElectionId>,
        patience: Duration,
    ) -> Result<Self, ElectionError> {
        let http = Http::new(url, patience)?;
        let manifest = fetch_manifest(&http, expected).await?;
        let http = http.for_election(manifest.election_id());
        let state = up_to_opening(&http, manifest.clone()).await?;
        let parameters = state
            .ballot_parameters()
            .ok_or(ElectionError::NotOpen)?
            .clone();
        Ok(Self {
            http,
            manifest,
            parameters,
        })
    }

    /// The connection.
    #[must_use]
    pub const fn http(&self) -> &Http {
        &self.http
    }

    /// The same, talked to for somebody at this address: see [`Http::forwarded_for`].
    #[must_use]
    pub fn forwarded_for(mut self, address: IpAddr) -> Self {
        self.http = self.http.forwarded_for(address);
        self
    }

    /// The manifest.
    #[must_use]
    pub const fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// What ballots are sealed with.
    #[must_use]
    pub const fn parameters(&self) -> &Arc<BallotParameters> {
        &self.parameters
    }

    /// The election id.
    #[must_use]
    pub fn id(&self) -> ElectionId {
        self.manifest.election_id()
    }

    /// Reads its log.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn log(&self) -> Result<LogReader, LogError> {
        LogReader::new(self.http.clone(), &self.manifest)
    }

    /// What the gateway says of the moment.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn moment(&self) -> Result<Moment, HttpError> {
        moment(&self.http).await
    }
}

/// What a gateway says of the moment, whether its election has opened or not.
///
/// # Errors
/// [`HttpError`].
pub async fn moment(http: &Http) -> Result<Moment, HttpError> {
    http.get_json("/api/v1/election", "election").await
}

/// The manifest; its election id is the hash of these bytes.
///
/// # Errors
/// [`ElectionError`].
pub async fn fetch_manifest(
    http: &Http,
    expected: Option<ElectionId>,
) -> Result<Arc<Manifest>, ElectionError> {
    let bytes = http.get("/api/v1/manifest").await?;
    let manifest = Manifest::parse_canonical(&bytes)?;
    match manifest.election_id() {
        other if expected.is_some_and(|id| id != other) => Err(ElectionError::Other(other)),
        _ => Ok(Arc::new(manifest)),
    }
}

async fn up_to_opening(http: &Http, manifest: Arc<Manifest>) -> Result<State, ElectionError> {
    let log = LogReader::new(http.clone(), &manifest)?;
    let mut state = State::new(manifest)?;
    let size = log.checkpoint().await?.size();
    for path in LogReader::bundles(size) {
        for entry in log.bundle(path).await? {
            apply(&mut state, &entry)?;
            if state.ballot_parameters().is_some() {
                return Ok(state);
            }
        }
    }
    Ok(state)
}

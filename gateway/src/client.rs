//! A client of a gateway, for the staff's commands. It believes nothing it has not verified.

use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use voting_core::codec::Encode;
use voting_core::ids::ElectionId;
use voting_core::log::checkpoint::{Checkpoint, LogPolicy, Origin, Quorum};
use voting_core::log::note::Note;
use voting_core::log::tile::{EntryBundle, TilePath, new_entry_bundles};
use voting_core::log::tree::TreeSize;
use voting_core::manifest::{Manifest, ManifestError};

use voting_core::submission::Submission;
use zeroize::Zeroizing;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What went wrong between here and the gateway.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The request did not get through.
    #[error("the gateway cannot be reached")]
    Http(#[from] reqwest::Error),
    /// The gateway refused, and said why.
    #[error("the gateway refused: {kind} ({detail})")]
    Refused {
        /// The last part of the problem's type.
        kind: String,
        /// The sentence, and what exactly.
        detail: String,
    },
    /// The manifest is not one.
    #[error("the gateway's manifest")]
    Manifest(#[from] ManifestError),
    /// Another election than expected.
    #[error("the gateway holds election {0}, not the one expected")]
    Election(ElectionId),
    /// What the gateway served is not what it should be.
    #[error("the gateway's {0} is not well-formed or does not verify")]
    Malformed(&'static str),
}

/// Talks to one gateway.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

#[derive(Deserialize)]
struct ElectionDocument {
    next_action: u32,
}

#[derive(Deserialize)]
struct EntryDocument {
    index: u64,
}

#[derive(Deserialize)]
struct CodeDocument {
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ProblemDocument {
    r#type: String,
    detail: String,
    hint: String,
}

impl Client {
    /// A client of the gateway at a URL.
    ///
    /// # Errors
    /// [`ClientError::Http`].
    pub fn new(url: &str) -> Result<Self, ClientError> {
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        Ok(Self {
            http,
            base: url.trim_end_matches('/').to_owned(),
        })
    }

    /// The manifest; its election id is the hash of these bytes, and must be `expected` if given.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn manifest(
        &self,
        expected: Option<ElectionId>,
    ) -> Result<Arc<Manifest>, ClientError> {
        let bytes = self.get("/api/v1/manifest").await?;
        let manifest = Manifest::parse_canonical(&bytes)?;
        match manifest.election_id() {
            other if expected.is_some_and(|expected| expected != other) => {
                Err(ClientError::Election(other))
            }
            _ => Ok(Arc::new(manifest)),
        }
    }

    /// The number of the next staff action.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn next_action(&self) -> Result<u32, ClientError> {
        let bytes = self.get("/api/v1/election").await?;
        let document: ElectionDocument =
            serde_json::from_slice(&bytes).map_err(|_| ClientError::Malformed("election"))?;
        Ok(document.next_action)
    }

    /// The newest checkpoint, verified as this election's log's; cosignatures are not demanded.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn checkpoint(&self, manifest: &Manifest) -> Result<(Note, Checkpoint), ClientError> {
        let malformed = || ClientError::Malformed("checkpoint");
        let note = Note::parse(&self.get("/log/checkpoint").await?).map_err(|_| malformed())?;
        let origin = Origin::new(manifest.origin.as_str()).map_err(|_| malformed())?;
        let policy = LogPolicy::new(origin, manifest.keys.log, Quorum::none());
        let opened = policy
            .map_err(|_| malformed())?
            .open(&note)
            .map_err(|_| malformed())?;
        Ok((note, opened.checkpoint().clone()))
    }

    /// The bytes of the first `size` entries, as served; the caller verifies them.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn entries(&self, size: TreeSize) -> Result<Vec<Vec<u8>>, ClientError> {
        let mut entries = Vec::new();
        for path in new_entry_bundles(TreeSize::new(0), size) {
            entries.extend(self.bundle(path).await?);
        }
        Ok(entries)
    }

    /// Submits a signed action; gives its entry.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn submit(&self, submission: &Submission) -> Result<u64, ClientError> {
        let request = self
            .http
            .post(format!("{}/api/v1/staff/actions", self.base));
        let request = request.header("content-type", "application/octet-stream");
        let bytes = accepted(request.body(submission.to_bytes()).send().await?).await?;
        let entry: EntryDocument =
            serde_json::from_slice(&bytes).map_err(|_| ClientError::Malformed("answer"))?;
        Ok(entry.index)
    }

    /// A one-time code for the person of a session, by the token of a desk or a pass.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn kiosk_code(
        &self,
        desk: &str,
        session: &str,
    ) -> Result<Zeroizing<String>, ClientError> {
        let url = format!("{}/api/v1/desk/kiosk-codes", self.base);
        let asked = serde_json::json!({ "session": session });
        let request = self.http.post(url).bearer_auth(desk).json(&asked);
        let bytes = Zeroizing::new(accepted(request.send().await?).await?);
        let issued = serde_json::from_slice::<CodeDocument>(&bytes);
        let issued = issued.map_err(|_| ClientError::Malformed("kiosk code"))?;
        Ok(Zeroizing::new(issued.code))
    }

    async fn bundle(&self, path: TilePath) -> Result<Vec<Vec<u8>>, ClientError> {
        let bytes = self.get(&format!("/log/{path}")).await?;
        let bundle = EntryBundle::decode(&bytes, path.width());
        let bundle = bundle.map_err(|_| ClientError::Malformed("bundle of entries"))?;
        Ok(bundle
            .entries()
            .iter()
            .map(|entry| entry.to_vec())
            .collect())
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        accepted(self.http.get(format!("{}{path}", self.base)).send().await?).await
    }
}

async fn accepted(response: reqwest::Response) -> Result<Vec<u8>, ClientError> {
    let status = response.status();
    let bytes = response.bytes().await?;
    if status.is_success() {
        return Ok(bytes.into());
    }
    let problem: ProblemDocument = serde_json::from_slice(&bytes).unwrap_or_default();
    let kind = problem.r#type.strip_prefix(crate::problem::TYPE_PREFIX);
    let kind = kind.map_or_else(|| status.to_string(), str::to_owned);
    let detail = format!("{} {}", problem.detail, problem.hint)
        .trim()
        .to_owned();
    Err(ClientError::Refused { kind, detail })
}

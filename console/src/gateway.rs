//! The election's gateway, as far as its HTTP interface goes (docs/GATEWAY.md). Nothing it says is
//! believed where it can be verified.

mod rolls;

pub use rolls::ROLL_CLAIM;

use crate::log_end::Kept;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Mutex;
use voting_core::audit::{Signatures, State, log_policy};
use voting_core::codec::{Decode, Encode};
use voting_core::entry::Entry;
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::note::{MAX_NOTE_BYTES, Note};
use voting_core::log::tile::{EntryBundle, TilePath, new_entry_bundles};
use voting_core::log::tree::TreeSize;
use voting_core::manifest::{MAX_BYTES, Manifest};
use voting_core::staff::{Document, Opening};
use voting_core::submission::{MAX_DOCUMENT, Submission};

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a JSON answer.
pub(crate) const MAX_JSON: usize = 1 << 20;
/// The most bytes of a bundle of entries.
const MAX_BUNDLE: usize = 32 << 20;
/// The most entries before an opening: rounds of a ceremony that was restarted some times.
const MAX_BEFORE_OPENING: u64 = 20_000;

/// What went wrong between here and the gateway.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// It does not answer.
    #[error("the gateway does not answer")]
    Unreachable,
    /// It refused, and said why.
    #[error("{kind}: {detail}")]
    Refused {
        /// The last part of the problem's type.
        kind: String,
        /// The sentences, and what exactly.
        detail: String,
    },
    /// What it serves does not verify.
    #[error("{0}")]
    Unverified(String),
    /// The trustees have not made the election's key yet.
    #[error("{0}")]
    Ceremony(String),
}

/// What the gateway says of the election; shown, and decided by the gateway alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The election id.
    pub election: String,
    /// The stage, by its name.
    pub stage: String,
    /// The gateway's clock, ms.
    pub server_time: u64,
    /// ms.
    pub opens_at: u64,
    /// With extensions, ms.
    pub closes_at: u64,
    /// ms.
    pub extension_limit: u64,
    /// From this instant on the close can be finalised, ms.
    pub drained_at: u64,
    /// Whether a ballot received now would be taken.
    pub accepting: bool,
    /// Entries in the log.
    pub log_size: u64,
    /// The number of the next staff action.
    pub next_action: u32,
    /// Projects withdrawn so far.
    pub withdrawn: Vec<Withdrawn>,
}

/// A withdrawn project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Its position on the ballot.
    pub project: u32,
}

/// Issued and cast counts, as the public log shows them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Counts {
    /// By class.
    pub classes: Vec<ClassCount>,
}

/// Of one class.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClassCount {
    /// Its id.
    pub class: String,
    /// People with a credential.
    pub issued: u64,
    /// People with a ballot.
    pub cast: u64,
}

#[derive(Deserialize)]
struct EntryDocument {
    index: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProblemDocument {
    r#type: String,
    detail: String,
    detail_ko: String,
    hint: String,
}

/// Talks to one gateway.
#[derive(Clone)]
pub struct Gateway {
    http: reqwest::Client,
    base: String,
    /// The log's end at the checkpoint at which it was read last.
    pub(crate) end: Arc<Mutex<Kept>>,
}

impl Gateway {
    /// The gateway at a URL.
    ///
    /// # Errors
    /// The client's own.
    pub fn new(url: &str) -> Result<Self, reqwest::Error> {
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(PATIENCE);
        let http = http.redirect(reqwest::redirect::Policy::none()).build()?;
        let base = url.trim_end_matches('/').to_owned();
        let end = Arc::default();
        Ok(Self { http, base, end })
    }

    /// The manifest; its election id is the hash of these bytes.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn manifest(&self) -> Result<Arc<Manifest>, GatewayError> {
        let bytes = self.get("/api/v1/manifest", MAX_BYTES).await?;
        let manifest = Manifest::parse_canonical(&bytes);
        Ok(Arc::new(manifest.map_err(unverified)?))
    }

    /// What it says of the election.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn status(&self) -> Result<Status, GatewayError> {
        self.json("/api/v1/election").await
    }

    /// Issued and cast counts by class.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn counts(&self) -> Result<Counts, GatewayError> {
        self.json("/api/v1/status").await
    }

    /// The newest checkpoint, verified as this election's log's.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn checkpoint(
        &self,
        manifest: &Manifest,
    ) -> Result<(Note, Checkpoint), GatewayError> {
        let bytes = self.get("/log/checkpoint", MAX_NOTE_BYTES).await?;
        let note = Note::parse(&bytes).map_err(unverified)?;
        let policy = log_policy(manifest).map_err(unverified)?;
        let opened = policy.open_without_quorum(&note).map_err(unverified)?;
        Ok((note, opened.checkpoint().clone()))
    }

    /// The opening that the ceremony in the log gives, with the checkpoint it was computed at: the
    /// log is downloaded and verified from entry 0, and the keys are taken from nobody.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn opening(&self, manifest: &Arc<Manifest>) -> Result<(Opening, Note), GatewayError> {
        let (note, checkpoint) = self.checkpoint(manifest).await?;
        if checkpoint.size().get() > MAX_BEFORE_OPENING {
            return Err(GatewayError::Unverified(
                "the log is too long before the opening".into(),
            ));
        }
        let mut state = State::new(manifest.clone()).map_err(unverified)?;
        for path in new_entry_bundles(TreeSize::new(0), checkpoint.size()) {
            for bytes in self.bundle(path).await? {
                let entry = Entry::from_bytes(&bytes).map_err(unverified)?;
                let applied = state.apply(&entry, &bytes, Signatures::Verify);
                applied.map_err(unverified)?;
            }
        }
        let tree = state.frontier();
        if tree.size() != checkpoint.size() || tree.root() != checkpoint.root() {
            return Err(GatewayError::Unverified(
                "the entries are not those of the checkpoint".into(),
            ));
        }
        let opening = state.ceremony().opening();
        let opening = opening.map_err(|error| GatewayError::Ceremony(error.to_string()))?;
        Ok((opening, note))
    }

    /// A file of the public log, as served.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn log_file(&self, path: &str) -> Result<Vec<u8>, GatewayError> {
        self.get(&format!("/log/{path}"), MAX_BUNDLE).await
    }

    /// A document that the log names.
    ///
    /// # Errors
    /// [`GatewayError`], also if it is another one.
    pub async fn document(&self, named: &Document) -> Result<Vec<u8>, GatewayError> {
        let path = format!("/log/documents/{}", named.hash);
        let bytes = self.get(&path, MAX_DOCUMENT).await?;
        if Document::of(&bytes).ok().as_ref() == Some(named) {
            Ok(bytes)
        } else {
            Err(unverified("the document is not the one that the log names"))
        }
    }

    /// Submits a signed action; gives its entry.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn submit(&self, submission: &Submission) -> Result<u64, GatewayError> {
        let request = self.post("/api/v1/staff/actions");
        let request = request.header("content-type", "application/octet-stream");
        let bytes = accepted(request.body(submission.to_bytes()), MAX_JSON).await?;
        let entry: EntryDocument = serde_json::from_slice(&bytes).map_err(unverified)?;
        Ok(entry.index)
    }

    /// The address of one of its pages.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(self.page(path))
    }

    pub(crate) async fn bundle(&self, path: TilePath) -> Result<Vec<Vec<u8>>, GatewayError> {
        let bytes = self.get(&format!("/log/{path}"), MAX_BUNDLE).await?;
        let bundle = EntryBundle::decode(&bytes, path.width()).map_err(unverified)?;
        Ok(bundle
            .entries()
            .iter()
            .map(|entry| entry.to_vec())
            .collect())
    }

    async fn json<T: for<'de> Deserialize<'de>>(&self, path: &str) -> Result<T, GatewayError> {
        serde_json::from_slice(&self.get(path, MAX_JSON).await?).map_err(unverified)
    }

    pub(crate) async fn get(&self, path: &str, most: usize) -> Result<Vec<u8>, GatewayError> {
        accepted(self.http.get(self.page(path)), most).await
    }
}

pub(crate) async fn accepted(
    request: reqwest::RequestBuilder,
    most: usize,
) -> Result<Vec<u8>, GatewayError> {
    let unreachable = |error: reqwest::Error| {
        tracing::warn!(%error, "gateway");
        GatewayError::Unreachable
    };
    let mut response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > most {
            return Err(GatewayError::Unverified(
                "the gateway's answer is too long".into(),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok(bytes);
    }
    let problem: ProblemDocument = serde_json::from_slice(&bytes).unwrap_or_default();
    let kind = problem.r#type.strip_prefix(crate::problem::TYPE_PREFIX);
    let kind = kind.map_or_else(|| status.to_string(), str::to_owned);
    let detail = format!("{} {} {}", problem.detail_ko, problem.detail, problem.hint);
    Err(GatewayError::Refused {
        kind,
        detail: detail.trim().to_owned(),
    })
}

pub(crate) fn unverified(error: impl std::fmt::Display) -> GatewayError {
    GatewayError::Unverified(error.to_string())
}

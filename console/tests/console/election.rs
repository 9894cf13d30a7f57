//! A running election behind the gateway's HTTP interface: a log in memory of which every message
//! is real, for a console to read and to submit to.

use crate::world::{Answer, Person, World, base64};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use voting_core::audit::Stage;
use voting_core::audit::testing::TestElection;
use voting_core::codec::Decode;
use voting_core::entry::Body;
use voting_core::ids::{LeafIndex, LogHash};
use voting_core::log::note::Note;
use voting_core::log::proof::TlogProof;
use voting_core::log::tile::{EntryBundle, TilePath};
use voting_core::log::tree::{
    HashReader, InclusionProof, MissingNode, NodeId, TreeSize, leaf_hash, node_hash,
};
use voting_core::manifest::testing::{document, keys, with_survey};
use voting_core::manifest::{Document, Manifest};
use voting_core::submission::Submission;

pub(crate) type Election = TestElection<ChaCha20Rng>;

/// What the stand-in for a gateway serves.
pub(crate) struct Served {
    pub(crate) election: Election,
    pub(crate) documents: BTreeMap<String, Vec<u8>>,
    /// Served in the last entry's place: what somebody between might do.
    pub(crate) forged: Option<Vec<u8>>,
}

type Shared = Arc<Mutex<Served>>;

/// A console, two managers of its election, and what its gateway serves.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) people: [Person; 2],
    pub(crate) served: Shared,
}

impl Office {
    pub(crate) async fn new(election: Election) -> Self {
        let (documents, forged) = (BTreeMap::new(), None);
        let served = Arc::new(Mutex::new(Served {
            election,
            documents,
            forged,
        }));
        let world = World::at(&serve(served.clone()).await).await;
        let mut staff = keys().staff.into_iter();
        let people = [
            world.manager_with(1, staff.next().unwrap()).await,
            world.manager_with(2, staff.next().unwrap()).await,
        ];
        Self {
            world,
            people,
            served,
        }
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Served) -> T) -> T {
        change(&mut self.served.lock().unwrap())
    }

    pub(crate) async fn board(&self) -> Value {
        let answer = self.world.get(&self.people[0], "/election").await;
        assert_eq!(answer.status, 200, "{}", answer.kind());
        answer.json()
    }

    /// What may be proposed now.
    pub(crate) async fn actions(&self) -> Vec<String> {
        serde_json::from_value(self.board().await["actions"].clone()).unwrap()
    }

    pub(crate) async fn propose(&self, wanted: Value) -> Answer {
        self.world.post(&self.people[0], "/proposals", wanted).await
    }

    pub(crate) async fn upload(&self, action: &str, bytes: &[u8]) -> Answer {
        let path = format!("/proposals/{action}");
        self.world
            .upload("POST", &self.people[0], &path, bytes)
            .await
    }

    /// Both people sign what was proposed; its state then.
    pub(crate) async fn sign(&self, proposed: Answer) -> String {
        assert_eq!(proposed.status, 200, "{}", proposed.kind());
        let id = proposed.json()["id"].as_i64().unwrap();
        let election = self.change(|served| served.election.state.election());
        let mut state = String::new();
        for person in &self.people {
            let path = format!("/proposals/{id}/file");
            let file = self.world.get(person, &path).await.bytes;
            let proposal = Submission::from_bytes(&file).unwrap().entry.proposal;
            let signature = base64(&proposal.sign(&election, &person.key));
            let path = format!("/proposals/{id}/signature");
            let given = json!({"signature": signature});
            let signed = self.world.post(person, &path, given).await.json();
            state = signed["state"].as_str().unwrap().to_owned();
        }
        state
    }
}

/// Four projects, at most two chosen, a survey besides.
pub(crate) fn manifest(change: impl FnOnce(&mut Document)) -> Manifest {
    let mut document = with_survey(document(4, 2));
    change(&mut document);
    Manifest::new(document).unwrap()
}

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

/// An election with a vote of the committee and two of citizens, closed.
pub(crate) fn closed() -> Election {
    let mut election = Election::open(manifest(|_| ()), rng());
    for (n, class, chosen) in [(1, 0, [1]), (2, 1, [0]), (3, 1, [0])] {
        let voter = election.register(n, class);
        election.cast(&voter, &chosen);
    }
    election.close();
    election
}

async fn serve(served: Shared) -> String {
    let router = axum::Router::new()
        .route("/api/v1/manifest", get(manifest_file))
        .route("/api/v1/election", get(status))
        .route("/api/v1/status", get(counts))
        .route("/api/v1/staff/actions", post(act))
        .route("/log/{*path}", get(log))
        .with_state(served);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn manifest_file(State(served): State<Shared>) -> Vec<u8> {
    let served = served.lock().unwrap();
    served.election.state.manifest().to_canonical()
}

async fn status(State(served): State<Shared>) -> Json<Value> {
    let served = served.lock().unwrap();
    let state = &served.election.state;
    let schedule = state.schedule();
    let withdrawn = state.withdrawn().keys();
    Json(json!({
        "election": state.election(), "stage": state.stage(), "server_time": served.election.now,
        "opens_at": schedule.opens_at, "closes_at": schedule.closes_at,
        "extension_limit": schedule.extension_limit, "drained_at": schedule.drained_at(),
        "accepting": state.stage() == Stage::Open, "log_size": state.size(),
        "next_action": state.actions(),
        "withdrawn": withdrawn.map(|p| json!({"project": p})).collect::<Vec<_>>(),
    }))
}

async fn counts(State(served): State<Shared>) -> Json<Value> {
    let served = served.lock().unwrap();
    let state = &served.election.state;
    let classes = state.manifest().classes.iter().zip(state.counts());
    let classes = classes.map(
        |(class, count)| json!({"class": class.id, "issued": count.issued, "cast": count.cast}),
    );
    Json(json!({"classes": classes.collect::<Vec<_>>()}))
}

async fn act(State(served): State<Shared>, bytes: Bytes) -> Response {
    let mut served = served.lock().unwrap();
    let Submission { entry, document } = Submission::from_bytes(&bytes).unwrap();
    match served.election.append(Body::Staff(Box::new(entry))) {
        Ok(index) => {
            if let Some(document) = document {
                let hash = voting_core::ids::DocumentHash::of(&document).to_string();
                served.documents.insert(hash, document);
            }
            Json(json!({"index": index})).into_response()
        }
        Err(violation) => {
            let problem = json!({"type": "urn:hanpyo:problem:staff-refused",
                "detail": violation.to_string(), "detail_ko": "", "hint": ""});
            (StatusCode::CONFLICT, Json(problem)).into_response()
        }
    }
}

async fn log(State(served): State<Shared>, Path(path): Path<String>) -> Response {
    let served = served.lock().unwrap();
    let election = &served.election;
    let found = if path == "checkpoint" {
        Some(election.checkpoint())
    } else if let Some(index) = path.strip_prefix("proof/") {
        Some(proof(election, index.parse().unwrap()))
    } else if let Some(hash) = path.strip_prefix("documents/") {
        served.documents.get(hash).cloned()
    } else {
        path.parse().ok().map(|path| bundle(&served, path))
    };
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |bytes| bytes.into_response(),
    )
}

fn bundle(served: &Served, path: TilePath) -> Vec<u8> {
    let start = usize::try_from(path.index()).unwrap() * 256;
    let mut entries = served.election.entries.clone();
    if let Some(forged) = &served.forged {
        *entries.last_mut().unwrap() = forged.clone();
    }
    let wanted = entries[start..start + path.width().get()].iter();
    let bundle = EntryBundle::new(wanted.map(Vec::as_slice).collect()).unwrap();
    bundle.to_bytes()
}

fn proof(election: &Election, index: u64) -> Vec<u8> {
    let (index, size) = (
        LeafIndex::new(index),
        TreeSize::new(election.entries.len() as u64),
    );
    let leaves = Leaves(
        election
            .entries
            .iter()
            .map(|entry| leaf_hash(entry))
            .collect(),
    );
    let inclusion = InclusionProof::prove(&leaves, index, size).unwrap();
    let note = Note::parse(&election.checkpoint()).unwrap();
    TlogProof::new(index, inclusion, note)
        .to_string()
        .into_bytes()
}

/// Perfect subtrees of a small log.
struct Leaves(Vec<LogHash>);

impl HashReader for Leaves {
    type Error = MissingNode;

    fn hash(&self, node: NodeId) -> Result<LogHash, MissingNode> {
        let index = usize::try_from(node.index()).unwrap();
        if node.level() == 0 {
            return self.0.get(index).copied().ok_or(MissingNode(node));
        }
        let child = |n| self.hash(NodeId::new(node.level() - 1, 2 * node.index() + n));
        Ok(node_hash(&child(0)?, &child(1)?))
    }
}

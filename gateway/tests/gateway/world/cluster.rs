//! Several gateways on one PostgreSQL, and people who vote whatever happens to them.

use super::{Answer, Api, Postgres, Process, Redis, Voter, World, gateway_command, send, until};
use gateway::clock::SystemClock;
use gateway::create::create;
use gateway::keys::KeyFolder;
use gateway::registry::Registry;
use gateway::staff::Intent;
use gateway::store::Place;
use sqlx::Row;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use voting_core::audit::{Signatures, State};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::receipt::Receipt;

const BALLOTS: &str = "/api/v1/ballots";
/// How long one request may take, and how often it is sent again: far beyond any take-over.
const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 400;

/// An election on a database, its gateways in processes of their own.
pub(crate) struct Cluster {
    pub(crate) world: World,
    urls: String,
    /// Counters that the gateways share.
    pub(crate) redis: Option<Redis>,
    /// Where voters reach them now: a gateway that is started again has another address.
    pub(crate) apis: Apis,
    pub(crate) gateways: Vec<Option<Member>>,
}

/// A gateway, and where the others reach it.
pub(crate) struct Member {
    pub(crate) process: Process,
    address: String,
}

/// The gateways' addresses, which change while people vote.
pub(crate) type Apis = Arc<Mutex<Vec<Api>>>;

/// Receipts by the ballot they are for.
pub(crate) type Ledger = Arc<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>>;

impl Cluster {
    /// An opened election in the database `a` of a server, served by `count` gateways, which know
    /// the database under all of `urls`.
    pub(crate) async fn open(server: &Postgres, urls: &[String], count: usize) -> Self {
        let mut cluster = Self::create(server, urls).await;
        cluster.redis = Some(Redis::start().await);
        for n in 0..count {
            cluster.gateways.push(None);
            cluster.start(n);
        }
        let apis = cluster.apis();
        cluster.sequencer(server).await;
        cluster.world.run_ceremony(&apis[0]).await;
        cluster.world.act(&apis[count - 1], Intent::Open).await;
        for api in &apis {
            opened(api).await;
        }
        cluster
    }

    /// An election in the database `a`, which nobody serves yet.
    pub(crate) async fn create(server: &Postgres, urls: &[String]) -> Self {
        server.execute("postgres", "CREATE DATABASE a").await;
        let world = World::prepare(crate::crash::around_now);
        let keys = KeyFolder::read(&world.keys_folder()).unwrap();
        let (manifest, staff) = (world.manifest.clone(), &world.keys.staff[..2]);
        let place = Place::Database(server.options("owner", "a"));
        create(manifest, &place, keys, staff, Arc::new(SystemClock))
            .await
            .unwrap();
        let registry = Registry::at(&place).await.unwrap();
        world.import_roll(&registry, &world.roll_file()).await;
        Self {
            world,
            urls: urls.join(" "),
            redis: None,
            apis: Apis::default(),
            gateways: Vec::new(),
        }
    }

    /// Starts a gateway in the place of one that is gone.
    pub(crate) fn start(&mut self, n: usize) {
        let mut process = Process::start(&mut self.command(&self.world.keys_folder()));
        let address = process.cluster_address();
        let mut apis = self.apis.lock().unwrap();
        match apis.get_mut(n) {
            Some(former) => *former = process.api.clone(),
            None => apis.push(process.api.clone()),
        }
        self.gateways[n] = Some(Member { process, address });
    }

    /// `gateway serve` on the database with the keys of a folder, on free ports.
    pub(crate) fn command(&self, keys: &Path) -> Command {
        let mut command = gateway_command();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--keys").arg(keys);
        for (name, value) in [
            ("DATABASE__URL", &*self.urls),
            ("DATABASE__READERS", "4"),
            ("CLUSTER__TERM_MS", "1000"),
            ("LIMITS__CASTING_PERSON__PER_MINUTE", "100000"),
            ("LIMITS__CASTING_PERSON__BURST", "100000"),
        ] {
            command.env(format!("HANPYO_GATEWAY__{name}"), value);
        }
        if let Some(redis) = &self.redis {
            command.env("HANPYO_GATEWAY__REDIS__URL", redis.url().reveal());
        }
        command.env("RUST_LOG", "warn");
        command.stderr(match std::env::var_os("HANPYO_TEST_LOGS") {
            Some(_) => Stdio::inherit(),
            None => Stdio::null(),
        });
        command
    }

    pub(crate) fn apis(&self) -> Vec<Api> {
        self.apis.lock().unwrap().clone()
    }

    /// Those of all gateways but one.
    pub(crate) fn apis_without(&self, left_out: usize) -> Apis {
        let mut apis = self.apis();
        apis.remove(left_out);
        Arc::new(Mutex::new(apis))
    }

    /// Which gateway sequences, by what the database says.
    pub(crate) async fn sequencer(&self, server: &Postgres) -> usize {
        let mut found = None;
        until("someone sequences", async || {
            found = self.sequencer_now(server).await;
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    async fn sequencer_now(&self, server: &Postgres) -> Option<usize> {
        let mut owner = server.owner("a").await;
        let lease = sqlx::query("SELECT address FROM lease WHERE until > clock_timestamp()");
        let row = lease.fetch_optional(&mut owner).await.unwrap()?;
        let holder: String = row.get(0);
        let holds = |member: &Option<Member>| member.as_ref().is_some_and(|m| m.address == holder);
        self.gateways.iter().position(holds)
    }

    /// The term that commits are made in now.
    pub(crate) async fn term(&self, server: &Postgres) -> i64 {
        let mut owner = server.owner("a").await;
        let head = sqlx::query("SELECT epoch FROM head");
        head.fetch_one(&mut owner).await.unwrap().get(0)
    }

    /// Voters `from..to` with a sealed ballot each.
    pub(crate) async fn ballots(&self, from: usize, to: usize) -> Vec<Vec<u8>> {
        let apis = self.apis();
        let parameters = self.world.parameters(&apis[0]).await;
        let mut ballots = Vec::new();
        for n in from..to {
            let (api, ci) = (&apis[n % apis.len()], format!("voter {n}"));
            let voter: Voter = self.world.voter_with(api, &ci, parameters.clone()).await;
            ballots.push(voter.cast(&voter.seal(&[0])));
        }
        ballots
    }

    /// Casts every ballot at all gateways in turn, again and again until it has a receipt; eight at
    /// a time.
    pub(crate) fn cast_all(&self, ballots: Vec<Vec<u8>>, ledger: &Ledger) -> JoinSet<()> {
        let mut senders = JoinSet::new();
        for part in ballots.chunks(ballots.len().div_ceil(8)) {
            let (apis, part, ledger) = (self.apis.clone(), part.to_vec(), ledger.clone());
            senders.spawn(async move {
                for (n, ballot) in part.into_iter().enumerate() {
                    let receipt = cast(&apis, n, &ballot).await;
                    ledger.lock().unwrap().insert(ballot, receipt);
                }
            });
        }
        senders
    }

    /// The log is whole, verifies from entry 0 with every signature, and holds every receipt's
    /// ballot at its place; every gateway gives the same receipts. How many ballots it holds.
    pub(crate) async fn check(&self, ledger: &Ledger) -> usize {
        let apis = self.apis();
        let client = apis[0].client();
        let (_, checkpoint) = client.checkpoint(&self.world.manifest).await.unwrap();
        let entries = client.entries(checkpoint.size()).await.unwrap();
        let mut state = State::new(Arc::new(self.world.manifest.clone())).unwrap();
        let mut logged = BTreeMap::new();
        for bytes in &entries {
            let entry = Entry::from_bytes(bytes).unwrap();
            state.apply(&entry, bytes, Signatures::Verify).unwrap();
            if let Body::Ballot(ballot) = entry.body {
                let before = logged.insert(ballot.tracking_code(), (entry.index, entry.time));
                assert_eq!(before, None, "twice in the log");
            }
        }
        assert_eq!(state.frontier().root(), checkpoint.root());
        let receipts = ledger.lock().unwrap().clone();
        for (ballot, bytes) in receipts {
            let receipt = Receipt::from_bytes(&bytes).unwrap();
            receipt.verify(&self.world.keys.log.verify_key()).unwrap();
            assert_eq!(logged[&receipt.code], (receipt.index, receipt.time));
            for api in &apis {
                let alone = Arc::new(Mutex::new(vec![api.clone()]));
                assert_eq!(cast(&alone, 0, &ballot).await, bytes);
            }
        }
        logged.len()
    }
}

/// Sends a ballot until it has a receipt.
pub(crate) async fn cast(apis: &Apis, first: usize, ballot: &[u8]) -> Vec<u8> {
    let answer = insist(apis, first, ballot).await;
    match answer.status {
        200 => answer.bytes,
        _ => panic!("{}", answer.problem()),
    }
}

/// Sends a ballot, to one gateway after the other, until it is answered other than "not now".
pub(crate) async fn insist(apis: &Apis, first: usize, ballot: &[u8]) -> Answer {
    for n in first..first + TRIES {
        let api = {
            let apis = apis.lock().unwrap();
            apis[n % apis.len()].clone()
        };
        match post(&api, ballot).await {
            Some(answer) if answer.status != 503 => return answer,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("no answer after {TRIES} tries");
}

/// `None` if no answer came in time.
async fn post(api: &Api, ballot: &[u8]) -> Option<Answer> {
    send(api.request(BALLOTS, ballot).timeout(PATIENCE))
        .await
        .ok()
}

/// Waits until a gateway knows that the election is open.
pub(crate) async fn opened(api: &Api) {
    until("every gateway knows of the opening", async || {
        api.get("/api/v1/election").await.json()["stage"] == "open"
    })
    .await;
}

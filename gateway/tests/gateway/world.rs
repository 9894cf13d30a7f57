//! An election with all its secrets, servers of it, and the people who take part.

mod agency;
mod api;
mod cluster;
pub(crate) mod oidc;
mod ports;
mod postgres;
mod process;
mod receiver;
mod redis;
mod town;
mod trustees;
mod voter;

pub(crate) use agency::Agency;
pub(crate) use api::{Answer, Api, send};
pub(crate) use cluster::{Cluster, Ledger, cast, insist, opened};
pub(crate) use ports::lasting_port;
pub(crate) use postgres::Postgres;
pub(crate) use process::{Process, gateway_command};
pub(crate) use receiver::{Receiver, SECRET as WEBHOOK_SECRET};
pub(crate) use redis::{Redis, lying, refusing, until};
pub(crate) use town::Town;
pub(crate) use voter::Voter;

use gateway::clock::{Clock, ManualClock};
use gateway::config::Config;
use gateway::create::create;
use gateway::keys::{KeyFolder, KeyRole, write_new};
use gateway::registry::Registry;
use gateway::rolls::{Imported, Order, RollKey, import, read};
use gateway::server::{Gateway, Options};
use gateway::store::Place;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use voting_core::ids::UnixMillis;
use voting_core::manifest::testing::{self, TestKeys};
use voting_core::manifest::{Document, Manifest};

/// Projects on the ballot; few, so that sealing is quick.
pub(crate) const PROJECTS: usize = 5;
/// How many may be chosen.
pub(crate) const MAX_PICKS: u32 = 3;

/// An election that has been created.
pub(crate) struct World {
    pub(crate) keys: TestKeys,
    pub(crate) manifest: Manifest,
    pub(crate) folder: TempDir,
    pub(crate) clock: ManualClock,
}

/// A gateway in this process.
pub(crate) struct Running {
    pub(crate) api: Api,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl World {
    /// An election before its ceremony, at its opening hour.
    pub(crate) async fn create(change: impl FnOnce(&mut Document)) -> Self {
        let world = Self::prepare(change);
        let keys = KeyFolder::read(&world.keys_folder()).unwrap();
        let clock = Arc::new(world.clock.clone());
        let manifest = world.manifest.clone();
        let place = Place::Folder(world.data());
        create(manifest, &place, keys, &world.keys.staff[..2], clock)
            .await
            .unwrap();
        let registry = Registry::open(&world.data()).await.unwrap();
        world.import_roll(&registry, &world.roll_file()).await;
        registry.close().await;
        world
    }

    /// An election whose ceremony is done and which has been opened, and a gateway of it.
    pub(crate) async fn open(change: impl FnOnce(&mut Document)) -> (Self, Running) {
        let world = Self::create(change).await;
        let running = world.start().await;
        world.run_ceremony(&running.api).await;
        world.act(&running.api, gateway::staff::Intent::Open).await;
        (world, running)
    }

    /// Keys and manifest on disk, no data folder yet.
    pub(crate) fn prepare(change: impl FnOnce(&mut Document)) -> Self {
        let mut document = testing::document(PROJECTS, MAX_PICKS);
        change(&mut document);
        let manifest = Manifest::new(document).unwrap();
        let world = Self {
            keys: testing::keys(),
            clock: ManualClock::at(manifest.schedule.opens_at),
            folder: tempfile::tempdir().unwrap(),
            manifest,
        };
        world.write_files();
        world
    }

    fn write_files(&self) {
        let folder = self.keys_folder();
        std::fs::create_dir(&folder).unwrap();
        let write = |role: KeyRole, secret: &[u8; 32]| {
            write_new(&folder.join(format!("{role}.key")), role, secret).unwrap();
        };
        write(KeyRole::Registrar, &self.keys.registrar.to_seed());
        write(KeyRole::Log, &self.keys.log.to_seed());
        write(KeyRole::BallotBox, &self.keys.ballot_box.to_seed());
        write(KeyRole::Pseudonym, &self.keys.pseudonym_key);
        write(KeyRole::Session, &[41; 32]);
        write(KeyRole::Cluster, &[43; 32]);
        for (n, key) in self.keys.staff.iter().enumerate() {
            write_new(&self.staff_key(n), KeyRole::Staff, &key.to_seed()).unwrap();
        }
        std::fs::write(self.manifest_file(), self.manifest.canonical()).unwrap();
        let roll = "class,ci\ncommittee,member-1\ncommittee,member-2\n";
        std::fs::write(self.roll_file(), roll).unwrap();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn keys_folder(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    pub(crate) fn roll_file(&self) -> PathBuf {
        self.folder.path().join("roll.csv")
    }

    /// Puts a file's people on the rolls.
    pub(crate) async fn import_roll(&self, registry: &Registry, file: &Path) -> Imported {
        let key = RollKey::new(&self.keys.pseudonym_key, &self.manifest.election_id());
        let order = Order {
            class: None,
            replace: false,
            keep: true,
            after: None,
        };
        let (manifest, file) = (Arc::new(self.manifest.clone()), read(file).unwrap());
        let how = (order, self.clock.now());
        let imported = import((registry, &manifest), &key, file, how).await;
        imported.unwrap()
    }

    pub(crate) fn manifest_file(&self) -> PathBuf {
        self.folder.path().join("manifest.json")
    }

    pub(crate) fn staff_key(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("staff-{n}.key"))
    }

    pub(crate) fn config(&self) -> Config {
        let mut config = Config::default();
        config.identity.session_minutes = 10;
        config
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            place: Place::Folder(self.data()),
            keys: KeyFolder::read(&self.keys_folder()).unwrap(),
            config: self.config(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    /// Starts a gateway in this process, under the manual clock.
    pub(crate) async fn start(&self) -> Running {
        self.start_with(|_| ()).await
    }

    /// As [`Self::start`], configured otherwise.
    pub(crate) async fn start_with(&self, change: impl FnOnce(&mut Config)) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut options = self.options();
        change(&mut options.config);
        let gateway = Gateway::open(options).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        let task = tokio::spawn(async { gateway.serve(listener, stopped).await });
        Running {
            api: Api::new(&url),
            stop,
            task,
        }
    }

    pub(crate) fn at(&self, time: u64) {
        self.clock.set(UnixMillis::new(time));
    }

    pub(crate) fn clock_now(&self) -> u64 {
        self.clock.now().get()
    }

    pub(crate) fn closes_at(&self) -> u64 {
        self.manifest.schedule.closes_at.get()
    }
}

impl Running {
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }
}

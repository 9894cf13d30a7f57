use super::*;
use crate::clock::ManualClock;
use crate::staff::Signers;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use voting_core::manifest::Bilingual;
use voting_core::manifest::{Manifest, testing};
use voting_core::staff::{Document, Proposal, StaffAction};

struct Log {
    folder: tempfile::TempDir,
    manifest: Arc<Manifest>,
    store: Store,
    sequencer: Sequencer,
    writer: JoinHandle<()>,
}

fn signer(manifest: &Manifest) -> LogSigner {
    LogSigner::new(testing::keys().log, manifest.origin.as_str()).unwrap()
}

async fn log() -> Log {
    let folder = tempfile::tempdir().unwrap();
    let manifest = Arc::new(testing::manifest(3, 2));
    let store = Store::create(folder.path()).await.unwrap();
    let state = State::new(manifest.clone()).unwrap();
    let clock = Arc::new(ManualClock::at(testing::OPENS_AT));
    let started = Sequencer::start(store.clone(), signer(&manifest), state, clock, 0).await;
    let (sequencer, writer) = started.unwrap();
    Log {
        folder,
        manifest,
        store,
        sequencer,
        writer,
    }
}

impl Log {
    fn entry(&self, number: u32, action: StaffAction) -> StaffEntry {
        let proposal = Proposal {
            number,
            checkpoint: Vec::new(),
            action,
        };
        Signers::new(&self.manifest, &testing::keys().staff)
            .unwrap()
            .sign_all(proposal)
    }

    async fn create(&self) -> Result<Outcome, Refused> {
        let canonical = self.manifest.to_canonical();
        let action = StaffAction::Create(Document::of(&canonical).unwrap());
        self.sequencer
            .staff(self.entry(0, action), Some(canonical))
            .await
    }

    async fn withdraw(&self, number: u32, project: u32) -> Result<Outcome, Refused> {
        let action = StaffAction::Withdraw(project, Bilingual::new("철회", "withdrawn"));
        self.sequencer.staff(self.entry(number, action), None).await
    }

    /// As if something else wrote the database.
    async fn meddle(&self, sql: &'static str) {
        let file = crate::store::file_in(self.folder.path());
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        sqlx::Connection::close(connection).await.unwrap();
    }
}

fn entry_of(outcome: Result<Outcome, Refused>) -> u64 {
    match outcome {
        Ok(Outcome::Entry(index)) => index.get(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_commit_has_the_checkpoint_of_its_size() {
    let log = log().await;
    assert_eq!(entry_of(log.create().await), 0);
    assert_eq!(entry_of(log.withdraw(1, 0).await), 1);
    let view = log.sequencer.view();
    let checkpoint = log.store.checkpoint().await.unwrap().unwrap();
    assert_eq!((view.size, checkpoint.size.get()), (2, 2));
    assert_eq!(view.checkpoint.as_ref(), Some(&checkpoint));
    assert!(signer(&log.manifest).has_signed(&checkpoint.note, checkpoint.size, checkpoint.root));
    let state = replay(&log.store, log.manifest.clone(), &signer(&log.manifest))
        .await
        .unwrap();
    assert_eq!(state.frontier().root(), checkpoint.root);
    assert_eq!(state.withdrawn().len(), 1);
}

#[tokio::test]
async fn a_refusal_leaves_nothing_and_costs_its_sender_only() {
    let log = log().await;
    log.create().await.unwrap();
    let (bad, good) = tokio::join!(log.withdraw(1, 99), log.withdraw(1, 1));
    assert!(matches!(bad, Err(Refused::Violation(_))));
    assert_eq!(entry_of(good), 1);
    assert!(
        matches!(log.withdraw(1, 2).await, Err(Refused::Violation(_))),
        "a stale number"
    );
    assert_eq!(log.store.entries(0..9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn after_a_failed_commit_the_store_is_read_again() {
    let log = log().await;
    log.create().await.unwrap();
    log.meddle("INSERT INTO entry (position, time, kind, bytes) VALUES (1, 0, 1, x'00')")
        .await;
    // The group fails, and then the replay, because the store holds what does not verify.
    assert_eq!(log.withdraw(1, 0).await, Err(Refused::Unavailable));
    assert_eq!(log.withdraw(1, 0).await, Err(Refused::Unavailable));
    log.meddle("DROP TRIGGER entry_kept; DELETE FROM entry WHERE position = 1")
        .await;
    assert_eq!(entry_of(log.withdraw(1, 0).await), 1);
    assert_eq!(log.sequencer.view().size, 2);
}

#[tokio::test]
async fn the_writer_ends_when_nobody_can_ask_it_any_more() {
    let log = log().await;
    log.create().await.unwrap();
    drop(log.sequencer);
    log.writer.await.unwrap();
    log.store.close().await;
}

use super::*;
use crate::clock::ManualClock;
use crate::staff::Signers;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use voting_core::audit::testing::TestElection;
use voting_core::codec::{Decode, Encode};
use voting_core::entry::{Body, Entry};
use voting_core::manifest::Bilingual;
use voting_core::manifest::{Manifest, testing};
use voting_core::staff::{Document, Proposal, StaffAction};
use voting_core::trustee::Signed;

pub(super) struct Log {
    folder: tempfile::TempDir,
    manifest: Arc<Manifest>,
    store: Store,
    clock: ManualClock,
    pub(super) sequencer: Sequencer,
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
    let clock = ManualClock::at(testing::OPENS_AT);
    let (signer, own) = (signer(&manifest), Arc::new(clock.clone()));
    let started = Sequencer::start(store.clone(), signer, state, own, 0).await;
    let (sequencer, writer) = started.unwrap();
    Log {
        folder,
        manifest,
        store,
        clock,
        sequencer,
        writer,
    }
}

/// An open election, in memory and in a log that holds the same entries.
pub(super) struct Election {
    pub(super) log: Log,
    pub(super) test: TestElection<ChaCha20Rng>,
}

pub(super) async fn opened() -> Election {
    let log = log().await;
    let rng = ChaCha20Rng::from_seed([7; 32]);
    let test = TestElection::open((*log.manifest).clone(), rng);
    for bytes in &test.entries {
        let entry = Entry::from_bytes(bytes).unwrap();
        // Actions hold the checkpoint before them: every entry has its time as well.
        log.clock.set(entry.time);
        let appended = match entry.body {
            Body::Trustee(message) => log.sequencer.trustee(message).await,
            Body::Staff(staff) => {
                let creates = matches!(staff.proposal.action, StaffAction::Create(_));
                let document = creates.then(|| log.manifest.to_canonical());
                log.sequencer.staff(*staff, document).await
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(entry_of(appended), entry.index.get());
    }
    log.clock.set(test.now);
    Election { log, test }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_signed_does_not_wait_among_ballots() {
    let election = opened().await;
    let (log, test) = (&election.log, &election.test);
    // Its queue is worked off by nobody.
    let (requests, mut queue) = mpsc::channel(QUEUE);
    let idle = Sequencer {
        requests,
        ..log.sequencer.clone()
    };
    let action = StaffAction::Withdraw(0, Bilingual::new("철회", "withdrawn"));
    let proposal = test.proposal(action);
    let unsigned = StaffEntry::new(proposal.clone(), Vec::new());
    let Body::Staff(one) = test.signed(proposal, &[0]) else {
        panic!("a staff entry");
    };
    let Body::Staff(again) = Entry::from_bytes(&test.entries[0]).unwrap().body else {
        panic!("a staff entry");
    };
    let large = || Some(vec![0; 1 << 20]);
    for entry in [unsigned, *one, *again] {
        let refused = idle.staff(entry, large()).await;
        assert_eq!(violated(refused), Check::StaffSignatures);
    }
    let Body::Trustee(message) = Entry::from_bytes(&test.entries[1]).unwrap().body else {
        panic!("a trustee's message");
    };
    let signed = Signed::<voting_core::ceremony::RoundOne>::from_bytes(&message).unwrap();
    let body = signed.verify(&test.state.election(), &test.keys.trustees[0].verify_key());
    let by_another = Signed::sign(
        body.unwrap().clone(),
        &test.state.election(),
        &test.keys.trustees[1],
    );
    let refused = idle.trustee(by_another.to_bytes()).await;
    assert_eq!(violated(refused), Check::Ceremony);
    let refused = idle.trustee(vec![7; 60_000]).await;
    assert_eq!(violated(refused), Check::EntryEncoding);
    assert_eq!(idle.waiting(), 0);
    assert!(queue.try_recv().is_err());
}

fn violated(outcome: Result<Outcome, Refused>) -> Check {
    match outcome {
        Err(Refused::Violation(violation)) => violation.check,
        other => panic!("{other:?}"),
    }
}

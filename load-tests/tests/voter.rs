//! A voter's device against a real gateway: what it gets, what it is refused, what it survives.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use load_tests::clock::now;
use load_tests::demonstration::{Hours, of_ballots};
use load_tests::election::{Election, ElectionError};
use load_tests::evidence::{check_own, check_proof, check_receipt, fetch_proof, verify_proof};
use load_tests::http::HttpError;
use load_tests::pb_ballots::Ballots;
use load_tests::replay::{Serving, Setting};
use load_tests::voter::{Voter, VoterError, draw_key};
use std::sync::Arc;
use std::time::Duration;
use support::{programs, small};
use tempfile::TempDir;
use voting_core::ids::UnixMillis;
use voting_core::keys::SecretKey;

const PATIENCE: Duration = Duration::from_secs(30);
const DAY_MS: u64 = 86_400_000;

/// An open election of the small file, and its gateway.
struct Open {
    _folder: TempDir,
    setting: Setting,
    serving: Serving,
    election: Arc<Election>,
}

async fn open() -> Open {
    let folder = tempfile::tempdir().unwrap();
    let setting = Setting::new(folder.path(), programs()).unwrap();
    let ballots = Ballots::read(&small(), None).unwrap();
    let opens_at = now();
    let closes_at = UnixMillis::new(opens_at.get() + DAY_MS);
    let offices = setting.draw_keys().await.unwrap();
    let manifest = of_ballots(
        &ballots,
        offices,
        Hours {
            opens_at,
            closes_at,
        },
    )
    .unwrap();
    setting.create(&manifest, &ballots.roll()).await.unwrap();
    let serving = setting.serve("127.0.0.1:0").await.unwrap();
    setting.open(serving.url()).await.unwrap();
    let id = Some(manifest.election_id());
    let election = Election::fetch(serving.url(), id, PATIENCE).await.unwrap();
    Open {
        _folder: folder,
        setting,
        serving,
        election: Arc::new(election),
    }
}

fn refused_as(error: &VoterError, kind: &str) -> bool {
    matches!(error, VoterError::Http(http) if http.is_refused_as(kind))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checked_ballot_never_counts_and_a_cast_one_is_in_once() {
    let Open { election, .. } = &open().await;
    let key = draw_key();
    let again = SecretKey::from_seed(&key.to_seed());
    let voter = Voter::identify(election, "someone", key).await.unwrap();
    let same = Voter::identify(election, "someone", again).await.unwrap();
    assert_eq!(voter.credential(), same.credential());

    let checked = voter.seal(&[1, 3]).unwrap();
    voter.register(checked.tracking_code()).await.unwrap();
    voter.check(&checked, &[3, 1]).await.unwrap();
    let error = voter.cast(&voter.sign(&checked)).await.unwrap_err();
    assert!(refused_as(&error, "code-spoiled"), "{error}");

    let cast = voter.sign(&voter.seal(&[1, 3]).unwrap());
    let receipt = voter.cast(&cast).await.unwrap();
    assert_eq!(
        voter.cast(&cast).await.unwrap(),
        receipt,
        "the same bytes, the same receipt"
    );
    let other = voter.sign(&voter.seal(&[2]).unwrap());
    let error = voter.cast(&other).await.unwrap_err();
    let stored = check_receipt(error.earlier_receipt().unwrap(), election.manifest()).unwrap();
    assert_eq!(stored, receipt);
    assert!(check_own(&stored, &other).is_err());
    let error = Voter::identify(election, "someone", draw_key())
        .await
        .err()
        .unwrap();
    assert!(refused_as(&error, "already-voted"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_sealed_other_choices_is_found_out() {
    let Open { election, .. } = &open().await;
    let voter = Voter::identify(election, "someone", draw_key())
        .await
        .unwrap();
    let sealed = voter.seal(&[1, 4]).unwrap();
    voter.register(sealed.tracking_code()).await.unwrap();
    let found = voter.check(&sealed, &[1, 3]).await;
    assert!(matches!(found, Err(VoterError::Changed)));
    assert!(matches!(
        voter.seal(&[0, 1, 2, 3, 4]),
        Err(VoterError::Seal(_))
    ));
    assert!(matches!(voter.seal(&[5, 5]), Err(VoterError::Seal(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_shows_one_receipts_ballot_and_no_others() {
    let Open { election, .. } = &open().await;
    let mut receipts = Vec::new();
    for person in ["a", "b", "c"] {
        let voter = Voter::identify(election, person, draw_key()).await.unwrap();
        let cast = voter.sign(&voter.seal(&[0]).unwrap());
        receipts.push(voter.cast(&cast).await.unwrap());
        check_proof(election, &receipts[0]).await.unwrap();
    }
    let log = election.log().unwrap();
    let proof = fetch_proof(election, &receipts[1]).await.unwrap();
    let checkpoint = verify_proof(&proof, &receipts[1], log.policy()).unwrap();
    assert!(checkpoint.size().get() > receipts[1].index.get());
    assert!(verify_proof(&proof, &receipts[0], log.policy()).is_err());
    let mut entry = proof.extra().to_vec();
    *entry.last_mut().unwrap() ^= 1;
    let forged = proof.with_extra(entry).unwrap();
    assert!(verify_proof(&forged, &receipts[1], log.policy()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_outlives_the_gateway_being_killed() {
    let Open {
        _folder,
        setting,
        serving,
        election,
    } = open().await;
    let voter = Voter::identify(&election, "someone", draw_key())
        .await
        .unwrap();
    let cast = voter.sign(&voter.seal(&[2]).unwrap());
    let receipt = voter.cast(&cast).await.unwrap();
    let address = serving.url().strip_prefix("http://").unwrap().to_owned();
    let second = setting
        .serve("127.0.0.1:0")
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(second.contains("still serving"), "{second}");
    serving.kill().await.unwrap();
    // Sent while nobody listens, answered by the next gateway.
    let (again, serving) = tokio::join!(voter.cast(&cast), setting.serve(&address));
    assert_eq!(again.unwrap(), receipt);
    check_proof(&election, &receipt).await.unwrap();
    serving.unwrap().stop().await.unwrap();
    let impatient = Election::fetch(election.http().base(), None, Duration::ZERO).await;
    assert!(matches!(
        impatient.err().unwrap(),
        ElectionError::Http(HttpError::Unreachable(_))
    ));
}

//! SIGKILL at any moment: whoever has a receipt is in the log.

use crate::world::{Api, Voter, World};
use gateway::clock::{Clock, SystemClock};
use gateway::staff::Intent;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::UnixMillis;
use voting_core::manifest::Document;
use voting_core::receipt::Receipt;

const ROUNDS: u64 = 5;
const VOTERS: usize = 40;
const BALLOTS: &str = "/api/v1/ballots";

/// Receipts by the ballot they are for, as they were handed out.
pub(crate) type Ledger = Arc<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>>;

/// Opens an hour ago, closes in an hour: the binary has the system's clock.
pub(crate) fn around_now(document: &mut Document) {
    let (now, hour) = (SystemClock.now().get(), 3_600_000);
    document.schedule.opens_at = UnixMillis::new(now - hour);
    document.schedule.closes_at = UnixMillis::new(now + hour);
    document.schedule.extension_limit = UnixMillis::new(now + 2 * hour);
    document.schedule.objections_until = UnixMillis::new(now + 3 * hour);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_receipt_survives_every_kill() {
    let world = World::create(around_now).await;
    let process = world.spawn();
    world.run_ceremony(&process.api).await;
    world.act(&process.api, Intent::Open).await;
    process.kill();

    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    let ledger = Ledger::default();
    for round in 0..ROUNDS {
        let process = world.spawn();
        let ballots = ballots(&world, &process.api, round).await;
        let load = cast_all(&process.api, ballots, &ledger);
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..120))).await;
        process.kill();
        load.await;
        check_every_receipt(&world, &ledger).await;
    }
    let receipts = ledger.lock().unwrap().len();
    assert!(receipts > 0, "no load got through between the kills");
    eprintln!("{receipts} receipts over {ROUNDS} kills");
}

pub(crate) async fn ballots(world: &World, api: &Api, round: u64) -> Vec<Vec<u8>> {
    let parameters = world.parameters(api).await;
    let mut ballots = Vec::new();
    for n in 0..VOTERS {
        let ci = format!("voter {n} of round {round}");
        let voter: Voter = world.voter_with(api, &ci, parameters.clone()).await;
        ballots.push(voter.cast(&voter.seal(&[0])));
    }
    ballots
}

/// Eight senders, each with its part of the ballots; resolves when all have ended.
pub(crate) fn cast_all(
    api: &Api,
    ballots: Vec<Vec<u8>>,
    ledger: &Ledger,
) -> impl Future<Output = ()> + use<> {
    let senders: Vec<_> = ballots
        .chunks(VOTERS / 8)
        .map(|part| {
            let (api, part, ledger) = (api.clone(), part.to_vec(), ledger.clone());
            tokio::spawn(async move {
                for ballot in part {
                    let answer = api.try_post(BALLOTS, &ballot).await;
                    if let Some(answer) = answer.filter(|answer| answer.status == 200) {
                        ledger.lock().unwrap().insert(ballot, answer.bytes);
                    }
                }
            })
        })
        .collect();
    async {
        for sender in senders {
            sender.await.unwrap();
        }
    }
}

/// Each receipt verifies, its ballot stands at its index of the log, the same bytes get the same
/// receipt, and ballots without a receipt can still be cast.
pub(crate) async fn check_every_receipt(world: &World, ledger: &Ledger) {
    let process = world.spawn();
    let api = &process.api;
    let (_, checkpoint) = api.client().checkpoint(&world.manifest).await.unwrap();
    let entries = api.client().entries(checkpoint.size()).await.unwrap();
    let receipts = ledger.lock().unwrap().clone();
    for (ballot, bytes) in receipts {
        let receipt = Receipt::from_bytes(&bytes).unwrap();
        receipt.verify(&world.keys.log.verify_key()).unwrap();
        let index = usize::try_from(receipt.index.get()).unwrap();
        let entry = Entry::from_bytes(&entries[index]).unwrap();
        let Body::Ballot(cast) = entry.body else {
            panic!("entry {index} is no ballot");
        };
        assert_eq!(cast.tracking_code(), receipt.code);
        assert_eq!(entry.time, receipt.time);
        assert_eq!(api.post(BALLOTS, &ballot).await.ok(), bytes);
    }
    assert!(process.terminate());
}
